"""The command `cleanclaim`: learn from claims and remits, score claims before they go out."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from cleanclaim.commands.check import check
from cleanclaim.commands.evaluate import evaluate
from cleanclaim.commands.explain import explain
from cleanclaim.commands.ingest import ingest
from cleanclaim.commands.keys import KEYS
from cleanclaim.commands.mapping import MAPPING
from cleanclaim.commands.models import models
from cleanclaim.commands.monitor import monitor
from cleanclaim.commands.policy import POLICY
from cleanclaim.commands.promote import promote
from cleanclaim.commands.public import PUBLIC
from cleanclaim.commands.score import score
from cleanclaim.commands.serve import serve
from cleanclaim.commands.simulate import simulate
from cleanclaim.commands.store import STORE
from cleanclaim.commands.train import train
from cleanclaim.output import failure
from data.errors import CleanclaimError

COMMANDS = (simulate, ingest, train, evaluate, promote, models, check, score, explain, serve, monitor)
GROUPS = {"keys": KEYS, "mapping": MAPPING, "policy": POLICY, "public": PUBLIC, "store": STORE}
"""Commands of two words: `cleanclaim policy show`."""


def _door(name: str, text: str | None = None) -> typer.Typer:
    return typer.Typer(
        name=name,
        help=text,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


app = _door("cleanclaim")


def _print_version(asked: bool) -> None:  # noqa: FBT001 - the shape that typer calls
    if asked:
        typer.echo(version("cleanclaim"))
        raise typer.Exit


@app.callback()
def front_door(
    *,
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
) -> None:
    """Predict claim denials before a claim is sent: how likely, for which reason, why, and what is at stake."""


for command in COMMANDS:
    app.command()(command)
for name, group in GROUPS.items():
    door = _door(name, group.text)
    for command in group.commands:
        door.command()(command)
    app.add_typer(door)


def main() -> None:
    """Run one command: exit 0 done, 1 the work failed, 2 wrong use."""
    try:
        app()
    except CleanclaimError as error:
        failure(error)
        sys.exit(1)


if __name__ == "__main__":
    main()
