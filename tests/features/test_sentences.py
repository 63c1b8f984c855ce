import re
from datetime import date

import numpy as np
import pytest

from features.build import Features, build
from features.catalog import CATALOG
from features.concepts import CONCEPTS
from features.evidence import Evidence
from features.said import told, weighed
from features.sentences import VOICES, sentence
from features.state import FeatureState
from tests.features.made_lines import labelled, lines, lines_of

TABLE = labelled(1500)
STATE = FeatureState.fit(TABLE, as_of=date(2026, 1, 1))
SAMPLE = lines_of(TABLE.slice(TABLE.num_rows - 60))
BUILT = build(SAMPLE, STATE)
EVERY_SENTENCE = [
    sentence(concept, SAMPLE, row, BUILT, raises=raises)
    for concept in VOICES
    for row in range(SAMPLE.num_rows)
    for raises in (True, False)
]


def said(concept: str, row: dict[str, object], *, raises: bool = True) -> str:
    table = lines(row)
    return sentence(concept, table, 0, build(table, STATE), raises=raises)


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text, syllables counted as groups of vowels."""
    words = re.findall(r"[A-Za-z']+", text)
    sentences = max(len(re.findall(r"[.?!](?:\s|$)", text)), 1)
    syllables = sum(max(len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower()))), 1) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def test_every_concept_has_a_voice() -> None:
    assert set(VOICES) == set(CONCEPTS)


def test_sentences_read_well() -> None:
    grades = [grade(text) for text in EVERY_SENTENCE]
    assert sum(grades) / len(grades) < 9
    assert all(re.match(r"Line \d+: \S", text) and text.endswith((".", "?")) for text in EVERY_SENTENCE)
    assert not [
        text for text in EVERY_SENTENCE if "nan" in text.lower().split() or "None" in text or "  " in text
    ]


def test_no_column_name_and_no_patient_value_in_a_sentence() -> None:
    names = {name for name in CATALOG if "_" in name}
    members = set(SAMPLE.column("member_id").to_pylist()) - {None}
    for text in EVERY_SENTENCE:
        words = set(re.findall(r"\w+", text))
        assert not words & names
        assert not words & members
        assert "_" not in text


@pytest.mark.parametrize(
    ("concept", "row", "part"),
    [
        ("authorization", {"procedure": "72148"}, "72148 at this payer: no authorization number on the claim."),
        ("authorization", {"context_auth_number": "A"}, "not on the claim"),
        ("attachment", {"attachment_type": "OZ"}, "without a number"),
        ("modifier", {"procedure": "73721"}, "no modifier says which"),
        ("diagnosis_pointer", {"pointer_1": 5, "n_diagnoses": 1}, "does not hold"),
        ("referring_provider", {}, "no referring provider is named"),
        ("referring_provider", {"referring_npi": "1234567890"}, "check digit"),
        ("eligibility", {"context_eligibility_status": "inactive"}, "not active"),
        ("other_payer", {"context_other_payer_primary": True}, "the claim names none"),
        ("filing_time", {"service_from": date(2025, 1, 1), "submitted_on": date(2025, 1, 2)}, "1 day after"),
        ("filing_time", {"service_from": date(2025, 1, 3), "submitted_on": date(2025, 1, 2)}, "dates is wrong"),
        ("report", {"context_accession_study": "1"}, "not signed"),
        ("images", {"context_study_complete": False}, "lacks views"),
        ("replacement", {"frequency": "7"}, "does not give"),
        ("missing_field", {}, "no member number"),
        ("rendering_provider", {"rendering_npi": "1234567893", "payer_id": "new"}, "Is the provider enrolled?"),
        ("payer_habit", {"payer_id": "new"}, "we sent nothing to this payer"),
    ],
)  # fmt: skip
def test_what_is_said(concept: str, row: dict[str, object], part: str) -> None:
    assert part in said(concept, row)


def spoken(concept: str, told: dict[str, float], row: dict[str, object], *, raises: bool = True) -> str:
    """What is said where these features say this, whatever else is unknown."""
    features = Features(tuple(told), np.array([list(told.values())], dtype=np.float32))
    return sentence(concept, lines({"procedure": "72148", **row}), 0, features, raises=raises)


@pytest.mark.parametrize(
    ("concept", "told", "part"),
    [
        ("authorization", {"auth_required": 1}, "this payer's list asks for an authorization of 72148, and none"),
        ("attachment", {"attachment_required": 1}, "this payer's list asks for papers with 72148"),
        ("modifier", {"component_against_contract": 1, "component": 0}, "only the reading is billed, which is not"),
        ("modifier", {"component_against_contract": 1, "component": 2}, "the reading with the picture is billed"),
        ("modifier", {"side_on_unpaired": 1}, "has none"),
        ("units", {"units": 3, "units_over_limit": 2}, "3 units of 72148, which is 2 more than the unit limit"),
        ("duplicate", {"same_day_other_component": 1}, "as another part of the work"),
        ("rendering_provider", {"rendering_enrolled": 0}, "was not enrolled"),
        ("diagnosis", {"diagnosis_covered": 0}, "is on this payer's list for 72148"),
        ("same_claim", {"ncci_unmarked": 1}, "a code pair rule"),
        ("same_claim", {"add_on_alone": 1}, "adds to another service"),
        ("same_claim", {"other_component_on_claim": 1}, "another part of the same 72148"),
        ("eligibility", {"coverage_ends_soon": 1, "days_since_coverage_ended": -1}, "coverage ended 1 day after the service"),
        ("filing_time", {"days_to_submit": 95, "days_to_filing_limit": -5}, "95 days after the service, 5 days past"),
        ("filing_time", {"days_to_submit": 85, "days_to_filing_limit": 5}, "5 days before this payer's limit"),
        ("procedure", {"excluded": 1}, "never pays for 72148"),
        ("patient_history", {"share_of_interval_passed": 0.1, "days_since_same_study": 30}, "was 30 days before"),
    ],
)  # fmt: skip
def test_what_is_said_of_what_the_book_knows(concept: str, told: dict[str, float], part: str) -> None:
    text = spoken(concept, told, {})
    assert part in text
    assert grade(text) < 12, "one sentence alone may be a little harder to read than all of them together"


def test_it_names_its_line() -> None:
    table = lines({}, {})
    assert sentence("amount", table, 1, build(table, STATE), raises=True).startswith("Line 2: ")


@pytest.mark.parametrize(
    ("answered", "denied", "family", "expected"),
    [
        (412, 342, "authorization", "83% of 412 such lines were denied for this in the last year."),
        (412, 342, "denied", "83% of 412 such lines were denied in the last year."),
        (412, 1, "denied", "Less than 1% of 412 such lines were denied in the last year."),
        (412, 0, "denied", "0% of 412 such lines were denied in the last year."),
        (7, 3, "denied", "3 of 7 such lines were denied in the last year."),
        (1, 1, "coding", "1 of 1 such line was denied for this in the last year."),
        (0, 0, "coding", "No such line was answered in the last year."),
    ],
)
def test_evidence_in_words(answered: int, denied: int, family: str, expected: str) -> None:
    assert told(Evidence("payer", family, answered, denied, "in the last year", 0.1)) == expected


def test_evidence_against_the_voice_is_told_as_such() -> None:
    row = TABLE.num_rows - 1
    one, built = lines_of(TABLE.slice(row, 1)), build(lines_of(TABLE.slice(row, 1)), STATE)
    raised = sentence("payer_habit", one, 0, built, raises=True)
    lowered = sentence("payer_habit", one, 0, built, raises=False)
    assert ("Still, " in raised) != ("Still, " in lowered)


@pytest.mark.parametrize(
    ("answered", "denied", "raises", "expected"),
    [
        (3, 3, True, " 3 of 3 such lines were denied so far."),
        (3, 3, False, ""),
        (3, 0, True, ""),
        (40, 0, True, " Still, 0% of 40 such lines were denied so far."),
        (40, 40, False, " Still, 100% of 40 such lines were denied so far."),
    ],
)
def test_a_handful_of_lines_contradicts_nothing(
    answered: int, denied: int, raises: bool, expected: str
) -> None:
    found = Evidence("payer", "denied", answered, denied, "so far", 0.1)
    assert weighed(found, raises=raises) == expected


def test_it_speaks_without_history_columns() -> None:
    few: Features = BUILT.select(["units"])
    for concept in VOICES:
        assert sentence(concept, SAMPLE, 0, few, raises=True)
