"""`cleanclaim train`: from a store to a model."""

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.output import as_json, progress, say, table
from cleanclaim.settings import settings_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from training.bundled import Trained
    from training.settings import Settings
    from training.tune import Told


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
    experiment: Annotated[
        str, typer.Option(help="Name of the experiment in MLflow, and of the registered model.")
    ] = "cleanclaim",
    tracking: Annotated[
        str | None,
        typer.Option(
            envvar="MLFLOW_TRACKING_URI",
            help="A tracking server's address; default: mlflow.db beside the model.",
        ),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(help="A TOML file with a table a stage; default: cleanclaim.toml, where there is one."),
    ] = None,
    trials: Annotated[
        int | None, typer.Option(min=1, help="Look for better settings of the trees: at most so many tries.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="Look for better settings of the trees for so long.")
    ] = None,
    sign: Annotated[
        Path | None, typer.Option(help="Sign the model with this private key (`cleanclaim keys model`).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Learn from the claims whose answers are known, and write a model.

    The run is written to MLflow: a database beside the model, or wherever --tracking points. There the model is
    registered as the challenger (`cleanclaim promote` makes it the champion). The settings need no tuning; with
    --trials or --minutes better ones are looked for on days in the past, and taken only if they are better by more
    than luck. Interrupted, the same command goes on with the search.

    Example: cleanclaim train --store store --out model --as-of 2025-09-30
    Example: cleanclaim train --store store --out model --minutes 20
    """
    from data.store import Store  # learning is loaded when it is asked for
    from models.signature import Signer
    from training.bundled import summary
    from training.bundled import train as learn
    from training.run import Place
    from training.settings import Settings

    signer = Signer.load(sign) if sign else None  # a wrong key is told before the work, not after it
    told = Settings.load(settings_file(settings)).tuned(trials=trials, minutes=minutes)
    with _tries(told) as tell:
        trained = learn(
            Store(store),
            out,
            as_of=as_of.date() if as_of else None,
            settings=told,
            place=Place.beside(out, uri=tracking, experiment=experiment),
            clock=time.perf_counter,
            signer=signer,
            milliseconds=lambda: int(datetime.now(UTC).timestamp() * 1000),
            tell=tell,
        )
    if json:
        as_json(summary(trained, out))
    else:
        _tell(trained, out)


@contextmanager
def _tries(settings: "Settings") -> "Iterator[Told]":
    """A bar of the tries on a terminal, where better settings are looked for."""
    if not settings.tune.wanted:
        yield lambda _: None
        return
    with progress("settings tried", settings.tune.trials or None) as bar:
        yield lambda study: bar.update(bar.task_ids[0], completed=study.n_tried)


def _tell(trained: "Trained", out: Path) -> None:
    from training.tables import COLUMNS, figure_cells

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
    if training.tuned is not None:
        say(f"\n{training.tuned.sentence}")
        chosen = ", ".join(f"{name} {value:.3g}" for name, value in training.tuned.values.items())
        say(f"Trees grown with {chosen}.")
    spent = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in trained.seconds.items())
    say(f"\nModel {trained.model.version} in {out} ({spent}). Run {trained.run_id},")
    say(f"version {trained.version} of the registry, its challenger now.")
