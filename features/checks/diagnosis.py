"""What is asked of a diagnosis code, one number a code, for the checks of medical necessity."""

import re
from datetime import date
from functools import cache

import numpy as np

from data.codes.body_parts import PARTS, parts_meant, parts_shown
from data.codes.diagnoses import RELEASED, diagnosis_info, diagnosis_limit
from features.formula import Formula, Trait, Word, any_of, day_of_year, floor, step, where
from features.line import LINE, Line

EPOCH = date(1970, 1, 1).toordinal()
SHAPE = re.compile(r"[A-Z][0-9A-Z]{2,6}")
"""Three to seven characters, the first a letter. ICD-10-CM official guidelines, section I.A.2."""

SERVICE = LINE.number("service_from")
_FIRST, _SECOND, _THIRD = (
    tuple(float(day.toordinal() - EPOCH) for day in days) for days in RELEASED.values()
)
PERIOD = step(SERVICE, (_FIRST[1], _SECOND[0] - 1, _SECOND[1], _THIRD[0] - 1))
"""Where the service falls: 0 until the end of the first release, 1 between it and the second, 2, 3, 4 in the third."""
LAST_DAY = _THIRD[1]
IN_ICD_10 = where(float(date(2015, 10, 1).toordinal() - EPOCH) <= SERVICE, 1.0, np.nan)
"""Unknown for services before the first of October 2015, which were coded in ICD-9-CM."""


@cache
def _unbillable(period: int) -> Trait:
    """Whether a code can't be billed in a period; unknown between two releases that differ, and for codes of none."""
    marks = tuple(RELEASED)[period // 2 : (period + 1) // 2 + 1]

    def told(code: str) -> float:
        info = diagnosis_info(code)
        said = {float(mark not in info.releases) for mark in marks}
        return said.pop() if info.is_listed and len(said) == 1 else np.nan

    return told


def unbillable(diagnosis: Word) -> Formula:
    """Whether a diagnosis can't be billed on the day of service: too short, or not in use then; no where there is none."""
    of = [diagnosis.number(_unbillable(period), missing=0.0) for period in range(5)]
    chosen = of[4]
    for period in (3, 2, 1, 0):
        chosen = where(period >= PERIOD, of[period], chosen)
    return chosen


def is_misshapen(code: str) -> float:
    """Whether it can't be an ICD-10-CM code."""
    return float(SHAPE.fullmatch(code) is None)


def is_unlisted(code: str) -> float:
    """Whether none of the releases has it."""
    return float(not diagnosis_info(code).is_listed)


def is_unspecific(code: str) -> float:
    """Whether its title says "unspecified", as far as the releases have it."""
    info = diagnosis_info(code)
    return float(info.is_unspecified) if info.is_listed else np.nan


def is_manifestation(code: str) -> float:
    """Whether it shows another illness, which must stand before it."""
    info = diagnosis_info(code)
    return float(info.is_manifestation) if info.is_listed else np.nan


def is_external_cause(code: str) -> float:
    """Whether it says how an injury came about: V, W, X, Y."""
    return float(code[:1] in "VWXY")


def is_of_women(code: str) -> float:
    """Whether only women have it."""
    return float(diagnosis_limit(code).sex == "F")


def is_of_men(code: str) -> float:
    """Whether only men have it."""
    return float(diagnosis_limit(code).sex == "M")


def youngest(code: str) -> float:
    """From which age one can have it; -1 for any."""
    years = diagnosis_limit(code).youngest
    return -1.0 if years is None else float(years)


def oldest(code: str) -> float:
    """Up to which age one can have it; 999 for any."""
    years = diagnosis_limit(code).oldest
    return 999.0 if years is None else float(years)


def is_left(code: str) -> float:
    """Whether it is of the left side; unknown for codes of neither."""
    side = diagnosis_info(code).side
    return float(side == "left") if side else np.nan


AGE_REACHED = floor((SERVICE - day_of_year(SERVICE) + 180.0) / 365.25 + 1970.0) - LINE.number("birth_year")
"""The age that the patient reaches in the year of service, in years: on the day itself it may be one less."""


@cache
def _means(part: str) -> Trait:
    def told(code: str) -> float:
        parts = parts_meant(code)
        return float(part in parts) if parts else np.nan

    return told


@cache
def _shows(part: str) -> Trait:
    def told(code: str) -> float:
        parts = parts_shown(code)
        return float(part in parts) if parts else np.nan

    return told


POINTED = tuple(
    LINE.word(name) for name in ("pointed_diagnosis", *(f"pointed_diagnosis_{n}" for n in (2, 3, 4)))
)


def of_other_part(line: Line) -> Formula:
    """Whether none of the diagnoses pointed at is of a part of the body that the study shows.

    Unknown where one of them may be anywhere (a cancer, a fever), or the study shows no one place.
    """
    first, *others = POINTED
    procedure = line.word("procedure")
    of_others = (speaks_of(procedure, other, missing=0.0) for other in others)
    return ~any_of([speaks_of(procedure, first), *of_others])


def speaks_of(procedure: Word, diagnosis: Word, *, missing: float = np.nan) -> Formula:
    """Whether the diagnosis is of a part of the body that the study shows; unknown where one of both isn't plain."""
    return any_of(
        procedure.number(_shows(part)) & diagnosis.number(_means(part), missing=missing) for part in PARTS
    )
