"""A world's tables as files: one 837 and one 835 a week, the context, and the truth."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from data.errors import CleanclaimError
from data.schema import CONTEXT, ClaimTables, RemitTables
from data.simulator.calendar import Calendar, first_day, week_name, weeks
from data.simulator.catalogue import Numbers
from data.simulator.changes import CHANGES_FILE
from data.simulator.damage import Damage
from data.simulator.policy_book import write_book
from data.simulator.telling import Telling
from data.simulator.truth import TRUTH
from data.writers.claim837 import write_claims
from data.writers.remit835 import write_remits
from data.writers.status277 import write_statuses

FOLDERS = ("claims", "statuses", "remits", "upcoming", "policy")
TRUTH_FILE = "truth.parquet"
CORRUPTED_FILE = "corrupted.csv"
TOGETHER = 40_000
"""Claims of which tables are made at once, and cut into weeks: memory does not grow with the tables."""

Step = Callable[[int, int], None]
"""Told of files written so far, and of all there will be."""


class Told(Protocol):
    """A world as it is written: tables of some of its claims, or of the answers of some days."""

    @property
    def calendar(self) -> Calendar:
        """When it ends."""

    @property
    def submitted(self) -> Numbers:
        """[claims]: days, in order."""

    @property
    def told_on(self) -> Numbers:
        """Days of all answers."""

    def claim_tables(self, rows: Numbers) -> ClaimTables:
        """Of these claims."""

    def remit_tables(self, since: int, until: int) -> list[RemitTables]:
        """Of the days from `since` to before `until`."""

    @property
    def status_on(self) -> Numbers:
        """[claims]: the day on which each was taken in or turned away."""

    def status_table(self, rows: Numbers) -> pa.Table:
        """Statuses of these claims."""

    def telling(self) -> Telling:
        """How payers write their answers."""

    def policy_book(self) -> Mapping[str, pa.Table]:
        """What the billing office knows of the payers' lists."""

    def context_table(self, rows: Numbers) -> pa.Table:
        """Of these claims."""

    def truth(self, rows: Numbers) -> pa.Table:
        """Of these claims."""

    def changes(self) -> pa.Table:
        """What changes on the way."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week and its rows, from `low` to before `high`."""

    number: int
    low: int
    high: int


def write_world(out: Path, world: Told, damage: Damage, *, step: Step) -> None:
    """Write everything, some weeks at a time; the truth last, as the sign that the world is whole."""
    _clear(out)
    submitted = world.submitted
    end, n = int(np.searchsorted(submitted, world.calendar.end)), len(submitted)
    ahead = [Week(int(weeks(submitted[end])), end, n)] if end < n else []
    telling = world.telling()
    answered = np.argsort(world.status_on, kind="stable")
    said = _weeks(world.status_on[answered][world.status_on[answered] < world.calendar.end])
    sent, told = _weeks(submitted[:end]), _weeks(np.sort(world.told_on))
    files = chain(
        *(_claim_files(out / "claims", world, span) for span in _spans(sent)),
        *(_claim_files(out / "upcoming", world, span) for span in _spans(ahead)),
        *(_status_files(out / "statuses", world, answered, span) for span in _spans(said)),
        *(_remit_files(out / "remits", world, telling, span) for span in _spans(told)),
    )
    n_files = len(sent) + len(ahead) + len(said) + len(told)
    for done, (path, content) in enumerate(files, 1):
        for arrived, harmed in damage.files(path, content):
            arrived.write_bytes(harmed)
        step(done, n_files)
    damage.write(out / CORRUPTED_FILE)
    _write_beside(out, world)


def _weeks(days: Numbers) -> list[Week]:
    """The weeks of days that are in order."""
    week = weeks(days)
    found = np.unique(week)
    low, high = np.searchsorted(week, found), np.searchsorted(week, found, side="right")
    return [Week(*each) for each in zip(found.tolist(), low.tolist(), high.tolist(), strict=True)]


def _spans(found: list[Week]) -> Iterator[list[Week]]:
    """Weeks of which tables are made at once."""
    span: list[Week] = []
    for week in found:
        span.append(week)
        if week.high - span[0].low >= TOGETHER:
            yield span
            span = []
    if span:
        yield span


def _claim_files(folder: Path, world: Told, span: list[Week]) -> Iterator[tuple[Path, bytes]]:
    first = span[0].low
    tables = world.claim_tables(np.arange(first, span[-1].high))
    for week in span:
        content = write_claims(
            claims_between(tables, week.low - first, week.high - first), control=week.number
        )
        yield folder / f"{week_name(week.number)}.837", content


def _status_files(
    folder: Path, world: Told, answered: Numbers, span: list[Week]
) -> Iterator[tuple[Path, bytes]]:
    """`answered`: the claims in the order of the days on which they were taken in or turned away."""
    for week in span:
        table = world.status_table(np.sort(answered[week.low : week.high]))
        table = table.sort_by(
            [(name, "ascending") for name in ("known_on", "source_role", "source_id", "status_key")]
        )
        yield folder / f"{week_name(week.number)}.277", write_statuses(table, control=week.number)


def _remit_files(
    folder: Path, world: Told, telling: Telling, span: list[Week]
) -> Iterator[tuple[Path, bytes]]:
    since, until = (first_day(number) for number in (span[0].number, span[-1].number + 1))
    tables = telling.tell(in_payment_order(world.remit_tables(since, until)))
    for week in _weeks(_days(tables.remits["known_on"])):
        content = write_remits(remits_between(tables, week.low, week.high), control=week.number)
        yield folder / f"{week_name(week.number)}.835", content


def _write_beside(out: Path, world: Told) -> None:
    """Policy book, changes; context and truth, some claims at a time."""
    write_book(world.policy_book(), out / "policy")
    n = len(world.submitted)
    parts = [np.arange(low, min(low + TOGETHER, n)) for low in range(0, n, TOGETHER)]
    plain = csv.WriteOptions(quoting_style="needed")
    csv.write_csv(world.changes(), out / CHANGES_FILE, plain)
    with csv.CSVWriter(out / "context.csv", CONTEXT, write_options=plain) as context:
        for rows in parts:
            context.write_table(world.context_table(rows))
    with pq.ParquetWriter(out / TRUTH_FILE, TRUTH) as truth:
        for rows in parts:
            truth.write_table(world.truth(rows))


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
        if path.suffix in {".837", ".277", ".835", ".csv"}:
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
    """Remits of these rows with what hangs from them and from their payments; whole payments only."""
    children = []
    for child in (tables.services, tables.adjustments, tables.remarks, tables.remit_details):
        first, last = np.searchsorted(child["remit_key"].to_numpy(), [low, high]).tolist()
        children.append(child.slice(first, last - first))
    remits = tables.remits.slice(low, high - low)
    first, last = np.searchsorted(
        _days(tables.provider_adjustments["known_on"]), _days(remits["known_on"])[[0, -1]] + [0, 1]
    ).tolist()
    adjusted = tables.provider_adjustments.slice(first, last - first)
    return replace(RemitTables(remits, *children), provider_adjustments=adjusted)
