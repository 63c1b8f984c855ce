"""A table as its file has it: every column as text, every row with its number, and the faults found in it."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from data.keys import Bools, Column, Ints
from data.schema import REJECTS

BAR = "column"
"""Stands as the segment's id in a list of columns that nothing reads."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """Columns of text [n rows] by their name, null where a cell is empty; `source` is the file."""

    source: str
    columns: dict[str, Column]
    numbers: Ints
    """A row's number as a spreadsheet shows it: the header is row 1. Of Parquet, which has none, the first row is 1."""
    offsets: Ints
    """Where a row begins in its file, in bytes; its number where that can't be told (Parquet, UTF-16)."""
    lost: tuple[tuple[int, int, str], ...] = ()
    """Rows that are no rows: offset, number, what is wrong."""

    @property
    def n_rows(self) -> int:
        """How many rows could be told apart."""
        return len(self.numbers)

    def take(self, rows: Ints) -> "RawTable":
        """Some of the rows, in the order given; the lost ones stay behind."""
        index = pa.array(rows)
        columns = {name: column.take(index) for name, column in self.columns.items()}
        return RawTable(self.source, columns, self.numbers[rows], self.offsets[rows])


@dataclass(slots=True)
class Faults:
    """What was wrong, gathered while a table is read."""

    found: list[tuple[str, int, int, str]] = field(default_factory=list)
    gone: set[tuple[str, int]] = field(default_factory=set)
    """Rows of which nothing is used: source and number."""

    def add(self, raw: RawTable, rows: Ints, what: str) -> None:
        """The same fault in several rows of a table."""
        told = zip(raw.offsets[rows].tolist(), raw.numbers[rows].tolist(), strict=True)
        self.found += [(raw.source, offset, number, f"row {number}: {what}") for offset, number in told]

    def lose(self, raw: RawTable, rows: Ints, what: str) -> None:
        """A fault that leaves nothing of a row to be used."""
        self.add(raw, rows, what)
        self.gone |= {(raw.source, number) for number in raw.numbers[rows].tolist()}

    def add_lost(self, raw: RawTable) -> None:
        """The rows that are no rows."""
        self.found += [(raw.source, offset, n, f"row {n}: {what}") for offset, n, what in raw.lost]

    def table(self) -> pa.Table:
        """As REJECTS, in the order of the files' rows."""
        rows = sorted(set(self.found), key=lambda fault: (fault[0], fault[2], fault[3]))
        columns = [
            [source for source, *_ in rows],
            [offset for _, offset, *_ in rows],
            [None] * len(rows),
            [reason for *_, reason in rows],
        ]
        return pa.table(columns, schema=REJECTS)


def where(mask: Bools) -> Ints:
    """The rows that a mask marks."""
    return np.flatnonzero(mask)
