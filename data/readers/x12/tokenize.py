"""From bytes to a table of segments: one compiled pass, no copies.

Delimiters are found after the sixteenth element separator of each ISA, not at fixed offsets: real ISAs are
mis-padded. Blanks and line ends between segments, and a byte order mark, are skipped.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from data.readers.x12.codes import CODE_OF_PACKED, GS, IEA, PACKED_IDS, SE
from data.readers.x12.compiled import compiled

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

MAX_ISA = 512
"""An ISA is 106 bytes; what has no sixteen separators within this many is none."""

BLANK = 32
# Where the cursor keeps what.
AT, ELEMENT, TERMINATOR, COMPONENT, ISA_AT, GS_AT, IS_CUT, IS_OUTSIDE = range(8)


class Segments(NamedTuple):
    """A table of segments. Offsets are bytes from the start of the file.

    Segment `i` has elements `first[i]` to `first[i + 1] - 2` in `starts`, element 0 being its id; the last of its
    starts is a sentinel one past its end, so an element ends one before the next start.
    """

    content: Bytes
    code: Ints
    first: Ints
    starts: Longs
    component: Bytes


@dataclass(frozen=True, slots=True)
class Block:
    """Part of a file that ends after an SE; its first `n_prefix` segments repeat the ISA and GS it lies in."""

    segments: Segments
    n_prefix: int
    is_cut: bool
    """The file ends inside the last segment."""


@compiled
def _letter(byte: int) -> bool:
    return (48 <= byte <= 57) or (65 <= byte <= 90) or (97 <= byte <= 122)


@compiled
def isa_end(content: Bytes, at: int) -> int:
    """Where the sixteenth element of an ISA beginning at `at` stands, or -1 if none begins there."""
    size = content.size
    if at + 4 >= size or content[at] != 73 or content[at + 1] != 83 or content[at + 2] != 65:
        return -1
    separator = content[at + 3]
    if _letter(separator) or separator == BLANK:
        return -1
    seen = 0
    for i in range(at + 3, min(size, at + MAX_ISA)):
        if content[i] == separator:
            seen += 1
            if seen == 16:
                return i + 1 if i + 2 < size else -1
    return -1


@compiled
def next_isa(content: Bytes, at: int) -> int:
    """Where the next ISA begins, or the end of the content."""
    for i in range(at, content.size):
        if content[i] == 73 and isa_end(content, i) >= 0:
            return i
    return int(content.size)


@compiled
def _set_delimiters(content: Bytes, cursor: Longs, at: int, end: int) -> None:
    component, terminator = content[end], content[end + 1]
    # ISA16 is empty: what stands in its place is the terminator.
    if _letter(terminator) or (component == 126 and terminator in (10, 13)):
        component, terminator = np.uint8(58), component
    cursor[ELEMENT], cursor[COMPONENT], cursor[TERMINATOR] = content[at + 3], component, terminator
    cursor[ISA_AT], cursor[GS_AT], cursor[IS_OUTSIDE] = at, -1, 0


@compiled
def _code(content: Bytes, at: int, end: int) -> int:
    if not 2 <= end - at <= 3:
        return 0
    packed = 0
    for i in range(at, end):
        packed |= np.int64(content[i]) << (8 * (i - at))
    found = np.searchsorted(PACKED_IDS, packed)
    if found < PACKED_IDS.size and PACKED_IDS[found] == packed:
        return int(CODE_OF_PACKED[found])
    return 0


@compiled
def _segment_end(content: Bytes, cursor: Longs, at: int) -> int:
    """Where the segment at `at` ends. Text that is no segment, after an interchange, ends at the next ISA."""
    size = content.size
    terminator, separator = cursor[TERMINATOR], cursor[ELEMENT]
    if cursor[IS_OUTSIDE] and at + 4 < size and content[at + 2] != separator and content[at + 3] != separator:
        later = next_isa(content, at)
        if later < size:
            return later
        cursor[IS_OUTSIDE] = 0
    i = at
    while i < size and content[i] != terminator:
        i += 1
    return i


@compiled
def _write(content: Bytes, cursor: Longs, at: int, end: int, table: Segments, n: int, m: int) -> int:
    """Write one segment's element starts, and say how many there are (with the sentinel)."""
    separator = cursor[ELEMENT]
    fill = table.code.size > 0
    count = 1
    id_end = end
    if fill:
        table.starts[m] = at
    for i in range(at, end):
        if content[i] == separator:
            if count == 1:
                id_end = i
            if fill:
                table.starts[m + count] = i + 1
            count += 1
    if fill:
        table.starts[m + count] = end + 1
        table.code[n] = _code(content, at, id_end)
        table.first[n], table.first[n + 1] = m, m + count + 1
        table.component[n] = cursor[COMPONENT]
    return count + 1


