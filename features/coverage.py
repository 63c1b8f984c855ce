"""The patient's coverage, as the front desk knew it when the claim was sent."""

import numpy as np

from features.columns import Bools, Floats, Lines
from features.registry import Shelf

SHELF = Shelf("eligibility check")
COVER = ("eligibility", "coordination", "not_covered", "benefit_limit", "other")


@SHELF.feature("eligibility", unit="yes/no", families=COVER)
def not_active(lines: Lines) -> Floats:
    """The check said that coverage is not active; unknown without a check."""
    status = lines.text("context_eligibility_status")
    return np.where(status.present, status.is_in("inactive").astype(np.float64), np.nan)


@SHELF.feature("eligibility", unit="yes/no", families=COVER)
def not_verified(lines: Lines) -> Floats:
    """Coverage was never verified; unknown where our records say nothing."""
    status = lines.text("context_eligibility_status")
    return np.where(status.present, status.is_in("unverified").astype(np.float64), np.nan)


@SHELF.feature("eligibility", unit="yes/no", families=COVER)
def eligibility_unknown(lines: Lines) -> Bools:
    """Our records say nothing of eligibility."""
    return ~lines.text("context_eligibility_status").present


@SHELF.feature("eligibility", unit="days", families=COVER)
def days_checked_before_service(lines: Lines) -> Floats:
    """Days from the eligibility check to the service; negative when it came after."""
    return lines.number("service_from") - lines.number("context_eligibility_checked_on")


@SHELF.feature("eligibility", unit="days", families=COVER)
def days_checked_before_submission(lines: Lines) -> Floats:
    """Days from the eligibility check to the submission."""
    return lines.number("submitted_on") - lines.number("context_eligibility_checked_on")


@SHELF.feature("eligibility", unit="days", families=COVER)
def days_since_coverage_ended(lines: Lines) -> Floats:
    """Days from the end of coverage to the service; above 0 is too late."""
    return lines.number("service_from") - lines.number("context_coverage_ends_on")


@SHELF.feature("other_payer", unit="yes/no", families=COVER)
def other_payer_is_primary(lines: Lines) -> Floats:
    """The front desk noted that another payer comes first."""
    return lines.number("context_other_payer_primary")


@SHELF.feature("other_payer", unit="yes/no", families=COVER)
def other_payer_left_off(lines: Lines) -> Floats:
    """Another payer comes first, and the claim names none."""
    primary = lines.number("context_other_payer_primary")
    with np.errstate(invalid="ignore"):
        named = lines.number("n_other_payers") > 0
    return np.where(np.isnan(primary), np.nan, (primary > 0) & ~named)
