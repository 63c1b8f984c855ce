"""What kind of picture it is, which part of the work is billed, and whether that fits the place."""

import numpy as np

from data.codes import procedure_info
from features import parts
from features.columns import Bools, Floats, Lines
from features.registry import Shelf

SHELF = Shelf("procedure and place")
CODED = ("coding", "bundling", "missing_information", "other")
NEED = ("medical_necessity", "not_covered", "coding", "benefit_limit", "authorization", "other")
SYMPTOM, INJURY, ENCOUNTER = "R", "ST", "Z"


@SHELF.feature("procedure", unit="0 none, 1 without, 2 with, 3 both")
def contrast(lines: Lines) -> Floats:
    """Whether the study uses contrast."""
    order = ("none", "without", "with", "both")
    return lines.text("procedure").number(lambda code: float(order.index(procedure_info(code).contrast)))


@SHELF.feature("procedure", unit="yes/no")
def advanced_imaging(lines: Lines) -> Bools:
    """CT, MRI, PET or nuclear medicine: what payers like to authorize first."""
    return parts.modality(lines).is_in("CT", "MRI", "PET", "nuclear medicine")


@SHELF.feature("procedure", unit="yes/no")
def not_imaging(lines: Lines) -> Bools:
    """The procedure is no imaging that we know."""
    return parts.modality(lines).is_in("other") | ~lines.text("procedure").present


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def side_missing(lines: Lines) -> Bools:
    """A paired structure, and no modifier says which side."""
    return parts.laterality_state(lines).is_in("missing")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def side_given(lines: Lines) -> Bools:
    """A modifier says which side: LT, RT or 50."""
    return parts.has_modifier(lines, "LT", "RT", "50")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def is_reading_only(lines: Lines) -> Bools:
    """Only the reading is billed: modifier 26."""
    return parts.has_modifier(lines, "26")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def is_picture_only(lines: Lines) -> Bools:
    """Only the picture is billed: modifier TC."""
    return parts.has_modifier(lines, "TC")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def picture_in_facility(lines: Lines) -> Bools:
    """The picture is billed in a facility, which bills that itself."""
    return parts.has_modifier(lines, "TC") & parts.place(lines).is_in("facility")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def global_in_facility(lines: Lines) -> Bools:
    """Reading and picture are billed together in a facility, which bills the picture itself."""
    split = lines.text("procedure").number(
        lambda code: float(procedure_info(code).component == "split"), missing=0.0
    )
    return parts.component(lines).is_in("global") & parts.place(lines).is_in("facility") & (split > 0)


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def component_where_whole(lines: Lines) -> Bools:
    """26 or TC on a procedure that isn't billed in parts."""
    whole = lines.text("procedure").number(
        lambda code: float(procedure_info(code).component == "whole"), missing=0.0
    )
    return parts.has_modifier(lines, "26", "TC") & (whole > 0)


@SHELF.feature("place", unit="yes/no")
def in_facility(lines: Lines) -> Bools:
    """The service was in a hospital or another facility."""
    return parts.place(lines).is_in("facility")


@SHELF.feature("place", unit="yes/no", families=("authorization", "medical_necessity", "coding", "other"))
def in_emergency_room(lines: Lines) -> Bools:
    """The service was in an emergency room: payers then ask for no authorization."""
    return lines.text("place_of_service").is_in("23")


@SHELF.feature("diagnosis", unit="chapter, 1-22", families=NEED)
def diagnosis_chapter(lines: Lines) -> Floats:
    """The ICD-10 chapter of the first diagnosis pointed at."""
    return parts.diagnosis_category(lines).number(chapter)


@SHELF.feature("diagnosis", unit="yes/no", families=NEED)
def diagnosis_is_symptom(lines: Lines) -> Floats:
    """The diagnosis is only a symptom or an abnormal finding."""
    return parts.diagnosis_category(lines).number(lambda code: float(code[:1] == SYMPTOM))


@SHELF.feature("diagnosis", unit="yes/no", families=NEED)
def diagnosis_is_injury(lines: Lines) -> Floats:
    """The diagnosis is an injury: an accident insurer may have to pay."""
    return parts.diagnosis_category(lines).number(lambda code: float(code[:1] in INJURY))


@SHELF.feature("diagnosis", unit="yes/no", families=NEED)
def diagnosis_is_screening(lines: Lines) -> Floats:
    """The diagnosis is a screening or another encounter without illness."""
    return parts.diagnosis_category(lines).number(lambda code: float(code[:1] == ENCOUNTER))


@SHELF.feature("diagnosis", unit="yes/no", families=NEED)
def diagnosis_is_unspecific(lines: Lines) -> Floats:
    """The diagnosis ends in 9, or has three characters: often "unspecified"."""
    return parts.pointed_diagnosis(lines).number(lambda code: float(len(code) <= 3 or code[-1] == "9"))


CHAPTERS = (
    ("A00", 1), ("C00", 2), ("D50", 3), ("E00", 4), ("F01", 5), ("G00", 6), ("H00", 7), ("H60", 8), ("I00", 9),
    ("J00", 10), ("K00", 11), ("L00", 12), ("M00", 13), ("N00", 14), ("O00", 15), ("P00", 16), ("Q00", 17),
    ("R00", 18), ("S00", 19), ("U00", 22), ("V00", 20), ("Z00", 21),
)  # fmt: skip
"""Where each chapter of ICD-10-CM begins."""


def chapter(category: str) -> float:
    """The ICD-10-CM chapter of a diagnosis category; NaN before the first."""
    found = [number for first, number in CHAPTERS if first <= category.upper()]
    return float(found[-1]) if found else np.nan
