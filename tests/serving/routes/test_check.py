"""Checks over HTTP: the catalogue, and one claim checked with or without a model."""

import anyio
import httpx
import pytest

from features.checks.catalog import CHECKS
from serving.app import create_app
from serving.journal import Journal

MEMBER = "W0000001"


@pytest.fixture
def asked(claim):
    """A claim whose patient isn't covered, as the front desk knows."""
    return {
        "claim": claim | {"member_id": MEMBER, "submitted_on": "2025-01-03"},
        "context": {"eligibility_status": "inactive", "eligibility_checked_on": "2024-12-01"},
    }


def test_the_catalogue_of_checks(ask):
    told = ask("GET", "/v1/checks").json()
    assert [one["id"] for one in told] == [check.id for check in CHECKS]
    assert all(one["rule"] and one["fix"] and one["reason"] for one in told)


def test_a_claim_is_checked(ask, asked):
    answer = ask("POST", "/v1/check", json=asked)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    found = {one["check"]: one for one in told["checks"]}["coverage_not_active"]
    assert found["line"] == 0
    assert found["owner"] == "front desk"
    assert set(found["evidence"]) == {"answered", "denied", "span", "smoothed", "usual"}
    assert [line["line"] for line in told["lines"]] == [line["line"] for line in asked["claim"]["lines"]]
    assert MEMBER not in answer.text


def test_scored_and_checked_claims_are_told_the_same(ask, asked):
    checked = ask("POST", "/v1/check", json=asked).json()
    scored = ask("POST", "/v1/score", json=asked).json()
    for one, other in zip((checked, *checked["lines"]), (scored, *scored["lines"]), strict=True):
        for name in ("checks", "checks_unknown", "n_checks_passed"):
            assert one[name] == other[name]


def test_no_model_is_needed(asked):
    async def once() -> httpx.Response:
        app = create_app(None, Journal("sqlite://"))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.post("/v1/check", json=asked)

    told = anyio.run(once).json()
    found = {one["check"]: one for one in told["checks"]}["coverage_not_active"]
    assert found["evidence"] is None
    assert found["severity_shown"] == found["severity"]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"claim": {}}, 422), ({"claims": {}}, 422), ({"claim": {"claim_id": "1"}, "context": {"x": 1}}, 422)],
    ids=["no claim", "unknown key", "unknown field of context"],
)
def test_what_is_no_claim_is_refused(ask, body, status):
    answer = ask("POST", "/v1/check", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_claims_are_checked_as_they_are_sent(ask, asked):
    """A replacement without the payer's number of the first claim."""
    claim = {k: v for k, v in asked["claim"].items() if k != "original_control"} | {"frequency": "7"}
    told = ask("POST", "/v1/check", json={"claim": claim}).json()
    assert "replaces_nothing" in {one["check"] for one in told["checks"]}
