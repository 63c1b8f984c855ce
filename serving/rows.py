"""Tables of claims and lines as rows of plain values: read once, for everything that is told of a claim."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeAlias, TypedDict, cast

import pyarrow as pa

from data.claim import Value
from data.few import Lines, rows_of

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


Claims: TypeAlias = list[ClaimRow] | pa.Table
"""What claims say of themselves: a few as rows, or any number as a table."""


def claim_rows(claims: Claims) -> list[ClaimRow]:
    """The rows of a table of claims."""
    return claims if isinstance(claims, list) else cast("list[ClaimRow]", rows_of(claims))


def line_rows(lines: Lines) -> list[LineRow]:
    """The rows of a line table."""
    return cast("list[LineRow]", rows_of(lines))


def fields_of(rows: Sequence[LineRow] | Sequence[ClaimRow]) -> list[dict[str, Value]]:
    """The same rows with all that they hold."""
    return cast("list[dict[str, Value]]", rows)
