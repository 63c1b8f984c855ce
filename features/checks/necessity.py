"""NECESSITY, second part: does the diagnosis support the study, by the payer's list, its record, the body and the clock?"""

import numpy as np

from data.schema import POINTERS
from features import parts, people
from features.checks import diagnosis
from features.checks.authorization import OFTEN
from features.checks.diagnosis_codes import SHELF as SHELF
from features.checks.registry import Change
from features.formula import Formula, any_of, most, where
from features.imaging import days_since_same_study
from features.line import Line


@SHELF.check(
    "diagnosis",
    severity="block",
    reason="50",
    sentence="This payer pays {procedure} for some diagnoses only, and none of those is on the line.",
    fix="See whether the record holds a diagnosis that this payer covers, and point the line at it.",
    changes=[Change("pointer_1", is_obtained=True)],
    needs_record_support=True,
)
def diagnosis_not_covered(line: Line) -> Formula:
    """No diagnosis that the line points at is on the payer's coverage list for the procedure.

    Unknown where the book has no list. Source: the payer's policy; CMS, local and national coverage articles.
    """
    return ~line.book("diagnosis_covered")


@SHELF.check(
    "diagnosis_pointer",
    severity="warn",
    reason="50",
    sentence="A covered diagnosis is on the line, but the first one that it points at, {pointed_diagnosis}, is not covered.",
    fix="Point the line first at the diagnosis that the study was done for.",
    changes=[Change("pointer_1", from_field="pointer_2")],
    needs_record_support=True,
)
def covered_diagnosis_not_first(line: Line) -> Formula:
    """Many payers look only at the first diagnosis that a line points at. Unknown where the book has no list.

    Source: 005010X222A1, SV107-1 (the primary diagnosis of the line); CMS coverage articles.
    """
    return line.book("diagnosis_covered") & ~line.book("diagnosis_first_covered")


@SHELF.check(
    "diagnosis",
    severity="info",
    reason="50",
    sentence="This payer often refuses {procedure} with diagnosis {pointed_diagnosis} as not needed.",
    fix="See whether the record holds a diagnosis that says more of why the study was done.",
    changes=[Change("pointer_1", is_obtained=True)],
    needs_record_support=True,
)
def diagnosis_usually_refused(line: Line) -> Formula:
    """Our list says nothing, but of such lines this payer denied two in ten or more as not needed.

    Unknown without a past, and left to `diagnosis_not_covered` where the book has a list. Source: this payer's own
    answers on the procedure with this diagnosis, or its category.
    """
    of_category = line.past("history_payer_procedure_diagnosis_medical_necessity_rate")
    of_code = line.past("history_payer_procedure_diagnosis_code_medical_necessity_rate")
    silent = where(line.book("diagnosis_covered").known, np.nan, 1.0)
    return (most(of_category, of_code) >= OFTEN) & silent


@SHELF.check(
    "diagnosis",
    severity="warn",
    reason="11",
    sentence="{procedure} does not show the part of the body that diagnosis {pointed_diagnosis} speaks of.",
    fix="Check that the line points at the diagnosis that the study was done for.",
    changes=[Change("pointer_1", is_obtained=True)],
    needs_record_support=True,
    also=("medical_necessity",),
)
def diagnosis_elsewhere(line: Line) -> Formula:
    """None of the diagnoses pointed at is of a part of the body that the study shows.

    Unknown where one of them may be anywhere (a cancer, a fever), or the study shows no one place. Source: CARC 11
    (diagnosis at odds with the procedure); our own tables of body parts (`data.codes.body_parts`).
    """
    return diagnosis.of_other_part(line)


@SHELF.check(
    "diagnosis",
    severity="warn",
    reason="11",
    sentence="Diagnosis {pointed_diagnosis} is of the other side of the body than the modifier of {procedure}.",
    fix="Correct the side in the modifier or in the diagnosis, as the report says.",
    field="modifier_1",
    changes=[Change("modifier_1", is_obtained=True)],
    needs_record_support=True,
)
def diagnosis_other_side(line: Line) -> Formula:
    """LT on a diagnosis of the right, or RT on one of the left; unknown where modifier or diagnosis tells no side.

    Source: ICD-10-CM official guidelines, section I.B.13 (laterality); HCPCS modifiers LT and RT.
    """
    left = line.word("pointed_diagnosis").number(diagnosis.is_left)
    told = where(parts.has_modifier("LT"), left, where(parts.has_modifier("RT"), ~left, np.nan))
    return ~told.only_where(~parts.has_modifier("50"))


