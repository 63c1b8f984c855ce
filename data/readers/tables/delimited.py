"""Delimited text to a table of texts: commas, semicolons, tabs or bars; quotes; UTF-8, UTF-16 or Windows' Latin.

A row with too many or too few columns is lost alone. So is one with a quote that nothing closes: read by the letter,
it would swallow every row up to the next quote.
"""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from data.errors import UnreadableFile
from data.keys import Bools, Column, Ints
from data.readers.tables.mapping import FileForm
from data.readers.tables.raw import RawTable

DELIMITERS = ",;\t|"
MOST_LINES = 50
"""A quoted text that runs over more lines than this is a quote gone astray."""
HEAD = 65_536
BLOCK = 8 << 20
"""Bytes parsed at a time; no row can be longer."""
NEWLINE = ord("\n")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Header:
    """What the first lines of a file tell."""

    names: tuple[str, ...]
    delimiter: str
    n_lines: int
    """Lines above the first row of values."""


def read_delimited(content: bytes, form: FileForm, *, source: str) -> RawTable:
    """A file's rows as texts, trimmed, null where empty. Raises `UnreadableFile` where there is no header."""
    text, starts = as_utf8(content, form)
    header = read_header(text, form, source=source)
    lines = _Lines(text, header)
    skipped: list[int] = []

    def skip(row: pyarrow.csv.InvalidRow) -> str:
        skipped.append(row.number - 1)
        return "skip"

    names = _unique(header.names)
    if not len(lines.rows):
        table = pa.table({name: pa.array([], pa.string()) for name in names})
    else:
        try:
            table = _parsed(lines.content, names, header.delimiter, skip)
        except pa.ArrowInvalid:
            raise UnreadableFile(source, found="a damaged table", wanted="rows of columns") from None
    numbers = np.arange(len(lines.starts)) + lines.first
    offsets = numbers if starts is None else starts[numbers - 1]
    return _raw(_Parsed(table, lines, skipped, numbers, offsets), form, source)


def _parsed(
    content: bytes, names: Sequence[str], delimiter: str, skip: Callable[[pyarrow.csv.InvalidRow], str]
) -> pa.Table:
    return pyarrow.csv.read_csv(
        pa.BufferReader(content),
        # Only one thread tells which row it is that has too many columns.
        pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=BLOCK),
        pyarrow.csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=skip,
        ),
        pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def as_utf8(content: bytes, form: FileForm) -> tuple[bytes, Ints | None]:
    """The same text in UTF-8 without a byte order mark, and where its lines begin in the file (not of UTF-16)."""
    if form.encoding == "utf-16" or content[:2] in UTF16:
        return _one_end(content.decode("utf-16", errors="replace").encode()), None
    plain = _one_end(content)
    ends = np.flatnonzero(np.frombuffer(plain, np.uint8) == NEWLINE) + 1
    starts = np.concatenate([np.zeros(1, np.int64), ends])
    plain = plain.removeprefix(BOM)
    if form.encoding in {None, "utf-8"}:
        return (plain if _is_utf8(plain) else plain.decode("latin-1").encode()), starts
    return plain.decode(str(form.encoding), errors="replace").encode(), starts


def _one_end(content: bytes) -> bytes:
    """Lone carriage returns are line ends where there are no others, else blanks: a byte for a byte."""
    if content.count(b"\r") == content.count(b"\r\n"):
        return content
    return re.sub(rb"\r(?!\n)", b" " if b"\n" in content else b"\n", content)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def read_header(text: bytes, form: FileForm, *, source: str) -> Header:
    """The columns' names and what stands between them. Raises `UnreadableFile`."""
    head = text[:HEAD].decode("utf-8", errors="ignore").splitlines()[form.skip_lines :]
    blank = next((k for k, line in enumerate(head) if line.strip()), len(head))
    first = head[blank] if blank < len(head) else ""
    delimiter = form.delimiter or max(DELIMITERS, key=lambda mark: _count(first, mark))
    if form.names:
        return Header(form.names, delimiter, form.skip_lines)
    names = tuple(name.strip() for name in next(csv.reader([first], delimiter=delimiter), []))
    if not any(names):
        raise UnreadableFile(source, found="an empty file", wanted="a table with a header")
    return Header(names, delimiter, form.skip_lines + blank + 1)


def _count(line: str, delimiter: str) -> int:
    return len(next(csv.reader([line], delimiter=delimiter), []))


def _unique(names: Sequence[str]) -> list[str]:
    """Names that repeat get a number: Mod, Mod (2); one without a name is called by its place."""
    seen: dict[str, int] = {}
    unique = []
    for place, name in enumerate(names, start=1):
        plain = name or f"column {place}"
        seen[plain] = seen.get(plain, 0) + 1
        unique.append(plain if seen[plain] == 1 else f"{plain} ({seen[plain]})")
    return unique


