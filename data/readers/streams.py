"""Files, gzip files and members of zip files as streams of bytes, which may break off but never raise."""

import contextlib
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Protocol

GZIP = b"\x1f\x8b"
CHUNK = 1 << 16
DAMAGES = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError)
"""What the standard library raises where an archive is damaged, encrypted or packed in an unknown way."""


class Broken(Protocol):
    """A stream that says, once it has ended, what was wrong with it."""

    damage: str | None

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; fewer only at the end."""
        ...


class Whole:
    """An open file as it is, or a member of a zip file; no more than `step` bytes are lost where it breaks off."""

    def __init__(self, stream: IO[bytes], damage: str, *, step: int) -> None:
        self._stream, self._damage, self._step = stream, damage, step
        self.damage: str | None = None

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; fewer only at the end, or where the file can't be read any further."""
        pieces: list[bytes] = []
        missing = size
        while missing > 0 and self.damage is None:
            try:
                piece = self._stream.read(min(missing, self._step))
            except DAMAGES:
                self.damage = self._damage
                break
            if not piece:
                break
            pieces.append(piece)
            missing -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class Gunzipped:
    """What is packed in a gzip file, to the last byte that can be unpacked."""

    def __init__(self, packed: Broken) -> None:
        self._stream = packed
        self._packed = b""
        self._unpack = zlib.decompressobj(wbits=31)
        self._is_over = False
        self.damage: str | None = None

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; fewer only at the end."""
        pieces: list[bytes] = []
        missing = size
        while missing > 0 and not self._is_over:
            pieces.append(self._some(missing))
            missing -= len(pieces[-1])
        return b"".join(pieces)

    def _some(self, size: int) -> bytes:
        """At most so many bytes of what is packed next; maybe none."""
        if not self._packed:
            self._packed = self._stream.read(CHUNK)
        if self._unpack.eof:
            self._next_member()
            return b""
        if not self._packed:
            self._end("a gzip file that breaks off")
            return self._unpack.flush()
        return self._unpacked(size)

    def _next_member(self) -> None:
        """A gzip file may be several, one after the other, with zeros between them."""
        self._packed = self._packed.lstrip(b"\0") or self._stream.read(CHUNK)
        if not self._packed:
            self._end(self._stream.damage)
        elif self._packed.startswith(GZIP[: len(self._packed)]):
            self._unpack = zlib.decompressobj(wbits=31)
        else:
            self._end("a gzip file with something else after it")

    def _unpacked(self, size: int) -> bytes:
        before = self._unpack.copy()
        try:
            out = self._unpack.decompress(self._packed, size)
        except zlib.error:
            self._end("a damaged gzip file")
            return b"".join(_up_to_the_damage(before, self._packed))
        self._packed = self._unpack.unused_data if self._unpack.eof else self._unpack.unconsumed_tail
        return out

    def _end(self, damage: str | None) -> None:
        self._is_over, self.damage = True, damage


def _up_to_the_damage(unpack: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    """Byte by byte: what comes out before the damage is good."""
    with contextlib.suppress(zlib.error):
        for at in range(len(packed)):
            yield unpack.decompress(packed[at : at + 1])
