"""Columns of words (payer, procedure, ...) as numbers of a vocabulary that is fixed when a model is fitted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from features import parts
from features.columns import Codes, Floats, Lines
from features.registry import EVERY, Feature, described

MOST = 254
"""LightGBM puts this many categories and the unknown into one byte; rarer values count as unknown."""

Vocabularies = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Category:
    """A column of words and its catalogue entry."""

    feature: Feature
    of: Callable[[Lines], Codes]

    @property
    def name(self) -> str:
        """The name of the column."""
        return self.feature.name


def _category(
    name: str, concept: str, meaning: str, of: Callable[[Lines], Codes], families: tuple[str, ...] = EVERY
) -> Category:
    about = described(
        name, meaning, concept, unit="word", source="claim form", families=families, is_categorical=True
    )
    return Category(about, of)


WHO = ("provider_enrollment", "missing_information", "coding", "documentation", "authorization", "other")

CATEGORIES: tuple[Category, ...] = (
    _category("payer_id", "payer_habit", "The payer.", lambda lines: lines.text("payer_id")),
    _category("plan_type", "plan", "The kind of plan.", lambda lines: lines.text("plan_type")),
    _category("procedure", "procedure", "The procedure billed.", lambda lines: lines.text("procedure")),
    _category("modality", "procedure", "The modality of the procedure.", parts.modality),
    _category("body_region", "procedure", "The body region of the procedure.", parts.body_region),
    _category("component", "modifier", "Reading (26), picture (TC) or both.", parts.component),
    _category(
        "place_of_service", "place", "Where the service was.", lambda lines: lines.text("place_of_service")
    ),
    _category(
        "diagnosis_category",
        "diagnosis",
        "The first three characters of the first diagnosis pointed at.",
        parts.diagnosis_category,
    ),
    _category(
        "relationship",
        "patient",
        "How the patient relates to the insured.",
        lambda lines: lines.text("relationship"),
    ),
    _category("facility_npi", "facility", "The facility.", lambda lines: lines.text("facility_npi"), WHO),
    _category(
        "rendering_npi",
        "rendering_provider",
        "The rendering provider.",
        lambda lines: lines.text("rendering_npi"),
        WHO,
    ),
)


def learn(lines: Lines) -> Vocabularies:
    """The values of each column worth a category of their own: the most frequent, in alphabetical order."""
    return {category.name: _most_frequent(category.of(lines)) for category in CATEGORIES}


def _most_frequent(column: Codes) -> tuple[str, ...]:
    counts = np.bincount(column.codes[column.present], minlength=len(column.values))
    ranked = sorted(zip(-counts, column.values, strict=True))
    return tuple(sorted(value for count, value in ranked[:MOST] if count < 0))


def number(category: Category, lines: Lines, vocabularies: Vocabularies) -> Floats:
    """The place of each line's value in the vocabulary; NaN for a value that isn't in it, or none. Shape (n,)."""
    index = _places(vocabularies[category.name])
    return category.of(lines).number(lambda value: index.get(value, np.nan))


@lru_cache(maxsize=1 << 10)
def _places(words: tuple[str, ...]) -> Mapping[str, float]:
    return {word: float(place) for place, word in enumerate(words)}
