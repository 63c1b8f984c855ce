"""Tables of claims and lines as rows of plain values: read once, for everything that is told of a claim."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypedDict, cast

import pyarrow as pa

from data.claim import Value

Row = Mapping[str, object]


class ClaimRow(TypedDict):
    """What an answer repeats of its claim; the row holds all columns of `data.schema.CLAIMS`."""

    claim_id: str | None
    payer_id: str | None
    payer_name: str | None
    billing_npi: str | None
    submitted_on: date


class LineRow(TypedDict):
    """What an answer repeats of a line; the row holds all columns of `data.schema.LINE_TABLE`."""

    line: int
    payer_id: str | None
    procedure: str | None
    charge_cents: int | None


def claim_rows(claims: pa.Table) -> list[ClaimRow]:
    """The rows of a table of claims."""
    return cast("list[ClaimRow]", _rows(claims))


def line_rows(lines: pa.Table) -> list[LineRow]:
    """The rows of a line table."""
    return cast("list[LineRow]", _rows(lines))


def fields_of(rows: Sequence[LineRow]) -> Sequence[Mapping[str, Value]]:
    """The same rows with all that they hold."""
    return cast("Sequence[Mapping[str, Value]]", rows)


def _rows(table: pa.Table) -> list[dict[str, object]]:
    """The values of each row under the names of their columns, in the order of the schema."""
    names, columns = table.column_names, [_values(column) for column in table.columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _values(column: pa.ChunkedArray) -> list[object]:
    n = len(column)
    return [None] * n if column.null_count == n else column.to_pylist()  # most columns of a claim are empty
