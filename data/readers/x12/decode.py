"""From spans to columns: Arrow arrays of text, cents, days and numbers.

Values that are there but can't be read become nulls, and the caller is told which.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.readers.x12.compiled import compiled
from data.readers.x12.select import Flags, Spans
from data.readers.x12.tokenize import Bytes, Ints, Longs

Floats = npt.NDArray[np.float64]

ABSENT, READ, WRONG = 0, 1, 2
MAX_DIGITS = 15
"""More digits than that are no amount of money, and would not fit."""
FIRST_YEAR, LAST_YEAR = 1880, 2100


@compiled
def _gather(content: Bytes, begin: Longs, end: Longs, skip: int, offsets: Ints, out: Bytes) -> int:
    """Copy the values one after the other, leaving out one byte; returns the highest byte seen."""
    at, highest = 0, 0
    for i in range(begin.size):
        for k in range(begin[i], end[i]):
            byte = content[k]
            if byte != skip:
                out[at] = byte
                at += 1
                if byte > highest:
                    highest = byte
        offsets[i + 1] = at
    return highest


def _bitmap(valid: Flags) -> pa.Buffer:
    return pa.py_buffer(np.packbits(valid, bitorder="little"))


def texts(content: Bytes, where: Spans, *, without: str = "") -> pa.StringArray:
    """The values as text, blanks around them gone, `without` one character."""
    n = where.begin.size
    n_bytes = int(where.end.sum() - where.begin.sum())
    if not n_bytes:
        return pa.nulls(n, pa.string())
    offsets = np.zeros(n + 1, np.int32)
    out = np.empty(n_bytes, np.uint8)
    highest = _gather(content, where.begin, where.end, ord(without) if without else -1, offsets, out)
    if highest >= 128:
        return not_ascii(offsets, out)
    valid = offsets[1:] > offsets[:-1]
    buffers = [_bitmap(valid), pa.py_buffer(offsets), pa.py_buffer(out)]
    return pa.StringArray.from_buffers(n, buffers[1], buffers[2], buffers[0])


def not_ascii(offsets: Ints, out: Bytes) -> pa.StringArray:
    """UTF-8 where it is that, else Latin-1: X12 names no encoding."""
    data = out.tobytes()
    pieces = [data[a:b] for a, b in pairwise(offsets.tolist())]
    values = [_decoded(piece) or None for piece in pieces]
    return pa.array(values, pa.string())


def _decoded(piece: bytes) -> str:
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        return piece.decode("latin-1")


@compiled
def _decimal(content: Bytes, begin: int, end: int) -> tuple[int, int, int]:
    """A number as digits, how many of them are decimals, and whether it could be read. No float, no rounding."""
    if end <= begin:
        return 0, 0, ABSENT
    at = begin
    sign = -1 if content[at] == 45 else 1
    if content[at] in (43, 45):
        at += 1
    value, n_digits, n_decimals, n_points = 0, 0, 0, 0
    for i in range(at, end):
        byte = content[i]
        if byte == 46 and n_points == 0:
            n_points = 1
        elif 48 <= byte <= 57 and n_digits < MAX_DIGITS:
            value = value * 10 + (byte - 48)
            n_decimals += n_points
            n_digits += 1 if value else 0
        else:
            return 0, 0, WRONG
    if end - at == n_points:
        return 0, 0, WRONG
    return sign * value, n_decimals, READ


@compiled
def one_amount(content: Bytes, begin: int, end: int) -> tuple[int, int]:
    """An amount in cents, and whether it is one."""
    value, n_decimals, state = _decimal(content, begin, end)
    while n_decimals > 2 and value % 10 == 0:
        value //= 10
        n_decimals -= 1
    if n_decimals > 2:
        return 0, WRONG
    return value * (100 if n_decimals == 0 else (10 if n_decimals == 1 else 1)), state


@compiled
def one_number(content: Bytes, begin: int, end: int) -> tuple[float, int]:
    """A number, and whether it is one."""
    value, n_decimals, state = _decimal(content, begin, end)
    return value / 10.0**n_decimals, state


@compiled
def one_count(content: Bytes, begin: int, end: int, most: int) -> tuple[int, int]:
    """A whole number from 1 to `most`, and whether it is one."""
    value, n_decimals, state = _decimal(content, begin, end)
    while n_decimals > 0 and value % 10 == 0:
        value //= 10
        n_decimals -= 1
    if state == READ and (n_decimals > 0 or value < 1 or value > most):
        return 0, WRONG
    return value, state


@compiled
def _cents(content: Bytes, begin: Longs, end: Longs, values: Longs, state: Bytes) -> None:
    for i in range(begin.size):
        values[i], state[i] = one_amount(content, begin[i], end[i])


@compiled
def _numbers(content: Bytes, begin: Longs, end: Longs, values: Floats, state: Bytes) -> None:
    for i in range(begin.size):
        values[i], state[i] = one_number(content, begin[i], end[i])


@compiled
def _digits(content: Bytes, begin: int, n: int) -> int:
    """`n` digits as a number, -1 if one is none."""
    value = 0
    for i in range(begin, begin + n):
        if not 48 <= content[i] <= 57:
            return -1
        value = value * 10 + (content[i] - 48)
    return value


@compiled
def _days_in_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 else 28
    return 30 if month in (4, 6, 9, 11) else 31


@compiled
def _day(content: Bytes, begin: int, end: int) -> tuple[int, int, int]:
    """Days since 1970-01-01 of CCYYMMDD (more digits are a time) or YYMMDD; the year; whether it is a date."""
    if end <= begin:
        return 0, 0, ABSENT
    if end - begin not in (6, 8, 12, 14):
        return 0, 0, WRONG
    n = 2 if end - begin == 6 else 4
    year, month = _digits(content, begin, n), _digits(content, begin + n, 2)
    day = _digits(content, begin + n + 2, 2)
    if n == 2 and year >= 0:
        year += 2000 if year < 70 else 1900
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= _days_in_month(year, month)):
        return 0, 0, WRONG
    # Days from the civil calendar, counting years from March (Howard Hinnant's method).
    shifted = year - 1 if month <= 2 else year
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    days = shifted * 365 + shifted // 4 - shifted // 100 + shifted // 400 + of_year - 719468
    return days, year, READ


@compiled
def one_day(content: Bytes, begin: int, end: int, side: int) -> tuple[int, int, int]:
    """Like `_day`; of a period its first day (side 0) or its last."""
    first, last = begin, end
    dash = first
    while dash < last and content[dash] != 45:
        dash += 1
    if side == 0:
        last = dash
    elif dash < last:
        first = dash + 1
    day, year, state = _day(content, first, last)
    return day, year, (WRONG if state == ABSENT and end > begin else state)


@compiled
def _days(
    content: Bytes, begin: Longs, end: Longs, side: int, values: Ints, years: Ints, state: Bytes
) -> None:
    for i in range(begin.size):
        values[i], years[i], state[i] = one_day(content, begin[i], end[i], side)


@dataclass(frozen=True, slots=True)
class Read:
    """A column of numbers, with what became of each value."""

    values: npt.NDArray[np.int64] | npt.NDArray[np.int32] | npt.NDArray[np.float64]
    state: Bytes

    @property
    def valid(self) -> Flags:
        """Which values are there and could be read."""
        valid: Flags = self.state == READ
        return valid

    @property
    def wrong(self) -> Flags:
        """Which values are there and could not be read."""
        wrong: Flags = self.state == WRONG
        return wrong

    def column(self, kind: pa.DataType) -> pa.Array:
        """As an Arrow array, null where nothing was read."""
        return column(self.values, self.valid, kind)


def column(values: npt.NDArray[np.generic], valid: Flags, kind: pa.DataType) -> pa.Array:
    """An Arrow array of numbers or dates out of numpy's, without a copy where the width is right."""
    # Not kind.to_pandas_dtype(): it wants pandas, which what serves doesn't have.
    letter = "f" if pa.types.is_floating(kind) else "i"
    width = np.ascontiguousarray(values, dtype=f"{letter}{kind.bit_width // 8}")
    return pa.Array.from_buffers(kind, width.size, [_bitmap(valid), pa.py_buffer(width)])


