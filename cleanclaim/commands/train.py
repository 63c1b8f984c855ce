"""`cleanclaim train`: from a store to a model."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.output import as_json, say, table
from cleanclaim.settings import settings_file

if TYPE_CHECKING:
    from training.bundled import Trained


def train(
    *,
    store: Annotated[Path, typer.Option(help="The claim store to learn from.")],
    out: Annotated[Path, typer.Option(help="The model's folder; a model that is there is replaced.")],
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Use nothing known after this day; default: the newest remit."
        ),
    ] = None,
    experiment: Annotated[str, typer.Option(help="Name of the experiment in MLflow.")] = "cleanclaim",
    settings: Annotated[
        Path | None,
        typer.Option(help="A TOML file with a table a stage; default: cleanclaim.toml, where there is one."),
    ] = None,
    sign: Annotated[
        Path | None, typer.Option(help="Sign the model with this private key (`cleanclaim keys model`).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Learn from the claims whose answers are known, and write a model.

    The run is written to MLflow: a database beside the model, or wherever MLFLOW_TRACKING_URI points.

    Example: cleanclaim train --store store --out model --as-of 2025-09-30
    """
    from data.store import Store  # learning is loaded when it is asked for
    from models.signature import Signer
    from training.bundled import summary
    from training.bundled import train as learn
    from training.run import Place
    from training.settings import Settings

    signer = Signer.load(sign) if sign else None  # a wrong key is told before the work, not after it
    trained = learn(
        Store(store),
        out,
        as_of=as_of.date() if as_of else None,
        settings=Settings.load(settings_file(settings)),
        place=Place.beside(out, uri=os.environ.get("MLFLOW_TRACKING_URI"), experiment=experiment),
        clock=time.perf_counter,
        signer=signer,
        milliseconds=lambda: int(datetime.now(UTC).timestamp() * 1000),
    )
    if json:
        as_json(summary(trained, out))
    else:
        _tell(trained, out)


def _tell(trained: "Trained", out: Path) -> None:
    from training.report import COLUMNS, figure_cells

    training, facts = trained.training, trained.model.facts
    table(("lines", "left"), [(step.step, f"{step.n_lines:,}") for step in training.cohort.funnel])
    say("")
    say(
        f"Learnt from {facts.n_lines:,} lines sent {facts.learnt_from} to {facts.learnt_to}, {facts.n_denied:,} denied"
    )
    say(f"(denial policy {facts.policy}). Families: {', '.join(trained.model.families)}.")
    held = training.holdout
    table(
        ("held-out lines", *COLUMNS),
        [(f"{held.n:,}", *figure_cells(held))],
        title=f"\nOn claims sent {training.split.judge_from} to {training.split.until}, not seen by the first trees:",
    )
    spent = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in trained.seconds.items())
    say(f"\nModel {trained.model.version} in {out} ({spent}). Run {trained.run_id}.")
