"""PROVIDER: is everybody named whom the payer wants named, by a number that can be one, and is the reader enrolled?"""

from features import parts
from features.checks.forms import professional
from features.checks.registry import Change, CheckShelf
from features.formula import Formula
from features.line import Line
from features.npi import fails_check_digit

SHELF = CheckShelf("provider")

ORDERED = ("x-ray", "CT", "MRI", "ultrasound", "mammography", "nuclear medicine", "PET", "fluoroscopy", "DXA")
"""Studies that somebody orders: the claim must say who."""


@SHELF.check(
    "rendering_provider",
    severity="warn",
    reason="16/N290",
    sentence="The claim does not say who read or did {procedure}.",
    fix="Put the rendering provider's NPI on the claim, unless it is the billing provider.",
    changes=[Change("rendering_npi", is_obtained=True)],
    owner="biller",
)
def rendering_missing(line: Line) -> Formula:
    """The rendering provider must be named where it isn't the billing one; unknown on institutional claims.

    Source: 005010X222A1, NM1*82 of 2310B (2420A of a line).
    """
    return ~line.word("rendering_npi").present & professional(line)


@SHELF.check(
    "rendering_provider",
    severity="block",
    reason="16/N290",
    sentence="The NPI of the rendering provider, {rendering_npi}, cannot be right: its check digit fails.",
    fix="Look the NPI up and correct it.",
    changes=[Change("rendering_npi", is_obtained=True)],
)
def rendering_npi_wrong(line: Line) -> Formula:
    """Ten digits, the last of which must fit the others; unknown without a number.

    Source: CMS, NPI check digit (Luhn with the prefix 80840); 005010X222A1, NM109 of 2310B and 2420A.
    """
    return line.word("rendering_npi").number(fails_check_digit)


@SHELF.check(
    "rendering_provider",
    severity="block",
    reason="B7",
    sentence="By our records rendering provider {rendering_npi} was not enrolled with this payer on {service_from}.",
    fix="Ask credentialing for the first day of enrollment. Hold the claim, or have the payer backdate it.",
    changes=[Change("rendering_npi", is_obtained=True)],
)
def rendering_not_enrolled(line: Line) -> Formula:
    """The enrollment that the book has starts after the service, or ended before it; unknown without an entry.

    Source: the payer's enrollment record; CARC B7 (not certified or eligible on this day).
    """
    return ~line.book("rendering_enrolled")


@SHELF.check(
    "rendering_provider",
    severity="info",
    reason="B7",
    sentence="We have not sent this payer anything of rendering provider {rendering_npi} in the last year.",
    fix="Make sure that the provider is enrolled with this payer.",
    changes=[Change("rendering_npi", is_obtained=True)],
)
def rendering_new_to_payer(line: Line) -> Formula:
    """A newly joined provider is often not enrolled yet. Unknown without a past or a name; passes where the book says enrolled.

    Our own rule. Source: our own earlier claims.
    """
    new = line.sent("payer_rendering_n").equals(0) & ~line.book("rendering_enrolled").surely
    return new.only_where(line.word("rendering_npi").present)


@SHELF.check(
    "referring_provider",
    severity="warn",
    reason="16/N286",
    sentence="{procedure} is a study that somebody orders, and no referring or ordering provider is named.",
    fix="Put the NPI of the doctor who ordered the study on the claim.",
    changes=[Change("referring_npi", is_obtained=True)],
    stage="order & worklist",
)
def referring_missing(line: Line) -> Formula:
    """Imaging is done on an order, so the claim must name who referred or ordered; unknown for other services and forms.

    Source: 005010X222A1, NM1*DN of 2310A and NM1*DK of 2420E; Medicare Claims Processing Manual, chapter 1, 80.3.2.
    """
    named = line.word("referring_npi").present | line.word("ordering_npi").present
    return (~named).only_where(parts.modality.is_in(*ORDERED)) & professional(line)


@SHELF.check(
    "referring_provider",
    severity="block",
    reason="16/N286",
    sentence="The NPI of the referring provider, {referring_npi}, cannot be right: its check digit fails.",
    fix="Look the NPI up and correct it.",
    changes=[Change("referring_npi", is_obtained=True)],
    stage="order & worklist",
)
def referring_npi_wrong(line: Line) -> Formula:
    """Ten digits, the last of which must fit the others; unknown without a number.

    Source: CMS, NPI check digit; 005010X222A1, NM109 of 2310A and 2420F.
    """
    return line.word("referring_npi").number(fails_check_digit)


