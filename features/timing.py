"""When things happened: from the service to the submission, and where in the year."""

from features import parts
from features.formula import Formula, day_of_year, month, weekday
from features.line import Line
from features.registry import Shelf

SHELF = Shelf("dates of the claim")
SEASON = ("eligibility", "benefit_limit", "not_covered", "coordination", "other")
FILING = ("timely_filing", "missing_information", "other")

SEASON_DAYS = 90.0
"""Days at the beginning of a year in which most deductibles are still open."""


@SHELF.feature("filing_time", unit="days", families=("timely_filing", "other"))
def days_to_submit(line: Line) -> Formula:
    """Days from the service to the submission."""
    return line.number("submitted_on") - line.number("service_from")


@SHELF.feature("filing_time", unit="yes/no", families=FILING)
def submitted_before_service(line: Line) -> Formula:
    """The claim was sent before the day of service: one of the dates is wrong."""
    return parts.days_to_submit < 0.0


@SHELF.feature("filing_time", unit="yes/no", families=FILING)
def no_service_date(line: Line) -> Formula:
    """No day of service is given."""
    return ~line.number("service_from").known


@SHELF.feature("filing_time", unit="yes/no", field="delay_reason", families=("timely_filing",))
def has_delay_reason(line: Line) -> Formula:
    """The claim gives a reason for its delay."""
    return line.word("delay_reason").present


@SHELF.feature("filing_time", unit="share", families=FILING)
def filing_limit_used(line: Line) -> Formula:
    """The share of the payer's filing limit that had passed when the claim was sent; unknown without a limit."""
    return parts.days_to_submit / line.book("filing_limit_days")


@SHELF.feature("filing_time", unit="days", families=FILING)
def days_to_filing_limit(line: Line) -> Formula:
    """Days that were left until the payer's filing limit; below 0 is too late. Unknown without a limit."""
    return line.book("filing_limit_days") - parts.days_to_submit


@SHELF.feature("report", unit="share", families=(*FILING, "documentation"))
def filing_limit_used_by_report(line: Line) -> Formula:
    """The share of the filing limit that the signing of the report took; unknown without a limit or a signed report."""
    signing = line.number("context_report_signed_on") - line.number("service_from")
    return signing / line.book("filing_limit_days")


@SHELF.feature("filing_time", unit="days", families=FILING)
def days_from_report_to_submission(line: Line) -> Formula:
    """Days from the signed report to the submission: how long the claim lay in billing."""
    return line.number("submitted_on") - line.number("context_report_signed_on")


@SHELF.feature("calendar", unit="days", families=("coding", "benefit_limit", "other"))
def service_days(line: Line) -> Formula:
    """How many days the service spans; 0 for one day."""
    return line.number("service_to") - line.number("service_from")


@SHELF.feature("calendar", unit="weekday, 0 is Monday", families=("eligibility", "authorization", "other"))
def service_weekday(line: Line) -> Formula:
    """The weekday of the service: weekends are emergencies or slips."""
    return weekday(line.number("service_from"))


@SHELF.feature("calendar", unit="weekday, 0 is Monday", field="submitted_on", families=("other",))
def submitted_weekday(line: Line) -> Formula:
    """The weekday of the submission."""
    return weekday(line.number("submitted_on"))


@SHELF.feature("calendar", unit="month", families=SEASON)
def service_month(line: Line) -> Formula:
    """The month of the service."""
    return month(line.number("service_from"))


@SHELF.feature("calendar", unit="days", families=SEASON)
def days_into_year(line: Line) -> Formula:
    """Days since the year of the service began: deductibles and plans begin anew."""
    return day_of_year(line.number("service_from"))


@SHELF.feature("calendar", unit="yes/no", families=SEASON)
def deductible_season(line: Line) -> Formula:
    """The service was in the first three months of a year, when deductibles are open and many change their plan."""
    return day_of_year(line.number("service_from")) < SEASON_DAYS
