"""The API as its callers see it: answers, and for everything wrong a problem that names field, found and wanted."""

import json

import anyio
import httpx
import orjson
import pytest

from serving.app import create_app
from serving.settings import Settings

X12 = {"content-type": "application/edi-x12"}
JSON = {"content-type": "application/json"}
SECRETS = ("MEMBER4711", "1931", "Smith")


def problem(response: httpx.Response, status: int) -> dict[str, object]:
    """The problem document of a response, checked for form."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == status
    assert {"type", "title", "detail", "field", "found", "wanted", "errors"} <= set(told)
    assert all({"field", "found", "wanted"} == set(error) for error in told["errors"])
    assert "Traceback" not in response.text
    return told


def test_a_claim_is_answered_with_probability_reasons_and_factors(ask, claim) -> None:
    response = ask("POST", "/v1/score", json={"claim": claim})
    assert response.status_code == 200
    told = response.json()
    assert told["claim_id"] == claim["claim_id"]
    assert 0 <= told["denial_probability"] <= 1
    assert len(told["lines"]) == len(claim["lines"])
    for line in told["lines"]:
        assert {"reasons", "reason_set", "families", "factors", "base_points", "checks", "fixes"} <= set(line)
        assert {"reason", "family", "probability", "owner", "stage"} <= set(line["reasons"][0])
    assert told["warnings"]


def test_the_same_request_gives_the_same_bytes(ask, claim) -> None:
    once, again = (ask("POST", "/v1/score", json={"claim": claim}) for _ in range(2))
    assert once.content == again.content


def test_context_is_taken_in(ask, claim) -> None:
    plain = ask("POST", "/v1/score", json={"claim": claim}).json()
    known = ask(
        "POST", "/v1/score", json={"claim": claim, "context": {"eligibility_status": "inactive"}}
    ).json()
    by_line = ask(
        "POST", "/v1/score", json={"claim": claim, "context": [{"line": 1, "auth_number": "A1"}]}
    ).json()
    assert any("No context" in warning for warning in plain["warnings"])
    assert not any("No context" in warning for warning in known["warnings"] + by_line["warnings"])
    assert len({answer["score_id"] for answer in (plain, known, by_line)}) == 3


def test_why_can_be_left_out(ask, claim) -> None:
    told = ask("POST", "/v1/score", json={"claim": claim, "options": {"explain": False}}).json()
    assert not any(line["factors"] for line in told["lines"])


def test_a_claim_without_a_date_goes_out_today(ask, claim) -> None:
    del claim["submitted_on"]
    now = ask("POST", "/v1/score", json={"claim": claim}).json()
    then = ask("POST", "/v1/score", json={"claim": claim, "options": {"today": "2025-01-09"}}).json()
    assert (now["submitted_on"], then["submitted_on"]) == ("2025-01-06", "2025-01-09")


def test_an_answer_can_be_asked_for_again(ask, claim) -> None:
    told = ask("POST", "/v1/score", json={"claim": claim})
    assert ask("GET", f"/v1/scores/{told.json()['score_id']}").content == told.content
    problem(ask("GET", "/v1/scores/none"), 404)


def test_a_file_is_answered_claim_by_claim(ask, world, upcoming) -> None:
    response = ask("POST", "/v1/score/x12", content=world.upcoming[0].read_bytes(), headers=X12)
    assert response.status_code == 200
    told = response.json()
    assert [r["claim_id"] for r in told["results"]] == upcoming.claims["claim_id"].to_pylist()
    assert told["rejects"] == []


def test_json_and_x12_of_one_claim_score_alike(ask, world, claim) -> None:
    one = ask("POST", "/v1/score", json={"claim": claim}).json()
    many = ask("POST", "/v1/score/x12", content=world.upcoming[0].read_bytes(), headers=X12).json()
    assert one["denial_probability"] == many["results"][0]["denial_probability"]


def test_a_truncated_file_keeps_its_whole_claims(ask, world) -> None:
    whole = world.upcoming[0].read_bytes()
    response = ask("POST", "/v1/score/x12", content=whole[: len(whole) // 2], headers=X12)
    assert response.status_code == 200
    assert response.json()["results"]


def altered(**changes: object):
    """A claim with fields replaced; `...` takes one away, `line__x` means the first line's."""

    def alter(claim: dict[str, object]) -> bytes:
        for name, value in changes.items():
            target = claim["lines"][0] if name.startswith("line__") else claim
            key = name.removeprefix("line__")
            if value is ...:
                target.pop(key, None)
            else:
                target[key] = value
        return json.dumps({"claim": claim}).encode()

    return alter


