"""From bytes to a table of segments: one compiled pass, no copies.

Delimiters are found after the sixteenth element separator of each ISA, not at fixed offsets: real ISAs are
mis-padded. Blanks and line ends between segments, and a byte order mark, are skipped.

The bytes are a window of a stream. Only what is whole in it for sure becomes a segment; the rest is left for the next.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from data.readers.x12.codes import CODE_OF_PACKED, IEA, ISA, PACKED_IDS
from data.readers.x12.compiled import compiled

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

MAX_ISA = 512
"""An ISA is 106 bytes; what has no sixteen separators within this many is none."""

BLANK = 32
# What the last ISA said, and whether its interchange has ended.
ELEMENT, TERMINATOR, COMPONENT, IS_OUTSIDE = range(4)


class Segments(NamedTuple):
    """A table of segments. Offsets are bytes from the start of `content`.

    Segment `i` has elements `first[i]` to `first[i + 1] - 2` in `starts`, element 0 being its id; the last of its
    starts is a sentinel one past its end, so an element ends one before the next start.
    """

    content: Bytes
    code: Ints
    first: Ints
    starts: Ints
    component: Bytes


@dataclass(frozen=True, slots=True)
class Tokens:
    """The segments of a window."""

    segments: Segments
    end: int
    """Where what is no whole segment begins."""
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
                # No letter ends a segment: neither what stands in the place of ISA16 nor what follows.
                is_isa = i + 2 < size and not (_letter(content[i + 1]) and _letter(content[i + 2]))
                return i + 1 if is_isa else -1
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
    cursor[IS_OUTSIDE] = 0


@compiled
def _code(content: Bytes, at: int, end: int) -> int:
    if not 2 <= end - at <= 3:
        return 0
    packed = 0
    for i in range(at, end):
        packed |= int(content[i]) << (8 * (i - at))
    low, high = 0, PACKED_IDS.size
    while low < high:
        middle = (low + high) // 2
        if PACKED_IDS[middle] < packed:
            low = middle + 1
        else:
            high = middle
    return int(CODE_OF_PACKED[low]) if low < PACKED_IDS.size and PACKED_IDS[low] == packed else 0


@compiled
def _limit(content: Bytes, cursor: Longs, at: int, sure: int) -> int:
    """Take the delimiters of an ISA beginning here; say how far a segment beginning here may reach.

    After an interchange, text that is no segment reaches to the next ISA, or to the end of its line.
    """
    isa = isa_end(content, at)
    if isa >= 0:
        _set_delimiters(content, cursor, at, isa)
        return sure
    separator = cursor[ELEMENT]
    if not cursor[IS_OUTSIDE] or at + 4 >= content.size or separator in (content[at + 2], content[at + 3]):
        return sure
    for i in range(at, sure):
        if content[i] in (10, 13) or (content[i] == 73 and isa_end(content, i) >= 0):
            return i
    return sure


@compiled
def _write(content: Bytes, cursor: Longs, at: int, limit: int, starts: Ints, m: int) -> tuple[int, int]:
    """Write the element starts of one segment with its sentinel; how many they are, and where the segment ends."""
    separator, terminator = np.uint8(cursor[ELEMENT]), np.uint8(cursor[TERMINATOR])
    starts[m] = at
    count, i, most = 1, at, starts.size - m - 1
    while i < limit:
        byte = content[i]
        if byte == terminator:
            break
        i += 1
        if byte == separator:
            if count >= most:
                return -1, i
            starts[m + count] = i
            count += 1
    starts[m + count] = i + 1
    return count + 1, i


@compiled
def _put(
    content: Bytes,
    cursor: Longs,
    at: int,
    limit: int,
    arrays: tuple[Ints, Ints, Ints, Bytes],
    n: int,
    m: int,
) -> tuple[int, int]:
    """Write the segment that begins here; how many starts it has (-1: no room), and where it ends."""
    code, first, starts, component = arrays
    if n >= code.size or m + 2 >= starts.size:
        return -1, 0
    count, end = _write(content, cursor, at, limit, starts, m)
    if count >= 0:
        code[n] = _code(content, at, starts[m + 1] - 1)
        first[n], first[n + 1], component[n] = m, m + count, cursor[COMPONENT]
    return count, end


@compiled
def scan(
    content: Bytes,
    cursor: Longs,
    at: int,
    sure: int,
    arrays: tuple[Ints, Ints, Ints, Bytes],
    n: int,
    m: int,
) -> tuple[int, int, int]:
    """Write the segments from `at` on after the `n` (with `m` starts) that are there already.

    Returns how many there are then, how many starts, and where what is not whole begins; -1 if the arrays are too
    small. Segments that do not end before `sure` are left, unless that is where the file ends.
    """
    while at < sure:
        if content[at] <= BLANK or content[at] == cursor[TERMINATOR]:
            at += 1
            continue
        limit = _limit(content, cursor, at, sure)
        count, end = _put(content, cursor, at, limit, arrays, n, m)
        if count < 0:
            return -1, -1, -1
        if end >= sure and sure < content.size:
            break
        m, n = m + count, n + 1
        if arrays[0][n - 1] == IEA:
            cursor[IS_OUTSIDE] = 1
        at = end
    return n, m, at


def no_delimiters() -> Longs:
    """The delimiters before the first ISA: no byte is one."""
    return np.array([-1, -1, -1, 0], np.int64)


def no_segments() -> Segments:
    """A table without segments."""
    none = np.empty(0, np.int32)
    return Segments(np.empty(0, np.uint8), none, np.zeros(1, np.int32), none, np.empty(0, np.uint8))


def tokenize(content: Bytes, prefix: Segments, delimiters: Longs, *, is_end: bool) -> Tokens:
    """The segments of a window that begins with those of `prefix`, and in which `delimiters` hold at first.

    `is_end` says that the file ends with the window.
    """
    begin, n_prefix, m_prefix = prefix.content.size, prefix.code.size, prefix.starts.size
    # Short of the end of the file, what begins an ISA can't be told in the last bytes.
    sure = content.size if is_end else content.size - MAX_ISA
    n_bytes = content.size - begin + MAX_ISA
    while True:
        # A segment has some 25 bytes, an element some 5: room for more, and twice that where it does not do.
        n_segments, n_starts = n_prefix + n_bytes // 8, m_prefix + n_bytes // 2
        code, first = np.empty(n_segments, np.int32), np.empty(n_segments + 1, np.int32)
        starts, component = np.empty(n_starts, np.int32), np.empty(n_segments, np.uint8)
        code[:n_prefix], first[: n_prefix + 1], starts[:m_prefix] = prefix.code, prefix.first, prefix.starts
        component[:n_prefix] = prefix.component
        arrays, cursor = (code, first, starts, component), delimiters.copy()
        n, m, end = scan(content, cursor, begin, sure, arrays, n_prefix, m_prefix)
        if n >= 0:
            break
        n_bytes *= 2
    is_cut = bool(n > n_prefix and starts[m - 1] > content.size and code[n - 1] != IEA)
    if is_cut:
        code[n - 1] = 0
    return Tokens(Segments(content, code[:n], first[: n + 1], starts[:m], component[:n]), end, is_cut)


def delimiters_at(table: Segments, n_prefix: int, row: int, delimiters: Longs) -> Longs:
    """The delimiters that hold before a segment of a window that began with `delimiters`."""
    cursor = delimiters.copy()
    code, since = table.code[n_prefix:row], 0
    for isa in np.flatnonzero(code == ISA)[::-1].tolist():
        at = int(table.starts[table.first[n_prefix + isa]])
        if (end := isa_end(table.content, at)) >= 0:
            _set_delimiters(table.content, cursor, at, end)
            since = isa
            break
    if (code[since:] == IEA).any():
        cursor[IS_OUTSIDE] = 1
    return cursor
