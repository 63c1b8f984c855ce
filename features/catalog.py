"""Every feature: what it is called, what it means to a biller, what it is about, whose hazard may learn from it."""

from collections.abc import Iterator, Mapping

from features import authorization, coverage, documents, form, history, imaging, people, sequence, timing
from features.categories import CATEGORIES
from features.registry import Feature, Make, Shelf

SHELVES: tuple[Shelf, ...] = (
    form.SHELF,
    timing.SHELF,
    imaging.SHELF,
    people.SHELF,
    authorization.SHELF,
    coverage.SHELF,
    documents.SHELF,
    sequence.SHELF,
)

MAKERS: tuple[Make, ...] = tuple(make for shelf in SHELVES for make in shelf.makers)
"""The functions behind the first columns, in their order; history and categories follow."""


def _all() -> Iterator[Feature]:
    for shelf in SHELVES:
        yield from shelf.features
    yield from history.features()
    yield from (category.feature for category in CATEGORIES)


CATALOG: Mapping[str, Feature] = {feature.name: feature for feature in _all()}
"""Every feature by name, in the order of the columns."""

NAMES: tuple[str, ...] = tuple(CATALOG)
CATEGORICAL: tuple[str, ...] = tuple(name for name, feature in CATALOG.items() if feature.is_categorical)


def columns_for(family: str) -> tuple[str, ...]:
    """The columns that the hazard of a reason family may learn from, in their order."""
    return tuple(name for name, feature in CATALOG.items() if feature.serves(family))
