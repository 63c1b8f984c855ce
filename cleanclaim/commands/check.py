"""`cleanclaim check`: claims in, what is wrong with them out; no model is needed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.output import OUT, as_json, note, say

MOST_TOLD = 20


def check(
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="INPUT...", help="837 files or folders of them; claims in JSON or NDJSON."),
    ],
    *,
    context: Annotated[
        Path | None, typer.Option(help="Orders, reports, authorizations: CSV or Parquet.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="What payers want: a folder of lists (a policy book).")
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="A claim store: what was sent before, and what payers answered.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to write: FILE.csv, .parquet, .json or .ndjson.")
    ] = None,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="List the checks that could not be made too.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check claims before they go out: what is wrong, how to fix it, who does it, and what the payer would say.

    Writes one row a finding (line 0: of the claim as a whole). A check that can't be made, as context or policy book
    say nothing, is counted as unknown: it never passes.

    Example: cleanclaim check claims/ --context context.csv --policy policy/ --store store --out findings.csv
    """
    from serving.check_files import check_files  # what serves is loaded when it is asked for
    from serving.desk.print import print_findings
    from serving.export import write_scores, writer

    if out is not None:
        writer(out)  # a wrong ending is told before the work, not after it
    today = datetime.now(UTC).date()
    checked = check_files(inputs, context=context, policy=policy, store=store, today=today)
    for left in checked.left[:MOST_TOLD]:
        note(f"not checked: {', '.join(part for part in (left.source, left.place) if part)}: {left.reason}")
    if len(checked.left) > MOST_TOLD:
        note(f"not checked: {len(checked.left) - MOST_TOLD} more")
    for reason in checked.unread_context[:MOST_TOLD]:
        note(f"not read of the context: {reason}")
    findings = checked.table(with_unknown=unknown)
    if out is not None:
        write_scores(findings, out)
    if json:
        told = {} if out else {"findings": findings.to_pylist()}
        as_json({**checked.figures(), **told})
        return
    if out is None:
        print_findings(checked.claims, OUT, most=MOST_TOLD)
    say(checked.sentence() + (f" Written to {out}." if out else ""))
