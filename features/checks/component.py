"""MODIFIER: is the reading billed, the picture, or the whole study, as the contract and the place want it?"""

from data.codes import place_kind
from features import codes, parts
from features.checks.forms import professional
from features.checks.registry import Change, CheckShelf
from features.formula import Formula
from features.line import Line

SHELF = CheckShelf("modifier")
"""The checks of this file, and behind them those of `features.checks.modifier`."""

WHOLE_AGREED, READING_AGREED, PICTURE_AGREED = 0.0, 1.0, 2.0
"""How the book numbers what a facility may bill to a payer: global, 26, TC."""

IS_SPLIT = parts.procedure.number(codes.is_split, missing=0.0)
HAS_READING, HAS_PICTURE = parts.has_modifier("26"), parts.has_modifier("TC")


def _billed_against(line: Line, agreed: float, component: float) -> Formula:
    """Where this was agreed, and another part than this one is billed of a study that has parts."""
    return (line.book("billing_agreed").equals(agreed) & ~parts.component.equals(component)).only_where(
        IS_SPLIT
    )


@SHELF.check(
    "modifier",
    severity="block",
    reason="4",
    sentence="This facility bills this payer the reading only, and {procedure} has no modifier 26.",
    fix="Put modifier 26 on the line, in the place of TC if that is there.",
    changes=[Change("modifier_1", value="26")],
)
def reading_agreed(line: Line) -> Formula:
    """The contract of this facility with this payer is for the reading; unknown for studies that have no parts.

    Source: the contract, as the policy book has it; Medicare Claims Processing Manual, chapter 13, section 20.
    """
    return _billed_against(line, READING_AGREED, parts.READING)


@SHELF.check(
    "modifier",
    severity="block",
    reason="4",
    sentence="This facility bills this payer the picture only, and {procedure} has no modifier TC.",
    fix="Put modifier TC on the line, in the place of 26 if that is there.",
    changes=[Change("modifier_1", value="TC")],
)
def picture_agreed(line: Line) -> Formula:
    """The contract of this facility with this payer is for the picture; unknown for studies that have no parts.

    Source: as `reading_agreed`.
    """
    return _billed_against(line, PICTURE_AGREED, parts.PICTURE)


@SHELF.check(
    "modifier",
    severity="block",
    reason="4",
    sentence="This facility bills this payer whole studies, and {procedure} has modifier {modifier_1}.",
    fix="Take modifier 26 or TC off the line.",
    changes=[Change("modifier_1")],
)
def whole_agreed(line: Line) -> Formula:
    """The contract of this facility with this payer is for reading and picture together.

    Unknown for studies that have no parts. Source: as `reading_agreed`.
    """
    return _billed_against(line, WHOLE_AGREED, parts.WHOLE)


@SHELF.check(
    "modifier",
    severity="block",
    reason="5",
    sentence="{procedure} bills the picture in place {place_of_service}, where the facility bills it itself.",
    fix="Bill the reading only, with modifier 26, or correct the place of service.",
    changes=[Change("modifier_1", value="26")],
)
def picture_in_facility(line: Line) -> Formula:
    """In a hospital the technical part is the hospital's, so a practice bills no TC there.

    Unknown for a place that we don't know, and on institutional claims. Source: Medicare Claims Processing Manual, chapter 13, section 20.2.
    """
    place = line.word("place_of_service").words(place_kind)
    known = place.is_in("facility", "non-facility")
    return (HAS_PICTURE & place.is_in("facility")).only_where(known) & professional(line)


@SHELF.check(
    "modifier",
    severity="warn",
    reason="5",
    sentence="{procedure} is billed as a whole in place {place_of_service}, where the facility bills the picture.",
    fix="Put modifier 26 on the line if only the reading is yours.",
    changes=[Change("modifier_1", value="26")],
    needs_record_support=True,
)
def whole_in_facility(line: Line) -> Formula:
    """A study that has parts, billed without 26 or TC in a facility; passes where the contract says whole studies.

    Unknown for a place or a procedure that we don't know, and on institutional claims. Source: as `picture_in_facility`.
    """
    agreed = line.book("billing_agreed").equals(WHOLE_AGREED).surely
    whole = parts.component.equals(parts.WHOLE) & parts.place.is_in("facility") & ~agreed
    known = IS_SPLIT & parts.place.is_in("facility", "non-facility")
    return whole.only_where(known) & professional(line)


@SHELF.check(
    "modifier",
    severity="block",
    reason="4",
    sentence="{procedure} is not billed in parts, and has modifier {modifier_1}.",
    fix="Take modifier 26 or TC off the line.",
    changes=[Change("modifier_1")],
)
def part_of_undivided(line: Line) -> Formula:
    """26 and TC are only for codes with a professional and a technical part; unknown for codes that we don't know.

    Source: CMS, physician fee schedule, PC/TC indicator 1 (others have no such parts).
    """
    whole = line.word("procedure").number(codes.is_whole)
    return ((HAS_READING | HAS_PICTURE) & whole).only_where(~parts.modality.is_in("other"))


@SHELF.check(
    "modifier",
    severity="block",
    reason="4",
    sentence="{procedure} has both 26 and TC on one line.",
    fix="Bill the whole study without either, or each part on a line of its own.",
    changes=[Change("modifier_1")],
)
def both_parts_on_line(line: Line) -> Formula:
    """26 and TC together say nothing: the whole study is billed with neither; unknown for a line without modifiers.

    Source: Medicare Claims Processing Manual, chapter 13, section 20.
    """
    return (HAS_READING & HAS_PICTURE).only_where(line.word("modifier_1").present)
