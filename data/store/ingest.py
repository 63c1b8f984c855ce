"""Ingest: read files, write parts, derive outcomes, then put the new manifest in place.

Files are read in blocks. Each block ends with a manifest of its own, so a run that was killed goes on where it was;
what it left half-written is swept away first. The same files always give the same parts, by name and by content.
"""

import fcntl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.context import read_context
from data.denial_policy import DenialPolicy
from data.errors import StoreError, UnreadableFile
from data.keys import Ints, ints
from data.readers.files import read_files
from data.schema import CODE, REJECTS, ClaimTables, Reading, RemitTables
from data.store import manifest as manifests
from data.store.derive import DERIVED, derive
from data.store.manifest import Derived, Manifest, SourceFile
from data.store.parts import SCHEMAS, read_parts, write_claims, write_part, write_remits
from data.store.report import IngestReport, write_list

LOCK = ".lock"
BLOCK = 250_000
"""Claims and remits that are held in memory before they are written."""
MOST_TOLD = 20
"""Files that can't be read are named one by one up to here; all of them are in the list of rejects."""
OURS = {*SCHEMAS, "derived", LOCK, manifests.NAME, f".{manifests.NAME}.half"}

Progress = Callable[[str], None]


@dataclass(slots=True)
class _Block:
    """What was read and is not written yet."""

    readings: list[Reading] = field(default_factory=list)
    rows: int = 0

    def add(self, reading: Reading) -> None:
        self.readings.append(reading)
        self.rows += reading.claims.claims.num_rows + reading.remits.remits.num_rows

    def claims(self) -> ClaimTables:
        read = [reading.claims for reading in self.readings]
        return ClaimTables(pa.concat_tables(t.claims for t in read), pa.concat_tables(t.lines for t in read))

    def remits(self) -> RemitTables:
        names = RemitTables.__slots__
        read = [reading.remits for reading in self.readings]
        return RemitTables(*(pa.concat_tables(getattr(t, name) for t in read) for name in names))

    def rejects(self) -> pa.Table:
        return pa.concat_tables([SCHEMAS["rejects"].empty_table(), *(_rejects(r) for r in self.readings)])


