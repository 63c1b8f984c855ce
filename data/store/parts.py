"""Parquet parts: tables written by month, each file named by its own content."""

from collections.abc import Iterator, Sequence
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
)
from data.store.manifest import write_whole

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
    "rejects": pa.schema([*REJECTS, ("sha256", CODE)]),
    "context": CONTEXT,
}
"""Every table that is kept as it was read."""

UNDATED = "undated"


def write_months(folder: Path, name: str, table: pa.Table, day: Column) -> list[str]:
    """Write a table's rows by the month of `day`; returns the files' paths below `folder`, oldest month first."""
    if table.num_rows == 0:
        return []
    months = _months(day)
    order = np.argsort(months, kind="stable")
    ordered = table.cast(SCHEMAS[name]).take(pa.array(order))
    starts = np.flatnonzero(np.diff(months[order], prepend=-2))
    ends = [*starts[1:], len(order)]
    return [
        write_part(
            folder, f"{name}/month={_month_name(months[order[start]])}", ordered.slice(start, end - start)
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def _months(day: Column) -> Ints:
    """Months since 1970; -1 where there is no day."""
    days = ints(day, null=-1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    missing = pc.is_null(day).to_numpy()
    return np.where(missing, -1, np.maximum(days, 0))


def _month_name(month: int) -> str:
    return UNDATED if month < 0 else str(np.datetime64(int(month), "M"))


def named_by_content(content: bytes) -> str:
    """The name of a part with this content."""
    return f"{sha256(content).hexdigest()[:20]}.parquet"


def write_part(folder: Path, place: str, table: pa.Table) -> str:
    """Write one Parquet file under a name made from its content; returns its path below `folder`."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", compression_level=1)
    content = sink.getvalue().to_pybytes()
    path = f"{place}/{named_by_content(content)}"
    if not (folder / path).exists():
        write_whole(folder / path, content)
    return path


def write_claims(folder: Path, tables: ClaimTables) -> dict[str, list[str]]:
    """Claims and lines by the month of submission."""
    day = tables.claims["submitted_on"]
    of_line = _beside(day, ints(tables.claims["claim_key"]), ints(tables.lines["claim_key"]))
    return {
        "claims": write_months(folder, "claims", tables.claims, day),
        "lines": write_months(folder, "lines", tables.lines, of_line),
    }


def write_remits(folder: Path, tables: RemitTables) -> dict[str, list[str]]:
    """Remits and what hangs from them by the month in which they became known."""
    day, keys = tables.remits["known_on"], ints(tables.remits["remit_key"])
    paths = {"remits": write_months(folder, "remits", tables.remits, day)}
    for name in ("services", "adjustments", "remarks"):
        table = getattr(tables, name)
        paths[name] = write_months(folder, name, table, _beside(day, keys, ints(table["remit_key"])))
    return paths


def _beside(day: Column, keys: Ints, wanted: Ints) -> Column:
    row = row_of(wanted, keys)
    return day.take(pa.array(row, mask=row < 0))


def read_parts(
    folder: Path, schema: pa.Schema, paths: Sequence[str], *, until: date | None = None
) -> pa.Table:
    """The rows of the parts as one table; with `until`, parts of later months and undated ones are left out.

    Raises `StoreError` for a part that is missing or damaged.
    """
    wanted = [path for path in paths if until is None or _month_of(path) <= f"{until:%Y-%m}"]
    return pa.concat_tables([schema.empty_table(), *_read(folder, wanted)])


def _read(folder: Path, paths: Sequence[str]) -> Iterator[pa.Table]:
    for path in paths:
        try:
            yield pq.ParquetFile(folder / path).read()
        except FileNotFoundError:
            raise
        except (OSError, pa.ArrowInvalid) as error:
            raise StoreError(
                str(folder / path), found="a damaged part", wanted="the file as it was written"
            ) from error


def _month_of(path: str) -> str:
    return path.split("/")[1].removeprefix("month=")
