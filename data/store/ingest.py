"""Ingest: read files, write parts, derive outcomes, then put the new manifest in place.

Files are read in batches, side by side where there is enough to do. A batch is committed when all those before it are,
by a manifest of its own: a run that was killed goes on where it was, and what it left half-written is swept away. The
same files always give the same parts, by name and by content.
"""

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from data.context import read_context_file
from data.denial_policy import DenialPolicy
from data.errors import StoreError, UnreadableFile
from data.policy import PolicyBook
from data.readers.tables import TableMapping
from data.store import batch
from data.store import manifest as manifests
from data.store.batch import ReadBatch, Refused, Taken
from data.store.book import FOLDER as BOOK
from data.store.book import write_book
from data.store.compact import compact
from data.store.crew import Crew, on_all_cores
from data.store.derived import FOLDER, derive_anew, is_current, signed_anew
from data.store.lists import commonest_reasons, write_lists
from data.store.manifest import Manifest, SourceFile
from data.store.parts import SCHEMAS, WHOLE, write_part
from data.store.plan import batches
from data.store.report import IngestReport
from data.store.states import changes

LOCK = ".lock"
OURS = {*SCHEMAS, FOLDER, BOOK, LOCK, manifests.NAME, f".{manifests.NAME}.half"}
WORTH_WORKERS = 60 << 20
"""Bytes of files from which on starting other processes pays."""
MOST_TOLD = 20
"""Files that can't be read are named one by one up to here; all of them are in the list of rejects."""
LOCK_TRIES, LOCK_PAUSE_S = 40, 0.05
"""The processes of a killed ingest take a moment to end."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What one ingest was asked to take in, and how."""

    paths: Sequence[Path]
    context: Path | None = None
    rejects: Path | None = None
    workers: int | None = None
    mapping: TableMapping | None = None
    book: Path | None = None
    """A folder of lists: the payers' policy book, which replaces the one that the store has."""


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
        self._refused: list[Refused] = []

    def run(self, asked: Asked) -> IngestReport:
        """Take the files in and say what was done. Raises `StoreError` for a folder that is no store."""
        beside = read_context_file(asked.context) if asked.context else None
        book = _book(asked.book) if asked.book else None
        if asked.paths or book is None:
            _refuse_nowhere(asked.paths)
        with _locked(self._folder) as lock:
            before = self._manifest = manifests.load(self._folder) or Manifest()
            earlier = before.labelled_by() if before.derived else self._policy
            self._policy = self._policy if self._is_given else earlier
            sweep(self._folder, before)
            with Crew(asked.workers or on_all_cores(), lock) as crew:
                self._read_all(asked, crew)
                if asked.context and beside is not None:
                    self._add_context(asked.context, beside.table)
                    self._refused += _unread(beside.rejects)
                if book is not None:
                    self._keep_book(book[0])
                    self._refused += _unread(book[1])
                self._derive(crew)
                self._compact(crew)
            report = self._report(before, earlier)
            if book is not None:
                report = replace(report, policy_entries=book[0].n_entries)
            sweep(self._folder, self._manifest)
            if asked.rejects:
                write_lists(asked.rejects, self._folder, self._manifest, self._seen, self._refused)
        return report

    def _read_all(self, asked: Asked, crew: Crew) -> None:
        plan = list(batches(asked.paths))
        known = sorted(file.sha256 for file in self._manifest.files)
        jobs = [self._job(asked, [str(path) for path in one.paths], known) for one in plan]
        n_bytes = sum(one.n_bytes for one in plan)
        aside = len(jobs) > 1 and (asked.workers is not None or n_bytes > WORTH_WORKERS)
        for job, taken in zip(jobs, crew.map(jobs, aside=aside), strict=True):
            held = {file.sha256 for file in self._manifest.files}
            if any(file.sha256 in held for file in taken.files):
                # Another batch of this run had the same file: this one again, without it.
                taken = self._job(asked, job.paths, sorted(held)).run()
            self._commit_batch(taken)

    def _job(self, asked: Asked, paths: Sequence[str], known: Sequence[str]) -> ReadBatch:
        mapping = asked.mapping.record if asked.mapping else None
        return ReadBatch(str(self._folder), paths, known, batch.ROWS, mapping)

    def _commit_batch(self, taken: Taken) -> None:
        """The parts are on the disk; now the manifest that lists them."""
        self._seen |= set(taken.seen)
        self._refused += taken.refused
        if taken.files:
            self._new += taken.files
            manifest = replace(self._manifest, files=(*self._manifest.files, *taken.files))
            self._commit(manifest.with_parts(taken.parts))
        for source in taken.sources:
            self._progress(source)

    def _add_context(self, path: Path, table: pa.Table) -> None:
        content = sha256(path.read_bytes()).hexdigest()
        if content not in self._manifest.context:
            part = write_part(self._folder, f"context/{WHOLE}", table)
            manifest = replace(self._manifest, context=(*self._manifest.context, content))
            self._commit(manifest.with_parts({"context": [part]}))

    def _keep_book(self, book: PolicyBook) -> None:
        parts = write_book(self._folder, book)
        if parts != self._manifest.book:
            self._commit(replace(self._manifest, book=parts))

    def _derive(self, crew: Crew) -> None:
        """Links and outcomes of all that is in the store now; worked out anew only where something changed."""
        if not (self._manifest.files or self._manifest.context):
            return  # nothing was ever read: no store is made of nothing
        named = self._manifest.with_policy(self._policy)
        if not is_current(named, self._policy):
            named = replace(named, derived=derive_anew(self._folder, named, self._policy, crew))
        if named != self._manifest:
            self._commit(named)

    def _compact(self, crew: Crew) -> None:
        compacted = compact(self._folder, self._manifest, crew)
        if compacted is not self._manifest:
            self._commit(signed_anew(compacted, self._policy))

    def _commit(self, manifest: Manifest) -> None:
        manifest.save(self._folder)
        self._manifest = manifest

    def _report(self, before: Manifest, earlier: DenialPolicy) -> IngestReport:
        new = changes(self._folder, before.derived, self._manifest.derived)
        totals = {
            name: sum(getattr(file, name) for file in self._new)
            for name in ("claims", "lines", "remits", "adjustments", "statuses", "rejected")
        }
        totals["rejected"] += len(self._refused)
        notes = [str(refused) for refused in self._refused[:MOST_TOLD]]
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
        return IngestReport(
            files=len(self._new),
            skipped=len(self._seen) - len(self._new),
            policy=self._policy.title,
            why_rejected=commonest_reasons(self._folder, self._manifest, [file.sha256 for file in self._new]),
            notes=tuple(notes),
            **totals,
            **new,
        )


