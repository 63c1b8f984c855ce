"""Whether a diagnosis belongs to the part of the body studied: tables and earlier claims, apart and together."""

import numpy as np
import pytest

from features.diagnosis_fit import MOST, TOLD_NO, TOLD_YES
from tests.features.made_formulas import formula_of, says
from tests.features.made_lines import lines

BELONGS = formula_of("diagnosis_belongs")


def past(together: float, of_diagnosis: float, of_place: float, of_all: float = 1000.0) -> dict[str, float]:
    return {
        "sent:diagnosis_code_region_ever": together,
        "sent:diagnosis_code_ever": of_diagnosis,
        "sent:study_place_ever": of_place,
        "sent:all_ever": of_all,
    }


@pytest.mark.parametrize(
    ("diagnosis", "late", "expected"),
    [
        ("C7951", {}, 0.0),  # may be anywhere, and no past
        ("M5416", {}, TOLD_YES),
        ("M542", {}, -TOLD_NO),
        ("C7951", past(0, 0, 0, 0), 0.0),
        ("C7951", past(9, 30, 100), MOST),
        ("C7951", past(0, 100, 100), -MOST),
        ("C7951", past(0, 1, 100), -0.145),  # seen once: little is known
        ("M5416", past(0, 100, 100), TOLD_YES - MOST),
        ("M542", past(9, 30, 100), MOST - TOLD_NO),
    ],
)
def test_what_speaks_for_a_diagnosis(diagnosis: str, late: dict[str, float], expected: float) -> None:
    line = lines({"procedure": "72148", "diagnosis_1": diagnosis, "pointer_1": 1})
    np.testing.assert_allclose(says(BELONGS, line, late), expected)


def test_more_lines_together_never_speak_against_it() -> None:
    line = lines({"procedure": "72148", "diagnosis_1": "C7951", "pointer_1": 1})
    said = [says(BELONGS, line, past(n, 200, 50)) for n in range(12)]
    assert said == sorted(said)
