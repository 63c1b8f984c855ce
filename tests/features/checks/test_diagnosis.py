import numpy as np
import pytest

from features.checks.diagnosis import (
    is_external_cause,
    is_left,
    is_manifestation,
    is_misshapen,
    is_of_men,
    is_of_women,
    is_unlisted,
    is_unspecific,
    oldest,
    youngest,
)
from features.formula import Trait

UNKNOWN = np.nan


@pytest.mark.parametrize(
    ("of", "code", "says"),
    [
        (is_misshapen, "M5416", 0), (is_misshapen, "M1A9XX0", 0), (is_misshapen, "m5416", 1), (is_misshapen, "M54.16", 1),
        (is_misshapen, "M5", 1), (is_misshapen, "72402", 1), (is_misshapen, "M5416XXAA", 1),
        (is_unlisted, "M5416", 0), (is_unlisted, "M54", 0), (is_unlisted, "Q7777", 1),
        (is_unspecific, "R109", 1), (is_unspecific, "M25562", 0), (is_unspecific, "Q7777", UNKNOWN),
        (is_manifestation, "H42", 1), (is_manifestation, "H409", 0), (is_manifestation, "Q7777", UNKNOWN),
        (is_external_cause, "W19XXXA", 1), (is_external_cause, "S72001A", 0),
        (is_of_women, "N800", 1), (is_of_women, "N400", 0), (is_of_men, "N400", 1), (is_of_men, "M5416", 0),
        (youngest, "N400", 15), (youngest, "M5416", -1), (oldest, "Z3800", 0), (oldest, "M5416", 999),
        (is_left, "M25562", 1), (is_left, "M25561", 0), (is_left, "M5416", UNKNOWN), (is_left, "I501", UNKNOWN),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)  # fmt: skip
def test_what_is_asked_of_a_code(of: Trait, code: str, says: float) -> None:
    assert of(code) == says or (np.isnan(of(code)) and np.isnan(says))
