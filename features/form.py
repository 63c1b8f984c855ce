"""What the claim form itself shows: modifiers, diagnoses, units, amounts, what is missing."""

import numpy as np

from data.schema import MODIFIERS, POINTERS
from features import parts
from features.columns import Bools, Floats, Lines, count_of
from features.npi import fails_check_digit
from features.registry import Shelf

SHELF = Shelf("claim form")

CODED = ("coding", "bundling", "duplicate", "missing_information", "medical_necessity", "other")
FORMAL = ("missing_information", "provider_enrollment", "documentation", "authorization", "coding", "other")
RESENT = ("duplicate", "timely_filing", "missing_information", "other")
OTHERS = ("coordination", "eligibility", "not_covered", "other")

WANTED = (
    "referring_npi",
    "rendering_npi",
    "facility_npi",
    "member_id",
    "billing_npi",
    "place_of_service",
    "diagnosis_1",
    "procedure",
    "plan_type",
    "relationship",
)
"""What most payers want to see filled."""


@SHELF.feature("modifier", unit="count")
def n_modifiers(lines: Lines) -> Floats:
    """How many modifiers the line carries."""
    return count_of(lines.text(name).present for name in MODIFIERS)


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def modifier_distinct(lines: Lines) -> Bools:
    """A modifier says that the service is distinct: 59 or XE, XP, XS, XU."""
    return parts.has_modifier(lines, "59", "XE", "XP", "XS", "XU")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def modifier_repeat(lines: Lines) -> Bools:
    """A modifier says that the service was repeated: 76, 77 or 91."""
    return parts.has_modifier(lines, "76", "77", "91")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def modifier_reduced(lines: Lines) -> Bools:
    """A modifier says that the service was reduced or broken off: 52, 53, 73, 74."""
    return parts.has_modifier(lines, "52", "53", "73", "74")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def modifier_separate_visit(lines: Lines) -> Bools:
    """A modifier says that the visit was separate from the procedure: 25."""
    return parts.has_modifier(lines, "25")


@SHELF.feature("modifier", unit="yes/no", families=(*CODED, "not_covered"))
def modifier_waiver(lines: Lines) -> Bools:
    """A modifier says that the patient was told it may not be covered: GA, GX, GY, GZ."""
    return parts.has_modifier(lines, "GA", "GX", "GY", "GZ")


@SHELF.feature("diagnosis_pointer", unit="count", families=CODED)
def n_pointers(lines: Lines) -> Floats:
    """How many diagnoses the line points at."""
    return count_of(~np.isnan(lines.number(name)) for name in POINTERS)


@SHELF.feature("diagnosis_pointer", unit="yes/no", families=CODED)
def pointer_to_nothing(lines: Lines) -> Bools:
    """The line points at a diagnosis that the claim doesn't hold."""
    held = lines.number("n_diagnoses")
    with np.errstate(invalid="ignore"):
        return count_of(lines.number(name) > held for name in POINTERS) > 0


@SHELF.feature("diagnosis", unit="count")
def n_diagnoses(lines: Lines) -> Floats:
    """How many diagnoses the claim holds."""
    return lines.number("n_diagnoses")


@SHELF.feature("diagnosis", unit="characters", families=CODED)
def diagnosis_length(lines: Lines) -> Floats:
    """How many characters the first diagnosis pointed at has: few are unspecific."""
    return parts.pointed_diagnosis(lines).number(lambda code: float(len(code)))


@SHELF.feature("units", unit="count")
def units(lines: Lines) -> Floats:
    """Units billed."""
    return lines.number("units")


@SHELF.feature("amount", unit="cents")
def charge_cents(lines: Lines) -> Floats:
    """The charge of the line."""
    return lines.number("charge_cents")


@SHELF.feature("amount", unit="cents")
def claim_charge_cents(lines: Lines) -> Floats:
    """The charge of the whole claim."""
    return lines.number("claim_charge_cents")


@SHELF.feature("amount", unit="yes/no", families=("coding", "missing_information", "other"))
def charge_is_zero(lines: Lines) -> Bools:
    """The line charges nothing."""
    nothing: Bools = lines.number("charge_cents") == 0
    return nothing


@SHELF.feature("referring_provider", unit="yes/no", families=FORMAL)
def no_referring_npi(lines: Lines) -> Bools:
    """No referring provider is named."""
    return ~lines.text("referring_npi").present


@SHELF.feature("rendering_provider", unit="yes/no", families=FORMAL)
def no_rendering_npi(lines: Lines) -> Bools:
    """No rendering provider is named."""
    return ~lines.text("rendering_npi").present


@SHELF.feature("facility", unit="yes/no", families=FORMAL)
def no_facility_npi(lines: Lines) -> Bools:
    """No facility is named."""
    return ~lines.text("facility_npi").present