def whole(value: object):
    return lambda _: orjson.dumps(value)


def raw(value: bytes):
    return lambda _: value


BAD_JSON = {
    "missing field": (altered(payer_id=...), 422, "claim.payer_id", "nothing"),
    "missing field of a line": (altered(line__procedure=...), 422, "claim.lines[1].procedure", "nothing"),
    "wrong type": (altered(line__charge_cents="much"), 422, "claim.lines[1].charge_cents", None),
    "number for a text": (altered(payer_id=5), 422, "claim.payer_id", None),
    "unknown key": (altered(payer="x"), 422, "claim.payer", "no such field"),
    "negative money": (altered(line__charge_cents=-500), 422, "claim.lines[1].charge_cents", "-500"),
    "huge money": (altered(line__charge_cents=2**70), 422, "claim.lines[1].charge_cents", None),
    "no such day": (altered(line__service_from="2025-02-30"), 422, "claim.lines[1].service_from", None),
    "no lines": (altered(lines=[]), 422, "claim.lines", None),
    "lines that are none": (altered(lines="MEMBER4711"), 422, "claim.lines", None),
    "wrong member": (altered(member_id=["MEMBER4711"]), 422, "claim.member_id", None),
    "wrong birth year": (altered(birth_year="1931"), 422, "claim.birth_year", None),
    "misspelt member": (altered(member="MEMBER4711"), 422, "claim.member", "no such field"),
    "unknown option": (
        lambda c: orjson.dumps({"claim": c, "options": {"fix": True}}),
        422,
        "options.fix",
        None,
    ),
    "unknown context": (
        lambda c: orjson.dumps({"claim": c, "context": {"patient_name": "Smith"}}),
        *(422, "context.patient_name", "no such field"),
    ),
    "context of another claim": (
        lambda c: orjson.dumps({"claim": c, "context": {"claim_id": "MEMBER4711"}}),
        *(422, "context.claim_id", "another claim"),
    ),
    "no claim": (whole({}), 422, "claim", "nothing"),
    "a list": (whole([1]), 422, "body", "a list of 1"),
    "bad JSON": (raw(b'{"claim": {"member_id": MEMBER4711'), 400, "body", None),
    "cut JSON": (raw(b'{"claim": {"member_id": "MEMBER4711"'), 400, "body", None),
    "not UTF-8": (raw(b"\xff\xfe{}"), 400, "body", None),
    "empty body": (raw(b""), 400, "body", "nothing"),
    "deep": (raw(b'{"claim":' * 3000 + b"1" + b"}" * 3000), 400, "body", None),
}


@pytest.mark.parametrize(("body", "status", "field", "found"), BAD_JSON.values(), ids=BAD_JSON.keys())
def test_bad_json_is_told(ask, claim, body, status, field, found) -> None:
    claim |= {"member_id": "MEMBER4711", "birth_year": 1931}
    told = problem(ask("POST", "/v1/score", content=body(claim), headers=JSON), status)
    assert told["field"] == field
    assert told["wanted"]
    assert found is None or told["found"] == found
    assert not [secret for secret in SECRETS if secret in orjson.dumps(told).decode()]


def test_every_fault_is_told_at_once(ask, claim) -> None:
    body = altered(payer_id=..., line__charge_cents=-1, odd=1)(claim)
    told = problem(ask("POST", "/v1/score", content=body, headers=JSON), 422)
    assert {error["field"] for error in told["errors"]} == {
        "claim.payer_id",
        "claim.lines[1].charge_cents",
        "claim.odd",
    }


BAD_X12 = {
    "no X12": (b"hello, MEMBER4711", 400),
    "empty": (b"", 400),
    "binary": (bytes(range(256)), 400),
    "only an ISA": (b"ISA*00*MEMBER4711", None),
}


@pytest.mark.parametrize(("body", "status"), BAD_X12.values(), ids=BAD_X12.keys())
def test_bad_x12_is_told(ask, body, status) -> None:
    response = ask("POST", "/v1/score/x12", content=body, headers=X12)
    told = problem(response, status or response.status_code)
    assert response.status_code in {400, 422}
    assert "MEMBER4711" not in orjson.dumps(told).decode()


def test_remits_are_no_claims(ask, world) -> None:
    remit = sorted((world.files / "remits").glob("*.835"))[0].read_bytes()
    told = problem(ask("POST", "/v1/score/x12", content=remit, headers=X12), 422)
    assert "837" in told["wanted"]


