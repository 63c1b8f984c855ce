"""Segments as text, and columns as lists of text that is safe to put into them."""

import re
from collections.abc import Iterable
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from data.errors import InvalidClaim

ELEMENT, COMPONENT, REPETITION, TERMINATOR = "*", ":", "^", "~"
NAMES = frozenset({"payer_name", "billing_name", "payee_name"})
"""Free text: a delimiter in it becomes a blank. Anywhere else a delimiter would change a code, and is refused."""

_UNSAFE = r"[*:^~\x00-\x1f]"


def segment(*elements: str) -> str:
    """A segment without its terminator; elements left empty at its end are left out."""
    return ELEMENT.join(elements).rstrip(ELEMENT)


def composite(components: Iterable[str]) -> str:
    """An element of components; components left empty at its end are left out."""
    return COMPONENT.join(components).rstrip(COMPONENT)


def texts(table: pa.Table, id_column: str) -> dict[str, list[str]]:
    """Every column as a list of text, "" for null: amounts with a point, dates as CCYYMMDD.

    Raises InvalidClaim if a code holds a delimiter of X12.
    """
    ids = table.column(id_column)
    return {name: _texts(name, table.column(name), ids) for name in table.column_names}


def _texts(name: str, column: pa.ChunkedArray, ids: pa.ChunkedArray) -> list[str]:
    if pa.types.is_date(column.type):
        return _listed(pc.strftime(column, format="%Y%m%d"))
    if pa.types.is_string(column.type):
        return _listed(_safe(name, column, ids))
    if name.endswith("_cents"):
        return [money(value) for value in column.to_pylist()]
    return [number(value) for value in column.to_pylist()]


def _listed(column: pa.ChunkedArray) -> list[str]:
    listed: list[str] = pc.fill_null(column, "").to_pylist()
    return listed


def _safe(name: str, column: pa.ChunkedArray, ids: pa.ChunkedArray) -> pa.ChunkedArray:
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


def money(cents: int | None) -> str:
    """Cents as an amount: 123450 is 1234.5, as X12 wants it (no needless zeros)."""
    if cents is None:
        return ""
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    if not rest:
        return f"{sign}{whole}"
    return f"{sign}{whole}.{rest:02d}".rstrip("0")


def number(value: float | None) -> str:
    """A count or quantity without needless zeros, never with an exponent."""
    if value is None:
        return ""
    if value != int(value):
        return format(Decimal(repr(value)), "f")
    return str(int(value))
