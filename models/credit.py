"""Whose the credit is for a record that speaks of several things: the thing that this line's tripped check is about.

Some features tell what became of lines that trip a family's checks (`evidence_...`), or count the tripped ones
(`checks_tripped_...`). Such a feature speaks of the report on one line and of the attachment on the next. What it
adds to a family is therefore counted with the check that the line trips for this family: of several, with the one
whose own column adds most. Where none is tripped, a record stays with its own concept, and a count of checks (of
other families, then) is no more than the payer's habit. Credit is moved, never made: a line's sum stays what it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from features.build import Values
from features.catalog import CATALOG
from features.checks.catalog import CHECKS
from features.checks.evidence import OUTPUTS, SEVERITY_COLUMNS
from features.registry import EVERY
from models.combine import Floats

HABIT = "payer_habit"
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Credit:
    """Within one hazard: the columns that are records of tripped checks, the checks' columns, and their concepts."""

    records: Places
    usual: Places
    """[records] the concept that each counts for where no check of the family is tripped."""
    checks: Places
    about: Places
    """[checks] the concept that each check is about."""

    def of(self, contributions: Floats, values: Values) -> Places:
        """[n, records] the concept that each record counts for on each line of `values` [n, features]."""
        place = np.repeat(self.usual[None, :], len(values), axis=0)
        if len(self.checks):
            tripped = values[:, self.checks] == 1
            adds = np.where(tripped, contributions[:, self.checks], -np.inf)
            some = tripped.any(axis=1)
            place[some] = self.about[adds.argmax(axis=1)][some, None]
        return place

    def columns(self, own: Sequence[int], concept: int, place: Places) -> list[int]:
        """The columns that count for a concept on one line: its own, and the records of its check."""
        given = dict(zip(self.records.tolist(), place.tolist(), strict=True))
        mine = [column for column in own if given.get(column, concept) == concept]
        return [*mine, *(column for column, to in given.items() if to == concept and column not in own)]

    def by_concept(self, contributions: Floats, place: Places, rest: Floats) -> Floats:
        """`rest` [n, concepts], what all other columns add, with the records added where `place` has them.

        One record after another, so that a line alone has the bits it has among others.
        """
        rows = np.arange(len(rest))
        for n, column in enumerate(self.records.tolist()):
            rest[rows, place[:, n]] += contributions[:, column]
        return rest


@lru_cache(maxsize=64)
def credit(features: tuple[str, ...], concepts: tuple[str, ...], families: tuple[str, ...]) -> Credit:
    """The credit that is moved in the hazard of these families (several where they are pooled).

    Concepts are told by their place among `concepts`, those that the features are grouped by.
    """
    at = {name: n for n, name in enumerate(features)}
    group = {concept: n for n, concept in enumerate(concepts)}
    records = [name for name in OUTPUTS if name in at and _serves(name, families)]
    checks = [check for check in CHECKS if check.family in families and check.column in at]
    return Credit(
        _places([at[name] for name in records]),
        _places([group[_usual(name, group)] for name in records]),
        _places([at[check.column] for check in checks]),
        _places([group[check.concept] for check in checks]),
    )


def _serves(name: str, families: tuple[str, ...]) -> bool:
    """Whether a record may stand in such a hazard: one of all families does where a model looks at everything."""
    feature = CATALOG[name]
    return feature.families == EVERY or any(feature.serves(family) for family in families)


def _usual(name: str, known: dict[str, int]) -> str:
    return HABIT if name in SEVERITY_COLUMNS and HABIT in known else CATALOG[name].concept


def _places(numbers: Sequence[int]) -> Places:
    return np.array(numbers, dtype=np.int64)
