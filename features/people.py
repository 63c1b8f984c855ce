"""Who took part, as far as a payer's rules ask: never a patient's age or sex by itself."""

from features import codes, parts
from features.formula import Formula, floor, where
from features.line import Line
from features.registry import Shelf

SHELF = Shelf("people on the claim")
PROVIDER = ("provider_enrollment", "missing_information", "authorization", "other")
AGED = ("not_covered", "medical_necessity", "benefit_limit", "coding")
UNKNOWN = float("nan")

MAMMOGRAM_FROM, LUNG_FROM, LUNG_TO, BONE_FROM = 40.0, 50.0, 80.0, 65.0
"""Ages from (and to) which payers cover these screenings, as the US Preventive Services Task Force recommends them."""
LUNG_SCREENING = parts.LUNG_SCREENING
SCREENING_MAMMOGRAM = (*parts.BREAST_SCREENING, parts.BREAST_SLICES)
BONE_DENSITY = ("77080", "77081", "77085")


@SHELF.feature("patient", unit="yes/no", families=("eligibility", "coordination", "not_covered", "other"))
def is_dependent(line: Line) -> Formula:
    """The patient is insured through somebody else."""
    return ~parts.one_of(line.word("relationship"), "18")


@SHELF.feature("referring_provider", unit="yes/no", families=PROVIDER)
def refers_to_self(line: Line) -> Formula:
    """Rendering and referring provider are the same; unknown where one of them isn't named."""
    return line.word("rendering_npi").same(line.word("referring_npi"))


@SHELF.feature("referring_provider", unit="yes/no", field="ordering_npi", families=PROVIDER)
def orders_differ(line: Line) -> Formula:
    """The ordering provider is not the referring one; unknown where one of them isn't named."""
    return line.word("ordering_npi").differs(line.word("referring_npi"))


@SHELF.feature("rendering_provider", unit="yes/no", families=PROVIDER)
def renders_as_billing(line: Line) -> Formula:
    """The rendering provider bills in person; unknown where one of them isn't named."""
    return line.word("rendering_npi").same(line.word("billing_npi"))


@SHELF.feature("rendering_provider", unit="yes/no", field="supervising_npi", families=PROVIDER)
def has_supervisor(line: Line) -> Formula:
    """A supervising provider is named."""
    return line.word("supervising_npi").present


@SHELF.feature("rendering_provider", unit="yes/no", field="rendering_taxonomy", families=PROVIDER)
def rendering_is_radiologist(line: Line) -> Formula:
    """The rendering provider's taxonomy is one of diagnostic or therapeutic radiology."""
    return line.word("rendering_taxonomy").number(codes.is_radiology)


@SHELF.feature(
    "rendering_provider",
    unit="kind, 1-6",
    field="rendering_taxonomy",
    families=(*PROVIDER, "medical_necessity"),
)
def rendering_kind(line: Line) -> Formula:
    """What the rendering provider is: 1 radiologist, 2 other physician, 3 advanced practice nurse or assistant, 4 imaging
    center or laboratory, 5 hospital, 6 other.
    """
    return line.word("rendering_taxonomy").number(codes.provider_kind)


@SHELF.feature("rendering_provider", unit="kind, 1-6", field="billing_taxonomy", families=PROVIDER)
def billing_kind(line: Line) -> Formula:
    """What the billing provider is, in the same kinds as `rendering_kind`."""
    return line.word("billing_taxonomy").number(codes.provider_kind)


@SHELF.feature("rendering_provider", unit="yes/no", families=PROVIDER)
def rendering_enrolled(line: Line) -> Formula:
    """The rendering provider was enrolled with the payer on the day of service; unknown where the book says nothing."""
    return line.book("rendering_enrolled")


@SHELF.feature("patient", unit="yes/no", field="procedure", families=AGED)
def outside_screening_age(line: Line) -> Formula:
    """A screening at an age for which payers don't cover it (mammogram, lung, bone density); unknown for others."""
    age = floor(line.number("service_from") / 365.25 + 1970.0) - line.number("birth_year")
    bone = where(parts.procedure.is_in(*BONE_DENSITY), age < BONE_FROM, UNKNOWN)
    lung = where(parts.procedure.is_in(*LUNG_SCREENING), (age < LUNG_FROM) | (age > LUNG_TO), bone)
    return where(parts.procedure.is_in(*SCREENING_MAMMOGRAM), age < MAMMOGRAM_FROM, lung)


@SHELF.feature("diagnosis", unit="yes/no", families=AGED)
def screening_without_cause(line: Line) -> Formula:
    """A screening procedure without a screening diagnosis; unknown for other procedures."""
    stated = parts.one_of(parts.diagnosis_category, "Z12", "Z13", "Z87", "Z80")
    return (~stated).only_where(parts.procedure.is_in(*SCREENING_MAMMOGRAM, *LUNG_SCREENING))


@SHELF.feature("diagnosis", unit="yes/no", families=AGED)
def diagnostic_with_screening_cause(line: Line) -> Formula:
    """A diagnostic mammogram whose diagnosis is a screening."""
    diagnostic = parts.one_of(parts.modality, "mammography") & ~parts.procedure.is_in(*SCREENING_MAMMOGRAM)
    return diagnostic & parts.one_of(parts.diagnosis_category, "Z12")
