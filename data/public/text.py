"""Text files as rows and columns: the first rows by Python's csv, which minds every quirk; the rest by pyarrow.

Each column is read as codes of its distinct texts: 2.5 million rows are a matter of seconds.
"""

import csv
from collections.abc import Collection, Iterator

import pyarrow as pa
from pyarrow import csv as arrow_csv

from data.errors import UnreadableFile

HEAD_ROWS = 60
"""No published file has more rows before its first code than this."""
HEAD_BYTES = 1 << 20
TEXT = pa.dictionary(pa.int32(), pa.string())

Rows = list[list[str]]


def utf8(content: bytes) -> bytes | None:
    """Text as UTF-8 with line feeds; None for bytes that are no text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", errors="replace").encode()
    content = content.removeprefix(b"\xef\xbb\xbf").rstrip(b"\x1a")
    if b"\0" in content[:HEAD_BYTES]:
        return None
    if not content.isascii():
        try:
            content.decode()
        except UnicodeDecodeError:
            content = content.decode("cp1252", errors="replace").encode()
    # Older files end their lines as old Macintoshes did.
    return content if b"\n" in content else content.replace(b"\r", b"\n")


class _Lines:
    """The lines of a text, knowing how far it has been read."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self.offset = 0

    def __iter__(self) -> Iterator[str]:
        while self.offset < min(len(self._text), HEAD_BYTES):
            end = self._text.find(b"\n", self.offset) + 1 or len(self._text)
            line = self._text[self.offset : end]
            self.offset = end
            yield line.decode()


def head_of(text: bytes, delimiter: str) -> tuple[Rows, list[int]]:
    """The first rows, and where each ends in bytes."""
    lines = _Lines(text)
    head: Rows = []
    ends: list[int] = []
    reader = csv.reader(iter(lines), delimiter=delimiter)
    while len(head) < HEAD_ROWS:
        try:
            row = next(reader, None)
        except csv.Error:  # a cell of more than the csv module takes: the text of an article
            break
        if row is None:
            break
        head.append([" ".join(cell.split()) for cell in row])
        ends.append(lines.offset)
    return head, ends


def columns_below(
    text: bytes, start: int, width: int, delimiter: str, only: Collection[int] | None, source: str
) -> tuple[tuple[pa.DictionaryArray, ...], int]:
    """The columns of the rows from byte `start` on, and how many rows are not `width` cells wide.

    Columns that are not among `only` are empty: they are never made.
    """
    if start >= len(text) or not width:
        return tuple(_none() for _ in range(width)), 0
    n_ragged = 0

    def ragged(_row: arrow_csv.InvalidRow) -> str:
        nonlocal n_ragged
        n_ragged += 1
        return "skip"

    names = [str(n) for n in range(width)]
    wanted = [name for n, name in enumerate(names) if only is None or n in only]
    quoted = text.find(b'"', start) >= 0
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(text).slice(start)),
            arrow_csv.ReadOptions(column_names=names, block_size=16 << 20),
            arrow_csv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if quoted else False,
                newlines_in_values=quoted,
                invalid_row_handler=ragged,
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, TEXT), include_columns=wanted, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        raise UnreadableFile(source, found="a damaged text file", wanted="a table as published") from None
    columns = {name: _whole(table[name]) for name in wanted}
    return tuple(columns[name] if name in columns else _blank(len(table)) for name in names), n_ragged


def _whole(column: pa.ChunkedArray) -> pa.DictionaryArray:
    return column.unify_dictionaries().combine_chunks() if column.num_chunks else _none()


def _none() -> pa.DictionaryArray:
    return pa.array([], pa.string()).dictionary_encode()


def _blank(n_rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), n_rows), pa.array([""]))
