from features.checks.necessity import SHELF
from tests.features.checks.made_checks import NO, UNKNOWN, YES, Case, agrees, denied, each, repeated, untried

COVERED = {"coverage": [{"procedure": "72148", "diagnoses": "M54 M511"}]}
TWO = {"diagnosis_1": "R109", "diagnosis_2": "M5416"}
KNEE = {"procedure": "73721", "diagnosis_1": "M25562"}
OFTEN = denied(60, "medical_necessity")
EARLIER = [{"service_from": "2025-01-10", "submitted_on": "2025-01-15"}]
"""The same study 59 days before."""

CASES: tuple[Case, ...] = (
    Case("diagnosis_not_covered", YES, "not on the list", {"diagnosis_1": "R109"}, book=COVERED),
    Case("diagnosis_not_covered", NO, "by its beginning", book=COVERED),
    Case("diagnosis_not_covered", NO, "the second one pointed at", {**TWO, "pointer_1": 1, "pointer_2": 2}, book=COVERED),
    Case("diagnosis_not_covered", YES, "not pointed at", TWO, book=COVERED),
    Case("diagnosis_not_covered", UNKNOWN, "no list"),
    Case("covered_diagnosis_not_first", YES, "the second one", {**TWO, "pointer_2": 2}, book=COVERED),
    Case("covered_diagnosis_not_first", NO, "the first one", book=COVERED),
    Case("covered_diagnosis_not_first", NO, "none is", {"diagnosis_1": "R109"}, book=COVERED),
    Case("covered_diagnosis_not_first", UNKNOWN, "no list"),
    Case("diagnosis_usually_refused", YES, "sixty denied", past=OFTEN),
    Case("diagnosis_usually_refused", NO, "sixty of another diagnosis",
         past=[*denied(60, "medical_necessity", diagnosis_1="R109"), *repeated(60)]),
    Case("diagnosis_usually_refused", NO, "sixty paid", past=repeated(60)),
    Case("diagnosis_usually_refused", UNKNOWN, "the book has a list", past=OFTEN, book=COVERED),
    Case("diagnosis_usually_refused", UNKNOWN, "no past"),
    Case("diagnosis_not_billable", YES, "too short", {"diagnosis_1": "M54"}),
    Case("diagnosis_not_billable", YES, "without its seventh character", {"diagnosis_1": "S72001"}),
    Case("diagnosis_not_billable", YES, "the third one", {"diagnosis_3": "R10"}),
    Case("diagnosis_not_billable", YES, "no longer in use", {"diagnosis_1": "M545", "service_from": "2025-05-02", "submitted_on": "2025-05-09"}),
    Case("diagnosis_not_billable", YES, "not yet in use", {"diagnosis_1": "M5450", "service_from": "2021-05-02", "submitted_on": "2021-05-09"}),
    Case("diagnosis_not_billable", YES, "split since", {"diagnosis_1": "R102", "service_from": "2026-05-02", "submitted_on": "2026-05-09"}),
    Case("diagnosis_not_billable", NO, "in use then", {"diagnosis_1": "R102"}),
    Case("diagnosis_not_billable", NO, "a full code"),
    Case("diagnosis_not_billable", UNKNOWN, "changed between two releases", {"diagnosis_1": "M545", "service_from": "2023-05-02"}),
    Case("diagnosis_not_billable", UNKNOWN, "of no release", {"diagnosis_1": "Q7777"}),
    Case("diagnosis_not_billable", UNKNOWN, "none", {"diagnosis_1": None}),
    Case("diagnosis_not_listed", YES, "of no release", {"diagnosis_1": "Q7777"}),
    Case("diagnosis_not_listed", YES, "no code", {"diagnosis_2": "BACKPAIN"}),
    Case("diagnosis_not_listed", YES, "ICD-9", {"diagnosis_1": "72402", "service_from": "2027-01-02"}),
    Case("diagnosis_not_listed", NO, "a full code"),
    Case("diagnosis_not_listed", NO, "too short", {"diagnosis_1": "M54"}),
    Case("diagnosis_not_listed", UNKNOWN, "may be a new one", {"diagnosis_1": "Q7777", "service_from": "2027-01-02"}),
    Case("diagnosis_unspecific", YES, "unspecified", {"diagnosis_1": "R109"}),
    Case("diagnosis_unspecific", NO, "specific", {"diagnosis_1": "M25562"}),
    Case("diagnosis_unspecific", UNKNOWN, "of no release", {"diagnosis_1": "Q7777"}),
    Case("diagnosis_sex", YES, "a man's", {"diagnosis_1": "N400"}),
    Case("diagnosis_sex", YES, "a woman's", {"diagnosis_2": "N800", "patient_sex": "M"}),
    Case("diagnosis_sex", NO, "a woman's", {"diagnosis_1": "N8000"}),
    Case("diagnosis_sex", NO, "KX", {"diagnosis_1": "N400", "modifier_1": "KX"}),
    Case("diagnosis_sex", NO, "anybody's", {"patient_sex": None}),
    Case("diagnosis_sex", UNKNOWN, "another sex", {"diagnosis_1": "N400", "patient_sex": "U"}),
    Case("diagnosis_age", YES, "a newborn's", {"diagnosis_2": "Z3800"}),
    Case("diagnosis_age", YES, "a mother's", {"diagnosis_1": "O0990", "birth_year": 2017}),
    Case("diagnosis_age", YES, "an adult's", {"diagnosis_1": "N400", "birth_year": 2015, "patient_sex": "M"}),
    Case("diagnosis_age", NO, "a mother of nine, perhaps", {"diagnosis_1": "O0990", "birth_year": 2016}),
    Case("diagnosis_age", NO, "on New Year's Day", {"diagnosis_1": "O0990", "birth_year": 2015, "service_from": "2024-01-01"}),
    Case("diagnosis_age", YES, "on New Year's Eve", {"diagnosis_1": "O0990", "birth_year": 2015, "service_from": "2023-12-31"}),
    Case("diagnosis_age", NO, "anybody's"),
    Case("diagnosis_age", UNKNOWN, "no year of birth", {"birth_year": None}),
    Case("diagnosis_elsewhere", YES, "a knee's", {"diagnosis_1": "M25562"}),
    Case("diagnosis_elsewhere", YES, "a neck's", {"diagnosis_1": "M542"}),
    Case("diagnosis_elsewhere", NO, "a lower back's"),
    Case("diagnosis_elsewhere", NO, "the second one fits", {"diagnosis_1": "M25562", "diagnosis_2": "M5416", "pointer_2": 2}),
    Case("diagnosis_elsewhere", UNKNOWN, "a cancer", {"diagnosis_1": "C7951"}),
    Case("diagnosis_elsewhere", UNKNOWN, "beside a cancer", {"diagnosis_1": "M25562", "diagnosis_2": "C7951", "pointer_2": 2}),
    Case("diagnosis_elsewhere", UNKNOWN, "vessels", {"procedure": "74174"}),
    Case("diagnosis_other_side", YES, "left knee, RT", {**KNEE, "modifier_1": "RT"}),
    Case("diagnosis_other_side", NO, "left knee, LT", {**KNEE, "modifier_1": "LT"}),
    Case("diagnosis_other_side", UNKNOWN, "no side on the line", KNEE),
    Case("diagnosis_other_side", UNKNOWN, "no side in the diagnosis", {**KNEE, "diagnosis_1": "M170", "modifier_1": "LT"}),
    Case("external_cause_first", YES, "a fall", {"diagnosis_1": "W19XXXA"}),
    Case("external_cause_first", NO, "an injury", {"diagnosis_2": "W19XXXA"}),
    Case("external_cause_first", UNKNOWN, "none", {"diagnosis_1": None}),
    Case("manifestation_first", YES, "of another illness", {"diagnosis_1": "H42"}),
    Case("manifestation_first", NO, "behind it", {"diagnosis_2": "H42"}),
    Case("manifestation_first", UNKNOWN, "of no release", {"diagnosis_1": "Q7777"}),
    Case("pointer_to_nothing", YES, "2 of 1", {"pointer_1": 2}),
    Case("pointer_to_nothing", YES, "the second pointer", {"pointer_2": 2}),
    Case("pointer_to_nothing", YES, "zero", {"pointer_1": 0}),
    Case("pointer_to_nothing", NO, "1 of 1"),
    Case("pointer_to_nothing", UNKNOWN, "no pointer", {"pointer_1": None}),
    Case("screening_without_cause", YES, "a lump", {"procedure": "77067", "diagnosis_1": "N6310"}),
    Case("screening_without_cause", NO, "a screening", {"procedure": "77067", "diagnosis_1": "Z1231"}),
    Case("screening_without_cause", UNKNOWN, "no screening study"),
    Case("diagnostic_with_screening_cause", YES, "a screening", {"procedure": "77066", "diagnosis_1": "Z1231"}),
    Case("diagnostic_with_screening_cause", NO, "a lump", {"procedure": "77066", "diagnosis_1": "N6310"}),
    Case("diagnostic_with_screening_cause", UNKNOWN, "no diagnosis", {"procedure": "77066", "diagnosis_1": None}),
    Case("screening_age", YES, "a mammogram at 20", {"procedure": "77067", "birth_year": 2005}),
    Case("screening_age", NO, "a mammogram at 65", {"procedure": "77067"}),
    Case("screening_age", UNKNOWN, "no screening"),
    Case("too_soon", YES, "59 of 90 days", book={"frequency_limits": [{"procedure": "72148", "days": "90"}]}, past=EARLIER),
    Case("too_soon", NO, "59 of 59 days", book={"frequency_limits": [{"procedure": "72148", "days": "59"}]}, past=EARLIER),
    Case("too_soon", NO, "no earlier one", book={"frequency_limits": [{"procedure": "72148", "days": "90"}]},
         past=[{"procedure": "73721"}]),
    Case("too_soon", UNKNOWN, "no limit", past=EARLIER),
    Case("too_soon", UNKNOWN, "no past", book={"frequency_limits": [{"procedure": "72148", "days": "90"}]}),
)  # fmt: skip


@each(CASES)
def test_verdicts(case: Case) -> None:
    assert agrees(case)


def test_every_check_is_tried() -> None:
    assert untried(SHELF, CASES) == []
