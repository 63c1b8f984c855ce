"""Paths to readings: files, folders, .gz and .zip, told apart by content. Nothing is ever unpacked to disk.

A file is gone through twice: once for its hash, which tells whether it is known and of which keys are made, and once to
be read, in pieces. So memory stays bounded, whatever its size. Small files are held in memory meanwhile.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import pyarrow as pa

from data.errors import UnreadableFile
from data.readers.fhir import looks_like_fhir, read_fhir
from data.readers.streams import CHUNK, DAMAGES, GZIP, Broken, Gunzipped, Whole
from data.readers.tables import TableMapping, is_second, looks_like_table, read_table
from data.readers.x12 import joined, read_blocks
from data.schema import REJECTS, Reading

MAX_MEMBERS = 100_000
MAX_RATIO = 250
"""X12 packs about 10 to 1. What unpacks to more than this times its size is no archive of X12."""
ROOM = 64 << 20
"""Bytes that any archive may unpack to, whatever the ratio."""
HELD = 32 << 20
"""Files up to this size are read once and held in memory; larger ones are read twice."""
MAX_FHIR = 256 << 20
"""FHIR in JSON is held in memory as a whole: larger files are refused."""
MAX_TABLE = 1 << 30

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
"""A zip file begins with its first member, or with its directory if it has none."""
HEAD = 4096
"""Bytes that tell what a file is."""
WANTED = "a readable file"

Pieces = Iterator[Reading | UnreadableFile]


@dataclass(frozen=True, slots=True)
class _Asked:
    """How to read."""

    known: Collection[str]
    mapping: TableMapping | None
    details: bool


@dataclass(frozen=True, slots=True)
class _File:
    """One file, or one member of an archive, that can be opened as often as needed."""

    source: str
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    damage: str
    """What it is called where it can't be read to its end."""
    limit: int | None = None
    """How many bytes it may unpack to; None: as many as it has."""
    folder: Path | None = None
    """Where it stands, if not in an archive."""


@dataclass(frozen=True, slots=True)
class _Surveyed:
    """What going through a file once has told."""

    sha256: str
    n_bytes: int
    head: bytes
    content: bytes | None
    """All of it, where it is small."""
    damage: str | None


def read_files(
    paths: Sequence[Path],
    *,
    known: Collection[str] = frozenset(),
    mapping: TableMapping | None = None,
    details: bool = True,
) -> Pieces:
    """One reading for each file, and each member of an archive, in the order of the paths; folders sorted by name.

    A file that can't be read comes out as its error, so that the rest goes on. Hidden files in folders are skipped.
    Content whose SHA-256 is `known` is not read again: its reading has no tables. Tables (CSV, Parquet) are read by the
    `mapping`; without one they come out as errors that say what to do. Without `details` the tables that scoring does
    without stay empty.
    """
    for path in paths:
        for file in files_of(path):
            yield from _whole(read_pieces(file, known=known, mapping=mapping, details=details))


def read_pieces(
    path: Path,
    *,
    known: Collection[str] = frozenset(),
    mapping: TableMapping | None = None,
    details: bool = True,
) -> Pieces:
    """What one file (or archive) holds, in pieces of bounded size; the last piece of each file has `is_last`.

    As `read_files` does, but that X12 comes piece by piece, so that memory stays bounded whatever the file's size.
    """
    if mapping and is_second(mapping, path):
        return  # read with the file that it belongs to
    asked = _Asked(known, mapping, details)
    try:
        with path.open("rb") as stream:
            head = stream.read(len(ZIP[0]))
        if head.startswith(ZIP):
            yield from _read_zip(path, asked)
            return
        limit = _limit(path.stat().st_size) if head.startswith(GZIP) else None
    except OSError as error:
        yield UnreadableFile(str(path), found=error.strerror or "an error", wanted=WANTED)
        return
    yield from _read(_File(str(path), lambda: path.open("rb"), "an error", limit, path.parent), asked)


def files_of(path: Path) -> Iterator[Path]:
    """A path itself, or all files below it that are not hidden, sorted by name."""
    if not path.is_dir():
        yield path
        return
    below = (
        p for p in path.rglob("*") if not any(part.startswith(".") for part in p.relative_to(path).parts)
    )
    yield from sorted(p for p in below if p.is_file())


def _whole(pieces: Pieces) -> Pieces:
    """The pieces of each file as one reading."""
    held: list[Reading] = []
    for piece in pieces:
        if isinstance(piece, UnreadableFile):
            held.clear()
            yield piece
            continue
        held.append(piece)
        if piece.is_last:
            yield joined(held)
            held.clear()


def _limit(n_packed: int) -> int:
    return ROOM + n_packed * MAX_RATIO


def _read_zip(path: Path, asked: _Asked) -> Pieces:
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _members(archive, str(path), asked, room=_limit(path.stat().st_size))
    except zipfile.BadZipFile:
        yield UnreadableFile(str(path), found="a damaged zip file", wanted=WANTED)


