"""Files damaged in ways that happen: on the way, by an editor, by a program that cuts or converts.

What was done to which file is written down in `corrupted.csv`: `file`, `damage`, and of a dropped segment `segment`
(its id) and `offset` (bytes before it).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv

from data.errors import InvalidPolicy
from data.schema import CODE
from data.simulator.draw import Streams

CORRUPTED = pa.schema([("file", CODE), ("damage", CODE), ("segment", CODE), ("offset", pa.int64())])
SPARED = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA"})
SPARED_FOLDER = "upcoming"
"""What is to be scored arrives whole."""
OTHER_DELIMITERS = bytes.maketrans(b"*:^~", b"|>!\x1c")
Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Harmed:
    """A damaged file, and where a segment was taken out."""

    content: bytes
    segment: str | None = None
    offset: int | None = None


def truncated(content: bytes, rng: Rng) -> Harmed:
    """The end is missing: the transfer broke off."""
    return Harmed(content[: int(len(content) * rng.uniform(0.3, 0.98))])


def segment_dropped(content: bytes, rng: Rng) -> Harmed:
    """One segment between the envelopes is missing; the count at the end still has it."""
    segments = content.split(b"\n")
    inner = [n for n, text in enumerate(segments) if text and _name(text) not in SPARED]
    if not inner:
        return Harmed(content)
    n = inner[int(rng.integers(len(inner)))]
    offset = sum(len(text) + 1 for text in segments[:n])
    return Harmed(b"\n".join(segments[:n] + segments[n + 1 :]), _name(segments[n]), offset)


def wrong_count(content: bytes, _rng: Rng) -> Harmed:
    """The last SE counts one segment more than there are."""
    before, found, after = content.rpartition(b"\nSE*")
    count, rest = after.split(b"*", 1) if found else (b"", b"")
    return Harmed(before + found + str(int(count) + 1).encode() + b"*" + rest if found else content)


def other_delimiters(content: bytes, _rng: Rng) -> Harmed:
    """| > ! and a control sign for * : ^ ~, as ISA says."""
    return Harmed(content.replace(b"~\n", b"~").translate(OTHER_DELIMITERS))


def windows_lines(content: bytes, _rng: Rng) -> Harmed:
    """Lines end with CR and LF."""
    return Harmed(content.replace(b"\n", b"\r\n"))


def byte_order_mark(content: bytes, _rng: Rng) -> Harmed:
    """An editor put a UTF-8 mark before everything."""
    return Harmed(b"\xef\xbb\xbf" + content)


def end_missing(content: bytes, _rng: Rng) -> Harmed:
    """No IEA."""
    return Harmed(content[: content.rindex(b"IEA*")] if b"IEA*" in content else content)


def latin_1(content: bytes, _rng: Rng) -> Harmed:
    """A name in Latin-1 where the rest is UTF-8."""
    return Harmed(content.replace(b"*MEMBER*ONE", b"*M\xdcLLER*ONE"))


def doubled(content: bytes, _rng: Rng) -> Harmed:
    """Nothing is wrong with it, but it is there twice."""
    return Harmed(content)


DAMAGES: Mapping[str, Callable[[bytes, Rng], Harmed]] = {
    "truncated": truncated,
    "segment dropped": segment_dropped,
    "wrong segment count": wrong_count,
    "other delimiters": other_delimiters,
    "lines end with CR LF": windows_lines,
    "byte order mark": byte_order_mark,
    "IEA missing": end_missing,
    "Latin-1 letters": latin_1,
    "twice under two names": doubled,
}


@dataclass(frozen=True, slots=True)
class Damage:
    """Damages a share of the files that pass through it, and keeps what it did."""

    share: float
    seed: int
    done: list[tuple[str, str, str | None, int | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise InvalidPolicy("world", field="corrupt", found=self.share, wanted="a share between 0 and 1")

    def files(self, path: Path, content: bytes) -> Iterator[tuple[Path, bytes]]:
        """The file as it arrives, perhaps twice; chosen by its name and the seed."""
        name = f"{path.parent.name}/{path.name}"
        rng = Streams(self.seed).stream(f"damage: {name}")
        if path.parent.name == SPARED_FOLDER or rng.random() >= self.share:
            yield path, content
            return
        kind = list(DAMAGES)[int(rng.integers(len(DAMAGES)))]
        harmed = DAMAGES[kind](content, rng)
        self.done.append((name, kind, harmed.segment, harmed.offset))
        yield path, harmed.content
        if kind == "twice under two names":
            yield path.with_name(f"{path.stem} (1){path.suffix}"), content

    def write(self, path: Path) -> None:
        """What was done, as a CSV; nothing where no share was asked for."""
        path.unlink(missing_ok=True)
        if self.share:
            rows = [dict(zip(CORRUPTED.names, row, strict=True)) for row in self.done]
            csv.write_csv(
                pa.Table.from_pylist(rows, CORRUPTED), path, csv.WriteOptions(quoting_style="needed")
            )


def _name(segment: bytes) -> str:
    return segment.split(b"*", 1)[0].decode("latin-1").rstrip("~")
