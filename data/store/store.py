"""What can be asked of a claim store."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.denial_policy import DenialPolicy
from data.errors import StoreError
from data.keys import grouped, ints, row_of, take_or_null
from data.policy import PolicyBook
from data.readers.tables import TableMapping
from data.replacement import ANSWERING, REPLACING, replacements
from data.schema import LABELLED, OUTCOMES, ClaimTables, RemitTables, SegmentCount, StatusTables
from data.store import manifest as manifests
from data.store.book import read_book
from data.store.derive import DERIVED
from data.store.derived import how_many, is_current
from data.store.ingest import Asked, Ingest, Progress
from data.store.manifest import WANTED, Manifest
from data.store.parts import SCHEMAS, read_parts
from data.store.report import IngestReport
from data.store.slices import derive_all
from data.store.sql import answer
from data.wide import OF_CLAIM, OF_LINE, line_table

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

OUTCOME_COLUMNS = tuple(name for name in OUTCOMES.names if name not in {"claim_key", "line"})
CLAIM_COLUMNS = ("claim_key", *OF_CLAIM)


@dataclass(frozen=True, slots=True)
class StoreStats:
    """A store in a few figures."""

    files: int
    claims: int
    lines: int
    remits: int
    answered_lines: int
    denied_lines: int
    first_submission: date | None
    last_submission: date | None
    newest_remit: date | None
    policy: str
    statuses: int = 0
    """answers of 277CA files"""
    turned_away: int = 0
    """claims that a 277CA turned away before anybody adjudicated them"""
    segments: SegmentCount = field(default_factory=SegmentCount)
    """of all files: every one of them is used or listed"""
    rejected: int = 0
    """parts of files that could not be read"""
    states: Mapping[str, int] = field(default_factory=dict)
    """files by what became of them: read, read in part, nothing in it"""
    policy_book: Mapping[str, int] = field(default_factory=dict)
    """entries of the payers' policy book, by list"""


