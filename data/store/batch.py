"""One batch of files: read in pieces, written as parts, told in counts. It commits nothing: parts are only files."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

import pyarrow as pa

from data.errors import UnreadableFile
from data.readers.files import read_pieces
from data.readers.tables import TableMapping
from data.schema import CODE, REJECTS, ClaimTables, Reading, RemitTables, StatusTables
from data.store.job import Job
from data.store.manifest import SourceFile
from data.store.parts import (
    SCHEMAS,
    UNUSED_COUNTS,
    WHOLE,
    write_claims,
    write_part,
    write_remits,
    write_statuses,
)

ROWS = 80_000
"""Claims, remits and statuses that are held in memory before they are written."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that can't be read at all, as thing, found, wanted."""

    thing: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.thing}: found {self.found}, wanted {self.wanted}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a batch held: the parts written, the files new to the store, and what was seen of all the others."""

    parts: dict[str, list[str]] = field(default_factory=dict)
    files: list[SourceFile] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    """every file by name"""
    seen: list[str] = field(default_factory=list)
    """SHA-256 of every file that could be read, known ones among them"""
    refused: list[Refused] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReadBatch(Job[Taken]):
    """The work of one batch; `known` are SHA-256 of files that are in the store already."""

    folder: str
    paths: Sequence[str]
    known: Sequence[str] = ()
    rows: int = ROWS
    mapping: str | None = None
    """How tables are to be read, as JSON."""

    def run(self) -> Taken:
        """Read and write. A file that turns out unreadable amid its pieces is left out as a whole."""
        broken: list[Refused] = []
        mapping = TableMapping.parse(json.loads(self.mapping)) if self.mapping else None
        while True:
            reader = _Reader(Path(self.folder), set(self.known), self.rows, tuple(broken), mapping)
            try:
                return reader.read([Path(path) for path in self.paths])
            except _BrokenOff as error:
                broken.append(error.refused)

    def parse(self, record: Mapping[str, object]) -> Taken:
        """The answer again, from JSON values."""
        taken = Taken(**record)  # type: ignore[arg-type]  # values of our own making, from another process
        files = [SourceFile(**entry) for entry in taken.files]  # type: ignore[arg-type]
        refused = [Refused(**entry) for entry in taken.refused]  # type: ignore[arg-type]
        return Taken(taken.parts, files, taken.sources, taken.seen, refused)


class _BrokenOff(Exception):
    def __init__(self, refused: Refused) -> None:
        super().__init__(str(refused))
        self.refused = refused


class _Reader:
    """Gathers pieces, writes them when there are enough, and counts."""

    def __init__(
        self,
        folder: Path,
        known: set[str],
        rows: int,
        broken: Sequence[Refused],
        mapping: TableMapping | None,
    ) -> None:
        self._folder, self._known, self._rows, self._mapping = folder, known, rows, mapping
        self._broken = {refused.thing: refused for refused in broken}
        self._pieces: list[Reading] = []
        self._n_rows = 0
        self._open: str | None = None
        self._counts: dict[str, Counter[str]] = {}
        self._unused: Counter[tuple[str, str | None, str]] = Counter()
        self.taken = Taken()

    def read(self, paths: Sequence[Path]) -> Taken:
        for path in paths:
            for piece in read_pieces(path, known=self._known, mapping=self._mapping):
                self._take(path, piece)
        self._write()
        self._write_unused()
        self.taken.files.extend(_source_file(sha256, count) for sha256, count in self._counts.items())
        return self.taken

    def _take(self, path: Path, piece: Reading | UnreadableFile) -> None:
        source = piece.thing if isinstance(piece, UnreadableFile) else piece.source
        if source in self._broken:
            if source not in self.taken.sources:
                self._refuse(self._broken[source])
            return
        if isinstance(piece, UnreadableFile):
            refused = Refused(source, str(piece.found), str(piece.wanted))
            if self._open == source:
                raise _BrokenOff(refused)
            self._refuse(refused)
            return
        if self._open is None:
            self.taken.sources.append(source)
            self.taken.seen.append(piece.sha256)
        self._open = None if piece.is_last else source
        if piece.sha256 in self._known:
            return
        self._gather(piece, path.stat().st_size if source == str(path) else 0)
        if piece.is_last:
            self._known.add(piece.sha256)

    def _refuse(self, refused: Refused) -> None:
        self.taken.sources.append(refused.thing)
        self.taken.refused.append(refused)

    def _gather(self, piece: Reading, n_bytes: int) -> None:
        count = self._counts.setdefault(piece.sha256, Counter(bytes=n_bytes))
        _count(count, piece)
        held = sum(
            count[name] for name in ("claims", "remits", "provider_adjustments", *StatusTables.__slots__)
        )
        rejects = piece.rejects
        if piece.is_last and not held and not count["rejected"]:
            rejects = _nothing_in(piece.source)
            count["rejected"] = 1
        self._pieces.append(_with_rejects(piece, rejects))
        for (segment, reason), n in _unused(piece.unused).items():
            self._unused[piece.sha256, segment, reason] += n
        self._n_rows += sum(
            len(table)
            for table in (piece.claims.claims, piece.remits.remits, piece.statuses.statuses, rejects)
        )
        if self._n_rows >= self._rows:
            self._write()

    def _write(self) -> None:
        pieces, self._pieces, self._n_rows = self._pieces, [], 0
        if not pieces:
            return
        claims = ClaimTables(**_together([piece.claims for piece in pieces], ClaimTables.__slots__))
        self._add(write_claims(self._folder, claims))
        remits = RemitTables(**_together([piece.remits for piece in pieces], RemitTables.__slots__))
        self._add(write_remits(self._folder, remits))
        statuses = StatusTables(**_together([piece.statuses for piece in pieces], StatusTables.__slots__))
        self._add(write_statuses(self._folder, statuses))
        rejects = pa.concat_tables(
            piece.rejects.append_column("sha256", pa.array([piece.sha256] * piece.rejects.num_rows, CODE))
            for piece in pieces
        )
        self._add_whole("rejects", rejects)

    def _write_unused(self) -> None:
        keys = sorted(self._unused, key=lambda key: (key[0], key[1] or "", key[2]))
        columns = [*zip(*keys, strict=True)] if keys else [(), (), ()]
        arrays = [pa.array(column, CODE) for column in columns]
        counts = pa.array([self._unused[key] for key in keys], pa.int64())
        self._add_whole("unused_counts", pa.table([*arrays, counts], schema=UNUSED_COUNTS))

    def _add_whole(self, name: str, table: pa.Table) -> None:
        if table.num_rows:
            self._add({name: [write_part(self._folder, f"{name}/{WHOLE}", table.cast(SCHEMAS[name]))]})

    def _add(self, paths: Mapping[str, list[str]]) -> None:
        for name, some in paths.items():
            self.taken.parts.setdefault(name, []).extend(some)


def _together(tables: Sequence[object], names: Sequence[str]) -> dict[str, pa.Table]:
    return {name: pa.concat_tables(getattr(table, name) for table in tables) for name in names}


def _with_rejects(piece: Reading, rejects: pa.Table) -> Reading:
    """What is kept of a piece until it is written: not its unused segments, which are counted."""
    return Reading(piece.source, piece.sha256, piece.claims, piece.remits, rejects, statuses=piece.statuses)


def _count(count: "Counter[str]", piece: Reading) -> None:
    for tables in (piece.claims, piece.remits, piece.statuses):
        for name in tables.__slots__:
            count[name] += getattr(tables, name).num_rows
    count["rejected"] += piece.rejects.num_rows
    count["segments"] += piece.segments.total
    count["used"] += piece.segments.used
    count["listed"] += piece.segments.listed


def _source_file(sha256: str, count: "Counter[str]") -> SourceFile:
    return SourceFile(sha256, *(count[f.name] for f in fields(SourceFile) if f.name != "sha256"))


def _nothing_in(source: str) -> pa.Table:
    """A file in which there was nothing to use is listed as a whole."""
    row = {"source": source, "offset": 0, "segment": None, "reason": "no claim and no remit in this file"}
    return pa.Table.from_pylist([row], schema=REJECTS)


def _unused(unused: pa.Table) -> dict[tuple[str | None, str], int]:
    """How many of each kind."""
    if not unused.num_rows:
        return {}
    counts = unused.group_by(["segment", "reason"], use_threads=False).aggregate([([], "count_all")])
    columns = (counts[name].to_pylist() for name in ("segment", "reason", "count_all"))
    return {(segment, reason): n for segment, reason, n in zip(*columns, strict=True)}
