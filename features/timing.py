"""When things happened: from the service to the submission, and where in the year."""

import numpy as np
import numpy.typing as npt

from features import parts
from features.columns import Bools, Floats, Ints, Lines
from features.registry import Shelf

Dates = npt.NDArray[np.datetime64]

SHELF = Shelf("dates of the claim")
SEASON = ("eligibility", "benefit_limit", "not_covered", "coordination", "other")


@SHELF.feature("filing_time", unit="days")
def days_to_submit(lines: Lines) -> Floats:
    """Days from the service to the submission."""
    return parts.days_to_submit(lines)


@SHELF.feature("filing_time", unit="yes/no", families=("timely_filing", "missing_information", "other"))
def submitted_before_service(lines: Lines) -> Bools:
    """The claim was sent before the day of service: one of the dates is wrong."""
    with np.errstate(invalid="ignore"):
        return parts.days_to_submit(lines) < 0


@SHELF.feature("filing_time", unit="yes/no", families=("timely_filing", "missing_information", "other"))
def no_service_date(lines: Lines) -> Bools:
    """No day of service is given."""
    return np.isnan(lines.number("service_from"))


@SHELF.feature("filing_time", unit="yes/no", field="delay_reason", families=("timely_filing",))
def has_delay_reason(lines: Lines) -> Bools:
    """The claim gives a reason for its delay."""
    return lines.text("delay_reason").present


@SHELF.feature("calendar", unit="days", families=("coding", "benefit_limit", "other"))
def service_days(lines: Lines) -> Floats:
    """How many days the service spans; 0 for one day."""
    return lines.number("service_to") - lines.number("service_from")


@SHELF.feature("calendar", unit="weekday, 0 is Monday", families=("eligibility", "authorization", "other"))
def service_weekday(lines: Lines) -> Floats:
    """The weekday of the service: weekends are emergencies or slips."""
    return np.mod(lines.number("service_from") + 3.0, 7.0)


@SHELF.feature("calendar", unit="month", families=SEASON)
def service_month(lines: Lines) -> Floats:
    """The month of the service."""
    day, known = _dates(lines.number("service_from"))
    month = day.astype("datetime64[M]").astype(np.int64) % 12 + 1
    return np.where(known, month.astype(np.float64), np.nan)


@SHELF.feature("calendar", unit="days", families=SEASON)
def days_into_year(lines: Lines) -> Floats:
    """Days since the year of the service began: deductibles and plans begin anew."""
    day, known = _dates(lines.number("service_from"))
    gone = (day - day.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
    return np.where(known, gone.astype(np.float64), np.nan)


def _dates(days: Floats) -> tuple[Dates, Bools]:
    known = ~np.isnan(days)
    whole: Ints = np.where(known, days, 0.0).astype(np.int64)
    return whole.astype("datetime64[D]"), known
