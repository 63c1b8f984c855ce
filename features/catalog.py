"""Every feature: what it is called, what it means to a biller, what it is about, whose hazard may learn from it."""

from collections.abc import Mapping, Sequence

import numpy as np

from features import (
    authorization,
    coverage,
    diagnosis_fit,
    documents,
    form,
    history,
    imaging,
    novel,
    people,
    sequence,
    timing,
)
from features.categories import CATEGORIES
from features.checks import evidence
from features.checks.catalog import CHECKS
from features.checks.catalog import FORMULAS as OF_CHECKS
from features.checks.registry import Check
from features.columns import Singles
from features.formula import Formula
from features.registry import Feature, Shelf, described

SHELVES: tuple[Shelf, ...] = (
    form.SHELF,
    timing.SHELF,
    imaging.SHELF,
    people.SHELF,
    authorization.SHELF,
    coverage.SHELF,
    documents.SHELF,
    sequence.SHELF,
    novel.SHELF,
    diagnosis_fit.SHELF,
)

FORMULAS: tuple[Formula, ...] = (*(made for shelf in SHELVES for made in shelf.formulas), *OF_CHECKS)
"""The formulas of the first columns, in their order: all shelves, then the checks."""


def as_feature(check: Check) -> Feature:
    """A check as a column: 1 tripped, 0 passed, unknown where there was nothing to look at."""
    return described(
        check.column,
        check.rule,
        check.concept,
        unit="1 tripped, 0 passed",
        source=f"checks: {check.id}",
        field=check.field,
        families=(*dict.fromkeys((check.family, *check.also, "other")),),
    )


GROUPS: Mapping[str, Sequence[Feature]] = {
    "shelves": [feature for shelf in SHELVES for feature in shelf.features],
    "checks": [as_feature(check) for check in CHECKS],
    "history": history.features(),
    "evidence": evidence.features(),
    "words": [category.feature for category in CATEGORIES],
}
"""Where the columns come from, in their order."""

CATALOG: Mapping[str, Feature] = {feature.name: feature for group in GROUPS.values() for feature in group}
"""Every feature by name, in the order of the columns."""


def _columns() -> Mapping[str, slice]:
    found, start = {}, 0
    for group, features in GROUPS.items():
        found[group] = slice(start, start + len(features))
        start += len(features)
    return found


COLUMNS = _columns()
"""The columns of each group."""

NAMES: tuple[str, ...] = tuple(CATALOG)
CATEGORICAL: tuple[str, ...] = tuple(name for name, feature in CATALOG.items() if feature.is_categorical)


def most_of(names: Sequence[str]) -> Singles:
    """What trees take greater values of these features for, infinite where they see all. Shape (names,).

    A count of answers grows with the store: without an end, the newest lines would lie beyond all that trees have seen.
    """
    most = (CATALOG[name].most if name in CATALOG else None for name in names)
    return np.array([np.inf if value is None else value for value in most], dtype=np.float32)


def columns_for(family: str) -> tuple[str, ...]:
    """The columns that the hazard of a reason family may learn from, in their order."""
    return tuple(name for name, feature in CATALOG.items() if feature.serves(family))