@SHELF.check(
    "referring_provider",
    severity="block",
    reason="16/N265",
    sentence="The NPI of the ordering provider, {ordering_npi}, cannot be right: its check digit fails.",
    fix="Look the NPI up and correct it.",
    field="ordering_npi",
    changes=[Change("ordering_npi", is_obtained=True)],
    stage="order & worklist",
)
def ordering_npi_wrong(line: Line) -> Formula:
    """Ten digits, the last of which must fit the others; unknown without a number.

    Source: CMS, NPI check digit; 005010X222A1, NM109 of 2420E.
    """
    return line.word("ordering_npi").number(fails_check_digit)


@SHELF.check(
    "missing_field",
    severity="block",
    reason="16/N257",
    sentence="The claim has no NPI of the billing provider.",
    fix="Put the NPI of the billing provider on the claim.",
    field="billing_npi",
    changes=[Change("billing_npi", is_obtained=True)],
    is_of_claim=True,
)
def billing_missing(line: Line) -> Formula:
    """Who bills must be named by an NPI. Source: 005010X222A1, NM109 of 2010AA."""
    return ~line.word("billing_npi").present


@SHELF.check(
    "missing_field",
    severity="block",
    reason="16/N257",
    sentence="The NPI of the billing provider, {billing_npi}, cannot be right: its check digit fails.",
    fix="Look the NPI up and correct it.",
    field="billing_npi",
    changes=[Change("billing_npi", is_obtained=True)],
    is_of_claim=True,
)
def billing_npi_wrong(line: Line) -> Formula:
    """Ten digits, the last of which must fit the others; unknown without a number.

    Source: CMS, NPI check digit; 005010X222A1, NM109 of 2010AA.
    """
    return line.word("billing_npi").number(fails_check_digit)


@SHELF.check(
    "facility",
    severity="warn",
    reason="16/N293",
    sentence="The place of service is {place_of_service}, a facility, and the claim does not say which one.",
    fix="Put the facility and its NPI on the claim.",
    changes=[Change("facility_npi", is_obtained=True)],
    is_of_claim=True,
)
def facility_missing(line: Line) -> Formula:
    """A service in a facility needs the name of the place; unknown for a place that we don't know and on other forms.

    Source: 005010X222A1, NM1*77 of 2310C, required where the place isn't the billing provider's own.
    """
    needed = parts.place.is_in("facility") & ~line.word("facility_npi").present
    return needed.only_where(parts.place.is_in("facility", "non-facility")) & professional(line)


@SHELF.check(
    "facility",
    severity="block",
    reason="16/N293",
    sentence="The NPI of the facility, {facility_npi}, cannot be right: its check digit fails.",
    fix="Look the NPI up and correct it.",
    changes=[Change("facility_npi", is_obtained=True)],
    is_of_claim=True,
)
def facility_npi_wrong(line: Line) -> Formula:
    """Ten digits, the last of which must fit the others; unknown without a number.

    Source: CMS, NPI check digit; 005010X222A1, NM109 of 2310C.
    """
    return line.word("facility_npi").number(fails_check_digit)


@SHELF.check(
    "rendering_provider",
    severity="block",
    reason="16/N297",
    sentence="The NPI of the supervising provider, {supervising_npi}, cannot be right: its check digit fails.",
    fix="Look the NPI up and correct it.",
    field="supervising_npi",
    changes=[Change("supervising_npi", is_obtained=True)],
    is_of_claim=True,
)
def supervising_npi_wrong(line: Line) -> Formula:
    """Ten digits, the last of which must fit the others; unknown without a number.

    Source: CMS, NPI check digit; 005010X222A1, NM109 of 2310D.
    """
    return line.word("supervising_npi").number(fails_check_digit)


@SHELF.check(
    "referring_provider",
    severity="info",
    reason="16/N286",
    sentence="The same provider, {rendering_npi}, is named as who ordered {procedure} and as who read it.",
    fix="Make sure that the referring provider is the doctor who ordered the study.",
    changes=[Change("referring_npi", is_obtained=True)],
    stage="order & worklist",
)
def refers_to_self(line: Line) -> Formula:
    """Radiologists seldom order what they read; often the wrong name was taken over. Unknown where one isn't named.

    Source: 42 CFR 410.32 (diagnostic tests are ordered by the treating doctor; some mammograms are excepted).
    """
    return line.word("rendering_npi").same(line.word("referring_npi"))