class Store:
    """The claim store in a folder. Readers see only what the manifest lists, whatever an ingest is doing beside them.

    `policy` says what counts as a denial. Without one it is the policy that the store remembers from its ingest, the
    shipped one in the beginning. With another one, outcomes are worked out anew when asked for.
    """

    def __init__(self, path: Path | str, policy: DenialPolicy | None = None) -> None:
        self.path = Path(path)
        self._given = policy

    @property
    def policy(self) -> DenialPolicy:
        """What counts as a denial here: the policy given, else the one that the store remembers, else the shipped."""
        return self._policy_of(manifests.load(self.path) or Manifest())

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        context: Path | None = None,
        rejects: Path | None = None,
        progress: Progress | None = None,
        workers: int | None = None,
        mapping: TableMapping | None = None,
        book: Path | None = None,
    ) -> IngestReport:
        """Take files and folders in; the same content twice is a no-op. All or nothing, at any moment of a crash.

        `context` is a CSV or Parquet file; `rejects` a folder for lists of what could not be used; `progress` is
        called with each file's name; `workers` is how many processes work side by side: without, one a core where
        there is enough to do, and with 1 this process alone; `mapping` tells how tables (CSV, Parquet) are to be
        read; `book` is a folder of lists, the payers' policy book, which replaces the one that the store has. Raises
        `StoreError`, `UnreadableFile` for the context file and `InvalidPolicy` for the book; claim and remit files
        that can't be read are counted and listed.
        """
        return Ingest(self.path, self._given, progress).run(
            Asked(paths, context, rejects, workers, mapping, book)
        )

    def lines(self, as_of: date | None = None) -> pa.Table:
        """One row a line (`LABELLED`), by day of submission and claim, with the outcome where it is known.

        With `as_of`: only claims sent by that day, and only outcomes known by then. A line without an outcome is
        unanswered: unknown, never paid.
        """
        return self._read(lambda manifest: self._lines(manifest, as_of))

    def claims(self) -> ClaimTables:
        """All claims, their lines and what hangs from them."""
        return self._read(lambda manifest: ClaimTables(**self._all(manifest, ClaimTables.__slots__)))

    def remits(self) -> RemitTables:
        """All remits with services, adjustments, remarks and what else hangs from them."""
        return self._read(lambda manifest: RemitTables(**self._all(manifest, RemitTables.__slots__)))

    def statuses(self) -> StatusTables:
        """All that came back before any remit: statuses of claims, acknowledgements of whole files."""
        return self._read(lambda manifest: StatusTables(**self._all(manifest, StatusTables.__slots__)))

    def replacements(self) -> pa.Table:
        """Replacements and voids with the claims that they stand for (`REPLACEMENTS`), by the payers' own numbers."""
        return self._read(
            lambda manifest: replacements(
                self._table(manifest, "claims", REPLACING),
                self._table(manifest, "remits", ANSWERING),
                self._table(manifest, "linked"),
            )
        )

    def context(self) -> pa.Table:
        """All context (`CONTEXT`), oldest first: a later row counts."""
        return self._read(lambda manifest: self._table(manifest, "context"))

    def policy_book(self) -> PolicyBook:
        """The payers' policy book that the store keeps; an empty one where it was never given one."""
        return self._read(lambda manifest: read_book(self.path, manifest.book))

    def table(self, name: str) -> pa.Table:
        """One table by name: those of `TABLES`. Raises `StoreError` for another name."""
        if name not in TABLES:
            raise StoreError("a table of the store", found=name, wanted="one of " + ", ".join(TABLES))
        return self._read(lambda manifest: self._table(manifest, name))

    def newest_remit_on(self) -> date:
        """The day of the newest remit: what is known by then is all that is known. Raises `StoreError` without any."""
        newest = self._read(lambda manifest: self._span(manifest, "remits", "known_on"))[1]
        if newest is None:
            raise StoreError(str(self.path), found="no remits", wanted="835 files, to know any outcome")
        return newest

    def sql(self, query: str) -> "pd.DataFrame":
        """The answer to an SQL query over the store's tables (`TABLES`), scanned where they lie: only what is asked for
        is loaded.
        """
        return self._read(lambda manifest: answer(query, self._sources(manifest)))

    def _sources(self, manifest: Manifest) -> Mapping[str, Sequence[Path] | pa.Table]:
        """Of each table its files, or its rows where it isn't stored as it is asked for."""
        derived = manifest.derived
        stored = derived.parts if derived and is_current(manifest, self._policy_of(manifest)) else None
        made = {} if stored is not None else self._derived(manifest)
        return made | {
            name: [self.path / path for path in parts.get(name, ())] or schema.empty_table()
            for parts, schemas in ((manifest.parts, SCHEMAS), (stored, DERIVED))
            if parts is not None
            for name, schema in schemas.items()
        }

    def stats(self) -> StoreStats:
        """The store in a few figures."""
        return self._read(self._stats)

    def _stats(self, manifest: Manifest) -> StoreStats:
        files = manifest.files
        labels = self._table(manifest, "outcomes", ["label"])["label"]
        turned = self._table(manifest, "rejections", ["line", "is_rejected"])
        submitted = self._span(manifest, "claims", "submitted_on")
        return StoreStats(
            files=len(files),
            claims=sum(file.claims for file in files),
            lines=sum(file.lines for file in files),
            remits=sum(file.remits for file in files),
            answered_lines=len(labels),
            denied_lines=int(pc.sum(labels).as_py() or 0),
            first_submission=submitted[0],
            last_submission=submitted[1],
            newest_remit=self._span(manifest, "remits", "known_on")[1],
            policy=self._policy_of(manifest).title,
            statuses=sum(file.statuses for file in files),
            turned_away=turned.filter(pc.and_(turned["is_rejected"], pc.equal(turned["line"], 0))).num_rows,
            segments=SegmentCount(
                *(sum(getattr(file, n) for file in files) for n in ("segments", "used", "listed"))
            ),
            rejected=sum(file.rejected for file in files),
            states=dict(Counter(file.state for file in files)),
            policy_book={
                name: sum(pq.read_metadata(self.path / path).num_rows for path in paths)
                for name, paths in manifest.book.items()
            },
        )

    def _span(self, manifest: Manifest, name: str, day: str) -> tuple[date | None, date | None]:
        """The first and last day of a column."""
        days = pc.min_max(self._table(manifest, name, [day])[day])
        return days["min"].as_py(), days["max"].as_py()

    def _lines(self, manifest: Manifest, as_of: date | None) -> pa.Table:
        claims = self._table(manifest, "claims", CLAIM_COLUMNS, until=as_of)
        lines = self._table(manifest, "lines", OF_LINE, until=as_of)
        table = line_table(ClaimTables(claims, lines), self._table(manifest, "context"))
        if as_of is not None:
            table = table.filter(pc.less_equal(table["submitted_on"], pa.scalar(as_of, pa.date32())))
        keys = [(name, "ascending") for name in ("submitted_on", "claim_key", "line")]
        return _with_outcomes(table.take(pc.sort_indices(table, keys)), self._known(manifest, as_of))

    def _known(self, manifest: Manifest, as_of: date | None) -> pa.Table:
        outcomes = self._table(manifest, "outcomes", until=as_of)
        if as_of is None:
            return outcomes
        return outcomes.filter(pc.less_equal(outcomes["known_on"], pa.scalar(as_of, pa.date32())))

    def _all(self, manifest: Manifest, names: Sequence[str]) -> dict[str, pa.Table]:
        return {name: self._table(manifest, name) for name in names}

    def _table(
        self,
        manifest: Manifest,
        name: str,
        columns: Sequence[str] | None = None,
        *,
        until: date | None = None,
    ) -> pa.Table:
        """A table, or the columns named, without the parts of months after `until`."""
        if name in SCHEMAS:
            paths = manifest.parts.get(name, ())
            return read_parts(self.path, SCHEMAS[name], paths, until=until, columns=columns)
        derived = manifest.derived
        if derived and is_current(manifest, self._policy_of(manifest)):
            return read_parts(self.path, DERIVED[name], derived.parts[name], until=until, columns=columns)
        made = self._derived(manifest)[name]
        return made if columns is None else made.select(columns)

    def _derived(self, manifest: Manifest) -> dict[str, pa.Table]:
        """Links and outcomes under a policy that isn't the store's own."""
        return derive_all(self.path, manifest.parts, how_many(manifest), self._policy_of(manifest))

    def remembered(self) -> DenialPolicy:
        """The policy that the answers in the store were labelled under. Raises `StoreError` where there is no store."""
        return self._manifest().labelled_by()

    def _policy_of(self, manifest: Manifest) -> DenialPolicy:
        return self._given or manifest.labelled_by()

    def _read(self, ask: Callable[[Manifest], T]) -> T:
        """Ask the store as its manifest says it is; once more if an ingest replaced it in the meantime."""
        try:
            return ask(self._manifest())
        except FileNotFoundError:
            manifest = self._manifest()
        try:
            return ask(manifest)
        except FileNotFoundError as error:
            raise StoreError(
                str(self.path), found="a missing part", wanted="all that its manifest lists"
            ) from error

    def _manifest(self) -> Manifest:
        manifest = manifests.load(self.path)
        if manifest is None:
            raise StoreError(str(self.path), found="no store", wanted=WANTED)
        return manifest


TABLES = (*SCHEMAS, *DERIVED)
"""Names of the tables that can be asked for."""


def _with_outcomes(table: pa.Table, outcomes: pa.Table) -> pa.Table:
    """The line table with the outcome of each line beside it; null where there is none."""
    mine = ints(table["claim_key"]), ints(table["line"])
    theirs = ints(outcomes["claim_key"]), ints(outcomes["line"])
    both = grouped(*(np.concatenate(pair) for pair in zip(mine, theirs, strict=True)))
    row = row_of(both[: len(mine[0])], both[len(mine[0]) :])
    beside = [pa.chunked_array([take_or_null(outcomes[name], row)]) for name in OUTCOME_COLUMNS]
    return pa.table([*table.columns, *beside], schema=LABELLED)
