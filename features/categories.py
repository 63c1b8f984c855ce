"""Columns of words (payer, procedure, ...) as numbers of a vocabulary that is fixed when a model is fitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from data.claim import Value
from features import parts
from features.columns import Codes, Floats
from features.encode import Encoded
from features.formula import Derive, Word
from features.line import LINE
from features.registry import EVERY, Feature, described

MOST = 254
"""LightGBM puts this many categories and the unknown into one byte; rarer values count as unknown."""

Vocabularies = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Category:
    """A column of words and its catalogue entry."""

    feature: Feature
    of: Word

    @property
    def name(self) -> str:
        """The name of the column."""
        return self.feature.name


def _category(name: str, concept: str, meaning: str, of: Word, families: tuple[str, ...] = EVERY) -> Category:
    about = described(
        name, meaning, concept, unit="word", source="claim form", families=families, is_categorical=True
    )
    return Category(about, of)


ASKED_FIRST = ("authorization", "other")
"""Payers ask first in some places of service and not in others. Other words serve no family alone (`Feature.serves`)."""

# fmt: off
CATEGORIES: tuple[Category, ...] = (
    _category("payer_id", "payer_habit", "The payer.", LINE.word("payer_id")),
    _category("plan_type", "plan", "The kind of plan.", LINE.word("plan_type")),
    _category("procedure", "procedure", "The procedure billed.", parts.procedure),
    _category("modality", "procedure", "The modality of the procedure.", parts.modality),
    _category("body_region", "procedure", "The body region of the procedure.", parts.body_region),
    _category("place_of_service", "place", "Where the service was.", LINE.word("place_of_service"), ASKED_FIRST),
    _category("diagnosis_category", "diagnosis", "The first three characters of the first diagnosis pointed at.",
              parts.diagnosis_category),
    _category("relationship", "patient", "How the patient relates to the insured.", LINE.word("relationship")),
    _category("facility_npi", "facility", "The facility.", LINE.word("facility_npi")),
    _category("rendering_npi", "rendering_provider", "The rendering provider.", LINE.word("rendering_npi")),
)
# fmt: on

NAMES: tuple[str, ...] = tuple(category.name for category in CATEGORIES)
WORDS: tuple[str, ...] = tuple(category.of.column for category in CATEGORIES)
"""Words whose values must be at hand."""


def learn(lines: Encoded) -> Vocabularies:
    """The values of each column worth a category of their own: the most frequent, in alphabetical order."""
    return {category.name: _most_frequent(_values(category, lines)) for category in CATEGORIES}


def _values(category: Category, lines: Encoded) -> Codes:
    word = lines.word(category.of.column)
    return word if category.of.derive is None else word.words(category.of.derive)


def _most_frequent(column: Codes) -> tuple[str, ...]:
    counts = np.bincount(column.codes[column.present], minlength=len(column.values))
    ranked = sorted(zip(-counts, column.values, strict=True))
    return tuple(sorted(value for count, value in ranked[:MOST] if count < 0))


def tell(lines: Encoded, vocabularies: Vocabularies) -> Floats:
    """The place of each line's value in the vocabulary; NaN for a value that isn't in it, or none.

    Shape (n, len(CATEGORIES)).
    """
    if lines.raw is not None:
        nothing, known = [np.nan] * lines.n, _known(vocabularies)
        told = [
            nothing if (given := lines.each(column)) is None else _few(given, derive, places)
            for (column, derive), places in zip(_OF, known, strict=True)
        ]
        return np.array(told).T
    out = np.empty((lines.n, len(CATEGORIES)))
    for column, category in enumerate(CATEGORIES):
        word = lines.word(category.of.column)
        out[:, column] = _table(category.of.derive, word.values, vocabularies[category.name])[word.codes]
    return out


def _few(values: Sequence[Value], derive: Derive | None, places: Mapping[str, float]) -> list[float]:
    """The places of a few values."""
    words = values if derive is None else [None if v is None else derive(str(v)) for v in values]
    return [places.get(word, np.nan) for word in words]  # type: ignore[arg-type]  # nothing is in no vocabulary


_OF = tuple((category.of.column, category.of.derive) for category in CATEGORIES)
_LATEST: list[tuple[Vocabularies, list[Mapping[str, float]]]] = []
"""The vocabularies that a few lines were last told in: to look them up by all their words would take longest."""


def _known(vocabularies: Vocabularies) -> list[Mapping[str, float]]:
    """The places in each vocabulary."""
    latest = _LATEST[0] if _LATEST else None
    if latest is None or latest[0] is not vocabularies:
        latest = (vocabularies, [_places(vocabularies[category.name]) for category in CATEGORIES])
        _LATEST[:] = [latest]
    return latest[1]


@lru_cache(maxsize=32)
def _table(derive: Derive | None, values: tuple[str, ...], vocabulary: tuple[str, ...]) -> Floats:
    """The place of each value in the vocabulary, and at last the unknown: made once for all chunks of a table."""
    places = _places(vocabulary)
    found = [value if derive is None else derive(value) for value in values]
    return np.array([*(np.nan if word is None else places.get(word, np.nan) for word in found), np.nan])


@lru_cache(maxsize=1 << 10)
def _places(words: tuple[str, ...]) -> Mapping[str, float]:
    return {word: float(place) for place, word in enumerate(words)}
