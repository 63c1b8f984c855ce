"""FORM, third part: are the days in order, and does an accident have both its day and its kind?"""

from features.checks.form import SHELF as SHELF
from features.checks.forms import professional
from features.checks.registry import Change
from features.formula import Formula
from features.line import Line


@SHELF.check(
    "filing_time",
    severity="block",
    reason="16/M52",
    sentence="The service is dated {service_from}, after the claim was made on {submitted_on}.",
    fix="Correct the day of service.",
    field="service_from",
    changes=[Change("service_from", is_obtained=True)],
)
def service_in_future(line: Line) -> Formula:
    """A service can't be billed before it is done; unknown without both days. Source: 005010X222A1, DTP*472; CARC 110."""
    return line.number("service_from") > line.number("submitted_on")


@SHELF.check(
    "missing_field",
    severity="block",
    reason="16/M59",
    sentence="The service begins on {service_from} and ends before that, on {service_to}.",
    fix="Correct the days of service.",
    field="service_to",
    changes=[Change("service_to", from_field="service_from")],
)
def service_ends_first(line: Line) -> Formula:
    """The last day of service may not lie before the first; unknown without both. Source: 005010X222A1, DTP*472 of 2400."""
    return line.number("service_to") < line.number("service_from")


@SHELF.check(
    "missing_field",
    severity="block",
    reason="16/MA40",
    sentence="The admission is dated {admitted_on}, after the service of {service_from}.",
    fix="Correct the day of admission or the day of service.",
    field="admitted_on",
    changes=[Change("admitted_on", is_obtained=True)],
)
def admitted_after_service(line: Line) -> Formula:
    """Who is an inpatient was admitted before the service; unknown without both days.

    Looked at only for inpatient places (21, 51, 61). Source: 005010X222A1, DTP*435 of 2300.
    """
    after = line.number("admitted_on") > line.number("service_from")
    inpatient = line.word("place_of_service").is_in("21", "51", "61") & professional(line).surely
    return after.only_where(inpatient)


@SHELF.check(
    "missing_field",
    severity="info",
    reason="16/MA40",
    sentence="The service was for an inpatient, and the claim has no day of admission.",
    fix="Put the day of admission on the claim.",
    field="admitted_on",
    changes=[Change("admitted_on", is_obtained=True)],
)
def admission_missing(line: Line) -> Formula:
    """Services to inpatients need the day of admission; unknown without a place of service.

    Source: 005010X222A1, DTP*435 of 2300, required on inpatient claims (places 21, 51, 61).
    """
    place = line.word("place_of_service")
    missing = place.is_in("21", "51", "61") & ~line.number("admitted_on").known
    return missing.only_where(place.present) & professional(line)


@SHELF.check(
    "other_payer",
    severity="block",
    reason="16/N305",
    sentence="The claim says that an accident is behind the service, and not when it was.",
    fix="Ask the patient for the day of the accident, and put it on the claim.",
    field="accident_on",
    changes=[Change("accident_on", is_obtained=True)],
    is_of_claim=True,
    owner="front desk",
)
def accident_date_missing(line: Line) -> Formula:
    """An auto accident (AA) or another accident (OA) needs its day; work (EM) only where an accident is behind it.

    Source: 005010X222A1, DTP*439 of 2300 against CLM11.
    """
    return line.word("related_cause").is_in("AA", "OA") & ~line.number("accident_on").known


@SHELF.check(
    "other_payer",
    severity="warn",
    reason="16/N305",
    sentence="The claim has the day of an accident, {accident_on}, and does not say what kind it was.",
    fix="Ask the patient: auto accident (AA), work (EM) or another (OA)? Put it on the claim.",
    field="related_cause",
    changes=[Change("related_cause", is_obtained=True)],
    is_of_claim=True,
    owner="front desk",
)
def accident_cause_missing(line: Line) -> Formula:
    """The day of an accident without its kind. Source: 005010X222A1, CLM11 against DTP*439 of 2300."""
    return line.number("accident_on").known & ~line.word("related_cause").present


@SHELF.check(
    "other_payer",
    severity="warn",
    reason="16/N305",
    sentence="The accident is dated {accident_on}, after the service of {service_from}.",
    fix="Correct the day of the accident.",
    field="accident_on",
    changes=[Change("accident_on", is_obtained=True)],
    owner="front desk",
)
def accident_after_service(line: Line) -> Formula:
    """An accident comes before the service that it led to; unknown without both days. Source: DTP*439 of 2300."""
    return line.number("accident_on") > line.number("service_from")
