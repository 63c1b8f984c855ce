"""The one way to an element: it checks the segment's own element count, so malformed input never reaches past it.

These take a table's arrays one by one, as numba counts references to what it takes out of a tuple.
"""

from data.readers.x12.compiled import inlined
from data.readers.x12.tokenize import Bytes, Ints


@inlined
def trimmed(content: Bytes, begin: int, end: int) -> tuple[int, int]:
    """The span without blanks and line ends around it; (0, 0) where nothing is left."""
    while begin < end and content[begin] <= 32:
        begin += 1
    while end > begin and content[end - 1] <= 32:
        end -= 1
    if end <= begin:
        return 0, 0
    return begin, end


@inlined
def span(content: Bytes, first: Ints, starts: Ints, row: int, element: int) -> tuple[int, int]:
    """Begin and end of an element in bytes, without blanks around it; (0, 0) where there is none."""
    if row < 0 or row >= first.size - 1 or element < 0:
        return 0, 0
    index = first[row] + element
    if index >= first[row + 1] - 1:
        return 0, 0
    return trimmed(content, starts[index], starts[index + 1] - 1)


@inlined
def part(
    content: Bytes, first: Ints, starts: Ints, component: Bytes, row: int, element: int, k: int
) -> tuple[int, int]:
    """Begin and end of component `k` (0, 1, ...) of an element; (0, 0) where there is none. -1 is all of it."""
    begin, end = span(content, first, starts, row, element)
    if k < 0 or begin >= end:
        return begin, end
    separator = component[row]
    for _ in range(k):
        while begin < end and content[begin] != separator:
            begin += 1
        begin += 1
    stop = begin
    while stop < end and content[stop] != separator:
        stop += 1
    return trimmed(content, begin, stop)
