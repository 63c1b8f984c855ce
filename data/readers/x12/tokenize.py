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
def _stray_end(content: Bytes, cursor: Longs, at: int) -> int:
    """After an interchange: where text that is no segment ends, the next ISA; -1 if this is a segment."""
    separator = cursor[ELEMENT]
    if at + 4 >= content.size or content[at + 2] == separator or content[at + 3] == separator:
        return -1
    later = next_isa(content, at)
    if later < content.size:
        return later
    cursor[IS_OUTSIDE] = 0
    return -1


@compiled
def _write(content: Bytes, cursor: Longs, at: int, limit: int, starts: Longs, m: int) -> tuple[int, int]:
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
def _limit(content: Bytes, cursor: Longs, at: int) -> int:
    """Take the delimiters of an ISA beginning here; say how far a segment beginning here may reach."""
    isa = isa_end(content, at)
    if isa >= 0:
        _set_delimiters(content, cursor, at, isa)
    elif cursor[IS_OUTSIDE]:
        later = _stray_end(content, cursor, at)
        if later >= 0:
            return later
    return int(content.size)


@compiled
def _put(
    content: Bytes,
    cursor: Longs,
    at: int,
    limit: int,
    arrays: tuple[Ints, Ints, Longs, Bytes],
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
def _note(cursor: Longs, code: int, begin: int, ends_file: int) -> None:
    """Remember what the next block has to know."""
    cursor[IS_CUT] = ends_file if code != IEA else 0
    if code == GS:
        cursor[GS_AT] = begin
    elif code == IEA:
        cursor[IS_OUTSIDE] = 1


@compiled
def scan(
    content: Bytes, cursor: Longs, stop: int, arrays: tuple[Ints, Ints, Longs, Bytes]
) -> tuple[int, int]:
    """Walk from the cursor to the first SE that ends at or after `stop`, writing segments; how many, and of starts.

    Begins with the ISA and GS that the cursor stands in. Returns (-1, -1) if the arrays are too small.
    """
    n, m, size = 0, 0, content.size
    for begin in (cursor[ISA_AT], cursor[GS_AT]):
        if begin >= 0:
            count, end = _put(content, cursor, begin, size, arrays, n, m)
            if count < 0:
                return -1, -1
            m, n = m + count, n + 1
    at = cursor[AT]
    while at < size:
        if content[at] <= BLANK or content[at] == cursor[TERMINATOR]:
            at += 1
            continue
        limit = _limit(content, cursor, at)
        count, end = _put(content, cursor, at, limit, arrays, n, m)
        if count < 0:
            return -1, -1
        m, n = m + count, n + 1
        code = arrays[0][n - 1]
        _note(cursor, code, at, int(end >= size))
        at = end
        if code == SE and end >= stop:
            break
    cursor[AT] = at
    return n, m


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
    at = int(cursor[AT])
    n_prefix = int((cursor[[ISA_AT, GS_AT]] >= 0).sum())
    n_bytes = min(block_bytes, content.size - at) + MAX_ISA
    while True:
        # A segment has some 25 bytes, an element some 5: room for more, and twice that where it does not do.
        n_segments, n_starts = n_bytes // 8, n_bytes // 2
        code, first = np.zeros(n_segments, np.int32), np.zeros(n_segments + 1, np.int32)
        starts, component = np.zeros(n_starts, np.int64), np.zeros(n_segments, np.uint8)
        attempt = cursor.copy()
        n, m = scan(content, attempt, at + block_bytes, (code, first, starts, component))
        if n >= 0:
            break
        n_bytes *= 2
    cursor[:] = attempt
    is_cut = bool(cursor[IS_CUT]) and n > n_prefix
    if is_cut:
        code[n - 1] = 0
    return Block(Segments(content, code[:n], first[: n + 1], starts[:m], component[:n]), n_prefix, is_cut)
