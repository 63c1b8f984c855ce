"""A folder of lists to a policy book's tables: what can't be read is refused row by row and told."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import InvalidPolicy, UnreadableFile
from data.keys import Bools
from data.policy.lists import BY_NAME, LISTS, BookColumn, PolicyList
from data.readers.tables.mapping import FileForm
from data.readers.tables.raw import Faults, RawTable, where
from data.readers.tables.read import read_raw
from data.readers.tables.values import decoded, found
from data.schema import REJECTS

ENDINGS = (".csv", ".tsv", ".txt", ".parquet")
"""Files with these endings are lists; others in the folder are left alone, and told."""
CLOSE = 0.6


@dataclass(frozen=True, slots=True)
class BookReading:
    """What a folder of lists says."""

    tables: dict[str, pa.Table]
    """By the names of the lists, in the order of `LISTS`; lists without an entry are left out."""
    rejects: pa.Table
    """`REJECTS`: rows that were refused, each with its file, row, column, what was found and what is wanted."""
    left: tuple[str, ...]
    """Files that are no lists."""


def read_lists(folder: Path) -> BookReading:
    """The lists in a folder, one CSV or Parquet file a list; a row that can't be read is left out and told.

    Raises `InvalidPolicy` for a folder without any list, an unknown list or column (naming the nearest known one), a
    list given twice, and a file that can't be read at all.
    """
    if not folder.is_dir():
        raise InvalidPolicy(str(folder), found="no such folder", wanted="a folder of lists: " + _names())
    paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    files = _by_list([path for path in paths if path.suffix.lower() in ENDINGS])
    if not files:
        raise InvalidPolicy(str(folder), found="no list", wanted="a CSV or Parquet file a list: " + _names())
    faults = Faults()
    tables = {one.name: read_list(files[one.name], one, faults) for one in LISTS if one.name in files}
    left = tuple(path.name for path in paths if path.suffix.lower() not in ENDINGS)
    kept = {name: table for name, table in tables.items() if table.num_rows}
    return BookReading(kept, faults.table() if faults.found else REJECTS.empty_table(), left)


def read_list(path: Path, one: PolicyList, faults: Faults) -> pa.Table:
    """One list, of the columns of its schema; rows refused are among the faults. Raises `InvalidPolicy`."""
    saved = _as_saved(path, one)
    if saved is not None:
        return saved
    try:
        raw = read_raw(path.read_bytes(), FileForm(), source=path.name)
    except UnreadableFile as error:
        raise InvalidPolicy(path.name, found=error.found, wanted=error.wanted) from error
    raw = RawTable(
        raw.source,
        {name.strip().lower(): column for name, column in raw.columns.items()},
        raw.numbers,
        raw.offsets,
        raw.lost,
    )
    _check_columns(tuple(raw.columns), one, path.name)
    faults.add_lost(raw)
    refused = np.zeros(raw.n_rows, bool)
    columns = {column.name: _column(raw, column, faults, refused) for column in one.columns}
    _check_days(raw, columns, faults, refused)
    if one.name == "filing_limits":
        _check_some(raw, columns, ("days", "appeal_days"), faults, refused)
    table = pa.table(list(columns.values()), schema=one.schema)
    return canonical(table.filter(pa.array(~refused)) if refused.any() else table, one)


def _as_saved(path: Path, one: PolicyList) -> pa.Table | None:
    """A list as `PolicyBook.save` wrote it, which needs no reading of texts; None for any other file.

    All that a reading would look at is looked at, once a distinct value.
    """
    if path.suffix.lower() != ".parquet":
        return None
    try:
        file = pq.ParquetFile(path)
        if not file.schema_arrow.equals(one.schema):
            return None
        table = canonical(file.read(), one)
    except (pa.ArrowException, OSError):
        return None
    back = pc.any(pc.less(table["valid_to"], table["valid_from"])).as_py()
    says_some = one.name != "filing_limits"
    return (
        table if says_some and not back and all(_is_read(table, column) for column in one.columns) else None
    )


def _is_read(table: pa.Table, column: BookColumn) -> bool:
    """Whether each value of a column is one that its own reading would give."""
    values = table[column.name]
    if values.null_count and (column.is_needed or column.default is not None):
        return False
    if pa.types.is_date(column.type):
        return True
    distinct = values.combine_chunks().dictionary if pa.types.is_dictionary(column.type) else values.unique()
    return all(
        value is None
        or column.cell.parse("yes" if value is True else "no" if value is False else str(value)) == value
        for value in distinct.to_pylist()
    )


def canonical(table: pa.Table, one: PolicyList) -> pa.Table:
    """The same entries as one chunk a column, words numbered in the order in which they come: equal lists are equal."""
    columns = []
    for field in one.schema:
        column = table[field.name]
        if pa.types.is_dictionary(field.type):
            texts = column.cast(pa.string()).combine_chunks()
            whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
            columns.append(whole.dictionary_encode())
        else:
            columns.append(column.cast(field.type).combine_chunks())
    return pa.table(columns, schema=one.schema)


def _by_list(paths: Sequence[Path]) -> dict[str, Path]:
    found_at: dict[str, Path] = {}
    for path in paths:
        name = path.stem.lower()
        if name not in BY_NAME:
            raise InvalidPolicy(path.name, found="no such list", wanted=_near(name, list(BY_NAME)))
        if name in found_at:
            raise InvalidPolicy(
                path.name, found=f"the list in {found_at[name].name} too", wanted="one file a list"
            )
        found_at[name] = path
    return found_at


def _check_columns(names: Sequence[str], one: PolicyList, thing: str) -> None:
    known = [column.name for column in one.columns]
    for name in names:
        if name not in known:
            raise InvalidPolicy(thing, field=name[:40], found="no such column", wanted=_near(name, known))
    for column in one.columns:
        if column.is_needed and column.name not in names:
            raise InvalidPolicy(
                thing, field=column.name, found="no such column", wanted=f"{column.name}: {column.meaning}"
            )


def _near(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=CLOSE)
    return near[0] if near else "one of " + ", ".join(known)


def _names() -> str:
    return ", ".join(BY_NAME)


def _column(raw: RawTable, column: BookColumn, faults: Faults, refused: Bools) -> pa.Array:
    """One column as it is kept. Rows whose cell says nothing that it must, or can't be read, are refused."""
    texts = raw.columns.get(column.name)
    if texts is None:
        texts = pa.chunked_array([pa.nulls(raw.n_rows, pa.string())])
    if column.default is not None:
        texts = pc.fill_null(texts, column.default)
    plain = pa.string() if pa.types.is_dictionary(column.type) else column.type
    values, wrong = decoded(texts, column.cell.parse, plain)
    for row in where(wrong).tolist():
        what = f"{column.name}: found {found(str(texts[row]))}, wanted {column.cell.wanted}"
        faults.lose(raw, np.array([row]), what)
    refused |= wrong
    if column.is_needed:
        missing = texts.is_null().to_numpy().astype(bool)
        faults.lose(raw, where(missing), f"{column.name}: found nothing, wanted {column.cell.wanted}")
        refused |= missing
    return values.dictionary_encode() if pa.types.is_dictionary(column.type) else values


def _check_days(raw: RawTable, columns: dict[str, pa.Array], faults: Faults, refused: Bools) -> None:
    """An entry that ends before it begins is refused."""
    back = pc.less(columns["valid_to"], columns["valid_from"]).fill_null(False)
    rows = np.asarray(back.to_numpy(zero_copy_only=False), bool) & ~refused
    faults.lose(raw, where(rows), "valid_to: found a day before valid_from, wanted one on or after it")
    refused |= rows


def _check_some(
    raw: RawTable, columns: dict[str, pa.Array], names: Sequence[str], faults: Faults, refused: Bools
) -> None:
    """An entry that says none of several things is refused."""
    empty = np.ones(raw.n_rows, bool)
    for name in names:
        empty &= np.asarray(columns[name].is_null().to_numpy(zero_copy_only=False), bool)
    rows = empty & ~refused
    faults.lose(raw, where(rows), f"{names[0]}: found nothing, wanted {' or '.join(names)}")
    refused |= rows
