"""COVERAGE: was the patient covered by this payer on the day of service, does it pay first, and does it pay for this?"""

import numpy as np

from features.checks.registry import Change, CheckShelf
from features.formula import Formula, day_of_year, where
from features.line import Line

SHELF = CheckShelf("coverage")

STALE_DAYS = 30
"""Days after which an eligibility answer is old: coverage begins and ends by the month."""
SOON_DAYS = 7

OFTEN = 0.2
"""From this share of denials on a payer's habit is worth a word; rates are smoothed, so a few lines never reach it."""

LATER = ("S", "T", "A", "B", "C", "D", "E", "F", "G", "H")
"""SBR01 of a claim that goes to the second payer, the third, ..., the eleventh."""


def _last_day(line: Line) -> Formula:
    return line.number("service_to").or_else(line.number("service_from"))


@SHELF.check(
    "eligibility",
    severity="block",
    reason="27",
    is_of_claim=True,
    sentence="The eligibility check said that coverage is not active.",
    fix="Ask the patient for the present coverage, verify it, and bill the payer that covers the day of service.",
    changes=[Change("context_eligibility_status", value="active")],
)
def coverage_not_active(line: Line) -> Formula:
    """Coverage must be active on the day of service; unknown where it was never verified.

    Source: 270/271 eligibility answer (005010X279A1, EB01 of 6: inactive); CARC 26 and 27.
    """
    status = line.word("context_eligibility_status")
    return status.is_in("inactive").only_where(status.is_in("active", "inactive"))


@SHELF.check(
    "eligibility",
    severity="block",
    reason="27",
    is_of_claim=True,
    sentence="Coverage ended on {context_coverage_ends_on}, before the service on {service_from}.",
    fix="Ask the patient for the new coverage, verify it, and bill that payer.",
    field="coverage_ends_on",
    changes=[Change("context_coverage_ends_on", is_obtained=True)],
)
def coverage_ended(line: Line) -> Formula:
    """Coverage must last to the last day of service. Source: CARC 27 (after coverage ended)."""
    return _last_day(line) > line.number("context_coverage_ends_on")


@SHELF.check(
    "eligibility",
    severity="warn",
    reason="27",
    is_of_claim=True,
    sentence="Coverage was never verified for this visit.",
    fix="Verify coverage for the day of service before the claim goes out.",
    changes=[Change("context_eligibility_status", value="active")],
)
def coverage_not_verified(line: Line) -> Formula:
    """Coverage should be verified before each visit; unknown where our records say nothing.

    Source: 270/271 eligibility inquiry (005010X279A1), asked for the day of service.
    """
    status = line.word("context_eligibility_status")
    return status.is_in("unverified").only_where(status.present)


@SHELF.check(
    "eligibility",
    severity="info",
    reason="27",
    is_of_claim=True,
    sentence="Coverage was last verified on {context_eligibility_checked_on}, too long before {service_from}.",
    fix="Verify coverage again for the day of service.",
    field="eligibility_checked_on",
    changes=[Change("context_eligibility_checked_on", from_field="service_from")],
)
def coverage_check_old(line: Line) -> Formula:
    """The check may be at most 30 days older than the service, and of the same year: plans change on 1 January.

    Source: plans run by the calendar month and the year; payers' manuals ask for a check at each visit.
    """
    service = line.number("service_from")
    age = service - line.number("context_eligibility_checked_on")
    return (age > STALE_DAYS) | (age > day_of_year(service))


@SHELF.check(
    "eligibility",
    severity="info",
    reason="27",
    is_of_claim=True,
    sentence="Coverage ends on {context_coverage_ends_on}, within a week of the service on {service_from}.",
    fix="Verify that coverage was still active on the day of service.",
    field="coverage_ends_on",
    changes=[Change("context_eligibility_checked_on", from_field="service_from")],
)
def coverage_ends_soon(line: Line) -> Formula:
    """Coverage that ends within 7 days of the visit is often ended earlier, after the fact: look again.

    Passes where it was verified on the day of service or later. Source: grace periods and late notices of employers;
    CARC 27.
    """
    left = line.number("context_coverage_ends_on") - _last_day(line)
    checked_since = line.number("context_eligibility_checked_on") >= line.number("service_from")
    return (left >= 0.0) & (left <= SOON_DAYS) & ~checked_since.surely


