"""What is being served, and the words it uses: model, reasons, features."""

from dataclasses import asdict

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from data.codes import FAMILIES, FAMILY, words
from features.catalog import CATALOG
from serving.served import ready_scorer

routes = APIRouter(tags=["catalogue"])


@routes.get("/v1/model")
async def model(request: Request) -> Response:
    """Which model answers, what it learnt from, and until when it knows answers."""
    scorer = ready_scorer(request)
    facts = asdict(scorer.model.facts)
    about = {
        "model_version": scorer.model.version,
        "policy_version": facts.pop("policy"),
        "history_until": scorer.history_until,
        "families": scorer.model.families,
        "n_features": len(scorer.model.hazards.features),
        **{name: value for name, value in facts.items() if name != "version"},
    }
    return _json(about)


@routes.get("/v1/reasons")
async def reasons(request: Request) -> Response:
    """Reason families with who works them, and the codes that this model can name."""
    codes = ready_scorer(request).model.codes
    known: dict[str, list[dict[str, str]]] = {family: [] for family in FAMILIES}
    for code in sorted(set(codes.codes)):
        known[codes.family_of(code)].append({"reason": code, "words": words(code)})
    return _json([{**asdict(FAMILY[name]), "reasons": known[name]} for name in FAMILIES])


@routes.get("/v1/features")
async def features() -> Response:
    """Every feature: what it means, what it is about, who can change it."""
    return _json([asdict(feature) for feature in CATALOG.values()])


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), media_type="application/json")
