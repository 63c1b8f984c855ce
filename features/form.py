"""What the claim form itself shows: modifiers, diagnoses, units, amounts, what is missing."""

from data.schema import MODIFIERS, POINTERS
from features import codes, parts
from features.formula import Formula, any_of, count_of
from features.line import Line
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
def n_modifiers(line: Line) -> Formula:
    """How many modifiers the line carries."""
    return count_of(line.word(name).present for name in MODIFIERS)


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def modifier_distinct(line: Line) -> Formula:
    """A modifier says that the service is distinct: 59 or XE, XP, XS, XU."""
    return parts.has_modifier("59", "XE", "XP", "XS", "XU")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def modifier_repeat(line: Line) -> Formula:
    """A modifier says that the service was repeated: 76, 77 or 91."""
    return parts.has_modifier("76", "77", "91")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def modifier_reduced(line: Line) -> Formula:
    """A modifier says that the service was reduced or broken off: 52, 53, 73, 74."""
    return parts.has_modifier("52", "53", "73", "74")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def modifier_separate_visit(line: Line) -> Formula:
    """A modifier says that the visit was separate from the procedure: 25."""
    return parts.has_modifier("25")


@SHELF.feature("modifier", unit="yes/no", families=(*CODED, "not_covered"))
def modifier_waiver(line: Line) -> Formula:
    """A modifier says that the patient was told it may not be covered: GA, GX, GY, GZ."""
    return parts.has_modifier("GA", "GX", "GY", "GZ")


@SHELF.feature("diagnosis_pointer", unit="count", families=CODED)
def n_pointers(line: Line) -> Formula:
    """How many diagnoses the line points at."""
    return count_of(line.number(name).known for name in POINTERS)


@SHELF.feature("diagnosis_pointer", unit="yes/no", families=CODED)
def pointer_to_nothing(line: Line) -> Formula:
    """The line points at a diagnosis that the claim doesn't hold; unknown where nobody counted its diagnoses."""
    held = line.number("n_diagnoses")
    return any_of(line.number(name).known & (line.number(name) > held) for name in POINTERS)


@SHELF.feature("diagnosis", unit="count")
def n_diagnoses(line: Line) -> Formula:
    """How many diagnoses the claim holds."""
    return line.number("n_diagnoses")


@SHELF.feature("diagnosis", unit="characters", families=CODED)
def diagnosis_length(line: Line) -> Formula:
    """How many characters the first diagnosis pointed at has: few are unspecific."""
    return parts.pointed_diagnosis.number(codes.characters)


@SHELF.feature("units", unit="count")
def units(line: Line) -> Formula:
    """Units billed."""
    return line.number("units")


@SHELF.feature("units", unit="count", families=("coding", "benefit_limit", "bundling", "other"))
def units_over_limit(line: Line) -> Formula:
    """Units billed beyond the most that the unit limits allow in a day; unknown without a limit in the book."""
    return line.number("units") - line.book("unit_limit")


@SHELF.feature("amount", unit="cents")
def charge_cents(line: Line) -> Formula:
    """The charge of the line."""
    return line.number("charge_cents")


@SHELF.feature("amount", unit="cents")
def claim_charge_cents(line: Line) -> Formula:
    """The charge of the whole claim."""
    return line.number("claim_charge_cents")


@SHELF.feature("amount", unit="share")
def charge_share_of_claim(line: Line) -> Formula:
    """The line's share of the charge of all lines of the claim."""
    return line.number("charge_cents") / line.alike("claim_total_cents")


@SHELF.feature("amount", unit="cents")
def charge_per_unit(line: Line) -> Formula:
    """The charge of one unit."""
    return line.number("charge_cents") / line.number("units")


@SHELF.feature("amount", unit="ratio")
def charge_to_fee(line: Line) -> Formula:
    """The charge, as a multiple of what the fee schedule lets expect; unknown without a schedule in the book."""
    return line.number("charge_cents") / line.book("fee_cents")


@SHELF.feature("amount", unit="yes/no", families=("coding", "missing_information", "other"))
def charge_is_zero(line: Line) -> Formula:
    """The line charges nothing."""
    return line.number("charge_cents").equals(0.0)


