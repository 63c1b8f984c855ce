"""Compaction: many small parts of one month become one, so that a store fed every day is read as fast as one fed once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data.store.crew import Crew
from data.store.job import Done, Job
from data.store.manifest import Manifest
from data.store.parts import SCHEMAS, keep_part, read_part

MOST_PARTS = 16
"""Parts of one table and month that are left as they are."""
LARGE = 64 << 20
"""Bytes from which on a part counts as large: it stays as it is."""
MOST_BYTES = 128 << 20
"""No part is made larger than that by putting parts together."""
GROUP_ROWS = 1 << 17
"""Rows of a row group: what a reader unpacks at a time."""


@dataclass(frozen=True, slots=True)
class MergeParts(Job[Done]):
    """Write some parts of one table and month as one, rows in the same order."""

    folder: str
    name: str
    paths: Sequence[str]

    def run(self) -> Done:
        """The one part."""
        folder, sink = Path(self.folder), pa.BufferOutputStream()
        with pq.ParquetWriter(sink, SCHEMAS[self.name], compression="zstd", compression_level=1) as writer:
            for table in _row_groups(read_part(folder, path) for path in self.paths):
                writer.write_table(table, row_group_size=GROUP_ROWS)
        return Done([keep_part(folder, self.paths[0].rpartition("/")[0], sink.getvalue())])

    def parse(self, record: Mapping[str, object]) -> Done:
        """The answer again, from JSON values."""
        return Done.parse(record)


def _row_groups(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of full row groups, the last one as it comes."""
    gathered: list[pa.Table] = []
    for table in tables:
        gathered.append(table)
        if sum(some.num_rows for some in gathered) >= GROUP_ROWS:
            rows = pa.concat_tables(gathered)
            full = rows.num_rows // GROUP_ROWS * GROUP_ROWS
            yield rows.slice(0, full).combine_chunks()
            gathered = [rows.slice(full)]
    if rest := sum(some.num_rows for some in gathered):
        yield pa.concat_tables(gathered).slice(0, rest).combine_chunks()


def compact(folder: Path, manifest: Manifest, crew: Crew) -> Manifest:
    """The manifest with small parts put together wherever a month has too many; the same one where none has."""
    jobs = [
        MergeParts(str(folder), name, paths)
        for name in manifest.parts
        if name in SCHEMAS
        for place in _places(manifest.parts[name])
        for paths in _bins(folder, place)
    ]
    if not jobs:
        return manifest
    parts = dict(manifest.parts)
    for job, done in zip(jobs, crew.map(jobs, aside=False), strict=True):
        parts[job.name] = _replaced(parts[job.name], job.paths, done.paths[0])
    return replace(manifest, parts=parts)


def _places(paths: Sequence[str]) -> Iterator[list[str]]:
    """The parts of each month, in the order in which they were written."""
    ordered = sorted(paths, key=_place)
    return (list(some) for _, some in groupby(ordered, _place))


def _place(path: str) -> str:
    return path.rpartition("/")[0]


def _bins(folder: Path, paths: Sequence[str]) -> Iterator[list[str]]:
    """Runs of small parts that make one part each; none where there are few."""
    sizes = {path: (folder / path).stat().st_size for path in paths} if len(paths) > MOST_PARTS else {}
    if sum(size < LARGE for size in sizes.values()) <= MOST_PARTS:
        return
    gathered: list[str] = []
    for path, size in sizes.items():
        # A large part ends a run: rows never change their order.
        if size >= LARGE or sum(sizes[some] for some in gathered) + size > MOST_BYTES:
            yield from _if_several(gathered)
            gathered = []
        if size < LARGE:
            gathered.append(path)
    yield from _if_several(gathered)


def _if_several(paths: list[str]) -> list[list[str]]:
    return [paths] if len(paths) > 1 else []


def _replaced(paths: Sequence[str], old: Sequence[str], new: str) -> tuple[str, ...]:
    """The one part in the place of the first of those that it was made of."""
    gone = set(old[1:])
    return tuple(new if path == old[0] else path for path in paths if path not in gone)
