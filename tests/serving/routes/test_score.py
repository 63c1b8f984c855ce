"""FHIR over HTTP: the same answers as for the same claim as JSON, the same problems as for an 837."""

import json
from dataclasses import asdict

import anyio
import httpx
import orjson
import pytest

from data.claim import claims_of
from data.readers.fhir import read_fhir
from serving.app import create_app
from serving.settings import Settings

FHIR = {"content-type": "application/fhir+json"}
JSON = {"content-type": "application/json"}
NPI = "http://hl7.org/fhir/sid/us-npi"
CPT = "http://www.ama-assn.org/go/cpt"


def concept(code: object, system: str = "") -> dict[str, object]:
    return {"coding": [{"code": code, **({"system": system} if system else {})}]}


def person(npi: object, role: str, n: int) -> dict[str, object]:
    return {
        "sequence": n,
        "role": concept(role),
        "provider": {"identifier": {"system": NPI, "value": npi}},
    }


def as_fhir(claim: dict[str, object], **changes: object) -> dict[str, object]:
    """A claim as FHIR, as far as the fields go that matter here."""
    items = [
        {
            "sequence": n,
            "productOrService": concept(line["procedure"], CPT),
            "modifier": [concept(m, CPT) for m in line.get("modifiers", [])],
            "diagnosisSequence": line.get("pointers", []),
            "servicedDate": line["service_from"],
            "quantity": {"value": line.get("units", 1)},
            "net": {"value": f"{line['charge_cents'] / 100:.2f}", "currency": "USD"},
        }
        for n, line in enumerate(claim["lines"], start=1)
    ]
    coverage = {"resourceType": "Coverage", "id": "cov", "relationship": concept("self")}
    return {
        "resourceType": "Claim",
        "id": "c1",
        "status": "active",
        "use": "claim",
        "type": concept("professional"),
        "contained": [coverage],
        "identifier": [{"value": claim["claim_id"]}],
        "created": claim["submitted_on"],
        "patient": {"identifier": {"type": concept("MB"), "value": "MEMBER4711"}},
        "insurer": {"identifier": {"value": claim["payer_id"]}},
        "provider": {"identifier": {"system": NPI, "value": claim["billing_npi"]}},
        "careTeam": [
            person(claim.get("rendering_npi"), "rendering", 1),
            person(claim.get("referring_npi"), "referring", 2),
        ],
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "#cov"}}],
        "diagnosis": [
            {"sequence": n, "diagnosisCodeableConcept": concept(code, "http://hl7.org/fhir/sid/icd-10-cm")}
            for n, code in enumerate(claim.get("diagnoses", []), start=1)
        ],
        "item": items,
        **changes,
    }


def bundle(*resources: object) -> dict[str, object]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}


def problem(response: httpx.Response, status: int) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert {"type", "title", "status", "detail", "field", "found", "wanted", "errors"} <= set(told)
    assert "MEMBER4711" not in response.text
    return told


@pytest.mark.parametrize("headers", [FHIR, JSON, {"content-type": "application/fhir+json; charset=utf-8"}])
def test_a_claim_of_fhir_is_answered_as_the_same_claim_in_json(ask, claim, headers) -> None:
    body = json.dumps(as_fhir(claim)).encode()
    response = ask("POST", "/v1/score/fhir", content=body, headers=headers)
    assert response.status_code == 200
    assert response.json()["rejects"] == []
    (told,) = response.json()["results"]
    (read,) = claims_of(read_fhir(body, source="body").claims)
    given = {name: value for name, value in asdict(read).items() if value is not None}
    plain = ask("POST", "/v1/score", content=orjson.dumps({"claim": given}), headers=JSON).json()
    assert told["denial_probability"] == plain["denial_probability"]
    assert told["lines"] == plain["lines"]
    assert (told["claim_id"], told["payer_id"]) == (claim["claim_id"], claim["payer_id"])


