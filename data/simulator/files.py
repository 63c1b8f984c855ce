"""A world's tables as files: one 837 and one 835 a week, the context, and the truth."""

from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from data.errors import CleanclaimError
from data.schema import ClaimTables, RemitTables
from data.simulator.calendar import Calendar, week_name, weeks
from data.simulator.catalogue import Numbers
from data.writers.claim837 import write_claims
from data.writers.remit835 import write_remits

FOLDERS = ("claims", "remits", "upcoming")
TRUTH_FILE = "truth.parquet"
Tables = TypeVar("Tables", ClaimTables, RemitTables)


def write_world(
    out: Path, *, calendar: Calendar, claims: ClaimTables, remits: list[RemitTables], context: pa.Table, truth: pa.Table
) -> None:
    """Write everything; the truth last, as the sign that the world is whole."""
    _clear(out)
    submitted = _days(claims.claims["submitted_on"])
    row_week = weeks(submitted)
    for name, within in (("claims", submitted < calendar.end), ("upcoming", submitted >= calendar.end)):
        for week in np.unique(row_week[within]).tolist():
            rows = np.flatnonzero(within & (row_week == week))
            content = write_claims(claims_between(claims, int(rows[0]), int(rows[-1]) + 1), control=week)
            (out / name / f"{week_name(week)}.837").write_bytes(content)
    together = in_payment_order(remits)
    known = weeks(_days(together.remits["known_on"]))
    for week in np.unique(known).tolist():
        low, high = np.searchsorted(known, [week, week + 1]).tolist()
        (out / "remits" / f"{week_name(week)}.835").write_bytes(write_remits(remits_between(together, low, high), control=week))
    csv.write_csv(context, out / "context.csv", csv.WriteOptions(quoting_style="needed"))
    pq.write_table(truth, out / TRUTH_FILE)


def _clear(out: Path) -> None:
    """Make the folders; an older world there gives way, other people's files do not."""
    out.mkdir(parents=True, exist_ok=True)
    old = [path for name in FOLDERS for path in (out / name).glob("*")]
    if old and not (out / TRUTH_FILE).is_file():
        raise CleanclaimError(str(out), found="files of something else", wanted="a new folder, or an older world")
    (out / TRUTH_FILE).unlink(missing_ok=True)
    for path in old:
        if path.suffix in {".837", ".835"}:
            path.unlink()
    for name in FOLDERS:
        (out / name).mkdir(exist_ok=True)


def _days(column: pa.ChunkedArray) -> Numbers:
    return np.asarray(column.cast(pa.int32()).to_numpy(), dtype=np.int64)


def claims_between(tables: ClaimTables, low: int, high: int) -> ClaimTables:
    """Claims of these rows with their lines; both tables are in the order of the claims."""
    claims = tables.claims.slice(low, high - low)
    keys = tables.lines["claim_key"].to_numpy()
    wanted = claims["claim_key"].to_numpy()
    first, last = np.searchsorted(keys, [wanted[0], wanted[-1] + 1]).tolist()
    return ClaimTables(claims, tables.lines.slice(first, last - first))


def in_payment_order(parts: list[RemitTables]) -> RemitTables:
    """All answers by day, payer and claim; a reversal before what is told instead."""
    remits = pa.concat_tables([part.remits for part in parts])
    order = np.lexsort(
        (
            np.repeat(np.arange(len(parts)), [part.remits.num_rows for part in parts]),
            remits["claim_id"].to_numpy(zero_copy_only=False).astype("U"),
            remits["payer_id"].to_numpy(zero_copy_only=False).astype("U"),
            _days(remits["known_on"]),
        )
    )
    keys = remits["remit_key"].to_numpy()[order]
    by_key = np.argsort(keys)
    children = []
    for name in ("services", "adjustments", "remarks"):
        child = pa.concat_tables([getattr(part, name) for part in parts])
        rank = by_key[np.searchsorted(keys[by_key], child["remit_key"].to_numpy())]
        numbered = child.set_column(0, child.schema.field(0), pa.array(rank))
        children.append(numbered.take(pa.array(np.lexsort((child["service"].to_numpy(), rank)))))
    ranked = remits.take(pa.array(order))
    ranked = ranked.set_column(0, ranked.schema.field(0), pa.array(np.arange(len(order))))
    return RemitTables(ranked.combine_chunks(), *(child.combine_chunks() for child in children))


def remits_between(tables: RemitTables, low: int, high: int) -> RemitTables:
    """Remits of these rows with what hangs from them."""
    children = []
    for child in (tables.services, tables.adjustments, tables.remarks):
        first, last = np.searchsorted(child["remit_key"].to_numpy(), [low, high]).tolist()
        children.append(child.slice(first, last - first))
    return RemitTables(tables.remits.slice(low, high - low), *children)