@SHELF.check(
    "diagnosis_pointer",
    severity="block",
    reason="16/M76",
    sentence="The line points at a diagnosis that the claim does not hold.",
    fix="Correct the pointer, or add the missing diagnosis to the claim.",
    changes=[Change("pointer_1", is_obtained=True)],
    owner="coder",
    stage="charge capture",
)
def pointer_to_nothing(line: Line) -> Formula:
    """A pointer above the number of diagnoses on the claim; unknown for a line without pointers.

    Source: 005010X222A1, SV107-1 to SV107-4 of 2400 against HI of 2300.
    """
    held = line.number("n_diagnoses")
    others = [(line.number(name) > held).surely for name in POINTERS[1:]]
    return any_of([line.number(POINTERS[0]) > held, line.number(POINTERS[0]) < 1.0, *others])


@SHELF.check(
    "diagnosis",
    severity="warn",
    reason="50",
    sentence="{procedure} is a screening, and diagnosis {pointed_diagnosis} is not.",
    fix="Use the screening diagnosis if the record supports it, or bill the diagnostic study.",
    changes=[Change("diagnosis_1", is_obtained=True)],
    needs_record_support=True,
)
def screening_without_cause(line: Line) -> Formula:
    """A screening study without a screening diagnosis; unknown for studies that aren't screenings, or no diagnosis.

    Source: ICD-10-CM official guidelines, section I.C.21.c.5 (screening); CMS, NCD 220.4 and 210.14.
    """
    return people.screening_without_cause(line).only_where(line.word("pointed_diagnosis").present)


@SHELF.check(
    "diagnosis",
    severity="warn",
    reason="50",
    sentence="{procedure} looks for the cause of a finding, and diagnosis {pointed_diagnosis} is a screening.",
    fix="Bill the screening study, or use the finding as the diagnosis if the record supports it.",
    changes=[Change("diagnosis_1", is_obtained=True)],
    needs_record_support=True,
)
def diagnostic_with_screening_cause(line: Line) -> Formula:
    """A diagnostic mammogram whose diagnosis is a screening; unknown without a diagnosis.

    Source: CMS, NCD 220.4 (mammograms); Medicare Claims Processing Manual, chapter 18, section 20.
    """
    return people.diagnostic_with_screening_cause(line).only_where(line.word("pointed_diagnosis").present)


@SHELF.check(
    "patient",
    severity="warn",
    reason="6",
    sentence="{procedure} is a screening that payers cover at other ages only.",
    fix="Check the date of birth in the registration and the order.",
    field="procedure",
    changes=[Change("procedure", is_obtained=True)],
)
def screening_age(line: Line) -> Formula:
    """A mammogram, lung or bone screening at an age for which it isn't covered; unknown for other studies.

    Source: CMS, NCD 220.4 (35 and over), NCD 210.14 (50 to 77), NCD 150.3 (bone mass).
    """
    return people.outside_screening_age(line)


@SHELF.check(
    "patient_history",
    severity="warn",
    reason="119",
    sentence="This payer wants {days_between_limit} between two such studies, and the last one was {days_since_same_study} before.",
    fix="Check the day of the last study. If it is too soon, ask the payer before you send the claim.",
    field="service_from",
    changes=[Change("service_from", is_obtained=True)],
)
def too_soon(line: Line) -> Formula:
    """Fewer days since this patient's last study of the kind than the payer wants between two.

    The same kind: modality and place of the body, as finely as the code tells it. Unknown without a limit in the book or without a
    past; passes where no earlier study is known. Source: the payer's frequency limits; CARC 119.
    """
    since = days_since_same_study(line)
    soon = (since > 0) & (since < line.book("days_between_limit"))
    none = 0.0 * line.sent("member_study_n") * line.book("days_between_limit")
    return where(since.known, soon, none)
