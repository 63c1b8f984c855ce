"""Rows to columns: quick for one claim that waits for its score, and for a file of a million."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import pyarrow as pa

from data.readers.fhir.values import Row, Value

ROWS_AT_ONCE = 8_000

Column: TypeAlias = "pa.Array[pa.Scalar[pa.DataType]]"


@dataclass(frozen=True, slots=True)
class Layout:
    """A schema, and its columns as name and type; types go by their names, which are quicker to look up."""

    schema: pa.Schema
    empty: pa.Table
    columns: tuple[tuple[str, str], ...]


def layout(schema: pa.Schema) -> Layout:
    """The layout of a schema, to be made once."""
    return Layout(schema, schema.empty_table(), tuple((column.name, str(column.type)) for column in schema))


class Rows:
    """Rows of several tables, turned into columns from time to time so that they stay small."""

    def __init__(self, layouts: Mapping[str, Layout]) -> None:
        self._layouts = layouts
        self._rows: dict[str, list[Row]] = {name: [] for name in layouts}
        self._parts: dict[str, list[pa.Table]] = {name: [] for name in layouts}

    def add(self, table: str, rows: Sequence[Row]) -> None:
        """Takes rows of a table in; what a row doesn't say is null."""
        held = self._rows[table]
        held += rows
        if len(held) >= ROWS_AT_ONCE:
            self._turn()

    def whole(self) -> dict[str, pa.Table]:
        """All rows of each table, in the order they came."""
        self._turn()
        return {name: self._joined(name, parts) for name, parts in self._parts.items()}

    def _joined(self, name: str, parts: list[pa.Table]) -> pa.Table:
        if not parts:
            return self._layouts[name].empty
        return pa.concat_tables(parts) if len(parts) > 1 else parts[0]

    def _turn(self) -> None:
        held = {name: rows for name, rows in self._rows.items() if rows}
        made = _tables([(self._layouts[name], rows) for name, rows in held.items()])
        for name, table in zip(held, made, strict=True):
            self._parts[name].append(table)
            self._rows[name] = []


def _tables(parts: Sequence[tuple[Layout, list[Row]]]) -> list[pa.Table]:
    """Tables of rows: all columns of one type are made in one go, over all tables, then cut apart without a copy."""
    values: dict[str, list[Value]] = {}
    cuts: list[list[int | None]] = []
    for layout, rows in parts:
        cuts.append(_put(layout, rows, values))
    made = {kind: _column(held, kind) for kind, held in values.items()}
    return [_cut(layout, len(rows), its, made) for (layout, rows), its in zip(parts, cuts, strict=True)]


def _put(layout: Layout, rows: list[Row], values: dict[str, list[Value]]) -> list[int | None]:
    """Puts each column of which anything is said among the values of its type; tells where."""
    said = {name for row in rows for name, value in row.items() if value is not None}
    cuts: list[int | None] = []
    for name, kind in layout.columns:
        if name in said:
            held = values.setdefault(kind, [])
            cuts.append(len(held))
            held += [row.get(name) for row in rows]
        else:
            cuts.append(None)
    return cuts


def _column(values: list[Value], kind: str) -> Column:
    """Values as a column; a number too large for it is no amount and no count of anything, and left out."""
    try:
        return pa.array(values, _type(kind))
    except (OverflowError, pa.ArrowInvalid):
        most = 1 << (_type(kind).bit_width - 1)
        kept = [v if isinstance(v, int) and -most <= v < most else None for v in values]
        return pa.array(kept, _type(kind))


def _cut(layout: Layout, n: int, cuts: list[int | None], made: Mapping[str, Column]) -> pa.Table:
    columns = [
        _nulls(kind, n) if start is None else made[kind].slice(start, n)
        for (_, kind), start in zip(layout.columns, cuts, strict=True)
    ]
    batch = pa.RecordBatch.from_arrays(columns, schema=layout.schema)  # quicker than a table from arrays
    return pa.Table.from_batches([batch])


@lru_cache
def _type(kind: str) -> pa.DataType:
    return pa.date32() if kind == "date32[day]" else pa.type_for_alias(kind)


@lru_cache(maxsize=256)
def _nulls(kind: str, n: int) -> Column:
    """A column of which nothing is said: it can't change, so one will do for all of its length."""
    return pa.nulls(n, _type(kind))
