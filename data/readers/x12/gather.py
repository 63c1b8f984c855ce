"""All columns of a table in two passes over its rows: what one claim says lies together, so it is read together."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.readers.x12 import access, decode
from data.readers.x12.compiled import compiled, inlined
from data.readers.x12.decode import ABSENT, WRONG, Floats, Read
from data.readers.x12.fields import (
    CENTS,
    COUNT,
    LAST_DAY,
    NPI,
    NUMBER,
    OTHER_ID,
    SHIFTED,
    STEP_COMPONENT,
    STEP_ELEMENT,
    STEP_HOW,
    STEP_SLOT,
    TEXT,
    YEAR,
    Fields,
)
from data.readers.x12.select import Flags
from data.readers.x12.tokenize import Bytes, Ints, Longs, Segments

LETTER_X, DIGIT_2, DIGIT_3, DIGIT_4 = 88, 50, 51, 52


@compiled
def _id_kind(content: Bytes, first: Ints, starts: Ints, row: int) -> int:
    """NPI or OTHER_ID, as NM108 says; 0 for the number of a person or taxpayer (24, 34)."""
    x, y = access.span(content, first, starts, row, 8)
    if y <= x or (y - x == 2 and content[x] == LETTER_X and content[x + 1] == LETTER_X):
        return NPI
    is_tax = y - x == 2 and content[x] in (DIGIT_2, DIGIT_3) and content[x + 1] == DIGIT_4
    return 0 if is_tax else OTHER_ID


@inlined
def _place(
    content: Bytes,
    first: Ints,
    starts: Ints,
    component: Bytes,
    rows: Ints,
    shift: Ints,
    steps: Ints,
    begin: int,
    end: int,
    i: int,
) -> tuple[int, int]:
    """Where the value of row `i` stands: in the first of the places that has one; (0, 0) if none has."""
    for s in range(begin, end):
        row = rows[steps[s, STEP_SLOT], i]
        if row >= 0:
            how, element = steps[s, STEP_HOW], steps[s, STEP_ELEMENT]
            if how == SHIFTED:
                element += shift[i]
            a, b = access.part(content, first, starts, component, row, element, steps[s, STEP_COMPONENT])
            if how in (NPI, OTHER_ID) and b > a and _id_kind(content, first, starts, row) != how:
                b = a
            if b > a:
                return a, b
    return 0, 0


@compiled
def _read(content: Bytes, a: int, b: int, kind: int, most: int) -> tuple[int, int]:
    """A value that is no text, and what became of it."""
    if kind == CENTS:
        return decode.one_amount(content, a, b)
    if kind == COUNT:
        return decode.one_count(content, a, b, most)
    day, year, state = decode.one_day(content, a, b, int(kind == LAST_DAY))
    return (year if kind == YEAR else day), state


@compiled
def _find(
    table: tuple[Bytes, Ints, Ints, Bytes],
    rows: Ints,
    shift: Ints,
    fields: tuple[Ints, Ints, Ints, Ints, Longs],
    spans: tuple[Longs, Ints, Longs],
    found: tuple[Longs, Floats, Bytes, Longs],
) -> None:
    """Where the texts stand and how long they are together, and the other values."""
    content, first, starts, component = table
    steps, firsts, kinds, into, most = fields
    begin, length, size = spans
    values, floats, states, n_wrong = found
    for i in range(rows.shape[1]):
        for c in range(kinds.size):
            a, b = _place(content, first, starts, component, rows, shift, steps, firsts[c], firsts[c + 1], i)
            k, kind = into[c], kinds[c]
            if kind == TEXT:
                begin[i, k], length[i, k] = a, b - a
                size[k] += b - a
            elif b > a:
                if kind == NUMBER:
                    floats[k, i], state = decode.one_number(content, a, b)
                else:
                    values[k, i], state = _read(content, a, b, kind, most[c])
                states[k, i] = state
                n_wrong[k] += state == WRONG


@compiled
def _copy(
    content: Bytes,
    begin: Longs,
    length: Ints,
    skip: Ints,
    at: Longs,
    offsets: Ints,
    bitmap: Bytes,
    out: Bytes,
    highest: Bytes,
) -> None:
    """Copy the texts, those of one column one after the other; `at` is where each column begins."""
    for c in range(at.size):
        offsets[c, 0] = 0
    for i in range(begin.shape[0]):
        for c in range(at.size):
            n = length[i, c]
            if n > 0:
                a, to, seen = begin[i, c], at[c], highest[c]
                if skip[c] < 0:
                    for k in range(n):
                        out[to + k] = content[a + k]
                        seen |= content[a + k]
                    to += n
                else:
                    for k in range(n):
                        if content[a + k] != skip[c]:
                            out[to] = content[a + k]
                            seen |= content[a + k]
                            to += 1
                if to > at[c]:
                    bitmap[c, i >> 3] |= np.uint8(1 << (i & 7))
                offsets[c, i + 1] = offsets[c, i] + np.int32(to - at[c])
                at[c], highest[c] = to, seen
            else:
                offsets[c, i + 1] = offsets[c, i]


def texts(content: Bytes, begin: Longs, length: Ints, skip: Ints) -> list[pa.StringArray]:
    """Arrow columns of texts that stand at [rows, columns] spans of the content; null where the length is 0."""
    return _texts(content, begin, length, length.sum(0, dtype=np.int64), skip)


def _texts(content: Bytes, begin: Longs, length: Ints, size: Longs, skip: Ints) -> list[pa.StringArray]:
    n, n_columns = begin.shape
    ends = np.cumsum(size)
    at = ends - size
    starts = at.tolist()
    offsets = np.empty((n_columns, n + 1), np.int32)
    bitmap = np.zeros((n_columns, (n + 7) // 8), np.uint8)
    out, highest = np.empty(int(ends[-1]) if n_columns else 0, np.uint8), np.zeros(n_columns, np.uint8)
    _copy(content, begin, length, skip, at, offsets, bitmap, out, highest)
    return [
        _column(n, offsets[c], bitmap[c], out[starts[c] : end], is_ascii=highest[c] < 128)
        for c, end in enumerate(at.tolist())
    ]


def _column(n: int, offsets: Ints, bitmap: Bytes, out: Bytes, *, is_ascii: bool) -> pa.StringArray:
    if not out.size:
        return pa.nulls(n, pa.string())
    if not is_ascii:
        return decode.not_ascii(offsets, out)
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(out), pa.py_buffer(bitmap))


@dataclass(frozen=True, slots=True)
class Gathered:
    """The columns of a table as they stand in the file."""

    text: dict[str, pa.StringArray]
    value: dict[str, Read]
    wrong: tuple[str, ...]
    """The columns with values that can't be read."""

    def missing(self, name: str) -> Flags:
        """Where a column has no value at all."""
        if name in self.value:
            absent: Flags = self.value[name].state == ABSENT
            return absent
        null: Flags = self.text[name].is_null().to_numpy(zero_copy_only=False)
        return null

    def columns(self, schema: pa.Schema) -> dict[str, pa.Array]:
        """Those that a schema names, with its types."""
        named = {name: read for name, read in self.value.items() if name in schema.names}
        numbers = {name: read.column(schema.field(name).type) for name, read in named.items()}
        return {**{name: made for name, made in self.text.items() if name in schema.names}, **numbers}


