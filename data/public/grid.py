"""A file as a grid of text: the first rows to tell what it is, the rest by columns once that is known.

Whatever is done to a cell is done once for each distinct text of its column.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import UnreadableFile
from data.public.members import Member, is_workbook
from data.public.page import page_rows
from data.public.text import HEAD_BYTES, HEAD_ROWS, Rows, columns_below, head_of, utf8
from data.public.workbook import workbook_rows


@dataclass(frozen=True, slots=True)
class Body:
    """The rows below a header, by columns of text; an empty cell is ""."""

    source: str
    columns: tuple[pa.DictionaryArray, ...]
    n_skipped: int = 0
    """ragged rows"""

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def where(self, mask: pa.Array, at: int) -> "Body":
        """The rows for which the mask is true; the others count as skipped where column `at` says anything."""
        told = self.values(at, bool, pa.bool_(), thing="a cell")
        n_others = pc.sum(pc.and_not(told, mask)).as_py() or 0
        kept = tuple(column.filter(mask) for column in self.columns)
        return Body(self.source, kept, self.n_skipped + n_others)

    def values(
        self, at: int | None, convert: Callable[[str], object], to: pa.DataType, *, thing: str
    ) -> pa.Array:
        """A column, each text converted; all null where there is no such column.

        `convert` gives None for "not told" and raises `ValueError` for what it can't read, with what it wanted: the
        `UnreadableFile` that follows names `thing`.
        """
        if at is None or at >= len(self.columns):
            return pa.nulls(len(self), to)
        column = self.columns[at]
        texts = column.dictionary.to_pylist()
        used = np.bincount(column.indices.to_numpy(), minlength=len(texts)).tolist()
        converted = [
            self._one(text, convert, thing) if n else None for text, n in zip(texts, used, strict=True)
        ]
        if pa.types.is_dictionary(to):
            return pa.array(converted, to.value_type).take(column.indices).dictionary_encode().cast(to)
        try:
            return pa.array(converted, to).take(column.indices)
        except (pa.ArrowInvalid, OverflowError):
            raise UnreadableFile(
                self.source, field=thing, found="a number out of its range", wanted=str(to)
            ) from None

    def _one(self, text: str, convert: Callable[[str], object], thing: str) -> object:
        try:
            return convert(text.strip())
        except ValueError as error:
            raise UnreadableFile(self.source, field=thing, found=repr(text[:60]), wanted=str(error)) from None


@dataclass(frozen=True, slots=True)
class Grid:
    """A file's first rows, and the way to the rest."""

    source: str
    title: str
    """the file's own name"""
    head: Rows
    """the first rows, whole"""
    _ends: list[int] = field(repr=False)
    """where each of them ends in the text, in bytes; empty where the rows are all there is"""
    _text: bytes = field(repr=False)
    _delimiter: str
    _rows: Rows = field(repr=False)

    @property
    def lines(self) -> list[str]:
        """All lines, for a file of fixed columns."""
        return self._text.decode().splitlines()

    def body(self, first: int, *, only: Collection[int] | None = None) -> Body:
        """The rows from number `first` of the head on; `only` these columns are kept, the others are empty.

        Descriptors that are somebody's property are never made a column of: name those that are wanted.
        """
        width = max((len(self.head[n]) for n in (first, first - 1) if 0 <= n < len(self.head)), default=0)
        if first < len(self.head):
            width = len(self.head[first])
        start = self._ends[first - 1] if first and self._ends else 0
        if self._ends:
            return Body(
                self.source, *columns_below(self._text, start, width, self._delimiter, only, self.source)
            )
        return _rows_body(self._rows[first:], self.source, max(map(len, self._rows), default=0), only)


def grid_of(member: Member) -> Grid | None:
    """A file as a grid; None for what is no table at all (a document, an old binary workbook)."""
    if is_workbook(member.content):
        rows = workbook_rows(member.content, member.name)
        return Grid(member.name, member.title, rows[:HEAD_ROWS], [], b"", "", rows)
    text = utf8(member.content)
    if text is None:
        return None
    if b"<table" in text[:HEAD_BYTES].lower():
        rows = page_rows(text.decode())
        return Grid(member.name, member.title, rows[:HEAD_ROWS], [], b"", "", rows)
    delimiter = "\t" if text[:HEAD_BYTES].count(b"\t") > text[:HEAD_BYTES].count(b",") else ","
    head, ends = head_of(text, delimiter)
    return Grid(member.name, member.title, head, ends, text, delimiter, [])


def _rows_body(rows: Rows, source: str, width: int, only: Collection[int] | None) -> Body:
    def column(at: int) -> pa.DictionaryArray:
        told = only is None or at in only
        texts = [row[at] if told and at < len(row) else "" for row in rows]
        return pa.array(texts, pa.string()).dictionary_encode()

    return Body(source, tuple(column(n) for n in range(width)))
