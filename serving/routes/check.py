"""Checks over HTTP: the catalogue of them, and one claim checked with no model."""

from dataclasses import asdict, dataclass
from datetime import UTC

import orjson
from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from features.checks.catalog import CHECKS
from features.checks.findings import ClaimChecks, Finding, LineChecks
from features.checks.run import check_claims
from features.state import FeatureState
from serving.body import check_type, read_body
from serving.intake import claim_of
from serving.problems import from_validation
from serving.routes.score import JSON_TYPES
from serving.schema import ScoreRequest
from serving.served import served

routes = APIRouter(tags=["checks"])


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """What the checks say of one line, as it goes out as JSON; named as in the answers of /v1/score."""

    line: int
    checks: tuple[Finding, ...]
    checks_unknown: tuple[str, ...]
    n_checks_passed: int

    @classmethod
    def of(cls, found: LineChecks) -> "CheckedLine":
        """Tripped checks in full, unknown ones by their ids, passed ones counted."""
        return cls(found.line, found.tripped, found.unknown, len(found.passed))


@routes.get("/v1/checks")
async def checks() -> Response:
    """Every check before submission: the rule it holds, what it says, the fix, who does it, the reason it predicts."""
    return _json([asdict(check) for check in CHECKS])


@routes.post("/v1/check", openapi_extra={"requestBody": ScoreRequest.openapi_body()})
async def check(request: Request) -> Response:
    """One claim checked, not scored: no model is needed; with one, its history and policy book are looked into."""
    parts = served(request)
    check_type(request, JSON_TYPES)
    body = await read_body(request, limit=parts.settings.max_claim_bytes)
    try:
        asked = ScoreRequest.model_validate_json(body)
    except ValidationError as error:
        raise from_validation(error) from None
    today = asked.options.today or parts.clock().astimezone(UTC).date()
    intake = claim_of(asked, today=today)
    past = parts.scorer.model.state if parts.scorer is not None else FeatureState.empty()
    (found,) = check_claims(intake.tables, intake.context, past=past, today=today)
    return _json(_told(found))


def _told(found: ClaimChecks) -> dict[str, object]:
    claim = CheckedLine.of(found.claim)
    return {
        "claim_id": found.claim_id,
        "checks": claim.checks,
        "checks_unknown": claim.checks_unknown,
        "n_checks_passed": claim.n_checks_passed,
        "lines": [CheckedLine.of(line) for line in found.lines],
    }


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), media_type="application/json")
