"""Derived tables kept beside what they were derived from: a slice at a time, and only what was touched.

Each table has one part a month, its rows in one order: what is stored depends on what came in, not on the way it
came in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from data.denial_policy import DenialPolicy
from data.keys import Ints, ints
from data.schema import KEY
from data.store.crew import Crew
from data.store.derive import ANCHOR, DERIVED, RULES
from data.store.job import Done, Job
from data.store.manifest import Derived, Manifest
from data.store.parts import month_of, place_of, read_part, write_part
from data.store.slices import (
    INPUTS,
    Months,
    Parts,
    Slice,
    anchors,
    derive_slice,
    in_order,
    is_among,
    month_number,
    n_slices,
    touched_by,
)

FOLDER = "derived"
MONTH = "month"
KEYS = pa.schema([("key", KEY), (MONTH, pa.int64())])


@dataclass(frozen=True, slots=True)
class DeriveSlice(Job[Done]):
    """Derive one slice into files for a while; `new` are the parts whose claim numbers are meant, all if None."""

    folder: str
    parts: Parts
    new: Parts | None
    number: int
    of: int
    rules: dict[str, object]

    def run(self) -> Done:
        """Read, derive, and leave the rows by month for `MergeDerived`."""
        folder = Path(self.folder)
        touched = None if self.new is None else touched_by(folder, self.new)
        policy = DenialPolicy.parse(self.rules)
        said = derive_slice(folder, self.parts, Slice(self.number, self.of, touched), policy)
        for name, table in said.tables.items():
            months = said.months[ANCHOR[name]].of(anchors(name, table))
            rows, months = in_order(name, table, months)
            _leave(folder, name, self.number, rows.append_column(MONTH, pa.array(months)))
        for key, looked_at in said.months.items():
            _leave(folder, key, self.number, pa.table([looked_at.keys, looked_at.months], schema=KEYS))
        return Done([])

    def parse(self, record: Mapping[str, object]) -> Done:
        """The answer again, from JSON values."""
        return Done.parse(record)


@dataclass(frozen=True, slots=True)
class MergeDerived(Job[Done]):
    """Put the slices' rows of one table into its parts; `old` are its parts so far, whose touched rows give way."""

    folder: str
    name: str
    n_slices: int
    old: Sequence[str]

    def run(self) -> Done:
        """The table's parts as they are now, by month."""
        folder = Path(self.folder)
        slices = [_left(folder, self.name, number) for number in range(self.n_slices)]
        looked_at = _looked_at(folder, ANCHOR[self.name], self.n_slices)
        old = {month_number(month_of(path)): path for path in self.old}
        found = (np.unique(ints(rows[MONTH])).tolist() for rows in slices)
        months = sorted({*old, *(month for some in found for month in some)}, key=lambda m: (m < 0, m))
        touched = set(np.unique(looked_at.months).tolist())
        paths = []
        for month in months:
            if month not in touched:
                paths.append(old[month])
                continue
            rows = [_of_month(table, month) for table in slices]
            if month in old:
                stored = read_part(folder, old[month])
                keep = ~is_among(anchors(self.name, stored), looked_at.keys)
                rows.append(stored.filter(pa.array(keep)))
            paths += _write_month(folder, self.name, month, pa.concat_tables(rows))
        return Done(paths)

    def parse(self, record: Mapping[str, object]) -> Done:
        """The answer again, from JSON values."""
        return Done.parse(record)


def _write_month(folder: Path, name: str, month: int, rows: pa.Table) -> Iterator[str]:
    if rows.num_rows:
        ordered = in_order(name, rows, np.full(rows.num_rows, month))[0]
        yield write_part(folder, f"{FOLDER}/{name}/{place_of(month)}", ordered)


def _of_month(table: pa.Table, month: int) -> pa.Table:
    """The rows of one month of a slice's table, which is in the order of months with undated ones last."""
    rows = np.flatnonzero(ints(table[MONTH]) == month)
    first, count = (int(rows[0]), len(rows)) if len(rows) else (0, 0)
    return table.slice(first, count).drop_columns(MONTH)


