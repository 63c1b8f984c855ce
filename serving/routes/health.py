"""Is the server alive, and can it score?"""

import orjson
from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from serving.served import ready_scorer, served

routes = APIRouter(tags=["health"])


@routes.get("/healthz")
async def alive() -> Response:
    """Answers while the process lives."""
    return _ok()


@routes.get("/readyz")
async def ready(request: Request) -> Response:
    """200 once the model is loaded and both store and journal can be reached; a 503 problem until then."""
    scorer = ready_scorer(request)
    await to_thread.run_sync(scorer.check)
    await to_thread.run_sync(served(request).journal.check)
    return _ok()


def _ok() -> Response:
    return Response(orjson.dumps({"status": "ok"}), media_type="application/json")
