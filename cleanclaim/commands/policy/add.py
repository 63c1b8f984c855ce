"""`cleanclaim policy add`: published tables into a policy book."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.output import as_json, say


def add(
    *,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="As CMS ships them: NCCI pairs, MUE, add-on codes, fees, coverage articles.",
        ),
    ],
    book: Annotated[Path, typer.Option(metavar="DIR", help="The book's folder; made where there is none.")],
    payer: Annotated[str, typer.Option(help="The payer that goes by them, by its id on claims; * for all.")],
    known_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day the office took them into use; without, always."),
    ] = None,
    procedure: Annotated[
        list[str] | None, typer.Option(help="Of coverage articles, only these procedures; repeat for more.")
    ] = None,
    contractor: Annotated[
        list[str] | None,
        typer.Option(help="Of coverage articles, only those of these Medicare contractors, by number."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Add published files of one kind to a policy book, in place of what it has of the same edition for that payer.

    The list is kept as Parquet from then on. Fees are national: without a locality's share.

    Example: cleanclaim policy add ccipra-v302r0-f1.zip ccipra-v302r0-f2.zip --book policy/ --payer "*"
    """
    from data.policy import PolicyBook
    from data.policy.public import book_of, joined, replaced
    from data.public import read

    found = read(*files, procedures=procedure)
    more = book_of(
        found,
        payer_id=payer,
        known_on=known_on.date() if known_on else None,
        contractors=contractor,
    )
    had = PolicyBook.load(book) if book.is_dir() and any(book.iterdir()) else PolicyBook.empty()
    whole = joined(replaced(had, more), more)
    for name in more.tables:
        PolicyBook({name: whole.tables[name]}).save(book)
        for ending in (".csv", ".tsv", ".txt"):
            (book / f"{name}{ending}").unlink(missing_ok=True)
    added = {name: table.num_rows for name, table in more.tables.items()}
    if json:
        as_json({"added": added, "entries": whole.n_entries, "version": whole.version})
        return
    for name, count in added.items():
        say(f"{count:,} entries of {found.kind.title} are in {name}.parquet now.")
    if not added:
        say(f"{found.kind.title}: nothing in it that a policy book would hold.")
