"""What holds for every reading, whatever the bytes were: asserted by the fuzzers, and by the tests of bad input."""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields

import pyarrow as pa
import pyarrow.compute as pc

from data.errors import UnreadableFile
from data.readers.fhir import read_fhir
from data.readers.x12 import read_blocks, read_x12
from data.schema import REJECTS, Reading, SegmentCount
from data.store.check import KEYS as ROW

KEYS = ("claim_key", "remit_key", "status_key", "acknowledgement_key", "adjustment_key")
BEGINS = {"claims": (b"CLM",), "lines": (b"SV1", b"SV2"), "remits": (b"CLP",), "statuses": (b"STC",)}
"""What stands in an X12 file where a row's offset points."""
UNKNOWN = "?"
WINDOWS = (1, 1100)
"""Sizes of the windows in which a file is read again, in bytes; none is smaller than an ISA and some more."""


def check_x12(content: bytes, *, windows: Sequence[int] = WINDOWS) -> Reading | None:
    """Read X12 whole and in small windows; None where it is no X12. AssertionError where a promise is broken."""
    whole = read_whole(content)
    if whole is not None:
        check_reading(whole, content)
        _check_offsets_point_at_segments(whole, content)
    for window_bytes in windows:
        _check_windows(content, whole, window_bytes)
    return whole


def read_whole(content: bytes) -> Reading | None:
    """Read X12; None where it is none."""
    try:
        return read_x12(content, source="file")
    except UnreadableFile as error:
        _check_error(error, content)
        return None


def check_fhir(content: bytes) -> Reading | None:
    """Read FHIR; None where it is none. AssertionError where a promise is broken."""
    try:
        reading = read_fhir(content, source="file")
    except UnreadableFile as error:
        _check_error(error, content)
        return None
    check_reading(reading, content, is_fhir=True)
    return reading


def check_reading(reading: Reading, content: bytes, *, is_fhir: bool = False) -> None:
    """Schemas, keys, references, offsets, and the count of segments.

    Of FHIR: of resources, some of them listed in rejects; claims are read before answers, wherever they stand.
    """
    for name, table, schema in tables_of(reading):
        assert table.schema == schema, name
        if table.num_rows == 0:
            continue
        table.validate(full=True)
        if name in ROW:
            assert _distinct(table.select(ROW[name])) == table.num_rows, f"{name}: a row twice"
        if "offset" in table.column_names:
            is_in_order = not is_fhir or name in ("rejects", "unused")
            _check_offsets(name, table["offset"], len(content), is_in_order=is_in_order)
    _check_references(reading)
    segments = reading.segments
    assert segments.total == segments.used + segments.listed, segments
    if is_fhir:
        assert segments.listed <= reading.unused.num_rows + reading.rejects.num_rows
    else:
        assert segments.listed == reading.unused.num_rows, (segments, reading.unused.num_rows)


def tables_of(reading: Reading) -> Iterator[tuple[str, pa.Table, pa.Schema]]:
    """Every table of a reading: its name, itself, the schema that it should have."""
    for part in (reading.claims, reading.remits, reading.statuses):
        for field in fields(part):
            assert field.default_factory is not MISSING
            yield field.name, getattr(part, field.name), field.default_factory().schema
    yield "rejects", reading.rejects, REJECTS
    yield "unused", reading.unused, REJECTS


def joined(pieces: list[Reading]) -> tuple[dict[str, pa.Table], SegmentCount]:
    """The tables of all pieces of a file, and the count of their segments."""
    tables = {name: [table] for name, table, _ in tables_of(pieces[0])}
    for piece in pieces[1:]:
        for name, table, _ in tables_of(piece):
            tables[name].append(table)
    return {name: pa.concat_tables(parts) for name, parts in tables.items()}, sum(
        (piece.segments for piece in pieces), SegmentCount()
    )


def _check_error(error: UnreadableFile, content: bytes) -> None:
    """An error says nothing of what the file holds but its length."""
    words = str(error).replace(str(len(content)), "")
    assert len(words) < 400, words


def _check_windows(content: bytes, whole: Reading | None, window_bytes: int) -> None:
    """What is read in small windows is what is read at once."""
    sha256 = hashlib.sha256(content).hexdigest()
    stream = io.BytesIO(content)
    try:
        pieces = list(read_blocks(stream, source="file", sha256=sha256, window_bytes=window_bytes))
    except UnreadableFile:
        assert whole is None, "readable at once, not in windows"
        return
    assert whole is not None, "readable in windows, not at once"
    assert [piece.is_last for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    tables, segments = joined(pieces)
    for name, table, _ in tables_of(whole):
        found = tables[name]
        if name == "rejects":  # in the order in which they are noticed
            found, table = (
                each.sort_by([(column, "ascending") for column in each.column_names])
                for each in (found, table)
            )
        assert found.equals(table), f"{name}: other in windows of {window_bytes} bytes"
    assert segments == whole.segments


def _distinct(table: pa.Table) -> int:
    return table.group_by(table.column_names).aggregate([]).num_rows


def _check_offsets(name: str, offsets: pa.ChunkedArray, size: int, *, is_in_order: bool) -> None:
    assert offsets.null_count == 0, name
    found = offsets.to_numpy()
    assert found.min() >= 0, name
    assert found.max() < max(size, 1), name
    if is_in_order:
        assert (found[1:] >= found[:-1]).all(), f"{name}: offsets do not rise"


def _check_references(reading: Reading) -> None:
    """Nothing hangs in the air: every row below a claim or remit, line or service has it."""
    for part, key, child in ((reading.claims, "claim_key", "line"), (reading.remits, "remit_key", "service")):
        head, second, *rest = (getattr(part, field.name) for field in fields(part))
        known = head[key]
        assert pc.all(pc.is_in(second[key], value_set=known)).as_py() is not False
        for table in rest:
            if table.num_rows == 0 or key not in table.column_names:
                continue
            assert pc.all(pc.is_in(table[key], value_set=known)).as_py() is not False
            if child in table.column_names:
                below = table.filter(pc.not_equal(table[child], 0)).select([key, child])
                lost = below.join(second.select([key, child]), [key, child], join_type="left anti")
                assert lost.num_rows == 0, f"{table.column_names}: {lost.num_rows} rows of no {child}"


def _check_offsets_point_at_segments(reading: Reading, content: bytes) -> None:
    for name, table, _ in tables_of(reading):
        if name in BEGINS:
            for offset in table["offset"].to_pylist():
                assert content[offset:].startswith(BEGINS[name]), f"{name} at {offset}"
        elif name in ("rejects", "unused"):
            for offset, segment in zip(
                table["offset"].to_pylist(), table["segment"].to_pylist(), strict=True
            ):
                is_there = content[offset : offset + 3].startswith(segment.encode())
                assert segment == UNKNOWN or is_there, f"{name}: {segment} at {offset}"
