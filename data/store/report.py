"""What an ingest did: its figures, and the lists of what a person should look at."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pyarrow as pa

from data.store.manifest import write_whole

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one ingest added. Remits are counted where their state is new: linked now and not before, and so on."""

    files: int = 0
    claims: int = 0
    lines: int = 0
    remits: int = 0
    adjustments: int = 0
    linked: int = 0
    ambiguous: int = 0
    """remits that fit several claims, or none well enough"""
    unreliable: int = 0
    """remits whose amounts don't add up for at least one line"""
    quarantined: int = 0
    """reversals without what they reverse"""
    statuses: int = 0
    """answers of 277CA files, taken in"""
    turned_away: int = 0
    """claims that a 277CA turned away before anybody adjudicated them"""
    rejected: int = 0
    """parts of files, or whole files, that could not be read"""
    skipped: int = 0
    """files whose content was in the store already"""
    unmatched: int = 0
    """remits whose claim is not in the store (yet)"""
    policy_entries: int = 0
    """entries of the payers' policy book that was given, all lists together"""
    policy: str = ""
    """the denial policy that labelled the answers, by name and version"""
    why_rejected: tuple[tuple[str, int], ...] = ()
    """the commonest reasons of the parts rejected, with how many parts each"""
    notes: tuple[str, ...] = ()
    """what a person should know, in sentences"""


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A list for people. Text that a spreadsheet would run as a formula is quoted with an apostrophe."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(
            [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in row]
        )
    write_whole(path, text.getvalue().encode())


def write_list(path: Path, table: pa.Table) -> None:
    """A table as a list for people."""
    columns = [column.to_pylist() for column in table.columns]
    write_csv(path, table.column_names, zip(*columns, strict=True))
