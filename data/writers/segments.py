"""Columns of text that are safe to put into X12, and segments made of them, many at once."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import InvalidClaim

ELEMENT, COMPONENT, REPETITION, TERMINATOR = "*", ":", "^", "~"
LINE_END = TERMINATOR + "\n"
NAMES = frozenset({"payer_name", "billing_name", "payee_name"})
"""Free text: a delimiter in it becomes a blank. Anywhere else a delimiter would change a code, and is refused."""

_UNSAFE = r"[*:^~\x00-\x1f]"
_IS_UNSAFE = np.zeros(256, np.bool_)
_IS_UNSAFE[[*range(32), *(ord(sign) for sign in "*:^~")]] = True

Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Element: TypeAlias = pa.Array | str
Texts = dict[str, pa.Array]

SIGNS = pa.array(["", "-"])
PARTS_OF_HUNDRED = pa.array(["", *(f".{rest:02d}".rstrip("0") for rest in range(1, 100))])


def segment(*elements: str) -> str:
    """A segment without its terminator; elements left empty at its end are left out."""
    return ELEMENT.join(elements).rstrip(ELEMENT)


def segments(name: str, *elements: Element) -> pa.Array:
    """A segment for every row, without its terminator; elements left empty at its end are left out."""
    return _joined((name, *elements), ELEMENT)


def composite(*components: Element) -> pa.Array:
    """An element of components for every row; components left empty at its end are left out."""
    return _joined(components, COMPONENT)


def _joined(parts: Sequence[Element], separator: str) -> pa.Array:
    whole = [pa.scalar(part) if isinstance(part, str) else part for part in parts]
    text = pc.binary_join_element_wise(*whole, separator, null_handling="replace", null_replacement="")
    return pc.ascii_rtrim(text, separator)


def some(elements: Sequence[Element], where: Flags) -> list[Element]:
    """The elements of some rows."""
    rows = pa.array(np.flatnonzero(where))
    return [part if isinstance(part, str) else part.take(rows) for part in elements]


def is_said(column: pa.Array) -> Flags:
    """Which rows say something."""
    said: Flags = pc.is_valid(column).to_numpy(zero_copy_only=False)
    return said


def only(column: pa.Array, where: Flags) -> pa.Array:
    """A column, null but in some rows."""
    return pc.if_else(pa.array(where), column, pa.scalar(None, pa.string()))


def texts(table: pa.Table, ids: pa.Array) -> Texts:
    """Every column as text, null for nothing: amounts with a point, dates as CCYYMMDD.

    `ids` name the rows in errors. Raises InvalidClaim if a code holds a delimiter of X12.
    """
    return {name: _texts(name, flat(table.column(name)), ids) for name in table.column_names}


def flat(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _texts(name: str, column: pa.Array, ids: pa.Array) -> pa.Array:
    if pa.types.is_date(column.type):
        return _each(column, lambda days: pc.strftime(days, format="%Y%m%d"))
    if pa.types.is_string(column.type):
        return _safe(name, column, ids)
    if name.endswith("_cents"):
        return money(column)
    if pa.types.is_floating(column.type):
        return _each(column, lambda values: pa.array([number(v) for v in values.to_pylist()], pa.string()))
    return column.cast(pa.string())


def _each(column: pa.Array, text: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Each distinct value as text once."""
    if column.null_count == len(column):
        return pa.nulls(len(column), pa.string())
    coded = column.dictionary_encode()
    return text(coded.dictionary).take(coded.indices)


def _safe(name: str, column: pa.Array, ids: pa.Array) -> pa.Array:
    # One look at all bytes: a delimiter is rare.
    if not _IS_UNSAFE[_bytes_of(column)].any():
        return column
    unsafe = pc.fill_null(pc.match_substring_regex(column, _UNSAFE), False)
    if not pc.any(unsafe).as_py():
        return column
    if name in NAMES:
        return pc.replace_substring_regex(column, _UNSAFE, " ")
    thing = ids[pc.index(unsafe, True).as_py()].as_py()
    shown = re.sub(_UNSAFE, " ", str(thing))
    raise InvalidClaim(
        shown, field=name, found="a delimiter of X12", wanted="text without * : ^ ~ or line ends"
    )


def _bytes_of(column: pa.Array) -> npt.NDArray[np.uint8]:
    """The bytes of its texts, and not of the column that it may be a slice of."""
    _, offsets, data = column.buffers()
    if not data or not offsets:
        return np.zeros(0, np.uint8)
    ends = np.frombuffer(offsets, np.int32, len(column) + 1, column.offset * 4)
    return np.frombuffer(data, np.uint8, ends[-1] - ends[0], ends[0])


def money(cents: pa.Array) -> pa.Array:
    """Cents as amounts: 123450 is 1234.5, as X12 wants it (no needless zeros)."""
    amounts = pc.fill_null(cents, 0).to_numpy(zero_copy_only=False)
    whole, rest = np.divmod(np.abs(amounts), 100)
    parts = SIGNS.take(pa.array((amounts < 0).astype(np.int8))), pa.array(whole).cast(pa.string())
    text = pc.binary_join_element_wise(*parts, PARTS_OF_HUNDRED.take(pa.array(rest)), "")
    return pc.if_else(pc.is_valid(cents), text, pa.scalar(None, pa.string()))


def number(value: float | None) -> str | None:
    """A count or quantity without needless zeros, never with an exponent."""
    if value is None:
        return None
    if value != int(value):
        return format(Decimal(repr(value)), "f")
    return str(int(value))