class Ingest:
    """One run of an ingest into the store at `folder`."""

    def __init__(self, folder: Path, policy: DenialPolicy | None, progress: Progress | None) -> None:
        self._folder = folder
        self._policy = policy or DenialPolicy.load()
        self._is_given = policy is not None
        self._progress = progress or (lambda _: None)
        self._manifest = Manifest()
        self._new: list[SourceFile] = []
        self._seen: set[str] = set()
        self._refused: list[UnreadableFile] = []

    def run(self, paths: Sequence[Path], context: Path | None, rejects: Path | None) -> IngestReport:
        """Take the files in and say what was done. Raises `StoreError` for a folder that is no store."""
        beside = read_context(context) if context else None
        _refuse_nowhere(paths)
        with self._locked():
            self._manifest = manifests.load(self._folder) or Manifest()
            earlier = self._manifest.labelled_by() if self._manifest.derived else self._policy
            self._policy = self._policy if self._is_given else earlier
            sweep(self._folder, self._manifest)
            before = self._states()
            self._read_all(paths)
            if context and beside is not None:
                self._add_context(context, beside)
            after = self._derive()
            sweep(self._folder, self._manifest)
            if rejects:
                self._list(rejects, after)
        return self._report(before, _states(after), earlier)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One ingest at a time; the lock goes with the process, however it ends."""
        if self._folder.is_file() or (self._folder.is_dir() and _foreign(self._folder)):
            raise StoreError(str(self._folder), found="something else", wanted="an empty folder or a store")
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StoreError(
                    str(self._folder), found="another ingest at work", wanted="one at a time"
                ) from error
            yield

    def _read_all(self, paths: Sequence[Path]) -> None:
        known = {file.sha256 for file in self._manifest.files}
        block = _Block()
        for reading in read_files(paths, known=known):
            if isinstance(reading, UnreadableFile):
                self._refused.append(reading)
                self._progress(reading.thing)
                continue
            self._progress(reading.source)
            self._seen.add(reading.sha256)
            if reading.sha256 in known:
                continue
            known.add(reading.sha256)
            block.add(reading)
            if block.rows >= BLOCK:
                self._write(block)
                block = _Block()
        if block.readings:
            self._write(block)

    def _write(self, block: _Block) -> None:
        """Parts first, then the manifest that lists them."""
        parts = write_claims(self._folder, block.claims()) | write_remits(self._folder, block.remits())
        rejects = block.rejects()
        if rejects.num_rows:
            parts["rejects"] = [write_part(self._folder, "rejects/all", rejects)]
        files = [_counted(reading) for reading in block.readings]
        self._new += files
        manifest = replace(self._manifest, files=(*self._manifest.files, *files))
        self._commit(manifest.with_parts(parts))

    def _add_context(self, path: Path, table: pa.Table) -> None:
        content = sha256(path.read_bytes()).hexdigest()
        if content in self._manifest.context:
            return
        part = write_part(self._folder, "context/all", table)
        manifest = replace(self._manifest, context=(*self._manifest.context, content))
        self._commit(manifest.with_parts({"context": [part]}))

    def _derive(self) -> Mapping[str, pa.Table]:
        """Links and outcomes of all that is in the store now; worked out anew only where something changed."""
        if not (self._manifest.files or self._manifest.context):
            # Nothing was ever read: no store is made of nothing.
            return {name: schema.empty_table() for name, schema in DERIVED.items()}
        source, named = self._manifest.source(self._policy.digest), self._manifest.with_policy(self._policy)
        if self._manifest.derived and self._manifest.derived.source == source:
            if named != self._manifest:
                self._commit(named)
            return read_derived(self._folder, self._manifest.derived)
        tables = derive(*read_all(self._folder, self._manifest), self._policy)
        parts = {name: write_part(self._folder, f"derived/{name}", table) for name, table in tables.items()}
        self._commit(replace(named, derived=Derived(source, parts)))
        return tables

    def _commit(self, manifest: Manifest) -> None:
        manifest.save(self._folder)
        self._manifest = manifest

    def _states(self) -> Mapping[str, Ints]:
        if self._manifest.derived is None:
            return {}
        return _states(read_derived(self._folder, self._manifest.derived))

    def _list(self, folder: Path, derived: Mapping[str, pa.Table]) -> None:
        """What could not be read of the files given, and the remits that need a person."""
        kept = read_parts(self._folder, SCHEMAS["rejects"], self._manifest.parts.get("rejects", ()))
        mine = kept.filter(pc.is_in(kept["sha256"], pa.array(sorted(self._seen), CODE))).drop_columns(
            "sha256"
        )
        refused = [
            {
                "source": error.thing,
                "offset": 0,
                "segment": None,
                "reason": f"{error.found}, wanted {error.wanted}",
            }
            for error in self._refused
        ]
        write_list(
            folder / "rejects.csv", pa.concat_tables([mine, pa.Table.from_pylist(refused, schema=REJECTS)])
        )
        for name in ("ambiguous", "unmatched", "quarantined"):
            write_list(folder / f"{name}.csv", derived[name])
        unreliable = derived["outcomes"].filter(pc.equal(derived["outcomes"]["outcome"], "unreliable"))
        write_list(folder / "unreliable.csv", unreliable.select(["remit_key", "claim_key", "line"]))

    def _report(
        self, before: Mapping[str, Ints], after: Mapping[str, Ints], earlier: DenialPolicy
    ) -> IngestReport:
        new = {name: len(np.setdiff1d(keys, before.get(name, keys[:0]))) for name, keys in after.items()}
        totals = {
            name: sum(getattr(file, name) for file in self._new)
            for name in ("claims", "lines", "remits", "adjustments", "rejected")
        }
        totals["rejected"] += len(self._refused)
        notes = [str(error) for error in self._refused[:MOST_TOLD]]
        if len(self._refused) > MOST_TOLD:
            notes.append(f"{len(self._refused) - MOST_TOLD:,} more files could not be read.")
        if new["unmatched"]:
            notes.append(
                f"{new['unmatched']:,} remits answer claims that are not in the store: they are kept, and will be"
                " matched when the 837 files of those claims are ingested."
            )
        if self._policy.digest != earlier.digest:
            notes.append(
                f"All answers were labelled anew under the denial policy {self._policy.title}; it was {earlier.title}."
            )
        skipped = len(self._seen) - len(self._new)
        return IngestReport(
            files=len(self._new),
            skipped=skipped,
            policy=self._policy.title,
            notes=tuple(notes),
            **totals,
            **new,
        )


def _refuse_nowhere(paths: Sequence[Path]) -> None:
    """Paths that all lead nowhere are a slip of the pen: no store is made for them."""
    if not any(path.exists() for path in paths):
        raise UnreadableFile(
            str(paths[0]) if paths else "the paths", found="no such file or folder", wanted="837 or 835 files"
        )


def _rejects(reading: Reading) -> pa.Table:
    """What the file's reader could not use; a file in which there was nothing to use is listed as a whole."""
    rejects = reading.rejects
    if reading.claims.claims.num_rows + reading.remits.remits.num_rows + rejects.num_rows == 0:
        row = {
            "source": reading.source,
            "offset": 0,
            "segment": None,
            "reason": "no claim and no remit in this file",
        }
        rejects = pa.Table.from_pylist([row], schema=REJECTS)
    return rejects.append_column("sha256", pa.array([reading.sha256] * rejects.num_rows, CODE))


def _counted(reading: Reading) -> SourceFile:
    return SourceFile(
        reading.sha256,
        reading.claims.claims.num_rows,
        reading.claims.lines.num_rows,
        reading.remits.remits.num_rows,
        reading.remits.adjustments.num_rows,
        _rejects(reading).num_rows,
    )


def _states(derived: Mapping[str, pa.Table]) -> Mapping[str, Ints]:
    """The remits in each state, by key."""
    states = {
        name: ints(derived[name]["remit_key"]) for name in ("linked", "ambiguous", "unmatched", "quarantined")
    }
    said = pa.concat_tables([derived["outcomes"], derived["later"]])
    states["unreliable"] = np.unique(ints(said.filter(pc.equal(said["outcome"], "unreliable"))["remit_key"]))
    return states


def read_all(folder: Path, manifest: Manifest) -> tuple[ClaimTables, RemitTables, pa.Table]:
    """All claims, remits and statuses of the store."""
    tables = {name: read_parts(folder, SCHEMAS[name], manifest.parts.get(name, ())) for name in SCHEMAS}
    claims = ClaimTables(tables["claims"], tables["lines"])
    remits = RemitTables(*(tables[name] for name in RemitTables.__slots__))
    return claims, remits, tables["statuses"]


def read_derived(folder: Path, derived: Derived) -> Mapping[str, pa.Table]:
    """The derived tables as they were written."""
    return {name: read_parts(folder, schema, [derived.parts[name]]) for name, schema in DERIVED.items()}


def sweep(folder: Path, manifest: Manifest) -> None:
    """Remove what no manifest lists: halves of a killed run, and tables derived anew since."""
    listed = manifest.listed()
    for path in [*folder.rglob("*.parquet"), *folder.rglob("*.half")]:
        if str(path.relative_to(folder)) not in listed:
            path.unlink()


def _foreign(folder: Path) -> bool:
    return any(path.name not in OURS for path in folder.iterdir())
