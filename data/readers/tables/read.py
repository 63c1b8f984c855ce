"""One table's bytes to claims, or to remits, by a mapping."""

import csv
import hashlib
import re
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa

from data.errors import UnreadableFile
from data.keys import MOST_IN_A_FILE, file_key
from data.readers.tables.claims import read_claims
from data.readers.tables.dates import DATES, read_date
from data.readers.tables.delimited import HEAD, UTF16, as_utf8, read_delimited, read_header
from data.readers.tables.mapping import FileForm, TableMapping
from data.readers.tables.parquet import MAGIC, read_parquet
from data.readers.tables.raw import BAR, Faults, RawTable
from data.readers.tables.remits import read_remits
from data.readers.tables.synonyms import KNOWN
from data.readers.tables.synonyms import plain as plain_name
from data.readers.tables.values import number
from data.schema import REJECTS, ClaimTables, Reading, RemitTables, SegmentCount

MAX_BYTES = 1 << 30
"""A table is held in memory as a whole, as rows of one claim may stand anywhere in it: larger ones are refused."""
MOST_TOLD = 60
"""Columns that a message names."""
LONGEST = 40
MARKUP = (b"{", b"[", b"<")
"""JSON and XML begin so."""
INTERCHANGE = re.compile(rb"ISA([^\w\s])\d\d\1")
"""X12 begins so."""


def looks_like_table(head: bytes, mapping: TableMapping | None = None) -> bool:
    """Whether a file that begins like this is Parquet, or rows under a header of names; never true of X12.

    Where there is a mapping, every text that isn't X12 is taken for a table: it may have lines above its header.
    """
    if head.startswith(MAGIC):
        return True
    plain = head.decode("utf-16", errors="ignore").encode() if head[:2] in UTF16 else head
    if INTERCHANGE.search(plain) or plain.lstrip()[:1] in MARKUP:
        return False
    if b"\x00" in head[:64] and head[:2] not in UTF16:
        return False
    return mapping is not None or len(_names(head)) > 1


def table_key(content: bytes, mapping: TableMapping, second: bytes = b"") -> str:
    """SHA-256 of what a reading is made of: a table, its second file, and the mapping."""
    parts = (hashlib.sha256(part).digest() for part in (content, second, mapping.digest.encode()))
    return hashlib.sha256(b"".join(parts)).hexdigest()


def read_table(
    content: bytes,
    *,
    source: str,
    mapping: TableMapping | None,
    known: Collection[str] = frozenset(),
    folder: Path | None = None,
) -> Reading:
    """The claims or remits of one CSV or Parquet file.

    `folder` is where a second file may stand. Content whose `table_key` is `known` is not read again: its reading has
    no tables. Raises `UnreadableFile`: without a mapping, it names the columns and says what to do; and
    where the mapping names a column that the table doesn't have.
    """
    if mapping is None:
        raise _unmapped(content, source)
    if len(content) > MAX_BYTES:
        raise UnreadableFile(
            source, found=f"{len(content):,} bytes", wanted=f"a table of {MAX_BYTES:,} at most"
        )
    second = _second(mapping, source, folder)
    sha256 = table_key(content, mapping, second or b"")
    if sha256 in known:
        return Reading(source, sha256)
    return read_rows(
        read_raw(content, mapping.form, source=source),
        read_raw(second, mapping.form, source=second_name(mapping, source)) if second is not None else None,
        mapping,
        sha256,
    )


def read_raw(content: bytes, form: FileForm, *, source: str) -> RawTable:
    """A table as its file has it. Raises `UnreadableFile`."""
    read = read_parquet if content.startswith(MAGIC) else read_delimited
    return read(content, form, source=source)


def read_rows(raw: RawTable, second: RawTable | None, mapping: TableMapping, sha256: str) -> Reading:
    """The claims or remits of a table that stands in memory. Raises `UnreadableFile` where the mapping doesn't fit."""
    _check_columns(raw, second, mapping)
    faults = Faults()
    claims, remits = ClaimTables(), RemitTables()
    for one in (raw, second):
        if one:
            faults.add_lost(one)
    if mapping.kind == "claims":
        claims = read_claims(raw, second, mapping, file_key(sha256), faults)
    else:
        remits = read_remits(raw, second, mapping, file_key(sha256), faults)
    _refuse_too_many(raw.source, claims.claims.num_rows + remits.remits.num_rows)
    return Reading(
        raw.source,
        sha256,
        claims,
        remits,
        faults.table(),
        _unused(raw, second, mapping),
        _count(raw, second, faults),
    )


def second_name(mapping: TableMapping, source: str) -> str:
    """The second file's name, beside the first."""
    name = mapping.second.name if mapping.second else ""
    return str(Path(source).with_name(name.replace("{stem}", Path(source).stem)))


