"""Scores as files: CSV, Parquet, JSON, NDJSON. A file is written beside its place and moved there whole."""

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from data.errors import CleanclaimError

FORMULA = r"^[=+\-@\t\r]"
"""A cell that begins so is run as a formula by spreadsheets, whoever wrote it into a claim."""


def write_scores(scores: pa.Table, out: Path) -> None:
    """Write a table of scores in the format of the file's ending; raises `CleanclaimError` where that can't be done."""
    write = writer(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
        os.close(handle)
        beside = Path(name)
        try:
            write(scores, beside)
            beside.chmod(0o644)
            beside.replace(out)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise CleanclaimError(
            str(out), found=error.strerror or "an error", wanted="a place to write to"
        ) from None


def writer(out: Path) -> Callable[[pa.Table, Path], None]:
    """What writes files of this ending; raises `CleanclaimError` for an ending that is none of them."""
    found = WRITERS.get(out.suffix.lower())
    if found is None:
        wanted = "a file name that ends in " + ", ".join(WRITERS)
        raise CleanclaimError(out.name, found=out.suffix or "no ending", wanted=wanted)
    return found


def harmless(scores: pa.Table) -> pa.Table:
    """The same table with an apostrophe before every text that a spreadsheet would run."""
    columns = [_guarded(column) if pa.types.is_string(column.type) else column for column in scores.columns]
    return pa.table(columns, schema=scores.schema)


def _guarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    risky = pc.fill_null(pc.match_substring_regex(column, FORMULA), fill_value=False)
    return pc.if_else(risky, pc.binary_join_element_wise(pa.scalar("'"), column, ""), column)


def _csv(scores: pa.Table, path: Path) -> None:
    pyarrow.csv.write_csv(harmless(scores), path)


def _parquet(scores: pa.Table, path: Path) -> None:
    pq.write_table(scores, path)


def _json(scores: pa.Table, path: Path) -> None:
    path.write_bytes(orjson.dumps(scores.to_pylist(), option=orjson.OPT_APPEND_NEWLINE))


def _ndjson(scores: pa.Table, path: Path) -> None:
    with path.open("wb") as file:
        for batch in scores.to_batches(max_chunksize=10_000):
            file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in batch.to_pylist())


WRITERS: Mapping[str, Callable[[pa.Table, Path], None]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    ".json": _json,
    ".ndjson": _ndjson,
}