@SHELF.check(
    "other_payer",
    severity="block",
    reason="22",
    is_of_claim=True,
    sentence="Another payer comes first, and this claim is sent to this payer as the first.",
    fix="Bill the other payer first; send this claim with that payer's answer afterwards.",
    field="payer_sequence",
    changes=[Change("payer_sequence", value="S"), Change("other_payer_paid_cents", is_obtained=True)],
)
def other_payer_first(line: Line) -> Formula:
    """Where the front desk noted another payer as primary, this one must be billed as the second or later.

    Source: 005010X222A1, SBR01 of 2000B; CARC 22.
    """
    return line.number("context_other_payer_primary") & ~line.word("payer_sequence").is_in(*LATER)


@SHELF.check(
    "other_payer",
    severity="warn",
    reason="19",
    is_of_claim=True,
    sentence="The claim tells of an injury at work, and goes to a health plan.",
    fix="Bill the employer's work injury insurer, or correct the cause of the injury.",
    field="related_cause",
    changes=[Change("related_cause")],
    needs_record_support=True,
)
def work_insurer_first(line: Line) -> Formula:
    """An injury at work is for the work injury insurer to pay; unknown without the kind of plan.

    Source: 005010X222A1, CLM11 of EM and SBR09 of WC; CARC 19.
    """
    plan = line.word("plan_type")
    hurt = line.word("related_cause").is_in("EM")
    return hurt & (~plan.is_in("WC")).only_where(plan.present)


@SHELF.check(
    "other_payer",
    severity="warn",
    reason="20",
    is_of_claim=True,
    sentence="The claim tells of a car accident, and goes to a health plan.",
    fix="Bill the car insurer first, or correct the cause of the injury.",
    field="related_cause",
    changes=[Change("related_cause")],
    needs_record_support=True,
)
def car_insurer_first(line: Line) -> Formula:
    """A car accident is for the car insurer to pay first; unknown without the kind of plan.

    Source: 005010X222A1, CLM11 of AA and SBR09 of AM, LM or LI; CARC 20 and 21; for Medicare 42 CFR 411.50.
    """
    plan = line.word("plan_type")
    hurt = line.word("related_cause").is_in("AA")
    first = ~plan.is_in("AM", "LM", "LI") & ~line.word("payer_sequence").is_in(*LATER)
    return hurt & first.only_where(plan.present)


@SHELF.check(
    "procedure",
    severity="block",
    reason="96/N130",
    sentence="This payer never pays for {procedure}.",
    fix="Don't bill this payer for it. Bill the patient if a notice of the costs was signed.",
    changes=[Change("procedure", drops_line=True)],
)
def procedure_excluded(line: Line) -> Formula:
    """The procedure is on the list of what this payer's plans leave out.

    Source: the payer's benefit exclusions; CARC 96 and 204.
    """
    return line.book("excluded")


@SHELF.check(
    "procedure",
    severity="warn",
    reason="96/N130",
    sentence="This payer often refused to pay for {procedure}.",
    fix="Look up at the payer whether this patient's plan covers it. If not, ask for other coverage.",
)
def procedure_usually_refused(line: Line) -> Formula:
    """Our list says nothing, but of such lines this payer denied two in ten or more as not covered.

    Unknown without a past, and left to `procedure_excluded` where the list says it. Source: this payer's own answers.
    """
    silent = where(line.book("excluded").known, np.nan, 1.0)
    return (line.past("history_payer_procedure_not_covered_rate") >= OFTEN) & silent