@SHELF.feature("referring_provider", unit="yes/no", families=FORMAL)
def no_referring_npi(line: Line) -> Formula:
    """No referring provider is named."""
    return ~line.word("referring_npi").present


@SHELF.feature("rendering_provider", unit="yes/no", families=FORMAL)
def no_rendering_npi(line: Line) -> Formula:
    """No rendering provider is named."""
    return ~line.word("rendering_npi").present


@SHELF.feature("facility", unit="yes/no", families=FORMAL)
def no_facility_npi(line: Line) -> Formula:
    """No facility is named."""
    return ~line.word("facility_npi").present


@SHELF.feature("referring_provider", unit="yes/no", families=FORMAL)
def referring_npi_wrong(line: Line) -> Formula:
    """The referring provider's NPI fails its check digit."""
    return line.word("referring_npi").number(fails_check_digit)


@SHELF.feature("rendering_provider", unit="yes/no", families=FORMAL)
def rendering_npi_wrong(line: Line) -> Formula:
    """The rendering provider's NPI fails its check digit."""
    return line.word("rendering_npi").number(fails_check_digit)


@SHELF.feature("missing_field", unit="yes/no", field="billing_npi", families=FORMAL)
def billing_npi_wrong(line: Line) -> Formula:
    """The billing provider's NPI fails its check digit."""
    return line.word("billing_npi").number(fails_check_digit)


@SHELF.feature("missing_field", unit="yes/no", field="member_id", families=(*FORMAL, "eligibility"))
def no_member_id(line: Line) -> Formula:
    """No member id is given."""
    return ~line.word("member_id").present


@SHELF.feature("missing_field", unit="count", families=FORMAL)
def n_missing_fields(line: Line) -> Formula:
    """How many of the fields that payers usually want are missing."""
    return count_of(~line.word(name).present for name in WANTED)


@SHELF.feature("missing_field", unit="share", families=FORMAL)
def completeness(line: Line) -> Formula:
    """The share of the fields that payers usually want that is filled, those of the line's own papers among them."""
    asked = (*WANTED, "auth_number", "attachment_control", "referral_number", "rendering_taxonomy")
    return count_of(line.word(name).present for name in asked) / len(asked)


@SHELF.feature("missing_field", unit="yes/no", field="provider_signature", families=FORMAL)
def not_signed_for(line: Line) -> Formula:
    """The provider's signature, the assignment of benefits or the release of information is not given; unknown where the
    claim tells none of them, as one that isn't an 837.
    """
    signature, release = line.word("provider_signature"), line.word("release")
    assigned = line.word("benefits_assigned")
    signed = signature.is_in("Y") & release.is_in("Y", "I") & assigned.is_in("Y", "W")
    return (~signed).only_where(signature.present | release.present | assigned.present)


@SHELF.feature("replacement", unit="yes/no", families=RESENT)
def is_replacement(line: Line) -> Formula:
    """The claim replaces or voids an earlier one: frequency 7 or 8."""
    return parts.one_of(line.word("frequency"), "7", "8")


@SHELF.feature("replacement", unit="yes/no", families=RESENT)
def replaces_nothing(line: Line) -> Formula:
    """The claim says that it replaces another, but not which."""
    return is_replacement(line) & ~line.word("original_control").present


@SHELF.feature("other_payer", unit="count", families=OTHERS)
def n_other_payers(line: Line) -> Formula:
    """How many other payers the claim names."""
    return line.number("n_other_payers")


@SHELF.feature("other_payer", unit="yes/no", families=OTHERS)
def not_first_payer(line: Line) -> Formula:
    """This payer comes second or later."""
    return ~parts.one_of(line.word("payer_sequence"), "P")


@SHELF.feature("other_payer", unit="yes/no", families=OTHERS)
def second_without_payment(line: Line) -> Formula:
    """This payer comes second or later, and the claim doesn't say what the first one paid."""
    return not_first_payer(line) & ~line.number("other_payer_paid_cents").known


@SHELF.feature("other_payer", unit="share", families=OTHERS)
def paid_by_others(line: Line) -> Formula:
    """What other payers paid already, as a share of the claim's charge."""
    return line.number("other_payer_paid_cents") / line.number("claim_charge_cents")


