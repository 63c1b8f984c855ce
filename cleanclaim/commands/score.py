"""`cleanclaim score`: claims in, one row a line and one a claim out."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.output import as_json, note, say


def score(
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="INPUT...", help="837 files or folders of them; claims in JSON or NDJSON."),
    ],
    *,
    model: Annotated[Path, typer.Option(help="The model's folder.")],
    out: Annotated[Path, typer.Option(help="Where to write: FILE.csv, .parquet, .json or .ndjson.")],
    store: Annotated[
        Path | None, typer.Option(help="A claim store: newer answers than the model learnt from.")
    ] = None,
    context: Annotated[
        Path | None, typer.Option(help="Orders, reports, authorizations: CSV or Parquet.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say why, in the column top_factors.")] = False,
    fixes: Annotated[
        bool, typer.Option("--fixes", help="Say what would lower the risk, in the column fixes.")
    ] = False,
    database: Annotated[
        str | None, typer.Option(help="Show the results on the reviewer's pages too: sqlite:///scores.db")
    ] = None,
    require_signature: Annotated[
        Path | None,
        typer.Option(help="A public key: use no model that it didn't sign (`cleanclaim keys model`)."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Score claims before they go out: how likely each line is denied, for which reason, how much is at stake.

    Writes one row a claim (line 0) and one a line. What could not be scored is told and never stops the rest.
    With --database the results are explained and fixes are tried in any case, as the pages tell of them.

    Example: cleanclaim score claims/ --model model --store store --out scores.csv --explain --fixes
    """
    from serving.batch import score_files  # what serves is loaded when it is asked for

    summary = score_files(
        inputs,
        model=model,
        store=store,
        context=context,
        out=out,
        with_factors=explain,
        with_fixes=fixes,
        database=database,
        at=datetime.now(UTC),
        signed_by=require_signature,
    )
    for left in summary.left[:MOST_TOLD]:
        where = ", ".join(part for part in (left.source, left.place) if part)
        note(f"not scored: {where}: {left.reason}")
    if len(summary.left) > MOST_TOLD:
        note(f"not scored: {len(summary.left) - MOST_TOLD} more")
    for reason in summary.unread_context[:MOST_TOLD]:
        note(f"not read of the context: {reason}")
    if len(summary.unread_context) > MOST_TOLD:
        note(f"not read of the context: {len(summary.unread_context) - MOST_TOLD} more")
    if json:
        as_json({**summary.figures(), "out": str(out)})
        return
    say(summary.sentence(out))


MOST_TOLD = 20
