"""`cleanclaim store stats`: what a store holds."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.output import as_json, say, table

if TYPE_CHECKING:
    from data.store import StoreStats
    from data.store.figures import Group

MOST_PAYERS = 20
COLUMNS = ("claims", "lines", "answered", "share", "denied", "share")


def stats(
    *,
    store: Annotated[Path, typer.Argument(metavar="STORE", help="The store's folder.")],
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Tell what a store holds: in all, by month of submission and by payer, and how much of it is answered.

    The share denied is of the answered lines that have a label: not of those pending or unreliable.

    Example: cleanclaim store stats store
    """
    from data.store import Store
    from data.store.figures import figures

    kept = Store(store)
    held, by = kept.stats(), figures(kept)
    if json:
        groups = {"months": by.months, "payers": by.payers}
        as_json({**asdict(held), **{name: [_record(g) for g in some] for name, some in groups.items()}})
        return
    say(f"{held.files:,} files, {held.claims:,} claims with {held.lines:,} lines, {held.remits:,} remits")
    if held.statuses:
        say(
            f"{held.statuses:,} statuses of 277CA files; {held.turned_away:,} claims turned away before adjudication"
        )
    say(_what_became(held))
    if held.policy_book:
        say(
            f"The payers' policy book: {sum(held.policy_book.values()):,} entries in {len(held.policy_book)} lists."
        )
    if held.first_submission:
        say(f"Sent {held.first_submission} to {held.last_submission}, answered until {held.newest_remit}")
    say(f"Denials as the denial policy {held.policy} has it.")
    _draw("month", by.months)
    _draw("payer", by.payers[:MOST_PAYERS])
    if len(by.payers) > MOST_PAYERS:
        say(f"and {len(by.payers) - MOST_PAYERS:,} more payers (--json lists them all)")


def _what_became(held: "StoreStats") -> str:
    """What became of the files and of their segments."""
    files = ", ".join(f"{count:,} {state}" for state, count in sorted(held.states.items()))
    segments = held.segments
    return (
        f"Files: {files or 'none'}. Of {segments.total:,} segments {segments.used:,} are used and {segments.listed:,}"
        f" are of kinds that nothing here reads; {held.rejected:,} parts could not be read."
    )


def _record(group: "Group") -> dict[str, object]:
    return {**asdict(group), "answered_share": group.answered_share, "denied_share": group.denied_share}


def _draw(name: str, groups: Sequence["Group"]) -> None:
    rows = [
        (
            group.name,
            f"{group.claims:,}",
            f"{group.lines:,}",
            f"{group.answered_lines:,}",
            _share(group.answered_share),
            f"{group.denied_lines:,}",
            _share(group.denied_share),
        )
        for group in groups
    ]
    table((name, *COLUMNS), rows, title=f"\nBy {name}")


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"