def is_second(mapping: TableMapping, path: Path) -> bool:
    """Whether a file is the second one of another, which is read with it: nothing is to be read of it alone."""
    if not mapping.second:
        return False
    before, stem, after = mapping.second.name.partition("{stem}")
    if not (path.name.startswith(before) and path.name.endswith(after)):
        return False
    others = (one for one in path.parent.iterdir() if one.is_file() and one.name != path.name)
    if not stem:
        return path.name == before and any(True for _ in others)
    return any(f"{before}{one.stem}{after}" == path.name for one in others)


def _second(mapping: TableMapping, source: str, folder: Path | None) -> bytes | None:
    if not mapping.second:
        return None
    path = folder / Path(second_name(mapping, source)).name if folder else None
    if path is None or not path.is_file():
        where = "in its folder" if folder else "beside it: unpack the archive first"
        raise UnreadableFile(
            source, field="second_file", found="no such file", wanted=f"{mapping.second.name} {where}"
        )
    return path.read_bytes()


def _check_columns(raw: RawTable, second: RawTable | None, mapping: TableMapping) -> None:
    """Every column that the mapping names is there."""
    named = [(raw, name) for name in mapping.theirs_of_first()]
    named += [(second, name) for name in mapping.theirs_of_second() if second]
    for table, name in named:
        if name not in table.columns:
            near = get_close_matches(name, list(table.columns), n=1, cutoff=0.6)
            wanted = (
                f"the column {near[0]!r}, or a mapping that fits" if near else _one_of(list(table.columns))
            )
            raise UnreadableFile(
                table.source, field=mapping.name, found=f"no column {name!r} in this table", wanted=wanted
            )


def _one_of(names: Sequence[str]) -> str:
    """Columns of a table, as far as a message can name them."""
    more = f" and {len(names) - MOST_TOLD} more" if len(names) > MOST_TOLD else ""
    return "one of its columns: " + ", ".join(name[:LONGEST] for name in names[:MOST_TOLD]) + more


def _refuse_too_many(source: str, n: int) -> None:
    if n >= MOST_IN_A_FILE:
        raise UnreadableFile(
            source, found=f"{n:,} claims", wanted=f"less than {MOST_IN_A_FILE:,} in one file"
        )


def _unused(raw: RawTable, second: RawTable | None, mapping: TableMapping) -> pa.Table:
    """Columns that the mapping doesn't name: listed, so that nothing is lost in silence."""
    pairs = [(raw, mapping.theirs_of_first())] + ([(second, mapping.theirs_of_second())] if second else [])
    rows = [
        (table.source, f"the mapping doesn't name the column {name[:LONGEST]!r}")
        for table, named in pairs
        for name in table.columns
        if name not in named
    ]
    columns = [[one for one, _ in rows], [0] * len(rows), [BAR] * len(rows), [why for _, why in rows]]
    return pa.table(columns, schema=REJECTS)


def _count(raw: RawTable, second: RawTable | None, faults: Faults) -> SegmentCount:
    """Rows are to a table what segments are to X12: each is used or listed."""
    total = sum(one.n_rows + len(one.lost) for one in (raw, second) if one)
    listed = len(faults.gone) + sum(len(one.lost) for one in (raw, second) if one)
    return SegmentCount(total, total - listed, listed)


def _names(head: bytes) -> tuple[str, ...]:
    """The names in a file's first line; none where it holds values: they may be a patient's."""
    try:
        text, _ = as_utf8(head, FileForm())
        names = read_header(text, FileForm(), source="").names
    except (UnreadableFile, csv.Error):
        return ()
    is_value = (number(name) is not None or read_date(name, DATES) for name in names)
    return () if any(is_value) or len(names) < 2 else names


def _unmapped(content: bytes, source: str) -> UnreadableFile:
    """What to do with a table for which there is no mapping."""
    wanted = (
        "a mapping of its columns: begin with `cleanclaim mapping suggest FILE > map.toml`, then give"
        " --mapping map.toml"
    )
    try:
        if content.startswith(MAGIC):
            names = tuple(read_parquet(content, FileForm(), source=source).columns)
        else:
            names = _names(content[:HEAD])
    except UnreadableFile as error:
        return error
    if sum(plain_name(name)[0] in KNOWN for name in names) < 2:
        # It may be a row of values, and those a patient's: they are not said.
        return UnreadableFile(source, found=f"a table of {len(names)} columns", wanted=wanted)
    told = _one_of(names).removeprefix("one of its columns: ")
    return UnreadableFile(source, found=f"a table, columns {told}", wanted=wanted)
