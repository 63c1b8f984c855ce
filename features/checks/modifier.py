"""MODIFIER: does what stands behind the code say which side, why twice, and what was apart or cut short?"""

import numpy as np

from data.schema import MODIFIERS
from features import codes, parts
from features.checks.component import SHELF as SHELF
from features.checks.duplicate import SAYS_REPEATED
from features.checks.ncci import DISTINCT
from features.checks.registry import Change
from features.formula import Formula, any_of, where
from features.line import LINE, Line

SAYS_DISTINCT = parts.has_modifier(*DISTINCT)


def is_malformed(modifier: str) -> float:
    """Whether it can't be a modifier: not two capital letters or digits, or a double zero."""
    shaped = len(modifier) == 2 and modifier.isascii() and modifier.isalnum() and modifier.upper() == modifier
    return float(not shaped or modifier == "00")


ANY_MALFORMED = any_of(LINE.word(name).number(is_malformed, missing=0.0) for name in MODIFIERS)


@SHELF.check(
    "modifier",
    severity="warn",
    reason="4",
    sentence="{procedure} images a part with a left and a right, and no modifier says which.",
    fix="Add LT or RT, or 50 where both sides were done, as the report says.",
    changes=[Change("modifier_2", is_obtained=True)],
    needs_record_support=True,
)
def side_missing(line: Line) -> Formula:
    """A paired structure needs LT, RT or 50; unknown for codes that are no imaging we know.

    Source: CMS, physician fee schedule, bilateral indicator; payers' radiology billing guides.
    """
    paired = line.word("procedure").number(codes.is_paired)
    return (paired & ~parts.says_side).only_where(~parts.modality.is_in("other"))


@SHELF.check(
    "modifier",
    severity="warn",
    reason="4",
    sentence="{procedure} has both LT and RT on one line.",
    fix="Use modifier 50, or one line a side, as the payer wants it.",
    changes=[Change("modifier_1", value="50")],
)
def both_sides_on_line(line: Line) -> Formula:
    """LT and RT on one line is no way to bill both sides; unknown for a line without modifiers.

    Source: CMS, MLN booklet on modifier 50; Medicare Claims Processing Manual, chapter 12, section 40.7.
    """
    return (parts.has_modifier("LT") & parts.has_modifier("RT")).only_where(line.word("modifier_1").present)


@SHELF.check(
    "modifier",
    severity="warn",
    reason="18",
    sentence="{procedure} was done more than once on {service_from}, and no modifier says so.",
    fix="Add 76 (same provider) or 77 (another provider) if the record shows that it was repeated.",
    changes=[Change("modifier_2", value="76")],
    needs_record_support=True,
    owner="coder",
    stage="charge capture",
)
def repeat_unmarked(line: Line) -> Formula:
    """The same study, part and side again on one day, on this claim or an earlier one, must say that it is a repeat.

    Corrections (frequency 7, 8) pass. Unknown without a past, unless this claim shows the repeat itself.
    Source: CPT appendix A (modifiers 76, 77); CARC 18.
    """
    again = (line.alike("same_line") > 0) | (line.sent("same_component_n") > 0)
    corrects = line.word("frequency").is_in("7", "8")
    return again & ~(SAYS_REPEATED | SAYS_DISTINCT | parts.says_side | corrects)


@SHELF.check(
    "modifier",
    severity="block",
    reason="236",
    sentence="{procedure} belongs to another service on this claim, and no modifier says that it was apart.",
    fix="Add XE, XP, XS, XU or 59 if the record shows that it was apart. If not, take the line off.",
    changes=[Change("modifier_2", value="59")],
    needs_record_support=True,
)
def distinct_mark_missing(line: Line) -> Formula:
    """The second code of an NCCI pair whose modifier indicator is 1, and neither line has a modifier that parts them.

    Source: CMS, NCCI procedure-to-procedure edits; policy manual, chapter 1, section E (the modifiers are listed there).
    """
    return line.book("ncci_denied") & line.book("ncci_modifier_allowed") & ~line.book("ncci_modifier_given")


