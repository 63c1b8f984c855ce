"""How the models are fitted, as one frozen value; training reads it from its TOML."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from types import MappingProxyType

from data.errors import InvalidPolicy

# What the field itself demands: the longer a claim lies, the nearer its filing limit, never the other way round.
MONOTONE: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {"timely_filing": MappingProxyType({"days_to_submit": 1})}
)


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Settings of the hazards and of what stands on them. Sizes are counts of lines, shares are 0 to 1."""

    trees: int = 400
    """Most trees of one family; fewer where a later slice says so."""
    learning_rate: float = 0.08
    leaves: int = 10
    min_lines_in_leaf: int = 20
    column_share: float = 0.4
    """Share of the columns that each tree may look at."""
    leaf_penalty: float = 5.0
    patience: int = 25
    """Trees without gain on the later slice before a family stops growing."""
    min_positives: int = 100
    """Families with fewer denied lines than this share one pooled hazard."""
    negatives_per_positive: int = 15
    min_negatives: int = 30_000
    """Never fewer paid lines than this (if there are so many) beside a family's denied ones."""
    reason_strength: float = 20.0
    """A payer's own reason codes weigh as much as all payers' once it has this many denials of a family."""
    payer_strength: float = 100.0
    """Denials and paid lines a payer needs before its own calibration counts for half."""
    interval_groups: int = 1000
    seed: int = 7
    threads: int = 2
    monotone: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: MONOTONE)

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

    @classmethod
    def from_mapping(cls, given: Mapping[str, object]) -> "ModelSettings":
        """Settings from a TOML table; an unknown key is an error that names the nearest known one."""
        known = {f.name: f.default for f in fields(cls) if f.name != "monotone"}
        for key, value in given.items():
            if key not in known:
                raise InvalidPolicy(
                    "model settings", field=key, found="an unknown key", wanted=_nearest(key, known)
                )
            wanted = type(known[key])
            if isinstance(value, bool) or not isinstance(value, int if wanted is int else (int, float)):
                raise InvalidPolicy("model settings", field=key, found=repr(value), wanted=_kind(wanted))
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


def _kind(wanted: type) -> str:
    return "a whole number" if wanted is int else "a number"


def _nearest(key: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(key, known, n=1)
    return f"one of {', '.join(sorted(known))}" if not near else f"{near[0]}?"


def _check(name: str, value: float, *, low: float, high: float = float("inf")) -> None:
    if not low <= value <= high:
        upper = "" if high == float("inf") else f" and at most {high}"
        raise InvalidPolicy("model settings", field=name, found=value, wanted=f"at least {low}{upper}")