@pytest.mark.parametrize(
    ("path", "content_type", "status"),
    [
        ("/v1/score", "text/plain", 415),
        ("/v1/score", "application/x-www-form-urlencoded", 415),
        ("/v1/score/x12", "application/json", 415),
        ("/v1/score/x12", "", 415),
        ("/v1/score", "application/json; charset=utf-8", 422),
    ],
)
def test_other_content_types_are_refused(ask, path, content_type, status) -> None:
    told = problem(ask("POST", path, content=b"{}", headers={"content-type": content_type}), status)
    assert status != 415 or told["field"] == "Content-Type"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/v1/score", 405),
        ("DELETE", "/v1/model", 405),
        ("POST", "/review/", 405),
        ("GET", "/review/none", 404),
    ],
)
def test_no_such_address_is_a_problem_too(ask, method, path, status) -> None:
    problem(ask(method, path), status)


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_the_limit_is_refused_as_it_comes(scorer, journal, announced) -> None:
    app = create_app(scorer, journal, settings=Settings(max_claim_bytes=1000, max_file_bytes=1000))

    async def parts():
        for _ in range(100):
            yield b"x" * 100

    async def send(path: str, headers: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://testserver"
        ) as client:
            body = b"x" * 10_000 if announced else parts()
            return await client.post(path, content=body, headers=headers)

    for path, headers in (("/v1/score", JSON), ("/v1/score/x12", X12)):
        told = problem(anyio.run(send, path, headers), 413)
        assert "1000 bytes" in told["wanted"]


def test_more_claims_than_one_answer_holds_are_refused(scorer, journal, world) -> None:
    app = create_app(scorer, journal, settings=Settings(max_claims=2))

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://testserver"
        ) as client:
            return await client.post("/v1/score/x12", content=world.upcoming[0].read_bytes(), headers=X12)

    assert "at most 2" in problem(anyio.run(send), 413)["wanted"]


def test_health(ask) -> None:
    assert ask("GET", "/healthz").json() == {"status": "ok"}
    assert ask("GET", "/readyz").json() == {"status": "ok"}


def test_not_ready_until_the_model_is_loaded(journal, claim) -> None:
    app = create_app(None, journal)

    async def send(method: str, path: str, **given: object) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://testserver"
        ) as client:
            return await client.request(method, path, **given)  # type: ignore[arg-type]

    async def all_of_them() -> list[httpx.Response]:
        return [
            await send("GET", "/readyz"),
            await send("POST", "/v1/score", json={"claim": claim}),
            await send("GET", "/v1/model"),
        ]

    assert anyio.run(send, "GET", "/healthz").status_code == 200
    for response in anyio.run(all_of_them):
        assert problem(response, 503)["field"] == "model"
        assert response.headers["retry-after"]


def test_what_breaks_unforeseen_is_a_500_without_its_values(scorer, journal, claim, caplog) -> None:
    def broken():
        raise ValueError("MEMBER4711 was born in 1931")

    app = create_app(scorer, journal, clock=broken)

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://testserver"
        ) as client:
            return await client.post("/v1/score", json={"claim": claim})

    response = anyio.run(send)
    assert "MEMBER4711" not in orjson.dumps(problem(response, 500)).decode()
    assert "unexpected ValueError" in caplog.text
    assert "MEMBER4711" not in caplog.text


def test_the_catalogues_tell_what_is_served(ask, scorer) -> None:
    model = ask("GET", "/v1/model").json()
    assert model["model_version"] == scorer.model.version
    assert model["policy_version"] == "default 1"
    reasons = ask("GET", "/v1/reasons").json()
    assert {"authorization", "other"} <= {family["name"] for family in reasons}
    features = ask("GET", "/v1/features").json()
    assert all({"name", "meaning", "concept", "kind", "owner"} <= set(feature) for feature in features)


def test_the_api_describes_itself(ask) -> None:
    described = ask("GET", "/v1/openapi.json").json()
    assert {"/v1/score", "/v1/score/x12", "/v1/model", "/healthz"} <= set(described["paths"])
    body = described["paths"]["/v1/score"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "claim" in body["properties"]
    assert "payer_id" in orjson.dumps(body).decode()


@pytest.mark.parametrize("path", ["/v1/model", "/review/", "/review/style.css", "/nothing", "/healthz"])
def test_every_answer_carries_the_strict_headers(ask, path) -> None:
    headers = ask("GET", path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
