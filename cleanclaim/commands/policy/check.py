"""`cleanclaim policy check`: is a denial policy one that can be used?"""

from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.output import as_json, say


def check(
    *,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A denial policy (TOML); the shipped one without.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Check a denial policy before it is used, and say how it differs from the shipped one.

    Exit 0: it can be given to `cleanclaim ingest --denial-policy`. Exit 1: it says something it can't; what, is said.

    Example: cleanclaim policy check mine.toml
    """
    from data.denial_policy import DenialPolicy, differences

    policy = DenialPolicy.load(file)
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