@SHELF.check(
    "modifier",
    severity="warn",
    reason="236",
    sentence="{procedure} has a modifier that says it was apart, and it does not help with this pair.",
    fix="Take the line off, as the pair is never paid together. A modifier does not change that.",
    changes=[Change("procedure", drops_line=True)],
)
def distinct_mark_useless(line: Line) -> Formula:
    """59, XE, XP, XS or XU on the second code of an NCCI pair whose modifier indicator is 0.

    Source: CMS, NCCI policy manual, chapter 1, section E.
    """
    return SAYS_DISTINCT & line.book("ncci_denied") & ~line.book("ncci_modifier_allowed")


@SHELF.check(
    "modifier",
    severity="info",
    reason="4",
    sentence="{procedure} has a modifier that says it was apart, and nothing on the claim calls for it.",
    fix="Take 59, XE, XP, XS or XU off the line, unless an earlier claim of that day calls for it.",
    changes=[Change("modifier_1")],
)
def distinct_mark_alone(line: Line) -> Formula:
    """59 and its kin are only for two services that would else be paid as one; payers audit their use.

    Unknown without NCCI pairs in the book. Source: CMS, MLN fact sheet "Proper use of modifiers 59 and X{EPSU}".
    """
    alone = line.alike("same_procedure_day").equals(0) & line.alike("same_study").equals(0)
    return SAYS_DISTINCT & alone & ~line.book("ncci_denied")


@SHELF.check(
    "modifier",
    severity="warn",
    reason="252/N29",
    sentence="{procedure} was cut short (52 or 53), and the claim neither says why nor brings papers.",
    fix="Add a short note that says what was left out and why, or attach the report.",
    field="has_note",
    changes=[Change("has_note", value="true")],
    owner="coder",
    stage="charge capture",
)
def reduced_unexplained(line: Line) -> Formula:
    """Payers price a reduced (52) or broken off (53) service by hand, and need to read why.

    Unknown where nothing tells whether the claim has a note. Source: 005010X222A1, NTE of 2300 and 2400, PWK;
    Medicare Claims Processing Manual, chapter 12, section 20.4.6.
    """
    explained = line.number("has_note") | line.word("attachment_type").present
    return parts.has_modifier("52", "53") & ~explained


@SHELF.check(
    "modifier",
    severity="info",
    reason="97",
    sentence="The visit {procedure} stands beside a procedure of the same day without modifier 25.",
    fix="Add modifier 25 if the visit was a service of its own. If not, take it off.",
    changes=[Change("modifier_1", value="25")],
    needs_record_support=True,
)
def visit_mark_missing(line: Line) -> Formula:
    """A visit on the day of a procedure is part of it, unless modifier 25 says that it was significant and separate.

    57 (the decision for surgery) does as well. NCCI wants it beside procedures with global days, some payers beside
    any. Unknown for lines without a procedure. Source: CPT appendix A;
    NCCI policy manual, chapter 1, section D (evaluation and management services).
    """
    beside = (line.alike("visit_with_procedure") > 0) & ~parts.has_modifier("25", "57")
    return beside.only_where(parts.procedure.present)


@SHELF.check(
    "modifier",
    severity="block",
    reason="182",
    sentence="One of the modifiers of {procedure} cannot be one: {modifiers}.",
    fix="Correct the modifier: two characters, letters or digits.",
    changes=[Change("modifier_1")],
)
def modifier_malformed(line: Line) -> Formula:
    """A modifier has two characters, capital letters or digits, and is no double zero.

    Unknown for a line without modifiers. Source: 005010X222A1, SV101-3 to SV101-6; HCPCS modifier list.
    """
    return where(line.word("modifier_1").present, ANY_MALFORMED, np.nan)
