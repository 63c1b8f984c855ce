"""How the models are fitted, as one frozen value; training reads it from its TOML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from math import inf

from data.errors import InvalidPolicy
from data.setting_tables import refuse_other_kinds, refuse_unknown, within
from models.monotone import MONOTONE

THING = "model settings"
FEWEST = 15
"""Denied lines below which nothing is learnt of a family alone. (Measured on stores of 300 to 1,200 denied lines: a
hazard of its own from 15 on ranks better and costs less log-loss than pooling below 25, 40 or 100.)"""
DESIGNS = ("hazards", "multiclass")
"""The designs that can be saved and explained (`models/designs.py`); measured, `hazards` is the better."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Settings of the hazards and of what stands on them. Sizes are counts of lines, shares are 0 to 1."""

    trees: int = 400
    """Most trees of one family; fewer where a later slice says so."""
    learning_rate: float = 0.08
    leaves: int = 7
    min_lines_in_leaf: int = 20
    column_share: float = 0.5
    """Share of the columns that each tree may look at."""
    leaf_penalty: float = 5.0
    patience: int = 25
    """Trees without gain on the later slice before a family stops growing."""
    min_positives: int = 100
    """Families with fewer denied lines than this share one pooled hazard; with few denials in all, see `least_of`."""
    negatives_per_positive: int = 8
    """Paid lines beside each denied one. (Measured on 1,000,000 lines: with 15 of them training takes 1.6 times the
    processor time that it takes with 5, and saves 0.3% of the log-loss.)"""
    min_negatives: int = 30_000
    """Never fewer paid lines than this (if there are so many) beside a family's denied ones."""
    reason_strength: float = 5.0
    """A payer's own reason codes weigh as much as all payers' once it has this many denials of a family."""
    payer_strength: float = 100.0
    """Denials and paid lines a payer needs before its own calibration counts for half."""
    interval_groups: int = 1000
    leave_out: str = ""
    """Features that no tree may ask, blanks between: names, or patterns like `history_*`."""
    design: str = "hazards"
    """How denial and reason are foretold together: one of `DESIGNS`."""
    seed: int = 7
    threads: int = 2
    monotone: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: MONOTONE)
    """For each family the patterns of features that may only raise (1) or lower (-1) its risk."""

    def __post_init__(self) -> None:
        """Refuse what can't be fitted with."""
        for name in _WHOLE:
            _check(name, getattr(self, name), low=1)
        for name in ("learning_rate", "column_share"):
            _check(name, getattr(self, name), low=1e-6, high=1.0)
        for name in ("leaf_penalty", "reason_strength", "payer_strength"):
            _check(name, getattr(self, name), low=0.0)
        _check("seed", self.seed, low=0)
        _check("leaves", self.leaves, low=2, high=1024)
        if self.design not in DESIGNS:
            raise InvalidPolicy(THING, field="design", found=repr(self.design), wanted=" | ".join(DESIGNS))

    def asked(self, features: Sequence[str]) -> tuple[str, ...]:
        """The features that are not left out, in their order."""
        patterns = self.leave_out.split()
        return tuple(name for name in features if not any(fnmatchcase(name, one) for one in patterns))

    def least_of(self, n_denied: int) -> int:
        """Denied lines that a family needs for a hazard of its own, where there are `n_denied` of all families.

        A small store has few of any family: there a fortieth of them is enough, though never under `FEWEST`.
        """
        return min(self.min_positives, max(FEWEST, n_denied // 40))

    @classmethod
    def from_mapping(cls, given: Mapping[str, object]) -> "ModelSettings":
        """Settings from a TOML table; an unknown key is an error that names the nearest known one."""
        known = {f.name: f.default for f in fields(cls) if f.name != "monotone"}
        refuse_unknown(THING, given, known)
        refuse_other_kinds(THING, given, known)
        return cls(**given)  # type: ignore[arg-type]  # checked key by key above


_WHOLE = (
    "trees",
    "min_lines_in_leaf",
    "patience",
    "min_positives",
    "negatives_per_positive",
    "min_negatives",
    "interval_groups",
    "threads",
)


def _check(name: str, value: float, *, low: float, high: float = inf) -> None:
    within(THING, name, value, low=low, high=high)