NO_SHIFT = np.empty(0, np.int32)


def gather(table: Segments, fields: Fields, rows: Mapping[str, Ints], shift: Ints = NO_SHIFT) -> Gathered:
    """All columns; `rows` are the segments of each slot (-1 is none), `shift` what shifted elements are shifted by."""
    content, _, first, starts, component = table
    stacked = np.stack([rows[slot] for slot in fields.slots])
    n, n_texts = stacked.shape[1], fields.skip.size
    n_values = fields.kind.size - n_texts
    begin, length = np.empty((n, n_texts), np.int64), np.empty((n, n_texts), np.int32)
    size, n_wrong = np.zeros(n_texts, np.int64), np.zeros(n_values, np.int64)
    values, floats = np.zeros((n_values, n), np.int64), np.zeros((n_values, n), np.float64)
    states = np.zeros((n_values, n), np.uint8)
    _find(
        (content, first, starts, component),
        stacked,
        shift,
        (fields.steps, fields.first, fields.kind, fields.into, fields.most),
        (begin, length, size),
        (values, floats, states, n_wrong),
    )
    columns = _texts(content, begin, length, size, fields.skip)
    reads = {
        f.name: Read((floats if f.kind == NUMBER else values)[k], states[k])
        for k, f in enumerate(fields.values)
    }
    return Gathered(
        {f.name: columns[k] for k, f in enumerate(fields.texts)},
        reads,
        tuple(f.name for k, f in enumerate(fields.values) if n_wrong[k]),
    )
