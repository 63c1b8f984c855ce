"""The one way to an element: it checks the segment's own element count, so malformed input never reaches past it."""

from data.readers.x12.compiled import compiled
from data.readers.x12.tokenize import Segments


@compiled
def span(table: Segments, row: int, element: int) -> tuple[int, int]:
    """Begin and end of an element in bytes, without blanks around it; (0, 0) where there is none."""
    if row < 0 or row >= table.code.size or element < 0:
        return 0, 0
    index = table.first[row] + element
    if index >= table.first[row + 1] - 1:
        return 0, 0
    return trimmed(table, table.starts[index], table.starts[index + 1] - 1)


@compiled
def trimmed(table: Segments, begin: int, end: int) -> tuple[int, int]:
    """The span without blanks and line ends around it; (0, 0) where nothing is left."""
    while begin < end and table.content[begin] <= 32:
        begin += 1
    while end > begin and table.content[end - 1] <= 32:
        end -= 1
    if end <= begin:
        return 0, 0
    return begin, end


@compiled
def part(table: Segments, row: int, element: int, component: int) -> tuple[int, int]:
    """Begin and end of a component (0, 1, ...) of an element; (0, 0) where there is none."""
    begin, end = span(table, row, element)
    separator = table.component[row]
    for _ in range(component):
        while begin < end and table.content[begin] != separator:
            begin += 1
        begin += 1
    if begin >= end:
        return 0, 0
    stop = begin
    while stop < end and table.content[stop] != separator:
        stop += 1
    return trimmed(table, begin, stop)


@compiled
def packed(table: Segments, row: int, element: int, component: int) -> int:
    """Up to seven characters of a component as one number (see `codes.pack`); 0 if absent, -1 if longer."""
    begin, end = part(table, row, element, component)
    if end - begin > 7:
        return -1
    value = 0
    for i in range(begin, end):
        value |= int(table.content[i]) << (8 * (i - begin))
    return value
