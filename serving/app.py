"""The server: routes, the problems they answer with, and what stands around them."""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from data.codes.texts import NO_TEXTS, CodeTexts
from data.errors import CleanclaimError
from data.public.code_texts import code_texts
from serving.desk.render import problem_page
from serving.guard import Guard
from serving.journal import Journal
from serving.problems import Problem, from_error, from_http
from serving.routes import catalog, check, health, review, score
from serving.scorer import Scorer
from serving.served import Clock, Served, utc_now
from serving.settings import Settings
from serving.warm import warm

LOG = logging.getLogger("cleanclaim.serving")

SILENT_TELEMETRY = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}
"""FastAPI would hand failed requests to whatever OpenTelemetry finds in the process: claims must not leave so."""


def create_app(
    scorer: Scorer | None,
    journal: Journal,
    *,
    settings: Settings = Settings(),
    clock: Clock = utc_now,
    texts: CodeTexts = NO_TEXTS,
) -> FastAPI:
    """A server for a loaded scorer; without one it says 503 until it is given one."""
    app = FastAPI(
        title="cleanclaim",
        summary="How likely a claim is denied, for which reason, why, and how much money is at stake.",
        version=_version(),
        docs_url=None,  # its page would load scripts from outside
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        lifespan=_life,
        telemetry=SILENT_TELEMETRY,  # type: ignore[arg-type] # a TypedDict of just these
    )
    app.state.served = Served(scorer, journal, settings, clock, texts=texts)
    for part in (score, check, catalog, health, review):
        app.include_router(part.routes)
    app.add_exception_handler(Problem, _tell)
    app.add_exception_handler(CleanclaimError, _tell)
    app.add_exception_handler(HTTPException, _tell)
    app.add_middleware(Guard)
    return app


def from_environment() -> FastAPI:
    """The server of one worker process; `cleanclaim serve --workers` names its parts in the environment.

    The model is loaded before the worker takes its first request: while one worker is ready, none answers 503.
    """
    model, store = os.environ["CLEANCLAIM_MODEL"], os.environ.get("CLEANCLAIM_STORE")
    key = os.environ.get("CLEANCLAIM_REQUIRE_SIGNATURE")
    own = os.environ.get("CLEANCLAIM_CODE_TEXTS", "").split(os.pathsep)
    texts = code_texts([Path(path) for path in own if path])
    settings = Settings(unreviewed_share=float(os.environ.get("CLEANCLAIM_UNREVIEWED_SHARE", "0")))
    app = create_app(None, Journal(os.environ["CLEANCLAIM_DATABASE"]), settings=settings, texts=texts)
    parts: Served = app.state.served
    try:
        parts.scorer = Scorer.load(
            Path(model), Path(store) if store else None, signed_by=Path(key) if key else None
        )
        warm(parts.scorer)
    except CleanclaimError as error:
        LOG.error("model not loaded: %s", error)
        parts.refusal = str(error)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """Let go of the journal at the end."""
    yield
    app.state.served.journal.close()


async def _tell(request: Request, error: Exception) -> Response:
    """Any foreseen failure as a problem: a page for people who are on the pages, JSON for programs."""
    problem = _problem(error)
    if request.url.path.startswith("/review") and "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(problem_page(problem), status_code=problem.status)
    response = problem.response()
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    if problem.status == 503:
        response.headers["retry-after"] = "5"
    return response


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, CleanclaimError):
        return from_error(error)
    return from_http(error.status_code if isinstance(error, HTTPException) else 500)


def _version() -> str:
    try:
        return version("cleanclaim")
    except PackageNotFoundError:  # run from a folder that was not installed
        return "0"
