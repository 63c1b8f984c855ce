"""From places to spans: where in the file an element of each of many segments lies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.readers.x12 import access
from data.readers.x12.compiled import compiled
from data.readers.x12.tokenize import Bytes, Ints, Longs, Segments

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Spans:
    """Where each row's value lies in the file; begin 0 and end 0 where it has none."""

    begin: Longs
    end: Longs

    @property
    def present(self) -> Flags:
        """Which rows have a value."""
        present: Flags = self.end > self.begin
        return present

    def or_else(self, other: "Spans") -> "Spans":
        """The other's value where this one has none."""
        return self.where(self.present, other)

    def where(self, keep: Flags, other: "Spans") -> "Spans":
        """This value where `keep`, else the other's."""
        return Spans(np.where(keep, self.begin, other.begin), np.where(keep, self.end, other.end))

    def only(self, keep: Flags) -> "Spans":
        """No value but where `keep`."""
        return Spans(np.where(keep, self.begin, 0), np.where(keep, self.end, 0))

    def take(self, rows: Ints | Longs) -> "Spans":
        """The values of these rows, in this order."""
        return Spans(self.begin[rows], self.end[rows])


@compiled
def _spans(
    table: Segments, rows: Ints, element: int, elements: Ints, k: int, begin: Longs, end: Longs
) -> None:
    content, _, first, starts, component = table
    for i in range(rows.size):
        e = elements[i] if elements.size else element
        begin[i], end[i] = access.part(content, first, starts, component, rows[i], e, k)


_NONE = np.empty(0, np.int32)


def spans(table: Segments, rows: Ints, element: int | Ints, component: int = -1) -> Spans:
    """An element (one for all, or one for each) or a component of it (from 0) of segments; row -1 has none."""
    if not (rows >= 0).any():
        return Spans(np.zeros(rows.size, np.int64), np.zeros(rows.size, np.int64))
    begin, end = np.empty(rows.size, np.int64), np.empty(rows.size, np.int64)
    if isinstance(element, int):
        _spans(table, rows, element, _NONE, component, begin, end)
    else:
        _spans(table, rows, 0, element, component, begin, end)
    return Spans(begin, end)


@compiled
def _explode(table: Segments, rows: Ints, firsts: Ints, width: int, entry: Ints, element: Ints) -> int:
    content, _, first, starts, _ = table
    n = 0
    for i in range(rows.size):
        for wanted in firsts:
            filled = False
            for e in range(wanted, wanted + width):
                begin, end = access.span(content, first, starts, rows[i], e)
                filled = filled or end > begin
            if filled:
                entry[n], element[n] = i, wanted
                n += 1
    return n


def explode(table: Segments, rows: Ints, firsts: Sequence[int], width: int = 1) -> tuple[Ints, Ints]:
    """Each group of `width` elements that is not empty: its segment (as a position in `rows`) and first element."""
    most = rows.size * len(firsts)
    entry, element = np.empty(most, np.int32), np.empty(most, np.int32)
    n = _explode(table, rows, np.array(firsts, np.int32), width, entry, element)
    return entry[:n], element[:n]


@compiled
def _packs(content: Bytes, begin: Longs, end: Longs, values: Longs) -> None:
    for i in range(begin.size):
        n = end[i] - begin[i]
        value = 0 if n <= 7 else -1
        if n <= 7:
            for k in range(n):
                value |= int(content[begin[i] + k]) << (8 * k)
        values[i] = value


def packs(content: Bytes, where: Spans) -> Longs:
    """Up to seven characters each as one number (see `codes.pack`); 0 if absent, -1 if longer."""
    values = np.empty(where.begin.size, np.int64)
    _packs(content, where.begin, where.end, values)
    return values