def _looked_at(folder: Path, key: str, number_of_slices: int) -> Months:
    tables = [_left(folder, key, number) for number in range(number_of_slices)]
    both = pa.concat_tables([KEYS.empty_table(), *tables])
    keys = ints(both["key"])
    order = np.argsort(keys, kind="stable")
    return Months(keys[order], ints(both[MONTH])[order])


def _leave(folder: Path, name: str, number: int, table: pa.Table) -> None:
    """Leave rows for the merge. Never listed: what a killed run leaves is swept away."""
    path = _place(folder, name, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())


def _left(folder: Path, name: str, number: int) -> pa.Table:
    with pa.memory_map(str(_place(folder, name, number))) as source:
        return pa.ipc.open_file(source).read_all()


def _place(folder: Path, name: str, number: int) -> Path:
    return folder / FOLDER / f".{name}.{number}.half"


def signed(manifest: Manifest, made_from: Mapping[str, int], policy: DenialPolicy) -> str:
    """What derived tables carry that were made from these parts, under this policy, by the rules of this program."""
    return manifest.source(made_from, f"{policy.digest} {RULES}")


def is_current(manifest: Manifest, policy: DenialPolicy) -> bool:
    """Whether what is derived is of all that is stored, under this policy."""
    derived, counts = manifest.derived, _counts(manifest)
    return derived is not None and derived.source == signed(manifest, counts, policy)


def derive_anew(folder: Path, manifest: Manifest, policy: DenialPolicy, crew: Crew) -> Derived:
    """Derive what came in since the last time; everything where the policy or the rules are others."""
    counts, parts = _counts(manifest), {name: manifest.parts.get(name, ()) for name in INPUTS}
    old, new = _kept(manifest, policy), None
    if old:
        new = {name: parts[name][old.made_from[name] :] for name in INPUTS}
        n_numbers = len(touched_by(folder, new))
    else:
        n_numbers = how_many(manifest)
    of = n_slices(n_numbers) if n_numbers else 0
    record = policy.record()
    jobs = [DeriveSlice(str(folder), parts, new, number, of, record) for number in range(of)]
    for _ in crew.map(jobs, aside=len(jobs) > 1):
        pass
    merges = [MergeDerived(str(folder), name, of, old.parts[name] if old else ()) for name in DERIVED]
    merged = crew.map(merges, aside=len(jobs) > 1)
    kept = {name: tuple(done.paths) for name, done in zip(DERIVED, merged, strict=True)}
    for path in (folder / FOLDER).glob(".*.half"):
        path.unlink()
    return Derived(signed(manifest, counts, policy), counts, kept)


def _kept(manifest: Manifest, policy: DenialPolicy) -> Derived | None:
    """What is derived already and stays right, but for what came after it."""
    derived = manifest.derived
    if derived is None or derived.source != signed(manifest, derived.made_from, policy):
        return None
    return derived


def signed_anew(manifest: Manifest, policy: DenialPolicy) -> Manifest:
    """The same manifest after its parts were put together otherwise, with the same rows in them."""
    if manifest.derived is None:
        return manifest
    counts = _counts(manifest)
    return replace(
        manifest,
        derived=replace(manifest.derived, source=signed(manifest, counts, policy), made_from=counts),
    )


def _counts(manifest: Manifest) -> dict[str, int]:
    return {name: len(manifest.parts.get(name, ())) for name in INPUTS}


def how_many(manifest: Manifest) -> int:
    """Claim numbers that a store may hold at most, of the kind that it holds most of."""
    kinds = ([file.claims, file.remits, file.statuses] for file in manifest.files)
    return max((sum(kind) for kind in zip(*kinds, strict=True)), default=0)


def keys_of(folder: Path, derived: Derived, name: str, key: str) -> Ints:
    """One key column of a derived table."""
    found = [ints(read_part(folder, path, [key])[key]) for path in derived.parts[name]]
    return np.concatenate([np.zeros(0, np.int64), *found])
