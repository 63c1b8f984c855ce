"""NCCI & MUE: may these services be billed together, and so many of them?

All of it comes from public lists in the policy book: procedure-to-procedure pairs, unit limits, add-on codes. A payer
may have lists of its own; where the book holds none, these checks are unknown.
"""

from features import parts
from features.checks.authorization import OFTEN
from features.checks.registry import Change, CheckShelf
from features.formula import Formula
from features.line import Line

SHELF = CheckShelf("ncci")

DISTINCT = ("59", "XE", "XP", "XS", "XU")


@SHELF.check(
    "same_claim",
    severity="block",
    reason="236",
    sentence="{procedure} is never paid beside another service on this claim, whatever the modifier.",
    fix="Take {procedure} off the claim. Its pay is within the other service's.",
    changes=[Change("procedure", drops_line=True)],
)
def pair_never_paid(line: Line) -> Formula:
    """The line is the second code of an NCCI pair whose modifier indicator is 0.

    Source: CMS, NCCI procedure-to-procedure edits; policy manual, chapter 1, section E (modifiers).
    """
    return line.book("ncci_denied") & ~line.book("ncci_modifier_allowed")


@SHELF.check(
    "units",
    severity="block",
    reason="151",
    sentence="{units} units of {procedure} are billed, and the limit for a day is {unit_limit}.",
    fix="Check how many were done. Bill no more than the limit, or be ready to send the records.",
    changes=[Change("units", is_obtained=True)],
    owner="coder",
    stage="charge capture",
)
def units_above_limit(line: Line) -> Formula:
    """More units than one patient can get on one day by the list of medically unlikely edits.

    Source: CMS, MUE table (practitioner or facility, by the place of service). Only this line's units are counted.
    """
    return line.number("units") > line.book("unit_limit")


@SHELF.check(
    "same_claim",
    severity="block",
    reason="B15",
    sentence="{procedure} is an add-on, and the service that it adds to is not on the claim.",
    fix="Add the main service to the claim, or take the add-on off.",
    changes=[Change("procedure", drops_line=True)],
)
def addon_alone(line: Line) -> Formula:
    """An add-on code is paid only beside one of its primary codes of the same day.

    Source: CMS, add-on code edits (type 1 lists all primaries); NCCI policy manual, chapter 1.
    """
    return line.book("addon_needs_primary") & ~line.book("addon_primary_present")


@SHELF.check(
    "same_claim",
    severity="info",
    reason="97",
    sentence="{procedure} and another line of the claim image the same part in the same way on one day.",
    fix="See whether one code covers both. If they were apart, add modifier 59 or one of XE, XP, XS, XU.",
    changes=[Change("modifier_2", value="59")],
    needs_record_support=True,
)
def same_study_in_two_codes(line: Line) -> Formula:
    """Two codes of one modality and body region on one day: payers often pay the greater and call the other its part.

    Our own rule. Source: after the "more extensive procedure" edits of the NCCI policy manual, chapter 1, section H.
    """
    return (line.alike("same_study") > 0) & ~parts.has_modifier(*DISTINCT)


@SHELF.check(
    "same_claim",
    severity="info",
    reason="97",
    sentence="This payer often calls {procedure} a part of the other study on this claim, with these modifiers ({modifiers}).",
    fix="Bill one code that covers both if there is one, or be ready to show that they were apart.",
    changes=[Change("procedure", drops_line=True)],
)
def pair_usually_refused(line: Line) -> Formula:
    """Of such lines this payer denied two in ten or more as part of another: some heed modifier 59, others don't.

    Such lines: of the procedure beside the same other one, with the same modifiers. Unknown without a past or without
    another study of the modality on the claim. Source: this payer's own answers.
    """
    often = line.past("history_payer_procedure_beside_bundling_rate") >= OFTEN
    return often.only_where(line.alike("same_modality") > line.alike("same_procedure"))
