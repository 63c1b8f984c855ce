"""`cleanclaim public show`: what a published file is, and what is in it."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.output import as_json, say, table

if TYPE_CHECKING:
    from data.public import PublicTable


def show(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="As the publisher ships them: .zip, .txt, .csv, .xlsx, .html."
        ),
    ],
    *,
    kind: Annotated[
        str | None, typer.Option(help="What they must be: ncci_ptp, mue, add_on, fee_schedule, coverage ...")
    ] = None,
    procedure: Annotated[
        list[str] | None,
        typer.Option(help="Of coverage articles, only these procedures; repeat it for more."),
    ] = None,
    rows: Annotated[int, typer.Option(help="How many rows to show.", min=0, max=1000)] = 3,
    json: Annotated[bool, typer.Option("--json", help="Print the same as JSON.")] = False,
) -> None:
    """Tell what published files hold: which table, which edition, how many rows, and the first of them.

    Example: cleanclaim public show ccipra-v302r0-f1.zip ccipra-v302r0-f2.zip
    """
    from data.public import read  # what reads files is loaded when it is asked for

    found = read(*files, kind=kind, procedures=procedure)
    first = found.table.slice(0, rows).to_pylist()
    if json:
        as_json({**_about(found), "rows": [{name: _plain(row[name]) for name in row} for row in first]})
        return
    say(f"{found.kind.title} ({found.kind.name})")
    table(("", ""), [(name, _told(value)) for name, value in _about(found).items() if value is not None])
    for number, row in enumerate(first, start=1):
        say(f"\nRow {number}")
        table(("", ""), [(name, "" if value is None else str(value)) for name, value in row.items()])


def _about(found: "PublicTable") -> dict[str, object]:
    return {
        "kind": found.kind.name,
        "published": found.kind.page,
        "read": list(found.sources),
        "edition": found.version,
        "valid_from": _plain(found.valid_from),
        "n_rows": found.table.num_rows,
        "n_skipped": found.n_skipped,
        "left": list(found.left),
        "columns": found.table.schema.names,
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _told(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "nothing"
    return f"{value:,}" if isinstance(value, int) else str(value)
