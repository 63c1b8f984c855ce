"""One line as sentences see it: its fields, its features, and how lines like it fared."""

from dataclasses import dataclass
from datetime import date

from data.few import Lines, carries, value_of
from features.build import Features
from features.evidence import Evidence, evidence

Value = str | int | float | bool | date | None

FEW = 20
"""Below so many lines a share would sound surer than it is: the counts are told instead."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a line table, the same row of its features, and the voice: does it raise the risk or lower it?"""

    lines: Lines
    row: int
    features: Features
    raises: bool

    def field(self, name: str) -> Value:
        """A field of the claim or of its context; None where it isn't given."""
        return value_of(self.lines, name, self.row)

    def has(self, name: str) -> bool:
        """Whether the field is given."""
        return self.field(name) is not None

    def of(self, name: str) -> float:
        """A feature's value; NaN where it is unknown, or isn't among the features at hand."""
        return float(self.features.column(name)[self.row]) if self.features.has(name) else float("nan")

    def so(self, name: str) -> bool:
        """Whether a yes/no feature is known and yes."""
        return self.of(name) > 0

    def past(self, key_set: str, family: str) -> str:
        """How lines like it fared, as a sentence with a blank before it; nothing where that isn't at hand or telling."""
        sent_on = self.field("submitted_on") if carries(self.lines, "submitted_on") else None
        found = evidence(
            self.features, self.row, key_set, family, sent_on if isinstance(sent_on, date) else None
        )
        return "" if found is None else weighed(found, raises=self.raises)

    @property
    def procedure(self) -> str:
        """The procedure code, or words for none."""
        return str(self.field("procedure") or "this service")

    @property
    def moves(self) -> str:
        """What it does to the risk."""
        return "raises" if self.raises else "lowers"


def told(found: Evidence) -> str:
    """The evidence as a sentence: a share of many lines, the plain counts of few."""
    if found.answered == 0:
        return f"No such line was answered {found.span}."
    lines = "such line was" if found.answered == 1 else "such lines were"
    how = "denied" if found.family == "denied" else "denied for this"
    many = share(found) if found.answered >= FEW else f"{found.denied}"
    return f"{many} of {found.answered} {lines} {how} {found.span}."


def weighed(found: Evidence, *, raises: bool) -> str:
    """The evidence behind a claim that something raises (or lowers) the risk; what speaks against it is told as such."""
    if found.answered == 0 or found.is_worse == raises:
        return f" {told(found)}"
    # A handful of lines that fared otherwise contradicts nothing: it would only confuse.
    return f" Still, {told(found).lower()}" if found.answered >= FEW else ""


def share(found: Evidence) -> str:
    """Denied of answered lines as a whole percentage."""
    percent = 100.0 * found.denied / found.answered
    return "Less than 1%" if 0 < percent < 1 else f"{percent:.0f}%"


def days(count: float) -> str:
    """A number of days in words."""
    whole = round(count)
    return "1 day" if whole == 1 else f"{whole} days"
