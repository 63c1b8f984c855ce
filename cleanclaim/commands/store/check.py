"""`cleanclaim store check`: is a store whole?"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.output import as_json, note, say


def check(
    *,
    store: Annotated[Path, typer.Argument(metavar="STORE", help="The store's folder.")],
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Look through a whole store, and say what is wrong with it. Nothing is changed.

    Every part is there and as it was written, and there is nothing beside them; each claim, line and remit is there
    once; links and outcomes are what they would be if they were derived anew. Exit 1 where something is wrong.

    Example: cleanclaim store check store
    """
    from data.store.check import check as look_through

    checked = look_through(store)
    if json:
        as_json({"store": str(store), "is_whole": not checked.faults, **asdict(checked)})
    elif not checked.faults:
        say(
            f"{store} is whole: {checked.n_parts:,} parts, {checked.n_rows:,} rows, and outcomes as derived anew."
        )
    else:
        for fault in checked.faults:
            note(f"{fault.thing}\n  found:  {fault.found}\n  wanted: {fault.wanted}")
        note(f"{store}: {len(checked.faults):,} things are wrong.")
    if checked.faults:
        raise typer.Exit(1)
