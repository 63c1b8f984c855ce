"""Parquet parts: tables written by month, each file named by its own content."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import StoreError
from data.keys import Column, Ints, ints, row_of
from data.schema import (
    ACKNOWLEDGEMENTS,
    ADJUSTMENTS,
    CLAIM_CODES,
    CLAIM_DETAILS,
    CLAIM_PROVIDERS,
    CLAIMS,
    CODE,
    CONTEXT,
    LINES,
    OTHER_ADJUSTMENTS,
    OTHER_PAYERS,
    OTHER_SERVICES,
    PROVIDER_ADJUSTMENTS,
    REJECTS,
    REMARKS,
    REMIT_DETAILS,
    REMITS,
    SERVICES,
    STATUSES,
    ClaimTables,
    RemitTables,
    StatusTables,
)
from data.store.manifest import write_whole

UNUSED_COUNTS = pa.schema([("sha256", CODE), ("segment", CODE), ("reason", CODE), ("n_segments", pa.int64())])
"""How many segments of a file nothing here reads, by kind: nothing is lost in silence."""

SCHEMAS = {
    "claims": CLAIMS,
    "lines": LINES,
    "claim_details": CLAIM_DETAILS,
    "claim_codes": CLAIM_CODES,
    "claim_providers": CLAIM_PROVIDERS,
    "other_payers": OTHER_PAYERS,
    "other_services": OTHER_SERVICES,
    "other_adjustments": OTHER_ADJUSTMENTS,
    "remits": REMITS,
    "services": SERVICES,
    "adjustments": ADJUSTMENTS,
    "remarks": REMARKS,
    "remit_details": REMIT_DETAILS,
    "provider_adjustments": PROVIDER_ADJUSTMENTS,
    "statuses": STATUSES,
    "acknowledgements": ACKNOWLEDGEMENTS,
    "unused_counts": UNUSED_COUNTS,
    "rejects": pa.schema([*REJECTS, ("sha256", CODE)]),
    "context": CONTEXT,
}
"""Every table that is kept as it was read."""

UNDATED = "undated"
WHOLE = "all"
"""The place of tables that are not kept by month."""


def write_months(folder: Path, name: str, table: pa.Table, month: Ints) -> list[str]:
    """Write a table's rows by month (`months_of`); returns the files' paths below `folder`, oldest month first."""
    if table.num_rows == 0:
        return []
    if (np.diff(month) < 0).any():
        order = np.argsort(month, kind="stable")
        table, month = table.take(pa.array(order)), month[order]
    starts = np.flatnonzero(np.diff(month, prepend=-2))
    ends = [*starts[1:], len(month)]
    return [
        write_part(folder, f"{name}/{place_of(month[start])}", table.slice(start, end - start))
        for start, end in zip(starts, ends, strict=True)
    ]


def months_of(day: Column) -> Ints:
    """Months since 1970; -1 where there is no day."""
    days = ints(day, null=-1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    missing = pc.is_null(day).to_numpy()
    return np.where(missing, -1, np.maximum(days, 0))


def place_of(month: int) -> str:
    """The folder of a month's parts, below that of their table."""
    return f"month={UNDATED if month < 0 else np.datetime64(int(month), 'M')}"


def named_by_content(content: bytes) -> str:
    """The name of a part with this content."""
    return f"{sha256(content).hexdigest()[:20]}.parquet"


def write_part(folder: Path, place: str, table: pa.Table) -> str:
    """Write one Parquet file under a name made from its content; returns its path below `folder`."""
    sink = pa.BufferOutputStream()
    # One chunk a column: the same rows give the same bytes, however they were gathered.
    pq.write_table(table.combine_chunks(), sink, compression="zstd", compression_level=1)
    return keep_part(folder, place, sink.getvalue())


def keep_part(folder: Path, place: str, content: pa.Buffer) -> str:
    """Keep what a Parquet writer made; returns its path below `folder`."""
    path = f"{place}/{named_by_content(content)}"
    if not (folder / path).exists():
        write_whole(folder / path, content.to_pybytes())
    return path


def write_claims(folder: Path, tables: ClaimTables) -> dict[str, list[str]]:
    """Claims and all that hangs from them by the month of submission."""
    return _write_family(folder, tables, "claims", tables.claims["submitted_on"])


def write_remits(folder: Path, tables: RemitTables) -> dict[str, list[str]]:
    """Remits and what hangs from them by the month in which they became known."""
    return _write_family(folder, tables, "remits", tables.remits["known_on"])


def write_statuses(folder: Path, tables: StatusTables) -> dict[str, list[str]]:
    """Statuses and acknowledgements by the month in which they became known."""
    return _write_family(folder, tables, "statuses", tables.statuses["known_on"])


def _write_family(
    folder: Path, tables: ClaimTables | RemitTables | StatusTables, head: str, day: Column
) -> dict[str, list[str]]:
    """Each table of a family; its head by `day`, the others by a day of their own or that of their head's row."""
    month = months_of(day)
    paths = {}
    for name in tables.__slots__:
        table = getattr(tables, name)
        if not table.num_rows:
            continue
        if name == head:
            of_rows = month
        elif "known_on" in table.column_names and key_of(name) != key_of(head):
            of_rows = months_of(table["known_on"])
        else:
            of_rows = _beside(month, ints(getattr(tables, head)[key_of(head)]), ints(table[key_of(head)]))
        paths[name] = write_months(folder, name, _typed(name, table), of_rows)
    return paths


def key_of(name: str) -> str:
    """The column that tells whose row it is: the first one of each of these tables."""
    key: str = SCHEMAS[name].names[0]
    return key


def _typed(name: str, table: pa.Table) -> pa.Table:
    return table if table.schema.equals(SCHEMAS[name]) else table.cast(SCHEMAS[name])


def _beside(month: Ints, keys: Ints, wanted: Ints) -> Ints:
    """The month of each wanted key's row; -1 where there is none."""
    if len(month) and (month == month[0]).all():
        return np.full(len(wanted), month[0])
    row = row_of(wanted, keys)
    return np.where(row < 0, -1, month[row] if len(month) else -1)


def read_parts(
    folder: Path,
    schema: pa.Schema,
    paths: Sequence[str],
    *,
    until: date | None = None,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """The rows of the parts as one table, all columns or those named.

    With `until`, parts of later months and undated ones are left out. Raises `StoreError` for a part that is missing
    or damaged.
    """
    wanted = [path for path in paths if until is None or month_of(path) <= f"{until:%Y-%m}"]
    empty = schema.empty_table() if columns is None else schema.empty_table().select(columns)
    return pa.concat_tables([empty, *(read_part(folder, path, columns) for path in wanted)])


def read_part(folder: Path, path: str, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of one part. Raises `FileNotFoundError`, and `StoreError` for a damaged one."""
    try:
        return pq.ParquetFile(folder / path).read(columns=columns)
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowInvalid) as error:
        raise StoreError(
            str(folder / path), found="a damaged part", wanted="the file as it was written"
        ) from error


def month_of(path: str) -> str:
    """The month of a part, as its path says it: 2026-01, or "undated"."""
    return path.split("/")[-2].removeprefix("month=")
