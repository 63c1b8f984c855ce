"""What the cells of published files say: codes, days, numbers; and how rows are put in order."""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

CODE = re.compile(r"[0-9A-Z]\d{3}[0-9A-Z]")
"""A procedure of CPT (70551, 0042T) or HCPCS (G0279)."""
NAMES = pa.dictionary(pa.int32(), pa.string())
"""A column of few distinct texts."""

OPEN = ("", "*", "9999-12-31", "12/31/9999", "99991231", "9999365")
"""No end is set: an asterisk in the edit files, the last day of the calendar in others."""
HEADER_ROWS = 5
"""Titles begin at most so many rows above the one that names the codes."""
SERIAL_FROM = date(1899, 12, 30)
"""Workbooks count days from here."""

Convert = Callable[[str], object]


def procedure(text: str) -> str | None:
    """A procedure code; zeros that a workbook took from its front are put back. None for what is none."""
    code = text.strip().upper()
    if code.isdigit() and len(code) < 5:
        code = code.zfill(5)
    return code if CODE.fullmatch(code) else None


def is_procedure(text: str) -> bool:
    """Whether a cell holds a procedure code."""
    return procedure(text) is not None


def words(text: str) -> str | None:
    """A text with single spaces; None for an empty one."""
    return " ".join(text.split()) or None


def whole(text: str) -> int | None:
    """A whole number: its leading digits, as in "3 Date of Service Edit"; None for an empty cell."""
    found = re.match(r"-?\d+", text.replace(",", ""))
    if text and not found:
        raise ValueError("a whole number")
    return int(found[0]) if found else None


def number(text: str) -> float | None:
    """A number; None for an empty cell and for NA."""
    if text in ("", "NA"):
        return None
    try:
        return float(text.replace(",", ""))
    except ValueError:
        raise ValueError("a number") from None


def day(text: str) -> date | None:
    """A day in any form that publishers use; None for an end that is not set.

    20240101, 2024-01-01 (a time behind it is let go), 1/1/2024, 2024001 (the day of the year: add-on codes),
    45292 (a workbook's count of days).
    """
    text = text.partition(" ")[0].partition("T")[0]
    if text in OPEN:
        return None
    try:
        if "/" in text:
            month, of_month, year = (int(part) for part in text.split("/"))
            return date(year, month, of_month)
        if "-" in text:
            return date.fromisoformat(text)
        return _of_digits(text)
    except (ValueError, OverflowError):
        raise ValueError("a day like 20240131, 2024-01-31, 01/31/2024 or 2024031") from None


def _of_digits(text: str) -> date:
    if not text.isdigit():
        raise ValueError(text)
    if len(text) == 8:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    if len(text) == 7 and 1 <= int(text[4:]) <= 366:
        return date(int(text[:4]), 1, 1) + timedelta(days=int(text[4:]) - 1)
    if len(text) == 5:
        return SERIAL_FROM + timedelta(days=int(text))
    raise ValueError(text)


def plain(title: str) -> str:
    """A column's title reduced to its small letters and digits: "Column 1", "column_1" and "Column1" are one."""
    return re.sub(r"[^a-z0-9]+", "", title.lower())


def column_of(titles: Sequence[str], *signs: str, without: str = " ") -> int | None:
    """The first column whose title has one of these signs, tried in turn, and not `without`; None if none has."""
    found = [plain(title) for title in titles]
    for sign in signs:
        for at, title in enumerate(found):
            if sign in title and without not in title:
                return at
    return None


def title_row(head: Sequence[Sequence[str]], *signs: str) -> int | None:
    """The first row in which each of the signs stands in a cell of its own; None if there is none."""
    for at, row in enumerate(head):
        cells = [plain(cell) for cell in row]
        places = [{n for n, cell in enumerate(cells) if sign in cell} for sign in signs]
        if all(places) and len(set().union(*places)) >= len(signs):
            return at
    return None


def first_procedure(head: Sequence[Sequence[str]], after: int, at: int = 0) -> int:
    """The first row behind number `after` that has a procedure in column `at`; the next row if none has."""
    for n in range(after + 1, len(head)):
        if at < len(head[n]) and is_procedure(head[n][at]):
            return n
    return after + 1


def merged(head: Sequence[Sequence[str]], header: int, end: int) -> list[str]:
    """Titles that run over several rows about number `header` and before `end`, each column's joined.

    A row of one cell is a licence or a title of the whole.
    """
    rows = [row for row in head[max(0, header - HEADER_ROWS) : end] if sum(map(bool, row)) > 1]
    width = max(map(len, rows), default=0)
    return [" ".join(row[n] for row in rows if n < len(row) and row[n]) for n in range(width)]


def in_order(table: pa.Table, keys: Sequence[str]) -> pa.Table:
    """The table sorted by these columns, an unknown value first; as it is where it is sorted already."""
    if table.num_rows < 2:
        return table
    whole_key = np.zeros(table.num_rows, np.int64)
    room = 1
    for name in keys:
        ranks, n_ranks = _ranks(table[name])
        if room * n_ranks >= 1 << 62:
            # The keys so far, counted anew from 0, leave room for the next.
            whole_key = np.unique(whole_key, return_inverse=True)[1].astype(np.int64)
            room = int(whole_key.max(initial=0)) + 1
        whole_key = whole_key * n_ranks + ranks
        room *= n_ranks
    if bool((np.diff(whole_key) >= 0).all()):
        return table
    return table.take(pa.array(np.argsort(whole_key, kind="stable")))


def _ranks(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], int]:
    """For each row the place of its value among the distinct ones, 0 where it is unknown; and how many there are."""
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    else:
        column = column.dictionary_encode()
    encoded = column.combine_chunks()
    places = np.zeros(len(encoded.dictionary) + 1, np.int64)
    places[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(1, len(encoded.dictionary) + 1)
    ranks: NDArray[np.int64] = places[encoded.indices.fill_null(len(encoded.dictionary)).to_numpy()]
    return ranks, len(places)
