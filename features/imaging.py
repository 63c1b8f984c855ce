"""What kind of picture it is, which part of the work is billed, and whether that fits the place."""

import numpy as np

from features import codes, parts
from features.formula import Formula, where
from features.line import Line
from features.registry import Shelf

SHELF = Shelf("procedure and place")
CODED = ("coding", "bundling", "missing_information", "other")
NEED = ("medical_necessity", "not_covered", "coding", "benefit_limit", "authorization", "other")
REPEATED = ("benefit_limit", "medical_necessity", "duplicate", "bundling", "authorization", "other")


@SHELF.feature("procedure", unit="0 none, 1 without, 2 with, 3 both", families=NEED)
def contrast(line: Line) -> Formula:
    """Whether the study uses contrast."""
    return parts.procedure.number(codes.contrast_of)


@SHELF.feature("procedure", unit="yes/no", families=NEED)
def advanced_imaging(line: Line) -> Formula:
    """CT, MRI, PET or nuclear medicine: what payers like to authorize first."""
    return parts.one_of(parts.modality, "CT", "MRI", "PET", "nuclear medicine")


@SHELF.feature("procedure", unit="yes/no")
def not_imaging(line: Line) -> Formula:
    """The procedure is no imaging that we know."""
    return parts.one_of(parts.modality, "other")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def side_missing(line: Line) -> Formula:
    """A paired structure, and no modifier says which side."""
    return parts.procedure.number(codes.is_paired) & ~parts.says_side


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def side_given(line: Line) -> Formula:
    """A modifier says which side: LT, RT or 50."""
    return parts.says_side


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def side_on_unpaired(line: Line) -> Formula:
    """A modifier says a side of something that has none."""
    return parts.says_side & ~parts.procedure.number(codes.is_paired)


@SHELF.feature("modifier", unit="0 reading (26), 1 picture (TC), 2 both", families=CODED)
def component(line: Line) -> Formula:
    """Which part of the work is billed: the reading, the picture, or both."""
    return parts.component


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def is_reading_only(line: Line) -> Formula:
    """Only the reading is billed: modifier 26."""
    return parts.has_modifier("26")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def is_picture_only(line: Line) -> Formula:
    """Only the picture is billed: modifier TC."""
    return parts.has_modifier("TC")


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def picture_in_facility(line: Line) -> Formula:
    """The picture is billed in a facility, which bills that itself."""
    return parts.has_modifier("TC") & parts.in_facility


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def global_in_facility(line: Line) -> Formula:
    """Reading and picture are billed together in a facility, which bills the picture itself."""
    split = parts.procedure.number(codes.is_split)
    return parts.component.equals(parts.WHOLE) & parts.in_facility & split


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def component_where_whole(line: Line) -> Formula:
    """26 or TC on a procedure that isn't billed in parts."""
    return parts.has_modifier("26", "TC") & parts.procedure.number(codes.is_whole)


@SHELF.feature("modifier", unit="yes/no", families=CODED)
def component_against_contract(line: Line) -> Formula:
    """What is billed - reading, picture or both - is not what this facility agreed with the payer; unknown without a
    contract in the book, and for procedures that aren't billed in parts.
    """
    against = ~parts.billing.equals(line.book("billing_agreed"))
    return against.only_where(parts.procedure.number(codes.is_split, missing=0.0))


@SHELF.feature("place", unit="yes/no", families=("authorization", "coding", "other"))
def in_facility(line: Line) -> Formula:
    """The service was in a hospital or another facility."""
    return parts.in_facility


@SHELF.feature("place", unit="yes/no", families=("authorization", "medical_necessity", "coding", "other"))
def in_emergency_room(line: Line) -> Formula:
    """The service was in an emergency room: payers then ask for no authorization."""
    return parts.one_of(line.word("place_of_service"), "23")


@SHELF.feature("diagnosis", unit="chapter, 1-22", families=NEED)
def diagnosis_chapter(line: Line) -> Formula:
    """The ICD-10 chapter of the first diagnosis pointed at."""
    return parts.diagnosis_category.number(codes.chapter)


@SHELF.feature("diagnosis", unit="yes/no", families=NEED)
def diagnosis_is_symptom(line: Line) -> Formula:
    """The diagnosis is only a symptom or an abnormal finding."""
    return parts.diagnosis_category.number(codes.is_symptom)


@SHELF.feature("diagnosis", unit="yes/no", families=NEED)
def diagnosis_is_injury(line: Line) -> Formula:
    """The diagnosis is an injury: an accident insurer may have to pay."""
    return parts.diagnosis_category.number(codes.is_injury)


@SHELF.feature("diagnosis", unit="yes/no", families=NEED)
def diagnosis_is_screening(line: Line) -> Formula:
    """The diagnosis is a screening or another encounter without illness."""
    return parts.diagnosis_category.number(codes.is_encounter)


@SHELF.feature("diagnosis", unit="yes/no", families=NEED)
def diagnosis_is_unspecific(line: Line) -> Formula:
    """The diagnosis ends in 9, or has three characters: often "unspecified"."""
    return parts.pointed_diagnosis.number(codes.is_unspecific)


@SHELF.feature("diagnosis", unit="yes/no", families=NEED)
def diagnosis_covered(line: Line) -> Formula:
    """One of the diagnoses pointed at is on the payer's coverage list; unknown where the book has none."""
    return line.book("diagnosis_covered")


@SHELF.feature("diagnosis", unit="yes/no", families=NEED)
def diagnosis_first_covered(line: Line) -> Formula:
    """The first diagnosis pointed at is on the payer's coverage list; unknown where the book has none."""
    return line.book("diagnosis_first_covered")


@SHELF.feature("patient_history", unit="days", families=REPEATED)
def days_since_same_study(line: Line) -> Formula:
    """Days from the patient's last study of the same kind that was sent to this payer, by day of service, to this one.

    The same kind: modality and place of the body, as finely as the code tells it (the level of the spine, the joint, the
    vessels); a screening is told from the last screening of its kind. Studies of the same day, a claim sent again for
    instance, are passed over where there is an earlier one (of the last two other days).
    """
    newest, *older = (parts.service_day - line.sent(f"member_study_day_{rank}") for rank in (1, 2, 3))
    second, third = (where(days > 0.0, days, np.nan) for days in older)
    return where(newest > 0.0, newest, second.or_else(third).or_else(newest))


@SHELF.feature("patient_history", unit="days", families=REPEATED)
def days_since_same_region(line: Line) -> Formula:
    """Days since any study of this body region was last sent for this patient."""
    return line.sent("member_region_since")


@SHELF.feature("patient_history", unit="lines", families=REPEATED)
def same_study_in_year(line: Line) -> Formula:
    """How many studies of the same kind (see `days_since_same_study`) were sent to this payer in the year before."""
    return line.sent("member_study_n")


@SHELF.feature("patient_history", unit="ratio", families=REPEATED)
def share_of_interval_passed(line: Line) -> Formula:
    """Days since the last such study as a share of those that the payer wants between two; below 1 is too soon.

    Unknown without a limit in the book or an earlier study.
    """
    return days_since_same_study(line) / line.book("days_between_limit")