def _members(archive: zipfile.ZipFile, source: str, asked: _Asked, *, room: int) -> Pieces:
    """Members sorted by name, until the archive as a whole has given more bytes than it may."""
    members = sorted((m for m in archive.infolist() if not m.is_dir()), key=lambda m: m.filename)
    if len(members) > MAX_MEMBERS:
        yield UnreadableFile(source, found=f"{len(members)} members", wanted=f"{MAX_MEMBERS} at most")
        return
    for member in members:
        opened = _opening(archive, member)
        file = _File(f"{source}!{member.filename}", opened, "a damaged or encrypted member", room)
        try:
            surveyed = _survey(file)
        except UnreadableFile as error:
            yield error
            if isinstance(error, _TooLarge):
                return
            continue
        room -= surveyed.n_bytes
        yield from _pieces(file, surveyed, asked)


def _opening(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo
) -> Callable[[], AbstractContextManager[IO[bytes]]]:
    return lambda: archive.open(member)


def _read(file: _File, asked: _Asked) -> Pieces:
    try:
        surveyed = _survey(file)
    except UnreadableFile as error:
        yield error
        return
    yield from _pieces(file, surveyed, asked)


class _TooLarge(UnreadableFile):
    """An archive that may be a bomb: nothing more of it is read."""


def _survey(file: _File) -> _Surveyed:
    """Go through a file once. Raises UnreadableFile where it can't be opened, or unpacks to more than it may."""
    try:
        with file.open() as opened:
            stream = _plain(opened, file)
            first = stream.read(HELD + 1)
            digest, n_bytes = hashlib.sha256(first), len(first)
            while more := stream.read(CHUNK) if n_bytes > HELD and _fits(file, n_bytes) else b"":
                digest.update(more)
                n_bytes += len(more)
    except DAMAGES as error:
        found = error.strerror if isinstance(error, OSError) and error.strerror else file.damage
        raise UnreadableFile(file.source, found=found, wanted=WANTED) from None
    if not _fits(file, n_bytes):
        found = f"an archive that unpacks to more than {file.limit:,} bytes"
        raise _TooLarge(file.source, found=found, wanted="less")
    content = first if n_bytes <= HELD else None
    return _Surveyed(digest.hexdigest(), n_bytes, first[:HEAD], content, stream.damage)


def _fits(file: _File, n_bytes: int) -> bool:
    return file.limit is None or n_bytes <= file.limit


def _plain(opened: IO[bytes], file: _File) -> Broken:
    """A file's bytes, unpacked where it is packed. Archives in archives are not opened."""
    whole = Whole(opened, file.damage, step=HELD + 1 if file.folder else CHUNK)
    is_packed = whole.read(len(GZIP)) == GZIP
    opened.seek(0)
    return Gunzipped(whole) if is_packed else whole


def _pieces(file: _File, surveyed: _Surveyed, asked: _Asked) -> Pieces:
    """X12 in pieces, or FHIR or a table in one."""
    if surveyed.sha256 in asked.known:
        yield Reading(file.source, surveyed.sha256)
        return
    try:
        if looks_like_fhir(surveyed.head):
            yield read_fhir(_held(file, surveyed, MAX_FHIR), source=file.source)
        elif looks_like_table(surveyed.head, asked.mapping):
            yield read_table(
                _held(file, surveyed, MAX_TABLE),
                source=file.source,
                mapping=asked.mapping,
                known=asked.known,
                folder=file.folder,
            )
        else:
            yield from _x12(file, surveyed, asked)
    except UnreadableFile as error:
        damaged = UnreadableFile(file.source, found=surveyed.damage, wanted=WANTED)
        yield damaged if surveyed.damage else error
    except OSError as error:
        yield UnreadableFile(file.source, found=error.strerror or "an error", wanted=WANTED)


def _held(file: _File, surveyed: _Surveyed, limit: int) -> bytes:
    """All of a file in memory. Raises UnreadableFile where it is too large for that, or damaged."""
    if surveyed.n_bytes > limit:
        wanted = f"{limit:,} at most, as it is held in memory: split it"
        raise UnreadableFile(file.source, found=f"{surveyed.n_bytes:,} bytes", wanted=wanted)
    if surveyed.damage:
        raise UnreadableFile(file.source, found=surveyed.damage, wanted=WANTED)
    if surveyed.content is not None:
        return surveyed.content
    with file.open() as opened:
        return _plain(opened, file).read(surveyed.n_bytes)


def _x12(file: _File, surveyed: _Surveyed, asked: _Asked) -> Pieces:
    if surveyed.content is not None:
        yield from _blocks(io.BytesIO(surveyed.content), file, surveyed, asked)
        return
    with file.open() as opened:
        yield from _blocks(_plain(opened, file), file, surveyed, asked)


def _blocks(stream: Broken | io.BytesIO, file: _File, surveyed: _Surveyed, asked: _Asked) -> Pieces:
    for piece in read_blocks(stream, source=file.source, sha256=surveyed.sha256, details=asked.details):
        yield _with_damage(piece, surveyed) if piece.is_last and surveyed.damage else piece


def _with_damage(piece: Reading, surveyed: _Surveyed) -> Reading:
    """The last piece of what breaks off says where."""
    reason = f"{surveyed.damage}: what follows is lost"
    row = pa.table([[piece.source], [surveyed.n_bytes], ["?"], [reason]], schema=REJECTS)
    return replace(piece, rejects=pa.concat_tables([piece.rejects, row]))
