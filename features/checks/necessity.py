"""NECESSITY: does the diagnosis support the study, can it be billed, and can this patient have it?

Codes are held against three releases of ICD-10-CM (`data.codes.diagnoses`); where those say nothing of a code or a
day, a check is unknown. Age and sex are looked at by these edits alone, as payers do, and are told to nobody.
"""

import numpy as np

from data.schema import DIAGNOSES, POINTERS
from features import parts, people
from features.checks import diagnosis
from features.checks.authorization import OFTEN
from features.checks.registry import Change, CheckShelf
from features.formula import Formula, any_of, least, most, where
from features.imaging import days_since_same_study
from features.line import LINE, Line

SHELF = CheckShelf("necessity")

EVERY = tuple(LINE.word(name) for name in DIAGNOSES)
POINTED = tuple(
    LINE.word(name) for name in ("pointed_diagnosis", *(f"pointed_diagnosis_{n}" for n in (2, 3, 4)))
)
HAS_DIAGNOSIS = EVERY[0].present


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
    severity="block",
    reason="146",
    sentence="Diagnoses on the claim: {diagnoses}. One of them was not a full code on {service_from}.",
    fix="Code it to its last character, as the record supports and as the list of that day has it.",
    changes=[Change("diagnosis_1", is_obtained=True)],
    is_of_claim=True,
)
def diagnosis_not_billable(line: Line) -> Formula:
    """A code that longer ones begin with may not be billed, nor one that wasn't in use on the day of service.

    Unknown for codes of no release. Source: ICD-10-CM official guidelines, section I.B.2 (level of detail).
    """
    known = line.word("diagnosis_1").present
    return any_of(map(diagnosis.unbillable, EVERY)).only_where(known & diagnosis.IN_ICD_10)


@SHELF.check(
    "diagnosis",
    severity="warn",
    reason="146",
    sentence="Diagnoses on the claim: {diagnoses}. The code list does not have one of them.",
    fix="Look the code up in the list of the day of service, and correct it.",
    changes=[Change("diagnosis_1", is_obtained=True)],
    is_of_claim=True,
)
def diagnosis_not_listed(line: Line) -> Formula:
    """A code that is no ICD-10-CM code by its shape, or that no release up to the day of service has.

    Unknown for services after the last release that we know, and of the years of ICD-9. Source: ICD-10-CM, lists of codes by year (CDC).
    """
    misshapen = any_of(word.number(diagnosis.is_misshapen, missing=0.0) for word in EVERY)
    unlisted = any_of(word.number(diagnosis.is_unlisted, missing=0.0) for word in EVERY)
    known_day = where(line.number("service_from") <= diagnosis.LAST_DAY, 1.0, np.nan)
    return (misshapen | (unlisted & known_day)).only_where(HAS_DIAGNOSIS & diagnosis.IN_ICD_10)


@SHELF.check(
    "diagnosis",
    severity="info",
    reason="50",
    sentence="Diagnosis {pointed_diagnosis} for {procedure} says that something about it is unspecified.",
    fix="Use a more specific code if the record supports one.",
    changes=[Change("diagnosis_1", is_obtained=True)],
    needs_record_support=True,
)
def diagnosis_unspecific(line: Line) -> Formula:
    """The title of the first diagnosis pointed at says "unspecified"; unknown for codes of no release.

    Source: ICD-10-CM official guidelines, section I.B.18 (use of unspecified codes).
    """
    return line.word("pointed_diagnosis").number(diagnosis.is_unspecific)


@SHELF.check(
    "diagnosis",
    severity="warn",
    reason="10",
    sentence="Diagnoses on the claim: {diagnoses}. One of them does not go with the patient's sex as it is on the claim.",
    fix="Check the diagnosis and the registration. If both are right, add modifier KX.",
    changes=[Change("diagnosis_1", is_obtained=True)],
    is_of_claim=True,
)
def diagnosis_sex(line: Line) -> Formula:
    """A diagnosis of women or men alone; modifier KX says that it is right all the same.

    Unknown where such a diagnosis stands beside no sex, or another one. Source: CMS, Medicare Code Editor, sex
    conflict; KX: Medicare Claims Processing Manual, chapter 32, section 240.
    """
    sex = line.word("patient_sex")
    is_woman = where(sex.is_in("F", "M"), sex.is_in("F"), np.nan)
    for_women = any_of(word.number(diagnosis.is_of_women, missing=0.0) for word in EVERY)
    for_men = any_of(word.number(diagnosis.is_of_men, missing=0.0) for word in EVERY)
    at_odds = (for_women & ~is_woman) | (for_men & is_woman)
    return (at_odds & ~parts.has_modifier("KX")).only_where(HAS_DIAGNOSIS)