@SHELF.feature("referring_provider", unit="yes/no", families=FORMAL)
def referring_npi_wrong(lines: Lines) -> Floats:
    """The referring provider's NPI fails its check digit."""
    return lines.text("referring_npi").number(fails_check_digit)


@SHELF.feature("rendering_provider", unit="yes/no", families=FORMAL)
def rendering_npi_wrong(lines: Lines) -> Floats:
    """The rendering provider's NPI fails its check digit."""
    return lines.text("rendering_npi").number(fails_check_digit)


@SHELF.feature("missing_field", unit="yes/no", field="billing_npi", families=FORMAL)
def billing_npi_wrong(lines: Lines) -> Floats:
    """The billing provider's NPI fails its check digit."""
    return lines.text("billing_npi").number(fails_check_digit)


@SHELF.feature("missing_field", unit="yes/no", field="member_id", families=(*FORMAL, "eligibility"))
def no_member_id(lines: Lines) -> Bools:
    """No member id is given."""
    return ~lines.text("member_id").present


@SHELF.feature("missing_field", unit="count", families=FORMAL)
def n_missing_fields(lines: Lines) -> Floats:
    """How many of the fields that payers usually want are missing."""
    return count_of(~lines.text(name).present for name in WANTED)


@SHELF.feature("missing_field", unit="yes/no", field="provider_signature", families=FORMAL)
def not_signed_for(lines: Lines) -> Bools:
    """The provider's signature, the assignment of benefits or the release of information is not given."""
    signed = lines.text("provider_signature").is_in("Y") & lines.text("release").is_in("Y", "I")
    return ~(signed & lines.text("benefits_assigned").is_in("Y", "W"))


@SHELF.feature("replacement", unit="yes/no", families=RESENT)
def is_replacement(lines: Lines) -> Bools:
    """The claim replaces or voids an earlier one: frequency 7 or 8."""
    return lines.text("frequency").is_in("7", "8")


@SHELF.feature("replacement", unit="yes/no", families=RESENT)
def replaces_nothing(lines: Lines) -> Bools:
    """The claim says that it replaces another, but not which."""
    return is_replacement(lines).astype(np.bool_) & ~lines.text("original_control").present


@SHELF.feature("other_payer", unit="count", families=OTHERS)
def n_other_payers(lines: Lines) -> Floats:
    """How many other payers the claim names."""
    return lines.number("n_other_payers")


@SHELF.feature("other_payer", unit="yes/no", families=OTHERS)
def not_first_payer(lines: Lines) -> Bools:
    """This payer comes second or later."""
    return lines.text("payer_sequence").present & ~lines.text("payer_sequence").is_in("P")


@SHELF.feature("other_payer", unit="yes/no", families=OTHERS)
def second_without_payment(lines: Lines) -> Bools:
    """This payer comes second or later, and the claim doesn't say what the first one paid."""
    return not_first_payer(lines).astype(np.bool_) & np.isnan(lines.number("other_payer_paid_cents"))


@SHELF.feature("other_payer", unit="yes/no", field="related_cause", families=OTHERS)
def has_related_cause(lines: Lines) -> Bools:
    """An accident or employment stands behind the service: another insurer may have to pay."""
    return lines.text("related_cause").present


@SHELF.feature(
    "attachment", unit="yes/no", field="has_note", families=("documentation", "missing_information", "other")
)
def has_note(lines: Lines) -> Floats:
    """The claim carries a note."""
    return lines.number("has_note")


@SHELF.feature("same_claim", unit="count", families=CODED)
def n_lines(lines: Lines) -> Floats:
    """How many lines the claim has."""
    return lines.number("n_lines")


@SHELF.feature("same_claim", unit="number", families=CODED)
def line_number(lines: Lines) -> Floats:
    """Which line of the claim it is."""
    return lines.number("line")


@SHELF.feature("same_claim", unit="lines", families=CODED)
def same_procedure_on_claim(lines: Lines) -> Floats:
    """How many other lines of the claim bill the same procedure."""
    return parts.others_alike(lines, lines.text("procedure").hashes())


@SHELF.feature("same_claim", unit="lines", families=CODED)
def same_line_on_claim(lines: Lines) -> Floats:
    """How many other lines of the claim bill the same procedure, modifiers and day."""
    procedure = lines.text("procedure").hashes()
    return parts.others_alike(
        lines,
        procedure * np.uint64(31) + parts.modifier_set(lines) * np.uint64(37) + parts.service_day(lines),
    )


@SHELF.feature("same_claim", unit="lines", families=CODED)
def same_region_on_claim(lines: Lines) -> Floats:
    """How many other lines of the claim image the same body region: payers bundle them."""
    return parts.others_alike(lines, parts.body_region(lines).hashes())
