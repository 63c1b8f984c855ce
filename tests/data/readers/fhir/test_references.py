"""Where a claim's parties stand: contained, in its Bundle, in another line, or nowhere in the file."""

import json

import pytest

from data.readers.fhir import read_fhir

NPI = "http://hl7.org/fhir/sid/us-npi"
PAYER = {"resourceType": "Organization", "id": "o1", "name": "Plan", "identifier": [{"value": "PAY1"}]}
PROVIDER = {
    "resourceType": "Organization",
    "id": "p1",
    "identifier": [{"system": NPI, "value": "1234567893"}],
}
ROLE = {"resourceType": "PractitionerRole", "id": "r1", "organization": {"reference": "Organization/p1"}}
SELF_PAYER = {
    "resourceType": "Patient",
    "id": "o1",
    "name": [{"family": "Smith"}],
    "identifier": [{"value": "SSN1931"}],
}


def claim(insurer: object, provider: object, **more: object) -> dict[str, object]:
    return {
        "resourceType": "Claim",
        "id": "c1",
        "insurer": insurer,
        "provider": provider,
        "item": [{"sequence": 1, "net": {"value": 1}}],
        **more,
    }


def to(address: str, **more: object) -> dict[str, object]:
    return {"reference": address, **more}


def entries(*given: tuple[str | None, object]) -> bytes:
    made = [{"resource": one, **({"fullUrl": url} if url else {})} for url, one in given]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": made}).encode()


def lines(*given: object) -> bytes:
    return b"\n".join(json.dumps(one).encode() for one in given)


BASE = "https://payer.example/fhir/"
CASES = {
    "contained": (
        lines(claim(to("#o1"), to("#p1"), contained=[PAYER, PROVIDER])),
        ("PAY1", "Plan", "1234567893"),
    ),
    "urn:uuid": (
        entries(("urn:uuid:1", PAYER), ("urn:uuid:2", PROVIDER), (None, claim(to("urn:uuid:1"), to("urn:uuid:2")))),
        ("PAY1", "Plan", "1234567893"),
    ),
    "relative, behind the claim": (
        entries((None, claim(to("Organization/o1"), to("Organization/p1"))), (None, PAYER), (None, PROVIDER)),
        ("PAY1", "Plan", "1234567893"),
    ),
    "absolute to relative": (
        entries((None, PAYER), (None, PROVIDER), (None, claim(to(f"{BASE}Organization/o1"), to("Organization/p1")))),
        ("PAY1", "Plan", "1234567893"),
    ),
    "one version of it": (
        entries((f"{BASE}Organization/o1", PAYER), (None, claim(to(f"{BASE}Organization/o1/_history/2"), None))),
        ("PAY1", "Plan", None),
    ),
    "one a line, in whatever order": (
        lines(claim(to("Organization/o1"), to("PractitionerRole/r1")), ROLE, PROVIDER, PAYER),
        ("PAY1", "Plan", "1234567893"),
    ),
    "outside of the file": (
        lines(claim(to("Organization/o9", display="Elsewhere"), to("Organization/p9"))),
        ("Organization/o9", "Elsewhere", None),
    ),
    "by identifier alone": (
        lines(claim({"identifier": {"value": "PAY2"}}, {"identifier": {"system": NPI, "value": "1234567893"}})),
        ("PAY2", None, "1234567893"),
    ),
    "contained, but not there": (lines(claim(to("#o1"), to("#"))), (None, None, None)),
    "to itself": (lines(claim(to("Claim/c1"), to("Claim/c1"))), ("Claim/c1", None, None)),
    "a role of itself": (
        entries((None, {**ROLE, "organization": to("PractitionerRole/r1")}), (None, claim(None, to("PractitionerRole/r1")))),
        (None, None, None),
    ),
    "a patient who pays himself": (entries((None, SELF_PAYER), (None, claim(to("Patient/o1"), None))), (None, None, None)),
    "a patient who is not in the file": (lines(claim(to("Patient/o9", display="Ann Smith"), None)), (None, None, None)),
    "no text": (lines(claim({"reference": True}, {"reference": ["x"]})), (None, None, None)),
    "a list": (lines(claim([to("Organization/o1")], "Organization/p1")), (None, None, None)),
    "an empty address": (lines(claim(to("/"), to(""))), (None, None, None)),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), CASES.values(), ids=CASES.keys())
def test_references(content: bytes, expected: tuple[str | None, str | None, str | None]) -> None:
    reading = read_fhir(content, source="x")
    found = reading.claims.claims.select(["payer_id", "payer_name", "billing_npi"]).to_pylist()
    assert [tuple(one.values()) for one in found] == [expected]
    assert "Smith" not in str(reading.claims.claims.to_pylist())


def test_an_answer_finds_its_claim_by_full_url() -> None:
    asked = claim({"identifier": {"value": "PAY1"}}, None, identifier=[{"value": "A-1"}])
    answer = {"resourceType": "ClaimResponse", "id": "r", "outcome": "complete", "request": to("urn:uuid:9")}
    reading = read_fhir(entries((None, answer), ("urn:uuid:9", asked)), source="x")
    assert reading.remits.remits.select(["claim_id", "payer_id"]).to_pylist() == [
        {"claim_id": "A-1", "payer_id": "PAY1"}
    ]
