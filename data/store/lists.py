"""The lists of an ingest for people: what could not be read, what nothing here reads, and what needs a person."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from data.schema import CODE, REJECTS
from data.store.batch import Refused
from data.store.derive import DERIVED
from data.store.manifest import Manifest
from data.store.parts import SCHEMAS, read_parts
from data.store.report import write_csv, write_list
from data.store.segment_words import WORDS

FIGURES = ("reason", "n_segments_sum", "sha256_count_distinct")
NUMBER = re.compile(r"\b\d[\d,]*")
MOST_REASONS = 5
NEED_A_PERSON = ("ambiguous", "unmatched", "quarantined", "unplaced")


def write_lists(
    into: Path, folder: Path, manifest: Manifest, seen: Collection[str], refused: Sequence[Refused]
) -> None:
    """Write the lists of the files seen, and of all remits and claims that need a person, as CSV files."""
    rejects = pa.concat_tables([_of_files(folder, manifest, "rejects", seen), _refused(refused)])
    write_list(into / "rejects.csv", rejects)
    _write_unused(into / "unused.csv", _of_files(folder, manifest, "unused_counts", seen, keep_file=True))
    for name in NEED_A_PERSON:
        write_list(into / f"{name}.csv", _derived(folder, manifest, name))
    outcomes = _derived(folder, manifest, "outcomes", ["remit_key", "claim_key", "line", "outcome"])
    unreliable = outcomes.filter(pc.equal(outcomes["outcome"], "unreliable"))
    write_list(into / "unreliable.csv", unreliable.drop_columns("outcome"))
    answers = _derived(folder, manifest, "rejections")
    write_list(into / "turned_away.csv", answers.filter(answers["is_rejected"]).drop_columns("is_rejected"))


def commonest_reasons(folder: Path, manifest: Manifest, of: Collection[str]) -> tuple[tuple[str, int], ...]:
    """Why parts of these files were rejected, most first; reasons that differ in numbers only count as one."""
    found: Counter[str] = Counter()
    for reason in _of_files(folder, manifest, "rejects", of)["reason"].to_pylist() if of else ():
        found[NUMBER.sub("N", reason)] += 1
    return tuple(found.most_common(MOST_REASONS))


def _of_files(
    folder: Path, manifest: Manifest, name: str, seen: Collection[str], *, keep_file: bool = False
) -> pa.Table:
    kept = read_parts(folder, SCHEMAS[name], manifest.parts.get(name, ()))
    mine = kept.filter(pc.is_in(kept["sha256"], pa.array(sorted(seen), CODE)))
    return mine if keep_file else mine.drop_columns("sha256")


def _refused(refused: Sequence[Refused]) -> pa.Table:
    rows = [
        {"source": one.thing, "offset": 0, "segment": None, "reason": f"{one.found}, wanted {one.wanted}"}
        for one in refused
    ]
    return pa.Table.from_pylist(rows, schema=REJECTS)


def _write_unused(path: Path, counts: pa.Table) -> None:
    """What stands in the files and nothing here reads, by segment and reason, most first."""
    groups = counts.group_by(["segment", "reason"], use_threads=False)
    summed = groups.aggregate([("n_segments", "sum"), ("sha256", "count_distinct")])
    rows = [
        (row["segment"], WORDS.get(row["segment"], ""), *(row[name] for name in FIGURES))
        for row in summed.to_pylist()
    ]
    ordered = sorted(rows, key=lambda row: (-row[3], row[0] or "", row[2]))
    write_csv(path, ("segment", "what it tells", "why it was left", "segments", "files"), ordered)


def _derived(folder: Path, manifest: Manifest, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    parts = manifest.derived.parts[name] if manifest.derived else ()
    return read_parts(folder, DERIVED[name], parts, columns=columns)