@SHELF.feature("other_payer", unit="yes/no", field="related_cause", families=OTHERS)
def has_related_cause(line: Line) -> Formula:
    """An accident or employment stands behind the service: another insurer may have to pay."""
    return line.word("related_cause").present


@SHELF.feature(
    "attachment", unit="yes/no", field="has_note", families=("documentation", "missing_information", "other")
)
def has_note(line: Line) -> Formula:
    """The claim carries a note."""
    return line.number("has_note")


@SHELF.feature("same_claim", unit="count", families=CODED)
def n_lines(line: Line) -> Formula:
    """How many lines the claim has."""
    return line.number("n_lines")


@SHELF.feature("same_claim", unit="number", families=CODED)
def line_number(line: Line) -> Formula:
    """Which line of the claim it is."""
    return line.number("line")


@SHELF.feature("same_claim", unit="lines", families=CODED)
def dearer_same_study_on_claim(line: Line) -> Formula:
    """How many other procedures of the same modality, body region and day on the claim charge more than this one."""
    return line.alike("same_study_dearer")


@SHELF.feature("same_claim", unit="lines", families=CODED)
def dearer_same_modality_on_claim(line: Line) -> Formula:
    """How many other procedures of the same modality and day on the claim charge more than this one."""
    return line.alike("same_modality_dearer")


@SHELF.feature("same_claim", unit="lines", families=CODED)
def same_procedure_on_claim(line: Line) -> Formula:
    """How many other lines of the claim bill the same procedure."""
    return line.alike("same_procedure")


@SHELF.feature("same_claim", unit="lines", families=CODED)
def same_line_on_claim(line: Line) -> Formula:
    """How many other lines of the claim bill the same procedure, modifiers and day."""
    return line.alike("same_line")


@SHELF.feature("same_claim", unit="lines", families=CODED)
def same_region_on_claim(line: Line) -> Formula:
    """How many other lines of the claim image the same body region: payers bundle them."""
    return line.alike("same_region")


@SHELF.feature("same_claim", unit="lines", families=CODED)
def same_modality_on_claim(line: Line) -> Formula:
    """How many other lines of the claim are of the same modality: payers pay the second one less, or not at all."""
    return line.alike("same_modality")


@SHELF.feature("same_claim", unit="lines", families=CODED)
def same_study_on_claim(line: Line) -> Formula:
    """How many other procedures of the same modality, body region and day the claim bills."""
    return line.alike("same_study")


@SHELF.feature("same_claim", unit="lines", families=CODED)
def other_component_on_claim(line: Line) -> Formula:
    """How many other lines of the claim bill the same procedure and day as another component."""
    return line.alike("other_component")


@SHELF.feature("same_claim", unit="lines", families=CODED)
def visit_with_procedure(line: Line) -> Formula:
    """For a visit, how many procedures of the same day stand beside it: it may be part of them."""
    return line.alike("visit_with_procedure")


@SHELF.feature("same_claim", unit="yes/no", families=CODED)
def ncci_denied(line: Line) -> Formula:
    """A code pair edit of the book denies this line beside another of the claim; unknown without such a list."""
    return line.book("ncci_denied")


@SHELF.feature("same_claim", unit="yes/no", families=CODED)
def ncci_unmarked(line: Line) -> Formula:
    """A code pair edit denies the line, and no modifier that the edit allows says that the service was distinct."""
    told = line.book("ncci_modifier_allowed") & line.book("ncci_modifier_given")
    return line.book("ncci_denied") & ~told


@SHELF.feature("same_claim", unit="yes/no", field="modifier_1", families=("bundling", "other"))
def ncci_said_apart(line: Line) -> Formula:
    """A line that a code pair edit denies says itself that it was apart: 59, XE, XP, XS or XU. A side alone (LT, RT) does
    not say it, nor does the other line's modifier. Unknown for lines that no edit denies.
    """
    return modifier_distinct(line).only_where(line.book("ncci_denied"))


@SHELF.feature("same_claim", unit="yes/no", families=CODED)
def add_on_alone(line: Line) -> Formula:
    """An add-on code without the procedure that it adds to; unknown without a list of add-on codes."""
    return line.book("addon_needs_primary") & ~line.book("addon_primary_present")
