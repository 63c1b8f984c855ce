"""A world's tables as files: one 837 and one 835 a week, the context, and the truth."""

from collections.abc import Callable
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


Step = Callable[[int, int], None]
"""Told of files written so far, and of all there will be."""


def write_world(
    out: Path,
    *,
    calendar: Calendar,
    claims: ClaimTables,
    remits: list[RemitTables],
    context: pa.Table,
    truth: pa.Table,
    step: Step,
) -> None:
    """Write everything; the truth last, as the sign that the world is whole."""
    _clear(out)
    together = in_payment_order(remits)
    submitted = _days(claims.claims["submitted_on"])
    known = weeks(_days(together.remits["known_on"]))
    end = int(np.searchsorted(submitted, calendar.end))
    parts = [
        *(("claims", *part) for part in _by_week(weeks(submitted[:end]))),
        *([("upcoming", int(weeks(submitted[end])), end, len(submitted))] if end < len(submitted) else []),
        *(("remits", *part) for part in _by_week(known)),
    ]
    for done, (name, week, low, high) in enumerate(parts, 1):
        if name == "remits":
            content = write_remits(remits_between(together, low, high), control=week)
            (out / name / f"{week_name(week)}.835").write_bytes(content)
        else:
            content = write_claims(claims_between(claims, low, high), control=week)
            (out / name / f"{week_name(week)}.837").write_bytes(content)
        step(done, len(parts))
    csv.write_csv(context, out / "context.csv", csv.WriteOptions(quoting_style="needed"))
    pq.write_table(truth, out / TRUTH_FILE)


def _by_week(week: Numbers) -> list[tuple[int, int, int]]:
    """Each week with its first row and the row after its last; rows are in order."""
    found = np.unique(week)
    ends = np.searchsorted(week, found, side="right")
    return list(zip(found.tolist(), np.searchsorted(week, found).tolist(), ends.tolist(), strict=True))


def _clear(out: Path) -> None:
    """Make the folders; an older world there gives way, other people's files do not."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CleanclaimError(
            str(out), found=error.strerror, wanted="a folder that can be written to"
        ) from error
    old = [path for name in FOLDERS for path in (out / name).glob("*")]
    if old and not (out / TRUTH_FILE).is_file():
        raise CleanclaimError(
            str(out), found="files of something else", wanted="a new folder, or an older world"
        )
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
