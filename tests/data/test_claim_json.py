import datetime as dt

import pytest

from data.claim_json import faults, read_claim
from data.errors import InvalidClaim

TODAY = dt.date(2026, 3, 20)
LINE = {"procedure": "72148", "charge_cents": 120_000, "service_from": "2026-03-17", "pointers": [1]}
CLAIM = {
    "claim_id": "A1",
    "payer_id": "842610001",
    "billing_npi": "1234567893",
    "member_id": "SECRET-MEMBER",
    "diagnoses": ["M54.5"],
    "lines": [LINE],
}


def test_a_claim_is_read_with_its_defaults():
    claim = read_claim(CLAIM, today=TODAY)
    assert (claim.submitted_on, claim.frequency, claim.diagnoses) == (TODAY, "1", ("M545",))
    (line,) = claim.lines
    assert (line.line, line.units, line.service_from, line.pointers) == (1, 1.0, dt.date(2026, 3, 17), (1,))


def test_what_is_given_is_kept():
    line = {**LINE, "line": 7, "modifiers": ["26", "LT"], "units": 2, "line_control": "X"}
    claim = read_claim(
        {**CLAIM, "lines": [line], "submitted_on": "2026-03-18", "frequency": "7"}, today=TODAY
    )
    assert (claim.submitted_on, claim.frequency) == (dt.date(2026, 3, 18), "7")
    assert (claim.lines[0].line, claim.lines[0].modifiers, claim.lines[0].units) == (7, ("26", "LT"), 2.0)


def test_a_service_after_submission_and_a_bad_check_digit_are_read():
    record = {**CLAIM, "billing_npi": "1234567890", "submitted_on": "2026-01-01"}
    assert read_claim(record, today=TODAY).billing_npi == "1234567890"


WRONG = {
    "nothing at all": ({}, None, None),
    "no claim_id": ({"claim_id": None}, "claim_id", "1 to 80"),
    "no payer": ({"payer_id": None}, "payer_id", "text"),
    "an unknown key": ({"payerid": "x"}, "payerid", "payer_id"),
    "a number for text": ({"payer_id": 842610001}, "payer_id", "text"),
    "an NPI of 9 digits": ({"billing_npi": "123456789"}, "billing_npi", "10 digits"),
    "no lines": ({"lines": []}, "lines", "one line or more"),
    "lines of another kind": ({"lines": "72148"}, "lines", "one line or more"),
    "a line of another kind": ({"lines": ["72148"]}, "lines[1]", "JSON object"),
    "an unknown key in a line": ({"lines": [{**LINE, "proc": "1"}]}, "lines[1].proc", "procedure"),
    "no procedure": ({"lines": [{**LINE, "procedure": None}]}, "lines[1].procedure", "5 characters"),
    "money as text": ({"lines": [{**LINE, "charge_cents": "100"}]}, "lines[1].charge_cents", "cents"),
    "money with a fraction": ({"lines": [{**LINE, "charge_cents": 1.5}]}, "lines[1].charge_cents", "cents"),
    "negative money": ({"lines": [{**LINE, "charge_cents": -1}]}, "lines[1].charge_cents", "0 to"),
    "yes for a number": ({"lines": [{**LINE, "charge_cents": True}]}, "lines[1].charge_cents", "cents"),
    "a date of another country": (
        {"lines": [{**LINE, "service_from": "17.03.2026"}]}, "lines[1].service_from", "2026-03-17",
    ),
    "a day that doesn't exist": ({"submitted_on": "2026-02-30"}, "submitted_on", "2026-03-17"),
    "a modifier of 3": ({"lines": [{**LINE, "modifiers": ["266"]}]}, "lines[1].modifiers", "2 characters"),
    "five modifiers": ({"lines": [{**LINE, "modifiers": ["26"] * 5}]}, "lines[1].modifiers", "at most 4"),
    "a pointer as text": ({"lines": [{**LINE, "pointers": ["1"]}]}, "lines[1].pointers", "whole number"),
    "a list that is none": ({"diagnoses": "M545"}, "diagnoses", "a list"),
    "a diagnosis that is none": ({"diagnoses": ["back pain"]}, "diagnoses", "ICD-10"),
    "the same line twice": ({"lines": [{**LINE, "line": 1}, {**LINE, "line": 1}]}, "lines", "each once"),
    "the patient's id of another type": ({"member_id": ["SECRET-MEMBER"]}, "member_id", "text"),
    "two lines in one": ({"auth_number": "A1\nB2"}, "auth_number", "one line"),
    "endless money": ({"lines": [{**LINE, "charge_cents": 10**30}]}, "lines[1].charge_cents", "0 to"),
    "not a number": ({"lines": [{**LINE, "units": float("nan")}]}, "lines[1].units", "0 or more"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "field", "wanted"), WRONG.values(), ids=WRONG)
def test_a_wrong_claim_says_thing_found_and_wanted(change, field, wanted):
    record = {} if field is None else {**CLAIM, **change}
    with pytest.raises(InvalidClaim) as error:
        read_claim(record, today=TODAY)
    if field:
        assert error.value.field == field
        assert wanted in str(error.value.wanted)
    told = "\n".join([str(error.value), *getattr(error.value, "__notes__", [])])
    assert "SECRET" not in told
    assert "back pain" not in told


@pytest.mark.parametrize("record", [None, [], "claim", 3, [CLAIM]])
def test_what_is_no_object_is_refused(record):
    with pytest.raises(InvalidClaim, match="wanted a JSON object"):
        read_claim(record, today=TODAY)


def test_everything_wrong_is_told_at_once():
    record = {**CLAIM, "payer": "x", "billing_npi": "1", "lines": [{**LINE, "charge_cents": -1}, {}]}
    told = [fault.field for fault in faults(record, today=TODAY)]
    assert told == [
        "billing_npi",
        "payer",
        "lines[1].charge_cents",
        "lines[2].procedure",
        "lines[2].charge_cents",
        "lines[2].service_from",
    ]
    with pytest.raises(InvalidClaim) as error:
        read_claim(record, today=TODAY)
    assert len(error.value.__notes__) == 5
