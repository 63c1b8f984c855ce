"""Is a store whole? Every part as it was written, nothing beside them, keys unique, outcomes as they are derived anew."""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import StoreError
from data.keys import grouped, ints
from data.store import manifest as manifests
from data.store.derive import derive
from data.store.ingest import LOCK, OURS, read_all, read_derived
from data.store.manifest import WANTED, Manifest
from data.store.parts import SCHEMAS, named_by_content, read_parts

KEYS = {
    "claims": ("claim_key",),
    "lines": ("claim_key", "line"),
    "remits": ("remit_key",),
    "services": ("remit_key", "service"),
    "adjustments": ("remit_key", "service", "position"),
    "remarks": ("remit_key", "service", "position"),
}
"""What tells the rows of each table apart."""
HELD_BY = {
    "lines": ("claims", "claim_key"),
    "services": ("remits", "remit_key"),
    "adjustments": ("remits", "remit_key"),
    "remarks": ("remits", "remit_key"),
}
"""Rows that hang from a row of another table."""
COUNTED = ("claims", "lines", "remits", "adjustments")


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
        tables = {name: read_parts(folder, SCHEMAS[name], manifest.parts.get(name, ())) for name in SCHEMAS}
        faults += [*_miscounted(manifest, tables), *_repeated(tables), *_orphans(tables)]
        faults += _derived_otherwise(folder, manifest)
    return Checked(len(manifest.listed()), sum(t.num_rows for t in tables.values()), tuple(faults))


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


def _miscounted(manifest: Manifest, tables: Mapping[str, pa.Table]) -> Iterator[Fault]:
    for name in COUNTED:
        wanted = sum(getattr(file, name) for file in manifest.files)
        if tables[name].num_rows != wanted:
            yield Fault(name, f"{tables[name].num_rows:,} rows", f"{wanted:,}, as the files held")


def _repeated(tables: Mapping[str, pa.Table]) -> Iterator[Fault]:
    for name, keys in KEYS.items():
        n_rows = tables[name].num_rows
        values = grouped(*(ints(tables[name][key]) for key in keys)) if n_rows else np.empty(0, np.int64)
        if (twice := n_rows - len(np.unique(values))) > 0:
            yield Fault(name, f"{twice:,} rows with the {', '.join(keys)} of another", "each once")


def _orphans(tables: Mapping[str, pa.Table]) -> Iterator[Fault]:
    for name, (holder, key) in HELD_BY.items():
        lost = np.setdiff1d(ints(tables[name][key]), ints(tables[holder][key]))
        if lost.size:
            yield Fault(name, f"rows of {lost.size:,} {key}s that are not there", f"each in {holder}")


def _derived_otherwise(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """Links and outcomes again, from what was read and the policy, beside what is stored."""
    if not manifest.rules and manifest.derived and manifest.policy != _shipped(manifest):
        yield Fault(
            "the denial policy", "only its name", "the policy itself; ingest again with --denial-policy"
        )
        return
    policy = manifest.labelled_by()
    if manifest.derived is None or manifest.derived.source != manifest.source(policy.digest):
        if manifest.files:
            wanted = "derived from all that is stored; the same ingest again does it"
            yield Fault("outcomes", "derived from other parts, or not at all", wanted)
        return
    stored = read_derived(folder, manifest.derived)
    for name, table in derive(*read_all(folder, manifest), policy).items():
        if not stored[name].equals(table):
            yield Fault(
                name, f"{_differing(stored[name], table):,} rows that differ", "as they are derived anew"
            )


def _shipped(manifest: Manifest) -> dict[str, str]:
    return Manifest().with_policy(manifest.labelled_by()).policy


def _differing(stored: pa.Table, anew: pa.Table) -> int:
    """How many rows of two tables of the same order are not the same."""
    both = min(stored.num_rows, anew.num_rows)
    differ = np.zeros(both, bool)
    for name in anew.column_names:
        mine, theirs = stored[name].slice(0, both), anew[name].slice(0, both)
        same = pc.equal(mine, theirs).fill_null(False)
        both_null = pc.and_(pc.is_null(mine), pc.is_null(theirs))
        differ |= ~pc.or_(same, both_null).to_numpy()
    return int(np.count_nonzero(differ)) + abs(int(stored.num_rows) - int(anew.num_rows))
