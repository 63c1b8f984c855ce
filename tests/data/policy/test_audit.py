"""What is told of each list: how much it holds, since when, what has expired, what contradicts what."""

from datetime import date

import pytest

from data.policy.audit import audit
from tests.features.made_book import made_book

TODAY = date(2026, 6, 1)
MAY, JULY = date(2026, 5, 1), date(2026, 7, 1)
CODE = {"procedure": "70551"}

CASES = [
    ("no", "authorization", [CODE, CODE], 0),
    ("other answers", "authorization", [CODE, CODE | {"required": False}], 1),
    ("for other places", "authorization", [CODE | {"place_of_service": "11"}, CODE | {"place_of_service": "22", "required": False}], 0),
    ("for a place of both", "authorization", [CODE | {"place_of_service": "11 22"}, CODE | {"place_of_service": "22 23", "required": False}], 1),
    ("one place, and all", "authorization", [CODE | {"place_of_service": "11"}, CODE | {"required": False}], 0),
    ("for other plans", "authorization", [CODE | {"plan_type": "CI"}, CODE | {"plan_type": "MC", "required": False}], 0),
    ("of other payers", "authorization", [CODE, CODE | {"payer_id": "*", "required": False}], 0),
    ("one after the other", "authorization", [CODE | {"valid_to": MAY}, CODE | {"valid_from": TODAY, "required": False}], 0),
    ("on one day", "authorization", [CODE | {"valid_to": MAY}, CODE | {"valid_from": MAY, "required": False}], 1),
    ("three at odds", "filing_limits", [{"days": 90}, {"days": 120}, {"days": 180}], 3),
    ("of one column", "filing_limits", [{"days": 90, "appeal_days": 30}, {"days": 90, "appeal_days": 60}], 1),
    ("diagnoses", "coverage", [CODE | {"diagnoses": "M54 R51"}, CODE | {"diagnoses": "R51", "covered": False}], 1),
    ("other diagnoses", "coverage", [CODE | {"diagnoses": "M54"}, CODE | {"diagnoses": "R51", "covered": False}], 0),
    ("lists add up", "coverage", [CODE | {"diagnoses": "M54"}, CODE | {"diagnoses": "M54 R51"}], 0),
    ("enrolment can't", "enrollment", [{"rendering_npi": "1"}, {"rendering_npi": "1", "valid_from": MAY}], 0),
    ("pairs", "ncci_pairs", [{"column_1": "1", "column_2": "2"}, {"column_1": "1", "column_2": "2", "modifier_indicator": 1}], 1),
    ("pairs of other settings", "ncci_pairs", [{"column_1": "1", "column_2": "2", "setting": "hospital"}, {"column_1": "1", "column_2": "2", "setting": "practitioner", "modifier_indicator": 1}], 0),
    ("fees of the whole and a part", "fee_schedule", [CODE | {"allowed_cents": 9}, CODE | {"allowed_cents": 3, "modifier": "26"}], 0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rows", "count"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_contradictions(name, rows, count):
    (told,) = audit(made_book(**{name: rows}), TODAY)
    assert told.n_contradictions == len(told.contradictions) == count


def test_a_contradiction_is_told():
    rows = [CODE | {"valid_to": MAY}, CODE | {"valid_from": date(2026, 4, 1), "required": False}]
    (told,) = audit(made_book(authorization=rows), TODAY)
    pair = told.contradictions[0]
    assert pair.about == "payer_id P1, procedure 70551"
    assert (pair.first, pair.second) == ("required yes, to 2026-05-01", "required no, from 2026-04-01")


def test_figures():
    rows = [
        {"days": 90, "valid_from": MAY, "valid_to": MAY},
        {"days": 90, "payer_id": "P2", "valid_from": TODAY, "valid_to": JULY},
        {"days": 90, "payer_id": "*", "valid_from": date(2020, 1, 1), "valid_to": JULY},
    ]
    limits, excluded = reversed(audit(made_book(filing_limits=rows, excluded=[CODE]), TODAY))
    assert (limits.n_entries, limits.n_payers, limits.n_for_all, limits.n_expired) == (3, 2, 1, 1)
    assert (limits.valid_from, limits.valid_to, limits.is_expired) == (date(2020, 1, 1), JULY, False)
    assert (excluded.valid_from, excluded.valid_to, excluded.n_expired) == (None, None, 0)


def test_a_list_that_has_expired():
    (told,) = audit(made_book(excluded=[CODE | {"valid_to": MAY}]), TODAY)
    assert told.is_expired
