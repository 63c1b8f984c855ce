"""`cleanclaim models`: what the registry holds, who promoted what and why, and how to get a model out of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.commands.promote import BECAUSE, EXPERIMENT, TRACKING, roll_back
from cleanclaim.output import as_json, say, table
from cleanclaim.registered import place_of

if TYPE_CHECKING:
    from training.history import Promotion
    from training.registry import Registry, Version

FIGURES = ("holdout_log_loss", "holdout_auc")


def models(
    *,
    history: Annotated[
        bool, typer.Option("--history", help="Every promotion and rollback, by whom and why.")
    ] = False,
    export: Annotated[
        str | None, typer.Option(help="champion, challenger or a version: write its folder to --out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder to serve from; a model that is there is replaced.")
    ] = None,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Take the champion before this one back.")
    ] = False,
    because: Annotated[str, BECAUSE] = "",
    tracking: Annotated[str | None, TRACKING] = None,
    experiment: Annotated[str, EXPERIMENT] = "cleanclaim",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the registry's models: versions, champion and challenger, figures, and how each came to serve.

    A server needs no registry: --export writes the very folder that was trained, checked byte by byte.

    Example: cleanclaim models --export champion --out model
    """
    from training.registry import Registry  # MLflow is loaded when it is asked for

    place = place_of(tracking, experiment)
    if rollback:
        roll_back(place, because=because, json=json)
        return
    if (export is None) != (out is None):
        raise typer.BadParameter("--export and --out go together", param_hint="--out")
    registry = Registry.open(place)
    if export is not None and out is not None:
        _export(registry, export, out, json=json)
        return
    versions, entries = registry.versions(), registry.history()
    if json:
        as_json(
            {
                "registry": registry.name,
                "versions": [_version(version) for version in versions],
                "history": [_entry(entry) for entry in entries],
            }
        )
    elif history:
        _tell_history(entries)
    else:
        _tell(versions, entries)


def _export(registry: "Registry", which: str, out: Path, *, json: bool) -> None:
    version = registry.find(which)
    model = registry.export(version, out)
    if json:
        as_json({"version": version.number, "model_version": model.version, "out": str(out)})
        return
    say(
        f"Version {version.number} (model {model.version}) in {out}. `cleanclaim serve --model {out}` serves it."
    )


def _tell(versions: "tuple[Version, ...]", entries: "tuple[Promotion, ...]") -> None:
    if not versions:
        say("No model was registered here yet: `cleanclaim train` registers what it makes.")
        return
    last = {entry.version: entry for entry in entries}
    rows = [
        (
            version.number,
            ", ".join(version.aliases),
            version.model_version,
            version.facts.get("as_of", ""),
            *(_figure(version.figures.get(name)) for name in FIGURES),
            _how(last.get(version.number)),
        )
        for version in versions
    ]
    columns = ("version", "is", "model", "as of", "log-loss", "AUC", "came to serve")
    table(columns, rows, title="Models, the newest first; figures of claims held out when each was trained")


def _tell_history(entries: "tuple[Promotion, ...]") -> None:
    if not entries:
        say("No model was promoted yet.")
        return
    rows = [(entry.at, entry.version, entry.before or "", *_story(entry)) for entry in reversed(entries)]
    table(("when", "version", "before", "how", "by", "because"), rows, title="Promotions, the newest first")


def _story(entry: "Promotion") -> tuple[str, str, str]:
    shut = f" past {', '.join(entry.shut)}" if entry.shut else ""
    return f"{entry.kind}{shut}", entry.by, entry.because


def _how(entry: "Promotion | None") -> str:
    if entry is None:
        return ""
    how, by, because = _story(entry)
    return f"{how}, {entry.at[:10]}, {by}" + (f": {because}" if because else "")


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _version(version: "Version") -> dict[str, object]:
    return {
        "version": version.number,
        "aliases": list(version.aliases),
        "model_version": version.model_version,
        "run_id": version.run_id,
        "registered_at": version.registered_at.isoformat(timespec="seconds"),
        "facts": dict(version.facts),
        "figures": dict(version.figures),
    }


def _entry(entry: "Promotion") -> dict[str, object]:
    from dataclasses import asdict

    return asdict(entry)
