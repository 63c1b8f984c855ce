"""Scores over HTTP: one claim as JSON, all claims of an 837, or those of a FHIR Bundle."""

from collections.abc import Callable, Collection
from datetime import UTC

import orjson
from anyio import to_thread
from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from serving.body import check_type, read_body
from serving.intake import Intake, claims_of_fhir, claims_of_x12, few_of
from serving.precision import with_precision
from serving.problems import Problem, from_validation, one_fault
from serving.result import ClaimResult, to_json
from serving.schema import ScoreRequest
from serving.served import ready_scorer, served

JSON_TYPES = ("application/json",)
FHIR_TYPES = ("application/fhir+json", "application/json")
X12_TYPES = ("application/edi-x12", "text/plain")

FHIR_SCHEMA = {
    "type": "object",
    "required": ["resourceType"],
    "properties": {"resourceType": {"enum": ["Claim", "Bundle"]}},
    "description": "A Claim of FHIR R4 or R4B, or a Bundle with Claims and what they refer to.",
}
FHIR_BODY = {"required": True, "content": {t: {"schema": FHIR_SCHEMA} for t in FHIR_TYPES}}

routes = APIRouter(tags=["score"])


@routes.post("/v1/score", openapi_extra={"requestBody": ScoreRequest.openapi_body()})
async def score(request: Request) -> Response:
    """One claim, scored and explained."""
    scorer = ready_scorer(request)
    check_type(request, JSON_TYPES)
    body = await read_body(request, limit=served(request).settings.max_claim_bytes)
    try:
        asked = ScoreRequest.model_validate_json(body)
    except ValidationError as error:
        raise from_validation(error) from None
    today = asked.options.today or served(request).clock().astimezone(UTC).date()
    few = few_of(asked, today=today)
    # A few milliseconds of arithmetic: handing it to another thread would cost more than it frees.
    options = asked.options
    (result,) = scorer.answer(few, today=today, with_factors=options.explain, with_fixes=options.fixes)
    await _keep(request, [result])
    # The answer is kept without it: a precision is the caller's question, not a part of what is known of the claim.
    if options.precision is not None:
        (result,) = with_precision([result], scorer.model, options.precision)
    return Response(to_json(result), media_type="application/json")


@routes.post("/v1/score/x12", openapi_extra={"requestBody": {"content": {t: {} for t in X12_TYPES}}})
async def score_x12(request: Request) -> Response:
    """Every claim of an 837: what could be scored, and what could not with its reason."""
    return await _score_file(request, X12_TYPES, claims_of_x12)


@routes.post("/v1/score/fhir", openapi_extra={"requestBody": FHIR_BODY})
async def score_fhir(request: Request) -> Response:
    """Every Claim of FHIR R4, alone or in a Bundle: what could be scored, and what could not with its reason."""
    return await _score_file(request, FHIR_TYPES, claims_of_fhir)


async def _score_file(
    request: Request, accepted: Collection[str], claims_of: Callable[..., Intake]
) -> Response:
    """The answer to a body of many claims; they are read and scored beside the other requests."""
    scorer = ready_scorer(request)
    check_type(request, accepted)
    limits = served(request).settings
    body = await read_body(request, limit=limits.max_file_bytes)
    today = served(request).clock().astimezone(UTC).date()

    def work() -> tuple[list[ClaimResult], Intake]:
        intake = claims_of(body, most=limits.max_claims)
        return scorer.explain(intake.tables, today=today, with_fixes=True), intake

    results, intake = await to_thread.run_sync(work)
    await _keep(request, results)
    return Response(
        orjson.dumps({"results": results, "rejects": intake.rejects}), media_type="application/json"
    )


@routes.get("/v1/scores/{score_id}")
async def stored(request: Request, score_id: str) -> Response:
    """An answer given earlier, as it was given."""
    found = await to_thread.run_sync(served(request).journal.find, score_id)
    if found is None:
        raise no_such_score()
    return Response(to_json(found), media_type="application/json")


def no_such_score() -> Problem:
    """The 404 of an answer that was never given here."""
    wanted = "the score_id of an earlier answer of this server"
    return one_fault(404, "Not found", field="score_id", found="no such score", wanted=wanted)


async def _keep(request: Request, results: list[ClaimResult]) -> None:
    parts = served(request)
    await to_thread.run_sync(lambda: parts.journal.keep(results, at=parts.clock()))
