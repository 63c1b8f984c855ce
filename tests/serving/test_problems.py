import orjson
import pytest
from pydantic import ValidationError

from data.errors import BundleRefused, CleanclaimError, InvalidClaim, StoreError, UnreadableFile
from serving.problems import describe, from_error, from_http, from_validation, one_fault
from serving.schema import ScoreRequest


def problem_of(body: bytes):
    with pytest.raises(ValidationError) as refused:
        ScoreRequest.model_validate_json(body)
    return from_validation(refused.value)


@pytest.mark.parametrize(
    ("body", "field", "found", "wanted"),
    [
        (b"{}", "claim", "nothing", "a value"),
        (b'{"claim": 5}', "claim", "a number", "an object"),
        (b'{"claim": {}, "claims": 1}', "claims", "a number", "no such field"),
        (b'{"claim": {}, "options": {"explain": "yes"}}', "options.explain", "'yes'", "true or false"),
        (b'{"claim": {}, "options": {"today": "soon"}}', "options.today", "'soon'", "a date like 2025-03-14"),
        (b'{"claim": {}, "options": {"fix": true}}', "options.fix", "true or false", "no such field"),
        (b'{"claim": {}, "context": "x"}', "context", "a text of 1 characters", "an object or a list"),
        (b"[]", "body", "a list of 0", "an object"),
    ],
)
def test_every_wrong_field_is_named(body, field, found, wanted) -> None:
    problem = problem_of(body)
    assert problem.status == 422
    assert (problem.faults[0].field, problem.faults[0].found, problem.faults[0].wanted) == (
        field,
        found,
        wanted,
    )


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"claim": {}} x', b"\xff", b"nonsense", b'{"a": "\\ud800"}', b"[" * 5000]
)
def test_what_is_no_json_is_a_400(body) -> None:
    problem = problem_of(body)
    assert problem.status == 400
    assert problem.faults[0].field == "body"
    assert problem.faults[0].wanted == "one JSON object"


def test_broken_json_is_not_quoted() -> None:
    told = problem_of(b'{"claim": {"member_id": SECRET123}}').response().body
    assert b"SECRET" not in told


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidClaim("1042", field="charge_cents", found=-500, wanted="0 or more"), 422),
        (UnreadableFile("body", found="no ISA", wanted="X12"), 400),
        (StoreError("store", found="nothing", wanted="a store"), 503),
        (BundleRefused("model", found="a changed byte", wanted="the model"), 503),
        (CleanclaimError("thing", found="this", wanted="that"), 422),
    ],
)
def test_errors_below_become_problems(error, status) -> None:
    response = from_error(error).response()
    told = orjson.loads(response.body)
    assert response.status_code == told["status"] == status
    assert response.media_type == "application/problem+json"
    assert told["found"] == str(error.found)
    assert told["wanted"] == str(error.wanted)
    assert told["errors"] == [{"field": told["field"], "found": told["found"], "wanted": told["wanted"]}]
    assert told["type"].startswith("urn:cleanclaim:problem:")


@pytest.mark.parametrize("status", [404, 405, 418])
def test_the_routers_refusals_are_problems_too(status) -> None:
    problem = from_http(status)
    assert problem.status == status
    assert problem.faults[0].wanted


def test_a_problem_says_itself_in_one_line() -> None:
    problem = one_fault(422, "Invalid claim", field="units", found="-1", wanted="0 or more")
    assert problem.detail == "units: found -1, wanted 0 or more"
    assert str(problem) == "422 Invalid claim"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "null"),
        ("Smith", "a text of 5 characters"),
        (1961, "a number"),
        (True, "true or false"),
        ([1, 2], "a list of 2"),
        ({"a": 1}, "an object"),
        (object(), "something else"),
    ],
)
def test_a_value_is_described_not_shown(value, told) -> None:
    assert describe(value, quote=False) == told


def test_a_value_that_may_be_shown_is_cut_short() -> None:
    assert describe("x" * 500, quote=True) == "'" + "x" * 39
