"""Paths to readings: files, folders, .gz and .zip, told apart by content. Nothing is ever unpacked to disk."""

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from data.errors import UnreadableFile
from data.readers.fhir import looks_like_fhir, read_fhir
from data.readers.tables import TableMapping, is_second, looks_like_table, read_table
from data.readers.x12 import read_x12
from data.schema import Reading

MAX_BYTES = 2 << 30
"""More than this unpacked is refused: a small archive can hold anything."""
MAX_MEMBERS = 100_000
MAX_RATIO = 250
"""X12 packs about 10 to 1. What unpacks to more than this times its size is no archive of X12."""
ROOM = 64 << 20
"""Bytes that any archive may unpack to, whatever the ratio."""

GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
"""A zip file begins with its first member, or with its directory if it has none."""
HEAD = 4096
"""Bytes that tell what a file is."""
WANTED = "a readable file"


def read_files(
    paths: Sequence[Path], *, known: Collection[str] = frozenset(), mapping: TableMapping | None = None
) -> Iterator[Reading | UnreadableFile]:
    """One reading for each file, and each member of an archive, in the order of the paths; folders sorted by name.

    A file that can't be read comes out as its error, so that the rest goes on. Hidden files in folders are skipped.
    Content whose SHA-256 is `known` is not read again: its reading has no tables. Tables (CSV, Parquet) are read by the
    `mapping`; without one they come out as errors that say what to do.
    """
    for path in paths:
        for file in files_of(path):
            yield from _read_file(file, known, mapping)


def read_pieces(
    path: Path, *, known: Collection[str] = frozenset(), mapping: TableMapping | None = None
) -> Iterator[Reading | UnreadableFile]:
    """What one path holds, in pieces of bounded size; the last piece of each file has `is_last`."""
    yield from _read_file(path, known, mapping)


def files_of(path: Path) -> Iterator[Path]:
    """A path itself, or all files below it that are not hidden, sorted by name."""
    if not path.is_dir():
        yield path
        return
    below = (
        p for p in path.rglob("*") if not any(part.startswith(".") for part in p.relative_to(path).parts)
    )
    yield from sorted(p for p in below if p.is_file())


def _read_file(
    path: Path, known: Collection[str], mapping: TableMapping | None
) -> Iterator[Reading | UnreadableFile]:
    if mapping and is_second(mapping, path):
        return  # read with the file that it belongs to
    try:
        content = path.read_bytes()
    except OSError as error:
        yield UnreadableFile(str(path), found=error.strerror or "an error", wanted=WANTED)
        return
    yield from read_content(content, source=str(path), known=known, mapping=mapping, folder=path.parent)


def read_content(
    content: bytes,
    *,
    source: str,
    known: Collection[str] = frozenset(),
    mapping: TableMapping | None = None,
    folder: Path | None = None,
) -> Iterator[Reading | UnreadableFile]:
    """What a file's bytes hold: one reading, or one for each member of an archive (named archive.zip!member)."""
    if content.startswith(ZIP):
        yield from _read_zip(content, source, known, mapping)
        return
    yield _read_one(content, source, known, mapping, folder)


def _read_one(
    content: bytes,
    source: str,
    known: Collection[str],
    mapping: TableMapping | None,
    folder: Path | None = None,
) -> Reading | UnreadableFile:
    """X12, FHIR or a table, or one of them in gzip. Archives in archives are not opened."""
    try:
        plain = _unzipped(content, source) if content.startswith(GZIP) else content
        if known and (sha256 := hashlib.sha256(plain).hexdigest()) in known:
            return Reading(source, sha256)
        if looks_like_fhir(plain[:HEAD]):
            return read_fhir(plain, source=source)
        if looks_like_table(plain[:HEAD], mapping):
            return read_table(plain, source=source, mapping=mapping, known=known, folder=folder)
        return read_x12(plain, source=source)
    except UnreadableFile as error:
        return error


def _limit(n_packed: int) -> int:
    return min(MAX_BYTES, ROOM + n_packed * MAX_RATIO)


def _unzipped(content: bytes, source: str) -> bytes:
    limit = _limit(len(content))
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            plain = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error):
        raise UnreadableFile(source, found="a damaged gzip file", wanted=WANTED) from None
    if len(plain) > limit:
        raise UnreadableFile(source, found=f"more than {limit} bytes unpacked", wanted="less")
    return plain


def _read_zip(
    content: bytes, source: str, known: Collection[str], mapping: TableMapping | None
) -> Iterator[Reading | UnreadableFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from _members(archive, source, known, mapping, room=_limit(len(content)))
    except zipfile.BadZipFile:
        yield UnreadableFile(source, found="a damaged zip file", wanted=WANTED)


def _members(
    archive: zipfile.ZipFile, source: str, known: Collection[str], mapping: TableMapping | None, *, room: int
) -> Iterator[Reading | UnreadableFile]:
    """Members sorted by name, until the archive as a whole has given more bytes than it may."""
    members = sorted((m for m in archive.infolist() if not m.is_dir()), key=lambda m: m.filename)
    if len(members) > MAX_MEMBERS:
        yield UnreadableFile(source, found=f"{len(members)} members", wanted=f"{MAX_MEMBERS} at most")
        return
    for member in members:
        name = f"{source}!{member.filename}"
        try:
            with archive.open(member) as stream:
                plain = stream.read(room + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError):
            yield UnreadableFile(name, found="a damaged or encrypted member", wanted=WANTED)
            continue
        room -= len(plain)
        if room < 0:
            yield UnreadableFile(name, found="an archive that unpacks to too many bytes", wanted="less")
            return
        yield _read_one(plain, name, known, mapping)