@SHELF.check(
    "diagnosis",
    severity="warn",
    reason="9",
    sentence="Diagnoses on the claim: {diagnoses}. One of them does not go with the patient's age.",
    fix="Check the diagnosis, and the date of birth in the registration.",
    changes=[Change("diagnosis_1", is_obtained=True)],
    is_of_claim=True,
)
def diagnosis_age(line: Line) -> Formula:
    """A diagnosis of newborns, children, mothers or adults, and a patient who surely isn't one.

    Only the year of birth is kept, so a year is allowed for. Source: CMS, Medicare Code Editor, age conflict
    (newborn 0, pediatric 0 to 17, maternity 9 to 64, adult 15 and over).
    """
    at_least = most(EVERY[0].number(diagnosis.youngest), *(w.number(diagnosis.youngest) for w in EVERY[1:]))
    at_most = least(EVERY[0].number(diagnosis.oldest), *(w.number(diagnosis.oldest) for w in EVERY[1:]))
    at_odds = (at_least > diagnosis.AGE_REACHED) | (at_most < diagnosis.AGE_REACHED - 1.0)
    return at_odds.only_where(line.word("diagnosis_1").present)


@SHELF.check(
    "diagnosis",
    severity="warn",
    reason="11",
    sentence="{procedure} does not show the part of the body that diagnosis {pointed_diagnosis} speaks of.",
    fix="Check that the line points at the diagnosis that the study was done for.",
    changes=[Change("pointer_1", is_obtained=True)],
    needs_record_support=True,
)
def diagnosis_elsewhere(line: Line) -> Formula:
    """None of the diagnoses pointed at is of a part of the body that the study shows.

    Unknown where one of them may be anywhere (a cancer, a fever), or the study shows no one place. Source: CARC 11
    (diagnosis at odds with the procedure); our own tables of body parts (`data.codes.body_parts`).
    """
    first, *others = POINTED
    procedure = line.word("procedure")
    of_others = (diagnosis.speaks_of(procedure, other, missing=0.0) for other in others)
    return ~any_of([diagnosis.speaks_of(procedure, first), *of_others])


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
    "diagnosis",
    severity="block",
    reason="16/M76",
    sentence="The first diagnosis, {diagnosis_1}, says how an injury came about, not what it is.",
    fix="Put the injury first. Codes that begin with V, W, X or Y come behind it.",
    changes=[
        Change("diagnosis_1", from_field="diagnosis_2"),
        Change("diagnosis_2", from_field="diagnosis_1"),
    ],
    owner="coder",
    stage="charge capture",
    is_of_claim=True,
)
def external_cause_first(line: Line) -> Formula:
    """An external cause may not be the first diagnosis. Source: ICD-10-CM official guidelines, section I.C.20.a.6."""
    return line.word("diagnosis_1").number(diagnosis.is_external_cause) & diagnosis.IN_ICD_10


@SHELF.check(
    "diagnosis",
    severity="warn",
    reason="16/M76",
    sentence="The first diagnosis, {diagnosis_1}, only shows another illness, which has to come before it.",
    fix="Put the illness behind it first, as the record names it.",
    changes=[Change("diagnosis_1", is_obtained=True)],
    needs_record_support=True,
    owner="coder",
    stage="charge capture",
    is_of_claim=True,
)
def manifestation_first(line: Line) -> Formula:
    """A code "in diseases classified elsewhere" may not be the first diagnosis; unknown for codes of no release.

    Source: ICD-10-CM official guidelines, section I.A.13; CMS, Medicare Code Editor, manifestation as principal.
    """
    return line.word("diagnosis_1").number(diagnosis.is_manifestation)


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

    The day of the last one is taken from when its claim was sent. Unknown without a limit in the book or without a
    past; passes where no earlier study is known. Source: the payer's frequency limits; CARC 119.
    """
    since = days_since_same_study(line)
    soon = (since > 0) & (since < line.book("days_between_limit"))
    none = 0.0 * line.sent("member_study_n") * line.book("days_between_limit")
    return where(since.known, soon, none)
