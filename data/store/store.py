"""What can be asked of a claim store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.denial_policy import DenialPolicy
from data.errors import StoreError
from data.keys import grouped, ints, row_of, take_or_null
from data.schema import LABELLED, OUTCOMES, ClaimTables, RemitTables
from data.store import manifest as manifests
from data.store.derive import DERIVED, derive
from data.store.ingest import Ingest, Progress, read_all
from data.store.manifest import WANTED, Manifest
from data.store.parts import SCHEMAS, read_parts
from data.store.report import IngestReport
from data.wide import line_table

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

OUTCOME_COLUMNS = tuple(name for name in OUTCOMES.names if name not in {"claim_key", "line"})


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
    ) -> IngestReport:
        """Take files and folders in; the same content twice is a no-op. All or nothing, at any moment of a crash.

        `context` is a CSV or Parquet file; `rejects` a folder for lists of what could not be used; `progress` is
        called with each file's name. Raises `StoreError`, and `UnreadableFile` for the context file; claim and remit
        files that can't be read are counted and listed.
        """
        return Ingest(self.path, self._given, progress).run(paths, context, rejects)

    def lines(self, as_of: date | None = None) -> pa.Table:
        """One row a line (`LABELLED`), by day of submission and claim, with the outcome where it is known.

        With `as_of`: only claims sent by that day, and only outcomes known by then. A line without an outcome is
        unanswered: unknown, never paid.
        """
        return self._read(lambda manifest: self._lines(manifest, as_of))

    def claims(self) -> ClaimTables:
        """All claims and their lines."""
        return self._read(lambda manifest: read_all(self.path, manifest)[0])

    def remits(self) -> RemitTables:
        """All remits with services, adjustments and remarks."""
        return self._read(lambda manifest: read_all(self.path, manifest)[1])

    def context(self) -> pa.Table:
        """All context (`CONTEXT`), oldest first: a later row counts."""
        return self._read(lambda manifest: self._table(manifest, "context"))

    def table(self, name: str) -> pa.Table:
        """One table by name: those of `TABLES`. Raises `StoreError` for another name."""
        if name not in TABLES:
            raise StoreError("a table of the store", found=name, wanted="one of " + ", ".join(TABLES))
        return self._read(lambda manifest: self._table(manifest, name))

    def newest_remit_on(self) -> date:
        """The day of the newest remit: what is known by then is all that is known. Raises `StoreError` without any."""
        newest: date | None = pc.max(self.table("remits")["known_on"]).as_py()
        if newest is None:
            raise StoreError(str(self.path), found="no remits", wanted="835 files, to know any outcome")
        return newest

    def sql(self, query: str) -> "pd.DataFrame":
        """The answer to an SQL query over the store's tables (`TABLES`)."""
        import duckdb  # asked for by people, not by what scores claims

        tables = self._read(lambda manifest: {name: self._table(manifest, name) for name in TABLES})
        with duckdb.connect() as connection:
            for name, table in tables.items():
                connection.register(name, table)
            return connection.execute(query).df()

    def stats(self) -> StoreStats:
        """The store in a few figures."""
        return self._read(self._stats)

    def _stats(self, manifest: Manifest) -> StoreStats:
        submitted, known = (
            self._table(manifest, "claims")["submitted_on"],
            self._table(manifest, "remits")["known_on"],
        )
        outcomes = self._table(manifest, "outcomes")
        return StoreStats(
            files=len(manifest.files),
            claims=sum(file.claims for file in manifest.files),
            lines=sum(file.lines for file in manifest.files),
            remits=sum(file.remits for file in manifest.files),
            answered_lines=outcomes.num_rows,
            denied_lines=int(pc.sum(outcomes["label"]).as_py() or 0),
            first_submission=pc.min(submitted).as_py(),
            last_submission=pc.max(submitted).as_py(),
            newest_remit=pc.max(known).as_py(),
            policy=self._policy_of(manifest).title,
        )

    def _lines(self, manifest: Manifest, as_of: date | None) -> pa.Table:
        parts = manifest.parts
        claims = read_parts(self.path, SCHEMAS["claims"], parts.get("claims", ()), until=as_of)
        lines = read_parts(self.path, SCHEMAS["lines"], parts.get("lines", ()), until=as_of)
        table = line_table(ClaimTables(claims, lines), self._table(manifest, "context"))
        if as_of is not None:
            table = table.filter(pc.less_equal(table["submitted_on"], pa.scalar(as_of, pa.date32())))
        keys = [(name, "ascending") for name in ("submitted_on", "claim_key", "line")]
        return _with_outcomes(table.take(pc.sort_indices(table, keys)), self._known(manifest, as_of))

    def _known(self, manifest: Manifest, as_of: date | None) -> pa.Table:
        outcomes = self._table(manifest, "outcomes")
        if as_of is None:
            return outcomes
        return outcomes.filter(pc.less_equal(outcomes["known_on"], pa.scalar(as_of, pa.date32())))

    def _table(self, manifest: Manifest, name: str) -> pa.Table:
        if name in SCHEMAS:
            return read_parts(self.path, SCHEMAS[name], manifest.parts.get(name, ()))
        derived, policy = manifest.derived, self._policy_of(manifest)
        if derived and derived.source == manifest.source(policy.digest):
            return read_parts(self.path, DERIVED[name], [derived.parts[name]])
        return derive(*read_all(self.path, manifest), policy)[name]

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