@compiled
def _is_blank(byte: int, cursor: Longs) -> bool:
    return byte <= BLANK or byte == cursor[TERMINATOR]


@compiled
def _note(content: Bytes, cursor: Longs, at: int, end: int) -> int:
    """The segment's code; a GS is remembered, as the next block begins inside it, and so is an IEA."""
    id_end = at
    while id_end < end and content[id_end] != cursor[ELEMENT]:
        id_end += 1
    code = _code(content, at, id_end)
    if code == GS:
        cursor[GS_AT] = at
    if code == IEA:
        cursor[IS_OUTSIDE] = 1
    return code


@compiled
def scan(content: Bytes, cursor: Longs, stop: int, table: Segments) -> tuple[int, int]:
    """Walk from the cursor to the first SE that ends at or after `stop`; count segments and starts.

    Writes into `table` unless it is empty: the first call counts, the second fills.
    """
    n, m, size = 0, 0, content.size
    for start in (cursor[ISA_AT], cursor[GS_AT]):
        if start >= 0:
            end = start
            while end < size and content[end] != cursor[TERMINATOR]:
                end += 1
            m += _write(content, cursor, start, end, table, n, m)
            n += 1
    at = cursor[AT]
    while at < size:
        if _is_blank(content[at], cursor):
            at += 1
            continue
        isa = isa_end(content, at)
        if isa >= 0:
            _set_delimiters(content, cursor, at, isa)
        end = _segment_end(content, cursor, at)
        m += _write(content, cursor, at, end, table, n, m)
        n += 1
        code = _note(content, cursor, at, end)
        cursor[IS_CUT] = end >= size and code != IEA
        at = end
        if code == SE and end >= stop:
            break
    cursor[AT] = at
    return n, m


def _empty(content: Bytes, n: int, m: int) -> Segments:
    first = np.zeros(n + 1 if n else 0, np.int32)
    return Segments(content, np.zeros(n, np.int32), first, np.zeros(m, np.int64), np.zeros(n, np.uint8))


def start(content: Bytes) -> Longs | None:
    """A cursor at the first ISA of a file, or None if there is none."""
    at = next_isa(content, 0)
    if at >= content.size:
        return None
    cursor = np.full(8, -1, np.int64)
    cursor[AT], cursor[IS_CUT], cursor[IS_OUTSIDE] = at, 0, 0
    # No ISA has been read yet: no byte is a delimiter.
    cursor[ELEMENT] = cursor[TERMINATOR] = cursor[COMPONENT] = -1
    return cursor


def next_block(content: Bytes, cursor: Longs, *, block_bytes: int) -> Block | None:
    """The next block of segments, moving the cursor past it; None at the end."""
    if cursor[AT] >= content.size:
        return None
    stop = int(cursor[AT]) + block_bytes
    n_prefix = int((cursor[[ISA_AT, GS_AT]] >= 0).sum())
    n, m = scan(content, cursor.copy(), stop, _empty(content, 0, 0))
    segments = _empty(content, n, m)
    scan(content, cursor, stop, segments)
    is_cut = bool(cursor[IS_CUT]) and n > n_prefix
    if is_cut:
        segments.code[-1] = 0
    return Block(segments, n_prefix, is_cut)
