"""Is a store whole? Every part as it was written, nothing beside them, keys unique, outcomes as they are derived anew."""

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import StoreError
from data.keys import Ints, grouped, ints
from data.store import manifest as manifests
from data.store.derive import ANCHOR, DERIVED
from data.store.derived import how_many, is_current
from data.store.ingest import LOCK, OURS
from data.store.manifest import WANTED, Derived, Manifest
from data.store.parts import month_of, named_by_content, read_part
from data.store.slices import anchors, derive_slice, in_order, is_among, slices

KEYS = {
    "claims": ("claim_key",),
    "lines": ("claim_key", "line"),
    "claim_details": ("claim_key", "position"),
    "claim_codes": ("claim_key", "position"),
    "claim_providers": ("claim_key", "position"),
    "other_payers": ("claim_key", "other_payer"),
    "other_services": ("claim_key", "line", "other_payer"),
    "other_adjustments": ("claim_key", "line", "other_payer", "position"),
    "remits": ("remit_key",),
    "services": ("remit_key", "service"),
    "adjustments": ("remit_key", "service", "position"),
    "remarks": ("remit_key", "service", "position"),
    "remit_details": ("remit_key", "position"),
    "provider_adjustments": ("adjustment_key",),
    "statuses": ("status_key", "position"),
    "acknowledgements": ("acknowledgement_key",),
}
"""What tells the rows of each table apart."""
HELD_BY = {
    name: (holder, keys[0])
    for holder, below in (
        (
            "claims",
            (
                *("lines", "claim_details", "claim_codes", "claim_providers"),
                *("other_payers", "other_services", "other_adjustments"),
            ),
        ),
        ("remits", ("services", "adjustments", "remarks", "remit_details")),
    )
    for name in below
    for keys in [KEYS[name]]
}
"""Rows that hang from a row of another table, in the same month as that."""
COUNTED = ("claims", "lines", "remits", "adjustments", "statuses", "acknowledgements")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a store, as thing, found, wanted."""

    thing: str
    found: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what is wrong."""

    n_parts: int
    n_rows: int
    faults: tuple[Fault, ...]


def check(folder: Path) -> Checked:
    """Look through the whole store. Raises `StoreError` where there is none, or while an ingest is at work."""
    with _quiet(folder):
        manifest = manifests.load(folder)
        if manifest is None:
            raise StoreError(str(folder), found="no store", wanted=WANTED)
        faults = [*_damaged(folder, manifest), *_unlisted(folder, manifest)]
        if any(fault.thing in manifest.listed() for fault in faults):
            # Rows can't be judged where some are gone: each would be told again as a lost claim.
            return Checked(len(manifest.listed()), 0, tuple(faults))
        rows = {name: _n_rows(folder, paths) for name, paths in manifest.parts.items()}
        faults += _miscounted(manifest, rows)
        for name in KEYS:
            faults += _rows_wrong(folder, manifest, name)
        faults += _derived_otherwise(folder, manifest)
    return Checked(len(manifest.listed()), sum(rows.values()), tuple(faults))


@contextmanager
def _quiet(folder: Path) -> Iterator[None]:
    """Hold off an ingest while looking; nothing is written, so that a store on a read-only disk can be checked."""
    lock = folder / LOCK
    if not lock.is_file():
        yield
        return
    with lock.open() as held:
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(
                str(folder), found="an ingest at work", wanted="a check when it has ended"
            ) from error
        yield