class _Lines:
    """The lines of a file below its header: which begin a row, and which are lost to a quote that nothing closes."""

    def __init__(self, text: bytes, header: Header) -> None:
        ends = np.flatnonzero(np.frombuffer(text, np.uint8) == NEWLINE) + 1
        starts = np.concatenate([[0], ends])
        self.starts: Ints = starts[header.n_lines :] if header.n_lines < len(starts) else starts[:0]
        if len(self.starts) and self.starts[-1] == len(text):
            self.starts = self.starts[:-1]
        self.first = header.n_lines + 1
        self._text, self._header = text, header
        self._end = len(text)
        is_row, self.stray = self._quotes()
        self.rows: Ints = np.flatnonzero(is_row)
        self.content = self._without_strays(int(self.starts[0]) if len(self.starts) else self._end)

    def line(self, k: int, last: int | None = None) -> bytes:
        """Line k below the header, or lines k to `last`."""
        after = (k if last is None else last) + 1
        return self._text[
            int(self.starts[k]) : int(self.starts[after]) if after < len(self.starts) else self._end
        ]

    def _quotes(self) -> tuple[Bools, list[int]]:
        """Lines that begin a row; lines with a quote too many."""
        is_row = np.ones(len(self.starts), bool)
        quotes = np.flatnonzero(np.frombuffer(self._text, np.uint8) == ord('"'))
        counts = np.diff(np.searchsorted(quotes, np.append(self.starts, self._end)))
        odd = np.flatnonzero(counts % 2).tolist()
        stray: list[int] = []
        k = 0
        while k < len(odd):
            line, other = odd[k], odd[k + 1] if k + 1 < len(odd) else None
            k += 1
            if self._is_whole(line, line):
                continue  # 5" film: a quote in the middle of a text is a letter
            if other is not None and other - line <= MOST_LINES and self._is_whole(line, other):
                is_row[line + 1 : other + 1] = False
                k += 1
                continue
            stray.append(line)
            is_row[line] = False
        return is_row, stray

    def _is_whole(self, first: int, last: int) -> bool:
        """Whether these lines are one row of all columns."""
        text = self.line(first, last).decode("utf-8", errors="replace").rstrip("\r\n")
        quoted = csv.reader(io.StringIO(text, newline=""), delimiter=self._header.delimiter, strict=True)
        try:
            rows = list(quoted)
        except csv.Error:
            return False
        return len(rows) == 1 and len(rows[0]) == len(self._header.names)

    def _without_strays(self, begin: int) -> bytes:
        if not self.stray:
            return self._text[begin:] if begin else self._text
        pieces, at = [], begin
        for k in self.stray:
            pieces.append(self._text[at : int(self.starts[k])])
            at = int(self.starts[k]) + len(self.line(k))
        return b"".join([*pieces, self._text[at:]])


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A parsed table beside the lines that it came from."""

    table: pa.Table
    lines: _Lines
    skipped: Sequence[int]
    """Rows with another number of columns, counted from 0."""
    numbers: Ints
    offsets: Ints

    def kept(self) -> Ints:
        """The line that each row of the table begins in."""
        rows = np.delete(self.lines.rows, self.skipped)
        if len(rows) == self.table.num_rows:
            return rows
        return np.minimum(
            np.arange(self.table.num_rows), len(self.numbers) - 1
        )  # a form of line end not foreseen

    def lost(self) -> tuple[tuple[int, int, str], ...]:
        """Rows that are no rows, in their order."""
        uneven = [k for k in self.skipped if k < len(self.lines.rows)]
        wanted = self.table.num_columns
        told = [
            (k, f"found another number of columns, wanted {wanted}") for k in self.lines.rows[uneven].tolist()
        ]
        told += [(k, "found a quote that nothing closes, wanted none or two") for k in self.lines.stray]
        return tuple((int(self.offsets[k]), int(self.numbers[k]), what) for k, what in sorted(told))


def _raw(parsed: _Parsed, form: FileForm, source: str) -> RawTable:
    table, kept = parsed.table, parsed.kept()
    columns = {name: _cleaned(table[name], form) for name in table.column_names}
    is_blank = np.ones(table.num_rows, bool)
    for column in columns.values():
        is_blank &= column.is_null().to_numpy().astype(bool)
    rows = np.flatnonzero(~is_blank)
    if len(rows) < table.num_rows:
        index = pa.array(rows)
        columns = {name: column.take(index) for name, column in columns.items()}
    return RawTable(
        source,
        columns,
        parsed.numbers[kept[rows]],
        parsed.offsets[kept[rows]],
        parsed.lost(),
    )


def _cleaned(column: Column, form: FileForm) -> Column:
    """Trimmed; the words for nothing are null."""
    trimmed = pc.utf8_trim_whitespace(column)
    nothing = pc.is_in(trimmed, pa.array(form.empty, pa.string()))
    return pc.if_else(nothing, pa.scalar(None, pa.string()), trimmed)
