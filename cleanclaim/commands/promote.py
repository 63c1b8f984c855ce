"""`cleanclaim promote`: a model takes the champion's place, through the gates or with a reason."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.output import as_json, say
from cleanclaim.registered import act_of, document, place_of
from cleanclaim.settings import settings_file

if TYPE_CHECKING:
    from training.promotion import Outcome
    from training.run import Place

TRACKING = typer.Option(
    envvar="MLFLOW_TRACKING_URI",
    help="The registry's address in MLflow; default: mlflow.db beside the model, else in this folder.",
)
EXPERIMENT = typer.Option(help="Name of the experiment in MLflow, and of its registered model.")
BECAUSE = typer.Option(help="The reason, which is written down.")


def promote(
    model: Annotated[
        str,
        typer.Argument(help="`challenger` (the one trained last), a version's number, or a model's folder."),
    ] = "challenger",
    *,
    store: Annotated[Path | None, typer.Option(help="The store whose newest answers judge.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Whatever the gates say; needs --because.")] = False,
    because: Annotated[str, BECAUSE] = "",
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Take the champion before this one back.")
    ] = False,
    tracking: Annotated[str | None, TRACKING] = None,
    experiment: Annotated[str, EXPERIMENT] = "cleanclaim",
    settings: Annotated[
        Path | None, typer.Option(help="A TOML file with the table [gates]; default: cleanclaim.toml here.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print every gate as JSON.")] = False,
) -> None:
    """Make a model the champion, if it passes every gate: exit 1 if it doesn't, and each gate says why.

    It must foretell clearly better than the champion on the newest claims whose labels are ripe and that neither has
    seen, no part of the lines may be clearly worse off, its probabilities must be what happens, and its golden claims
    must come out as they did. What the gates found is kept with the model, whichever way it went.

    Example: cleanclaim promote challenger --store store
    """
    from data.store import Store  # judging is loaded when it is asked for
    from training.promotion import named
    from training.promotion import promote as ask
    from training.registry import Registry
    from training.settings import Settings

    if rollback:
        roll_back(place_of(tracking, experiment), because=because, json=json)
        return
    if store is None and not force:
        raise typer.BadParameter("give the store whose newest answers judge", param_hint="--store")
    if force and not because.strip():
        raise typer.BadParameter("say why: it is written down", param_hint="--because")
    gates, act = Settings.load(settings_file(settings)).gates, act_of(because)
    # A model's folder is put into a registry where it is in none; a name alone must be found in one.
    registry = Registry.open(place_of(tracking, experiment, model=model), make=Path(model).is_dir())
    kept = Store(store) if store else None
    outcome = ask(registry, named(registry, model, act), kept, act, settings=gates, force=force)
    if json:
        as_json(document(outcome))
    else:
        _tell(outcome)
    if outcome.promotion is None:
        raise typer.Exit(1)


def roll_back(place: "Place", *, because: str, json: bool) -> None:
    """The champion before this one is champion again."""
    from training.promotion import roll_back as back
    from training.registry import Registry

    outcome = back(Registry.open(place), act_of(because))
    if json:
        as_json(document(outcome))
        return
    was = outcome.before.number if outcome.before else "none"
    say(f"Version {outcome.version.number} is the champion again (model {outcome.version.model_version});")
    say(f"version {was} was, until now. It is written down.")


def _tell(outcome: "Outcome") -> None:
    version, before, verdict = outcome.version, outcome.before, outcome.verdict
    against = f"version {before.number}, the champion" if before else "no champion yet"
    say(f"Version {version.number} (model {version.model_version}) against {against}.")
    if verdict is not None and verdict.window is not None:
        w = verdict.window
        say(f"Judged by {w.n_lines:,} lines sent {w.first} to {w.last}, {w.n_denied:,} of them denied.\n")
    if verdict is not None:
        for gate in verdict.gates:
            say(f"  {'passed' if gate.passed else 'REFUSED':<8} {gate.name}")
            say(f"           found:  {gate.found}")
            say(f"           wanted: {gate.wanted}")
    if outcome.promotion is None:
        say(f"\nRefused: version {before.number} stays the champion." if before else "\nRefused.")
    else:
        say(f"\nVersion {version.number} is the champion now ({outcome.promotion.kind}).")
        say("  cleanclaim models --export champion --out DIR    writes the folder to serve from")
