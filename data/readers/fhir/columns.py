"""Rows to columns: quick for one claim that waits for its score, and for a file of a million."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from data.readers.fhir.values import Row

ROWS_AT_ONCE = 8_000


@dataclass(frozen=True, slots=True)
class Layout:
    """A schema with its columns by type: those of one type are made in one go, then cut apart without a copy."""

    schema: pa.Schema
    empty: pa.Table
    by_type: tuple[tuple[pa.DataType, tuple[str, ...]], ...]


def layout(schema: pa.Schema) -> Layout:
    """The layout of a schema, to be made once."""
    names: dict[pa.DataType, list[str]] = {}
    for column in schema:
        names.setdefault(column.type, []).append(column.name)
    by_type = tuple((kind, tuple(of_kind)) for kind, of_kind in names.items())
    return Layout(schema, schema.empty_table(), by_type)


@dataclass(slots=True)
class Rows:
    """Rows of one table, turned into columns from time to time so that they stay small."""

    layout: Layout
    rows: list[Row] = field(default_factory=list)
    parts: list[pa.Table] = field(default_factory=list)

    def add(self, rows: Sequence[Row]) -> None:
        """Takes rows in; what a row doesn't say is null."""
        self.rows += rows
        if len(self.rows) >= ROWS_AT_ONCE:
            self._turn()

    def whole(self) -> pa.Table:
        """All rows, in the order they came."""
        if self.rows:
            self._turn()
        if not self.parts:
            return self.layout.empty
        return pa.concat_tables(self.parts) if len(self.parts) > 1 else self.parts[0]

    def by_offset(self) -> pa.Table:
        """All rows, in the order of the file."""
        whole = self.whole()
        return whole.sort_by("offset") if whole.num_rows > 1 else whole

    def _turn(self) -> None:
        rows, n = self.rows, len(self.rows)
        columns: dict[str, pa.Array[pa.Scalar[pa.DataType]]] = {}
        for kind, names in self.layout.by_type:
            values = pa.array([row.get(name) for name in names for row in rows], kind)
            columns |= {name: values.slice(at * n, n) for at, name in enumerate(names)}
        schema = self.layout.schema
        self.parts.append(pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema))
        self.rows = []
