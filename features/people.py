"""Who took part, as far as a payer's rules ask: never a patient's age or sex by itself."""

import numpy as np

from data.codes import procedure_info
from features import parts
from features.columns import Bools, Floats, Lines, differ, same
from features.registry import Shelf

SHELF = Shelf("people on the claim")
PROVIDER = ("provider_enrollment", "missing_information", "authorization", "other")
AGED = ("not_covered", "medical_necessity", "benefit_limit", "coding")
MAMMOGRAM_FROM, MAMMOGRAM_USUAL, LUNG_FROM, LUNG_TO, BONE_FROM = 35.0, 40.0, 50.0, 80.0, 65.0
LUNG_SCREENING = ("71271", "G0297")
SCREENING_MAMMOGRAM = ("77067", "77063", "G0202")
BONE_DENSITY = ("77080", "77081", "77085")


@SHELF.feature("patient", unit="yes/no", families=("eligibility", "coordination", "not_covered", "other"))
def is_dependent(lines: Lines) -> Bools:
    """The patient is insured through somebody else."""
    return lines.text("relationship").present & ~lines.text("relationship").is_in("18")


@SHELF.feature("referring_provider", unit="yes/no", families=PROVIDER)
def refers_to_self(lines: Lines) -> Bools:
    """Rendering and referring provider are the same."""
    return same(lines.text("rendering_npi"), lines.text("referring_npi"))


@SHELF.feature("referring_provider", unit="yes/no", field="ordering_npi", families=PROVIDER)
def orders_differ(lines: Lines) -> Bools:
    """The ordering provider is not the referring one."""
    return differ(lines.text("ordering_npi"), lines.text("referring_npi"))


@SHELF.feature("rendering_provider", unit="yes/no", families=PROVIDER)
def renders_as_billing(lines: Lines) -> Bools:
    """The rendering provider bills in person."""
    return same(lines.text("rendering_npi"), lines.text("billing_npi"))


@SHELF.feature("rendering_provider", unit="yes/no", field="supervising_npi", families=PROVIDER)
def has_supervisor(lines: Lines) -> Bools:
    """A supervising provider is named."""
    return lines.text("supervising_npi").present


@SHELF.feature("rendering_provider", unit="yes/no", field="rendering_taxonomy", families=PROVIDER)
def rendering_is_radiologist(lines: Lines) -> Floats:
    """The rendering provider's taxonomy is one of diagnostic or therapeutic radiology."""
    return lines.text("rendering_taxonomy").number(
        lambda code: float(code.startswith(("2085", "261QR", "293D")))
    )


@SHELF.feature("patient", unit="yes/no", field="procedure", families=AGED)
def outside_screening_age(lines: Lines) -> Floats:
    """A screening at an age for which payers don't cover it (mammogram, lung, bone density); unknown for others."""
    with np.errstate(invalid="ignore"):
        age = np.floor(lines.number("service_from") / 365.25 + 1970.0) - lines.number("birth_year")
        procedure = lines.text("procedure")
        breast = np.where(procedure.is_in(*SCREENING_MAMMOGRAM), age < MAMMOGRAM_USUAL, np.nan)
        lung = np.where(procedure.is_in(*LUNG_SCREENING), (age < LUNG_FROM) | (age > LUNG_TO), np.nan)
        bone = np.where(procedure.is_in(*BONE_DENSITY), age < BONE_FROM, np.nan)
    told = np.where(np.isnan(breast), np.where(np.isnan(lung), bone, lung), breast)
    return np.where(np.isnan(age), np.nan, told)


@SHELF.feature("diagnosis", unit="yes/no", families=AGED)
def screening_without_cause(lines: Lines) -> Floats:
    """A screening procedure without a screening diagnosis; unknown for other procedures."""
    screening = lines.text("procedure").is_in(*SCREENING_MAMMOGRAM, *LUNG_SCREENING)
    stated = parts.diagnosis_category(lines).is_in("Z12", "Z13", "Z87", "Z80")
    return np.where(screening, (~stated).astype(np.float64), np.nan)


@SHELF.feature("diagnosis", unit="yes/no", families=AGED)
def diagnostic_with_screening_cause(lines: Lines) -> Bools:
    """A diagnostic mammogram whose diagnosis is a screening."""
    breast = lines.text("procedure").number(
        lambda code: float(procedure_info(code).modality == "mammography"), missing=0.0
    )
    diagnostic = (breast > 0) & ~lines.text("procedure").is_in(*SCREENING_MAMMOGRAM)
    return diagnostic & parts.diagnosis_category(lines).is_in("Z12")