def _damaged(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    for path in sorted(manifest.listed()):
        try:
            content = (folder / path).read_bytes()
        except OSError:
            yield Fault(path, "no such file", "a part that the manifest lists")
            continue
        if named_by_content(content) != Path(path).name:
            yield Fault(
                path, f"other content (SHA-256 {sha256(content).hexdigest()[:20]})", "as it was written"
            )


def _unlisted(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """Files that no manifest lists: halves of a killed ingest, or not the store's at all."""
    known = {*manifest.listed(), manifests.NAME, LOCK}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder)
        if str(name) in known:
            continue
        is_ours = name.parts[0] in OURS and name.suffix in {".parquet", ".half"}
        wanted = "nothing; the next ingest sweeps it away" if is_ours else "nothing that isn't the store's"
        yield Fault(str(name), "a file that the manifest doesn't list", wanted)


def _n_rows(folder: Path, paths: Sequence[str]) -> int:
    return sum(pq.read_metadata(folder / path).num_rows for path in paths)


def _miscounted(manifest: Manifest, rows: Mapping[str, int]) -> Iterator[Fault]:
    for name in COUNTED:
        wanted = sum(getattr(file, name) for file in manifest.files)
        if rows.get(name, 0) != wanted:
            yield Fault(name, f"{rows.get(name, 0):,} rows", f"{wanted:,}, as the files held")


def _rows_wrong(folder: Path, manifest: Manifest, name: str) -> Iterator[Fault]:
    """Rows that are there twice, and rows that hang from nothing.

    A month at a time where a row's month is that of the row it hangs from, so that only one month is in memory; else
    by the key alone, over all months.
    """
    keys = KEYS[name]
    holder = HELD_BY.get(name)
    mine = _by_month(manifest.parts.get(name, ()), apart=holder is not None)
    theirs = _by_month(manifest.parts.get(holder[0], ()) if holder else (), apart=True)
    twice = lost = 0
    for month, paths in mine.items():
        values = _keys(folder, paths, keys)
        twice += len(values[0]) - _n_distinct(values)
        if holder:
            held = _keys(folder, theirs.get(month, []), keys[:1])[0]
            lost += len(np.setdiff1d(values[0], held))
    if twice:
        yield Fault(name, f"{twice:,} rows with the {', '.join(keys)} of another", "each once")
    if lost and holder:
        yield Fault(name, f"rows of {lost:,} {holder[1]}s that are not there", f"each in {holder[0]}")


def _by_month(paths: Sequence[str], *, apart: bool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(month_of(path) if apart else "", []).append(path)
    return found


def _keys(folder: Path, paths: Sequence[str], names: Sequence[str]) -> list[Ints]:
    tables = [read_part(folder, path, names) for path in paths]
    return [
        np.concatenate([np.zeros(0, np.int64), *(ints(table[name]) for table in tables)]) for name in names
    ]


def _n_distinct(keys: Sequence[Ints]) -> int:
    if not len(keys[0]):
        return 0
    return len(np.unique(keys[0])) if len(keys) == 1 else int(grouped(*keys).max()) + 1


def _derived_otherwise(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """Links and outcomes again, from what was read and the policy, beside what is stored."""
    if not manifest.rules and manifest.derived and manifest.policy != _shipped(manifest):
        yield Fault(
            "the denial policy", "only its name", "the policy itself; ingest again with --denial-policy"
        )
        return
    policy = manifest.labelled_by()
    if manifest.derived is None or not is_current(manifest, policy):
        if manifest.files:
            wanted = "derived from all that is stored; the same ingest again does it"
            yield Fault("outcomes", "derived from other parts, or not at all", wanted)
        return
    differing = dict.fromkeys(DERIVED, 0)
    left = {name: _n_rows(folder, paths) for name, paths in manifest.derived.parts.items()}
    for part in slices(how_many(manifest)):
        said = derive_slice(folder, manifest.parts, part, policy)
        for name, table in said.tables.items():
            months = said.months[ANCHOR[name]]
            stored = _stored(folder, manifest.derived, name, months.keys)
            left[name] -= stored.num_rows
            anew = in_order(name, table, months.of(anchors(name, table)))[0]
            if not stored.equals(anew):
                differing[name] += _differing(stored, anew)
    for name, count in differing.items():
        # What no slice has asked for belongs to no claim and no remit of the store.
        if count + left[name]:
            yield Fault(name, f"{count + left[name]:,} rows that differ", "as they are derived anew")


def _stored(folder: Path, derived: Derived, name: str, keys: Ints) -> pa.Table:
    """The stored rows of these keys, in the store's order."""
    found = [DERIVED[name].empty_table()]
    for path in derived.parts[name]:
        table = read_part(folder, path)
        found.append(table.filter(pa.array(is_among(anchors(name, table), keys))))
    return pa.concat_tables(found)


def _shipped(manifest: Manifest) -> dict[str, str]:
    return Manifest().with_policy(manifest.labelled_by()).policy


def _differing(stored: pa.Table, anew: pa.Table) -> int:
    """How many rows of either are not in the other, whichever has more of them."""
    sides = [
        table.append_column("side", pa.array(np.full(table.num_rows, side)))
        for table, side in ((stored, 1), (anew, -1))
    ]
    sums = pa.concat_tables(sides).group_by(anew.column_names).aggregate([("side", "sum")])["side_sum"]
    return max(int(pc.sum(some).as_py() or 0) for some in (pc.greater(sums, 0), pc.less(sums, 0)))
