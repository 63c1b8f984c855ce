"""X12 damaged the way that files are damaged: whole segments and elements moved, doubled, lost, said otherwise."""

import random
from collections.abc import Callable

Segments = list[bytes]
Damage = Callable[[Segments, random.Random], None]

IDS = (
    b"ISA GS ST SE GE IEA TA1 BHT HL PRV NM1 N1 N3 PER REF DMG SBR PAT CLM DTP CL1 PWK CN1 AMT K3 NTE CRC HI HCP QTY "
    b"CAS OI MIA MOA LX SV1 SV2 SV3 SV5 LIN CTP SVD LQ FRM BPR TRN DTM RDM TS2 TS3 CLP SVC PLB STC AK1 AK2 AK5 AK9 IK5 "
    b"ZZ9 A"
).split()
QUALIFIERS = (
    b"85 IL PR QC 82 DN P3 DQ 77 DK 87 41 40 20 22 23 PT 18 G1 9F F8 6R EA D9 1K FJ SY Y4 2U EV XX MI PI 24 472 434 435 "
    b"439 573 232 233 405 050 150 151 D8 RD8 D F5 B6 AU ABK BK ABF ABJ APR BH BI BE BG DR TC HE CO PR OA PI CR 837 835 "
    b"277 999 997 TA1 276 005010X222A1 005010X223A2 005010X221A1 005010X214 005010X231A1 004010X098A1 004010X091 X224"
).split()
VALUES = [
    *b"0 1 -1 00 1.5 -0 .5 5. 1E5 99999999999 99999999999999999999999 0.005 1,50 NaN inf 20250101 20250230 99999999 250101 "
    b"20250101-20250131 20250131-20250101 00010101 :: A:B:C:D:E:F:G ^ 1:2:3:4:5 HC:71046:26:TC:59:76:77 \xe9 \xff\xfe \x00".split(),
    *(b"", b" ", b"  1 ", b"9" * 400, b"\n"),
]
DELIMITERS = (
    b"*",
    b"|",
    b"~",
    b"'",
    b":",
    b">",
    b"^",
    b"\n",
    b"\r",
    b"\x1c",
    b"\x1d",
    b"A",
    b"1",
    b" ",
    b"\x00",
)


def damaged(content: bytes, max_size: int, chance: random.Random) -> bytes:
    """One to four damages done to the segments of a file, its delimiters taken from its first ISA."""
    at = max(content.find(b"ISA"), 0)
    separator = content[at + 3 : at + 4] or b"*"
    sixteenth = content[at:].split(separator, 17)
    terminator = sixteenth[16][1:2] if len(sixteenth) == 18 and len(sixteenth[16]) > 1 else b"~"
    segments = content.split(terminator)
    for _ in range(chance.randint(1, 4)):
        chance.choice(DAMAGES)(segments, chance)
        if not segments:
            segments.append(b"")
    changed = terminator.join(segments)
    if chance.random() < 0.1:
        changed = _other_delimiter(changed, (separator, terminator, b":"), chance)
    if separator != b"*" and chance.random() < 0.5:
        changed = changed.replace(b"*", separator)
    return changed[:max_size]


def _other_delimiter(content: bytes, delimiters: tuple[bytes, ...], chance: random.Random) -> bytes:
    return content.replace(chance.choice(delimiters), chance.choice(DELIMITERS))


def _some(segments: Segments, chance: random.Random) -> slice:
    begin = chance.randrange(len(segments))
    return slice(begin, begin + chance.choice((1, 1, 2, 3, 8, 40)))


def _shuffle(segments: Segments, chance: random.Random) -> None:
    where = _some(segments, chance)
    part = segments[where]
    chance.shuffle(part)
    segments[where] = part


def _double(segments: Segments, chance: random.Random) -> None:
    part = segments[_some(segments, chance)]
    at = chance.randrange(len(segments) + 1)
    segments[at:at] = part * chance.choice((1, 1, 2, 15))


def _drop(segments: Segments, chance: random.Random) -> None:
    del segments[_some(segments, chance)]


def _truncate(segments: Segments, chance: random.Random) -> None:
    at = chance.randrange(len(segments))
    segments[at:] = [segments[at][: chance.randrange(len(segments[at]) + 1)]]


def _new(segments: Segments, chance: random.Random) -> None:
    elements = [chance.choice(QUALIFIERS + VALUES) for _ in range(chance.randrange(12))]
    segments.insert(chance.randrange(len(segments) + 1), b"*".join([chance.choice(IDS), *elements]))


def _rename(segments: Segments, chance: random.Random) -> None:
    _element(segments, chance, IDS, at=0)


def _requalify(segments: Segments, chance: random.Random) -> None:
    _element(segments, chance, QUALIFIERS, at=chance.choice((1, 1, 1, 2, 3)))


def _revalue(segments: Segments, chance: random.Random) -> None:
    _element(segments, chance, VALUES, at=chance.randrange(17))


def _element(segments: Segments, chance: random.Random, of: list[bytes], *, at: int) -> None:
    row = chance.randrange(len(segments))
    elements = segments[row].split(b"*")
    elements += [b""] * (at + 1 - len(elements))
    elements[at] = chance.choice(of)
    segments[row] = b"*".join(elements)


def _byte(segments: Segments, chance: random.Random) -> None:
    row = chance.randrange(len(segments))
    at = chance.randrange(len(segments[row]) + 1)
    segments[row] = segments[row][:at] + bytes([chance.randrange(256)]) + segments[row][at:]


DAMAGES: tuple[Damage, ...] = (
    _shuffle,
    _double,
    _drop,
    _truncate,
    _new,
    _rename,
    _requalify,
    _requalify,
    _revalue,
    _revalue,
    _byte,
)
