"""`cleanclaim policy check`: can a denial policy, or a payers' policy book, be used?"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.commands.policy.book import check_book
from cleanclaim.output import as_json, say


def check(
    *,
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="PATH",
            help="A denial policy (TOML), the shipped one without; or a policy book (a folder of lists).",
        ),
    ] = None,
    today: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Day by which entries of a book have expired; without, today."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Check a denial policy, or a payers' policy book, before it is used.

    Of a denial policy it says how it differs from the shipped one. Of a policy book, for each list: entries, payers, the
    days that it holds for, entries that have expired or contradict each other, and rows that were refused.

    Exit 0: it can be given to `cleanclaim ingest --denial-policy` or `--policy`. Exit 1: it says something it can't.

    Example: cleanclaim policy check policy/
    """
    if path is not None and path.is_dir():
        check_book(path, today=(today or datetime.now(UTC)).date(), json=json)
        return
    from data.denial_policy import DenialPolicy, differences

    policy = DenialPolicy.load(path)
    told = differences(DenialPolicy.load(), policy)
    if json:
        names = {"name": policy.name, "version": policy.version, "digest": policy.digest}
        as_json({**names, "differences": list(told)})
        return
    say(f"The denial policy {policy.title} can be used (digest {policy.digest}).")
    for sentence in told:
        say(f"  {sentence}")
    if not told:
        say("  It decides as the shipped one does.")
