"""NECESSITY, first part: can the diagnosis codes be billed, in this order, and can this patient have them?

Codes are held against three releases of ICD-10-CM (`data.codes.diagnoses`); where those say nothing of a code or a
day, a check is unknown. Age and sex are looked at by these edits alone, as payers do, and are told to nobody.
"""

import numpy as np

from data.schema import DIAGNOSES
from features import parts
from features.checks import diagnosis
from features.checks.registry import Change, CheckShelf
from features.formula import Formula, any_of, least, most, where
from features.line import LINE, Line

SHELF = CheckShelf("necessity")
"""The checks of this file, and behind them those of `features.checks.necessity`."""

EVERY = tuple(LINE.word(name) for name in DIAGNOSES)
HAS_DIAGNOSIS = EVERY[0].present


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