def test_a_bundle_is_answered_claim_by_claim_and_the_rest_is_told(ask, claim) -> None:
    answered = as_fhir(claim, resourceType="ExplanationOfBenefit", id="e1", outcome="complete")
    asked = as_fhir(claim, id="c3", use="preauthorization")
    body = bundle(
        as_fhir(claim),
        {"resourceType": "Patient", "id": "p", "birthDate": "1931-02-03", "name": [{"family": "Smith"}]},
        as_fhir(claim, id="c2", identifier=[{"value": "SECOND"}]),
        asked,
        answered,
        as_fhir(claim, id="c4", item=[]),
    )
    response = ask("POST", "/v1/score/fhir", content=json.dumps(body).encode(), headers=FHIR)
    told = response.json()
    assert [r["claim_id"] for r in told["results"]] == [claim["claim_id"], "SECOND"]
    assert [r["segment"] for r in told["rejects"]] == ["Claim", "ExplanationOfBenefit", "CLM"]
    assert all(r["reason"] and r["offset"] for r in told["rejects"])
    assert not any(secret in response.text for secret in ("1931", "Smith", "MEMBER4711"))


def test_a_claim_that_says_almost_nothing_goes_out_today(ask) -> None:
    bare = {"resourceType": "Claim", "id": "bare", "item": [{"sequence": 1}]}
    response = ask("POST", "/v1/score/fhir", content=json.dumps(bare).encode(), headers=FHIR)
    (told,) = response.json()["results"]
    assert told["submitted_on"] == "2025-01-06"
    assert 0 <= told["denial_probability"] <= 1


def test_other_money_than_dollars_is_told_and_not_counted(ask, claim) -> None:
    body = as_fhir(claim)
    body["item"][0]["net"]["currency"] = "EUR"
    told = ask("POST", "/v1/score/fhir", content=json.dumps(body).encode(), headers=FHIR).json()
    assert told["results"][0]["lines"][0]["expected_denied_cents"] == 0
    assert [r["segment"] for r in told["rejects"]] == ["Claim.net"]


def test_the_same_body_gives_the_same_bytes_and_can_be_asked_for_again(ask, claim) -> None:
    body = json.dumps(as_fhir(claim)).encode()
    once, again = (ask("POST", "/v1/score/fhir", content=body, headers=FHIR) for _ in range(2))
    assert once.content == again.content
    (told,) = once.json()["results"]
    assert ask("GET", f"/v1/scores/{told['score_id']}").json() == told


BAD = {
    "empty": (b"", 400),
    "no JSON": (b"MEMBER4711", 400),
    "no FHIR": (b'{"claim": {"claim_id": "MEMBER4711"}}', 400),
    "X12": (b"ISA*00*MEMBER4711", 400),
    "breaks off": (b'{"resourceType": "Claim", "id": "MEMBER4711", "item": [', 422),
    "no claim in it": (b'{"resourceType": "Patient", "id": "MEMBER4711"}', 422),
    "an empty Bundle": (b'{"resourceType": "Bundle"}', 422),
    "no line": (b'{"resourceType": "Claim", "id": "c1"}', 422),
    "an answer": (b'{"resourceType": "ClaimResponse", "id": "MEMBER4711"}', 422),
    "a preauthorization": (b'{"resourceType": "Claim", "id": "1", "use": "preauthorization"}', 422),
    "nested without end": (b'{"resourceType": "Claim", "item": ' + b"[" * 100_000, 422),
}


@pytest.mark.parametrize(("body", "status"), BAD.values(), ids=BAD.keys())
def test_bad_fhir_is_told(ask, body, status) -> None:
    problem(ask("POST", "/v1/score/fhir", content=body, headers=FHIR), status)


@pytest.mark.parametrize("content_type", ["text/plain", "application/edi-x12", "application/fhir+xml", ""])
def test_other_content_types_are_refused(ask, content_type) -> None:
    response = ask("POST", "/v1/score/fhir", content=b"{}", headers={"content-type": content_type})
    assert problem(response, 415)["field"] == "Content-Type"


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [(Settings(max_file_bytes=1000), "1000 bytes"), (Settings(max_claims=1), "at most 1")],
)
def test_more_than_one_answer_holds_is_refused(scorer, journal, claim, settings, wanted) -> None:
    app = create_app(scorer, journal, settings=settings)
    body = json.dumps(bundle(as_fhir(claim), as_fhir(claim, id="c2"))).encode()

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
            return await client.post("/v1/score/fhir", content=body, headers=FHIR)

    assert wanted in problem(anyio.run(send), 413)["wanted"]


def test_the_call_is_described(ask) -> None:
    described = ask("GET", "/v1/openapi.json").json()["paths"]["/v1/score/fhir"]["post"]
    assert set(described["requestBody"]["content"]) == {"application/fhir+json", "application/json"}
