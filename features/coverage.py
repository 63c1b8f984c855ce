"""The patient's coverage, as the front desk knew it when the claim was sent, and what the payer never pays."""

from features.formula import Formula
from features.line import Line
from features.registry import Shelf

SHELF = Shelf("eligibility check")
COVER = ("eligibility", "coordination", "not_covered", "benefit_limit", "other")
SOON = 7.0
"""Days before the end of coverage in which a visit is a risk: the end may have been moved forward."""


@SHELF.feature("eligibility", unit="yes/no", families=COVER)
def not_active(line: Line) -> Formula:
    """The check said that coverage is not active; unknown without a check."""
    status = line.word("context_eligibility_status")
    return status.is_in("inactive").only_where(status.present)


@SHELF.feature("eligibility", unit="yes/no", families=COVER)
def not_verified(line: Line) -> Formula:
    """Coverage was never verified; unknown where our records say nothing."""
    status = line.word("context_eligibility_status")
    return status.is_in("unverified").only_where(status.present)


@SHELF.feature("eligibility", unit="yes/no", families=COVER)
def eligibility_unknown(line: Line) -> Formula:
    """Our records say nothing of eligibility."""
    return ~line.word("context_eligibility_status").present


@SHELF.feature("eligibility", unit="days", families=COVER)
def days_checked_before_service(line: Line) -> Formula:
    """Days from the eligibility check to the service; negative when it came after."""
    return line.number("service_from") - line.number("context_eligibility_checked_on")


@SHELF.feature("eligibility", unit="days", families=COVER)
def days_checked_before_submission(line: Line) -> Formula:
    """Days from the eligibility check to the submission."""
    return line.number("submitted_on") - line.number("context_eligibility_checked_on")


@SHELF.feature("eligibility", unit="days", families=COVER)
def days_since_coverage_ended(line: Line) -> Formula:
    """Days from the end of coverage to the service; above 0 is too late."""
    return line.number("service_from") - line.number("context_coverage_ends_on")


@SHELF.feature("eligibility", unit="yes/no", families=COVER)
def coverage_ends_soon(line: Line) -> Formula:
    """Coverage ended within a week after the service, or before it."""
    return line.number("context_coverage_ends_on") - line.number("service_from") <= SOON


@SHELF.feature("procedure", unit="yes/no", families=COVER)
def excluded(line: Line) -> Formula:
    """The payer never pays for this procedure; unknown where the book says nothing."""
    return line.book("excluded")


@SHELF.feature("other_payer", unit="yes/no", families=COVER)
def other_payer_is_primary(line: Line) -> Formula:
    """The front desk noted that another payer comes first."""
    return line.number("context_other_payer_primary")


@SHELF.feature("other_payer", unit="yes/no", families=COVER)
def other_payer_left_off(line: Line) -> Formula:
    """Another payer comes first, and the claim names none; unknown where the front desk noted nothing."""
    return line.number("context_other_payer_primary") & ~(line.number("n_other_payers") > 0.0).surely
