"""Paths to the files in them: publishers ship archives, and archives in archives. Nothing is unpacked to disk."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from data.errors import UnreadableFile

MAX_BYTES = 4 << 30
"""More than this unpacked is refused. The largest archive published, all coverage articles, holds about 1 GB."""
MAX_RATIO = 250
ROOM = 64 << 20
"""Bytes that any archive may unpack to, whatever the ratio."""
MAX_MEMBERS = 10_000
MAX_DEPTH = 2
"""Coverage articles come as a zip in a zip."""

ZIP = b"PK\x03\x04"
FORMS = (".csv", ".txt", ".tab", ".tsv", ".htm", ".html", ".xlsx")
"""What can hold a table. Of the same table in several forms the earliest is read: text is exact and fast."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file, or a file in an archive."""

    name: str
    """its path; archive.zip!member for a member of an archive"""
    content: bytes

    @property
    def stem(self) -> str:
        """Its path without the ending, in small letters."""
        return self.name[: -len(self.ending)].lower() if self.ending else self.name.lower()

    @property
    def ending(self) -> str:
        """.csv, .xlsx ..., in small letters."""
        return PurePosixPath(self.name.replace("\\", "/")).suffix.lower()

    @property
    def title(self) -> str:
        """The last part of its name: what the publisher called it."""
        return PurePosixPath(self.name.replace("\\", "/").rpartition("!")[2]).name


def members(paths: Sequence[Path]) -> list[Member]:
    """All files of paths: files, folders (all below them), archives. Raises `UnreadableFile` for one that can't be."""
    found: list[Member] = []
    for path in paths:
        for file in _files(path):
            member = Member(str(file), _content(file))
            found.extend(_opened(member, _Room(room_of(len(member.content)))))
    return found


def is_workbook(content: bytes) -> bool:
    """Whether these bytes are an .xlsx workbook: an archive too, but one table."""
    if not content.startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def part_of(archive: zipfile.ZipFile, name: str, source: str, *, room: int) -> bytes:
    """One part of an archive; raises `UnreadableFile` for a damaged one, or one of more bytes than `room`."""
    try:
        with archive.open(name) as stream:
            content = stream.read(room + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, KeyError):
        raise UnreadableFile(
            f"{source}!{name}", found="a damaged or encrypted member", wanted="a readable file"
        ) from None
    if len(content) > room:
        raise UnreadableFile(
            f"{source}!{name}", found="an archive that unpacks to too many bytes", wanted="less"
        )
    return content


def room_of(n_packed: int) -> int:
    """How many bytes an archive of that size may unpack to."""
    return min(MAX_BYTES, ROOM + n_packed * MAX_RATIO)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    below = sorted(p for p in path.rglob("*") if p.is_file())
    yield from (p for p in below if not any(part.startswith(".") for part in p.relative_to(path).parts))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            str(path), found=error.strerror or "an error", wanted="a readable file"
        ) from None


@dataclass(slots=True)
class _Room:
    """Bytes that a file may still unpack to, archives in it included."""

    left: int


def _opened(member: Member, room: _Room, depth: int = 0) -> Iterator[Member]:
    """A file itself, or what is in it where it is an archive."""
    if not member.content.startswith(ZIP) or is_workbook(member.content):
        yield member
        return
    if depth == MAX_DEPTH:
        raise UnreadableFile(member.name, found="an archive in an archive in an archive", wanted="less")
    for inner in _unzipped(member, room):
        yield from _opened(inner, room, depth + 1)


def _unzipped(member: Member, room: _Room) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(member.content))
    except zipfile.BadZipFile:
        raise UnreadableFile(
            member.name, found="a damaged zip file", wanted="a zip file as published"
        ) from None
    with archive:
        infos = sorted((i for i in archive.infolist() if not i.is_dir()), key=lambda i: i.filename)
        if len(infos) > MAX_MEMBERS:
            raise UnreadableFile(member.name, found=f"{len(infos)} members", wanted=f"{MAX_MEMBERS} at most")
        for info in infos:
            content = part_of(archive, info.filename, member.name, room=room.left)
            room.left -= len(content)
            yield Member(f"{member.name}!{info.filename}", content)
