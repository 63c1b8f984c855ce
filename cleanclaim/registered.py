"""Where the registry of models lies, who asks it, and what it says as JSON: for the command line and for notebooks."""

from dataclasses import asdict
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.promotion import Act, Outcome
    from training.run import Place


def place_of(tracking: str | None, experiment: str, *, model: str = "") -> "Place":
    """The address given, else the database beside a model's folder, else the one in this folder."""
    from training.run import Place

    folder = Path(model)
    beside = folder if model and (folder / "manifest.json").is_file() else Path("model")
    return Place.beside(beside, uri=tracking, experiment=experiment)


def act_of(because: str) -> "Act":
    """Who asks, now."""
    from training.promotion import Act

    return Act(_user(), datetime.now(UTC).isoformat(timespec="seconds"), because.strip())


def document(outcome: "Outcome") -> dict[str, object]:
    """An outcome as JSON values."""
    return {
        "version": outcome.version.number,
        "model_version": outcome.version.model_version,
        "champion_before": outcome.before.number if outcome.before else None,
        "promoted": outcome.promotion is not None,
        "promotion": asdict(outcome.promotion) if outcome.promotion else None,
        "verdict": outcome.verdict.as_json() if outcome.verdict else None,
    }


def _user() -> str:
    try:
        return getuser()
    except (OSError, KeyError):
        return "unknown"  # a container's user may have no name