def _book(folder: Path) -> tuple[PolicyBook, pa.Table]:
    """The policy book in a folder, and the rows of it that can't be read."""
    book, reading = PolicyBook.read(folder)
    return book, reading.rejects


def _unread(rejects: pa.Table) -> list[Refused]:
    """Rows and cells of context or policy book that can't be read: told and listed each time that they are given."""
    return [
        Refused(f"{source}, {place}", *told.split(", wanted ", 1))
        for source, reason in zip(*(rejects[name].to_pylist() for name in ("source", "reason")), strict=True)
        for place, told in [str(reason).split(": found ", 1)]
    ]


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """One ingest at a time; the lock goes with the process and its workers, however they end. Gives its descriptor."""
    if folder.is_file() or (folder.is_dir() and _foreign(folder)):
        raise StoreError(str(folder), found="something else", wanted="an empty folder or a store")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        _hold(lock.fileno(), folder)
        yield lock.fileno()


def _hold(lock: int, folder: Path) -> None:
    for _ in range(LOCK_TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOCK_PAUSE_S)
        else:
            return
    raise StoreError(str(folder), found="another ingest at work", wanted="one at a time")


def _refuse_nowhere(paths: Sequence[Path]) -> None:
    """Paths that all lead nowhere are a slip of the pen: no store is made for them."""
    if not any(path.exists() for path in paths):
        raise UnreadableFile(
            str(paths[0]) if paths else "the paths", found="no such file or folder", wanted="837 or 835 files"
        )


def sweep(folder: Path, manifest: Manifest) -> None:
    """Remove what no manifest lists: halves of a killed run, and tables derived anew since."""
    listed = manifest.listed()
    for path in [*folder.rglob("*.parquet"), *folder.rglob("*.half")]:
        if str(path.relative_to(folder)) not in listed:
            path.unlink()


def _foreign(folder: Path) -> bool:
    return any(path.name not in OURS for path in folder.iterdir())
