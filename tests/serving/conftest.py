"""Answers by hand, and a whole small world - files, store, model - made once for all tests of serving."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime

import anyio
import httpx
import orjson
import pyarrow as pa
import pytest
from fastapi import FastAPI

from data.claim import Claim, claims_of
from data.context import read_context
from data.readers.x12 import read_x12
from data.schema import ClaimTables
from serving.app import create_app
from serving.journal import Journal
from serving.result import ClaimResult, Factor, FamilyShare, LineResult, Novelty, Reason
from serving.scorer import Scorer

LINE = LineResult(
    line=1,
    procedure="72148",
    charge_cents=124_000,
    denial_probability=0.62,
    probability_interval=(0.51, 0.7),
    risk="high",
    expected_denied_cents=40_000,
    reasons=(
        Reason("197", "no authorization", "authorization", 0.7, "authorization desk", "prior authorization"),
    ),
    reason_set=("197", "252/N40"),
    families=(FamilyShare("authorization", 0.62), FamilyShare("documentation", 0.38)),
    factors=(
        Factor(
            "authorization",
            "authorization",
            "No authorization is on the claim.",
            "auth_number",
            24.2,
            "fix_now",
        ),
        Factor(
            "authorization", "payer_habit", "This payer denies more than others.", "payer_id", 9.0, "context"
        ),
        Factor("documentation", "report", "The report is not signed.", "report_signed_on", 5.0, "check"),
        Factor("documentation", "images", "The images are linked.", "image_link_confirmed", -4.0, "check"),
    ),
    base_points=8.0,
)
CLAIM = ClaimResult(
    score_id="a" * 32,
    claim_id="26407789",
    payer_id="60054",
    payer_name="Somewhere Health",
    billing_npi="1234567893",
    submitted_on=date(2025, 12, 3),
    charge_cents=124_000,
    denial_probability=0.62,
    probability_interval=(0.51, 0.7),
    risk="high",
    expected_denied_cents=40_000,
    model_version="3f9a21bc77d0",
    policy_version="default 1",
    history_until=date(2025, 11, 30),
    lines=(LINE,),
    novelty=(Novelty("rendering_npi", "1457398832", "No answered claim line had this provider."),),
    warnings=("No context was given.",),
)


@pytest.fixture
def result() -> ClaimResult:
    """An answer about a claim of one line at high risk."""
    return CLAIM


@pytest.fixture
def result_of() -> Callable[..., ClaimResult]:
    """The same answer with other values; `lines` may be given as changes to its one line."""

    def make(**changes: object) -> ClaimResult:
        return replace(CLAIM, **changes)  # type: ignore[arg-type]

    return make


@pytest.fixture
def line_of() -> Callable[..., LineResult]:
    """Its line with other values."""

    def make(**changes: object) -> LineResult:
        return replace(LINE, **changes)  # type: ignore[arg-type]

    return make


TODAY = date(2025, 1, 6)
NOON = datetime(2025, 1, 6, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def scorer(world) -> Scorer:
    """The model, loaded with the history of the store."""
    return Scorer.load(world.model, world.store)


@pytest.fixture(scope="session")
def upcoming(world) -> ClaimTables:
    """Claims of the week after the world's end: none of them is answered."""
    return read_x12(world.upcoming[0].read_bytes(), source="upcoming").claims


@pytest.fixture(scope="session")
def context(world) -> pa.Table:
    """What is known of all claims beyond their forms."""
    return read_context(world.context)


@pytest.fixture
def claim(upcoming) -> dict[str, object]:
    """One claim of that week as JSON, with every field that it has."""
    return as_json(claims_of(upcoming)[0])


def as_json(claim: Claim) -> dict[str, object]:
    """A claim as a client would send it, without what is unknown."""
    given = {name: value for name, value in asdict(claim).items() if value is not None}
    given["lines"] = [{k: v for k, v in line.items() if v is not None} for line in given["lines"]]
    return orjson.loads(orjson.dumps(given))


@pytest.fixture
def journal() -> Iterator[Journal]:
    journal = Journal("sqlite://")
    yield journal
    journal.close()


@pytest.fixture
def app(scorer, journal) -> FastAPI:
    return create_app(scorer, journal, clock=lambda: NOON)


@pytest.fixture
def ask(app) -> Callable[..., httpx.Response]:
    """Ask the application over HTTP, without a network: `ask("POST", "/v1/score", json=...)`."""

    def send(method: str, path: str, **given: object) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                return await client.request(method, path, **given)  # type: ignore[arg-type]

        return anyio.run(once)

    return send
