"""How often what a line is made of was seen before: the features that novelty is told by (`features.novelty`)."""

from dataclasses import dataclass

from features.formula import Formula, count_of, least
from features.history import answered_name
from features.key_sets import BY_NAME
from features.line import LINE, Line
from features.registry import EVERY, Shelf

SHELF = Shelf("novelty")
CAP = 10
"""Lines beyond which a code is as usual as any."""
SENT_ONLY = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """A code or combination that may be new: the history that counts it, and how to speak of it."""

    name: str
    fields: tuple[str, ...]
    """Fields of the line table, or `modifiers`, `component`, `diagnosis` (the category pointed at)."""
    words: str
    concept: str
    key_set: str = SENT_ONLY
    """The set of `features.key_sets` that counts answered lines."""
    sent: str = ""
    """The count of `features.sequence.ASKED` of lines sent."""
    families: tuple[str, ...] = EVERY

    @property
    def field(self) -> str:
        """The fields it is about, as reports name them."""
        return " and ".join(self.fields)

    @property
    def is_combination(self) -> bool:
        """Whether each of its parts may be usual by itself."""
        return len(self.fields) > 1

    @property
    def column(self) -> str:
        """The feature that counts it: answered lines, or sent ones where answers aren't counted."""
        return f"seen_{self.name}" if self.key_set != SENT_ONLY else self.sent_column

    @property
    def sent_column(self) -> str:
        """The feature that counts what was sent."""
        return f"sent_{self.name}"


_CODES = ("coding", "bundling", "other")
_PEOPLE = ("provider_enrollment", "missing_information", "other")
_NEED = ("medical_necessity", "not_covered", "coding", "other")

# fmt: off
WATCHED: tuple[Watched, ...] = (
    Watched("payer", ("payer_id",), "this payer", "payer_habit", "payer", "payer_n"),
    Watched("procedure", ("procedure",), "this procedure", "procedure", "procedure"),
    Watched("rendering", ("rendering_npi",), "this rendering provider", "rendering_provider", "rendering", families=_PEOPLE),
    Watched("referring", ("referring_npi",), "this referring provider", "referring_provider", sent="referring_n", families=_PEOPLE),
    Watched("facility", ("facility_npi",), "this facility", "facility", "facility", "facility_n", _PEOPLE),
    Watched("plan", ("payer_id", "plan_type"), "this kind of plan at this payer", "plan", "payer_plan"),
    Watched("payer_procedure", ("payer_id", "procedure"), "this procedure at this payer", "payer_habit", "payer_procedure", "payer_procedure_n"),
    Watched("modifiers", ("payer_id", "procedure", "modifiers"), "these modifiers with this procedure at this payer", "modifier", "payer_procedure_modifiers", families=_CODES),
    Watched("diagnosis", ("procedure", "diagnosis"), "this kind of diagnosis with this procedure", "diagnosis", "procedure_diagnosis", families=_NEED),
    Watched("payer_rendering", ("payer_id", "rendering_npi"), "this rendering provider at this payer", "rendering_provider", "payer_rendering", "rendering_n", _PEOPLE),
    Watched("component", ("payer_id", "facility_npi", "component"), "this facility's reading, picture or whole study at this payer", "modifier", "payer_facility_component", families=_CODES),
)
# fmt: on
"""Wider things first: what is new because something wider is new isn't told again."""


def _capped(count: Formula) -> Formula:
    """At most `CAP`; unknown stays unknown."""
    return least(count, CAP).only_where(count.known)


def _answered(watched: Watched) -> Formula:
    return LINE.past(answered_name(watched.key_set))


def _put(name: str, meaning: str, count: Formula, watched: Watched) -> None:
    def make(_: Line) -> Formula:
        return _capped(count)

    make.__name__, make.__doc__ = name, meaning
    SHELF.feature(watched.concept, unit="lines", families=watched.families)(make)


for _watched in WATCHED:
    if _watched.key_set != SENT_ONLY:
        _put(
            _watched.column,
            f"Answered lines with {_watched.words} in the year before, up to {CAP}: 0 means never seen.",
            _answered(_watched),
            _watched,
        )
    if _watched.sent:
        _put(
            _watched.sent_column,
            f"Lines sent with {_watched.words} in the year before, up to {CAP}.",
            LINE.sent(_watched.sent),
            _watched,
        )


@SHELF.feature("payer_habit", unit="things")
def n_never_seen(line: Line) -> Formula:
    """How many codes, providers and combinations of the line no answered line had in the year before."""
    answered = [line.past(answered_name(one.key_set)) for one in WATCHED if one.key_set in BY_NAME]
    return count_of([count < 1.0 for count in answered]).only_where(answered[0].known)