def cents(content: Bytes, where: Spans) -> Read:
    """Amounts as whole cents, exactly; more than two decimals (other than zeros) are not an amount."""
    n = where.begin.size
    values, state = np.zeros(n, np.int64), np.zeros(n, np.uint8)
    _cents(content, where.begin, where.end, values, state)
    return Read(values, state)


def numbers(content: Bytes, where: Spans) -> Read:
    """Quantities, correctly rounded."""
    n = where.begin.size
    values, state = np.zeros(n, np.float64), np.zeros(n, np.uint8)
    _numbers(content, where.begin, where.end, values, state)
    return Read(values, state)


def counts(content: Bytes, where: Spans, *, least: int, most: int) -> Read:
    """Whole numbers between `least` and `most`."""
    read = numbers(content, where)
    fits = (read.values == np.floor(read.values)) & (read.values >= least) & (read.values <= most)
    state = np.where((read.state == READ) & ~fits, WRONG, read.state).astype(np.uint8)
    return Read(read.values.astype(np.int64), state)


def days(content: Bytes, where: Spans, *, last: bool = False) -> Read:
    """Dates (D8, DT, or one side of RD8) as days since 1970-01-01."""
    return _dates(content, where, side=int(last))[0]


def _dates(content: Bytes, where: Spans, *, side: int) -> tuple[Read, Ints]:
    n = where.begin.size
    values, year, state = np.zeros(n, np.int32), np.zeros(n, np.int32), np.zeros(n, np.uint8)
    _days(content, where.begin, where.end, side, values, year, state)
    return Read(values, state), year
