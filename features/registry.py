"""What a feature is, and how a function becomes one: its name is the column, its docstring the meaning."""

from collections.abc import Callable
from dataclasses import dataclass

from features.concepts import CONCEPTS
from features.formula import Formula
from features.line import LINE, Line

Make = Callable[[Line], Formula]

EVERY: tuple[str, ...] = ("*",)
"""About no reason family in particular: the charge, how many lines the claim has.

Models that look at everything learn from it; no single family's hazard does. (Measured: a family has some hundreds of
denials, and by chance a few of those lie apart in any column. Leaving out what is of all families, and words, took a
third off what the hazards are wrong by.)
"""


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the feature matrix, as the catalogue tells it."""

    name: str
    meaning: str
    concept: str
    kind: str
    owner: str
    unit: str
    source: str
    field: str
    families: tuple[str, ...] = EVERY
    """The reason families whose hazards may learn from it."""
    is_categorical: bool = False
    most: float | None = None
    """What trees take greater values for; None: they see all."""

    def serves(self, family: str) -> bool:
        """Whether the hazard of this reason family may learn from it.

        Most words (payer, procedure) serve none: what a payer does with a procedure stands in its history, as a number.
        """
        return family in self.families


def described(
    name: str,
    meaning: str,
    concept: str,
    *,
    unit: str,
    source: str,
    field: str | None = None,
    families: tuple[str, ...] = EVERY,
    is_categorical: bool = False,
    most: float | None = None,
) -> Feature:
    """A catalogue entry; kind, owner and field come from its concept where nothing else is said."""
    about = CONCEPTS[concept]
    return Feature(
        name,
        meaning,
        concept,
        about.kind,
        about.owner,
        unit,
        source,
        field or about.field,
        families,
        is_categorical,
        most,
    )


class Shelf:
    """The features of one file, in the order in which they are written."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.features: list[Feature] = []
        self.formulas: list[Formula] = []

    def feature(
        self, concept: str, *, unit: str, field: str | None = None, families: tuple[str, ...] = EVERY
    ) -> Callable[[Make], Make]:
        """Put the decorated function on the shelf as the column of its own name."""

        def put(make: Make) -> Make:
            name, meaning = make.__name__, " ".join((make.__doc__ or "").split())
            self.features.append(
                described(
                    name, meaning, concept, unit=unit, source=self.source, field=field, families=families
                )
            )
            self.formulas.append(make(LINE))
            return make

        return put
