"""DUPLICATE: was this service sent before, on this claim or an earlier one, and does a correction name what it corrects?

What was sent before is known from our own claims only, so without a past these checks are unknown. Answers play no
part: a payer compares claims, not their outcomes.
"""

from features import codes, parts
from features.checks.registry import Change, CheckShelf
from features.formula import Formula
from features.line import LINE, Line

SHELF = CheckShelf("duplicate")

SAYS_REPEATED = parts.has_modifier("76", "77", "91")
"""The form says that the service was done again: 76 by the same provider, 77 by another, 91 for laboratory tests."""

TOLD_APART = SAYS_REPEATED | parts.has_modifier("59", "XE", "XP", "XS", "XU")
CORRECTS = LINE.word("frequency").is_in("7", "8")
"""The claim replaces or voids an earlier one: CLM05-3 is 7 or 8."""


@SHELF.check(
    "duplicate",
    severity="block",
    reason="18",
    sentence="{procedure} of {service_from} was sent before, and this claim is not marked as a correction.",
    fix="Look up the first claim. If it needs correcting, send this one with frequency 7 and the payer's number of it.",
    changes=[Change("frequency", value="7"), Change("original_control", is_obtained=True)],
)
def sent_before_as_new(line: Line) -> Formula:
    """Same patient, procedure, day and modifiers were already sent, and this claim says that it is the first.

    Modifiers 76, 77 and 91 say that the service was done again. Source: CARC 18; 005010X222A1, CLM05-3.
    """
    got_in = line.sent("same_n") - line.sent("same_away_n")
    return (got_in > 0) & ~CORRECTS & ~SAYS_REPEATED


@SHELF.check(
    "duplicate",
    severity="warn",
    reason="18",
    sentence="The claim holds {procedure} with the same modifiers and day more than once.",
    fix="Take the second line off the claim, or add the units on one line.",
    field="procedure",
    changes=[Change("procedure", drops_line=True)],
    owner="coder",
    stage="charge capture",
)
def same_line_twice(line: Line) -> Formula:
    """Two lines of a claim must differ in procedure, day or modifiers. Source: CARC 18; NCCI manual, chapter 1.

    Lines whose modifiers say that the service was repeated or distinct pass.
    """
    return (line.alike("same_line") > 0) & ~TOLD_APART


@SHELF.check(
    "duplicate",
    severity="block",
    reason="18",
    sentence="The claim bills {procedure} both as a whole and in part for the same day.",
    fix="Bill the whole study, or the reading (26) and the picture (TC), but not both.",
    field="modifier_1",
    changes=[Change("procedure", drops_line=True)],
    owner="coder",
    stage="charge capture",
)
def whole_and_part(line: Line) -> Formula:
    """A study billed without 26 or TC holds both of its parts, so neither may be billed beside it.

    Source: Medicare Claims Processing Manual, chapter 13, section 20 (professional and technical component).
    """
    return line.alike("whole_and_part") > 0


@SHELF.check(
    "duplicate",
    severity="warn",
    reason="18",
    sentence="Part of {procedure} was already sent for {service_from}, and this claim bills the whole of it.",
    fix="Find out which part was sent. Bill only the other one, with modifier 26 or TC.",
    field="modifier_1",
    changes=[Change("modifier_1", value="26")],
    owner="coder",
    stage="charge capture",
)
def whole_after_part(line: Line) -> Formula:
    """The same study was sent with 26 or TC for that day, and now without: its other part would be paid twice.

    Only a whole study is looked at: a part after the other part is as it should be. Source: as `whole_and_part`.
    """
    parts_sent = line.sent("same_day_n") - line.sent("same_component_n")
    whole = parts.component.equals(parts.WHOLE) & parts.procedure.number(codes.is_split, missing=0.0)
    return whole & (parts_sent > 0) & ~CORRECTS


@SHELF.check(
    "replacement",
    severity="block",
    reason="16/M47",
    sentence="The claim corrects an earlier one, and the payer's number of that claim is missing.",
    fix="Take the payer's claim number from its remittance, and put it on the claim.",
    changes=[Change("original_control", is_obtained=True)],
    is_of_claim=True,
)
def replaces_nothing(line: Line) -> Formula:
    """A claim with frequency 7 or 8 must carry the payer's number of the original; unknown without a frequency.

    Source: 005010X222A1, REF*F8 of 2300 (payer claim control number), required when CLM05-3 is 7 or 8.
    """
    return (CORRECTS & ~line.word("original_control").present).only_where(line.word("frequency").present)


@SHELF.check(
    "replacement",
    severity="warn",
    reason="16/M47",
    sentence="The claim says that it is the first one, and yet carries the payer's number of an earlier claim.",
    fix="If it corrects that claim, set the frequency to 7. If not, take the number off.",
    field="frequency",
    changes=[Change("frequency", value="7")],
    is_of_claim=True,
)
def original_named_by_first(line: Line) -> Formula:
    """The payer's number of an earlier claim belongs on corrections alone; unknown without a frequency.

    Source: 005010X222A1, REF*F8 of 2300 and CLM05-3.
    """
    named = line.word("frequency").is_in("1") & line.word("original_control").present
    return named.only_where(line.word("frequency").present)


@SHELF.check(
    "replacement",
    severity="info",
    reason="16/M47",
    sentence="The claim corrects an earlier one, and our records hold no earlier claim for {procedure} on that day.",
    fix="Make sure that the first claim reached the payer. If it was turned away, send this one as new.",
    field="frequency",
    changes=[Change("frequency", value="1"), Change("original_control")],
)
def corrects_unknown_claim(line: Line) -> Formula:
    """Only a claim that the payer took in can be replaced or voided: one that was rejected must be sent as new.

    Source: Medicare Claims Processing Manual, chapter 1, section 70 (a rejected claim counts as never sent).
    """
    return CORRECTS & line.sent("same_day_n").equals(0)
