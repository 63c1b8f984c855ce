"""What a running server holds: the scorer once it is loaded, the journal, the limits and the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request

from data.codes.texts import NO_TEXTS, CodeTexts
from serving.journal import Journal
from serving.problems import one_fault
from serving.scorer import Scorer
from serving.settings import Settings

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time on this machine, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Served:
    """One server's parts. `scorer` is None until the model is loaded."""

    scorer: Scorer | None
    journal: Journal
    settings: Settings
    clock: Clock
    refusal: str = ""
    """Why the model could not be loaded."""
    texts: CodeTexts = NO_TEXTS
    """Official texts of reasons for the reviewer's pages, where the operator brought them."""


def served(request: Request) -> Served:
    """The parts of the server that answers this request."""
    parts: Served = request.app.state.served
    return parts


def ready_scorer(request: Request) -> Scorer:
    """The loaded scorer; raises the 503 problem while there is none."""
    parts = served(request)
    if parts.scorer is not None:
        return parts.scorer
    found = parts.refusal or "still loading"
    raise one_fault(503, "Not ready", field="model", found=found, wanted="a loaded model")
