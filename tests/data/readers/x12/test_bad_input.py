"""What users' files do wrong, one case a row: no traceback, no hang, bounded memory, the good claims kept."""

import io
import tracemalloc
from pathlib import Path

import pytest
from invariants import check_reading, check_x12

from data.errors import UnreadableFile
from data.readers.x12 import read_blocks, read_x12

CORPUS = Path(__file__).parents[3] / "fuzz" / "corpus" / "x12"

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250102*1200*^*00501*000000001*0*T*:~\n"
HEAD = (
    "GS*HC*S*R*20250102*1200*1*X*005010X222A1~\nST*837*0001*005010X222A1~\nBHT*0019*00*1*20250103*1200*CH~\n"
)
PEOPLE = "HL*1**20*1~\nNM1*85*2*IMAGING*****XX*1999999984~\nHL*2*1*22*0~\nSBR*P*18*******CI~\nNM1*PR*2*P*****PI*P1~\n"
TAIL = "SE*18*0001~\nGE*1*1~\nIEA*1*000000001~\n"


def claim(claim_id):
    return f"CLM*{claim_id}*100***11:B:1*Y*A*Y*Y~\nHI*ABK:R109~\nLX*1~\nSV1*HC:71046:26*100*UN*1***1~\nDTP*472*D8*20250101~\n"


def claims(*ids):
    return "".join(map(claim, ids))


BODY = HEAD + PEOPLE + claims("C1", "C2")
GOOD = ISA + BODY + TAIL
BOTH = ["C1", "C2"]


def swapped(text, *pairs):
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    return text


CASES = {
    "nothing wrong": (GOOD, BOTH, None),
    "NULs around segments": (GOOD.replace("\n", "\x00\x00"), BOTH, None),
    "NULs before and after": ("\x00" * 600 + GOOD + "\x00" * 600, BOTH, None),
    "a NUL in a code": (swapped(GOOD, ("71046", "7\x001046")), BOTH, None),
    "form feeds and tabs between segments": (GOOD.replace("\n", "\f\t\v"), BOTH, None),
    "an end-of-file sign of old systems": (GOOD + "\x1a", BOTH, None),
    "a byte order mark before every line": (GOOD.replace("\n", "\n\ufeff"), [], None),
    "other delimiters than the ISA says": (ISA + BODY.replace("*", "|") + TAIL, [], "no segment known"),
    "another separator of components": (ISA + BODY.replace(":", ">") + TAIL, BOTH, None),
    "no terminators": (GOOD.replace("~\n", ""), [], None),
    "terminators of two kinds": (GOOD.replace("HI*", "\rHI*"), BOTH, None),
    "two interchanges": (
        GOOD + swapped(GOOD, ("C1", "C3"), ("C2", "C4"), ("*", "|"), ("~", "'")),
        [*BOTH, "C3", "C4"],
        None,
    ),
    "two groups": (
        ISA + BODY + "SE*18*0001~GE*1*1~" + BODY + TAIL,
        BOTH * 2,
        "IEA says 1 groups, there are 2",
    ),
    "an interchange that never ends": (ISA + BODY + GOOD, BOTH * 2, "an interchange without its end (IEA)"),
    "a transaction that never ends": (
        swapped(GOOD, ("SE*18*0001~", "")),
        BOTH,
        "a transaction without its end (SE)",
    ),
    "no end at all": (ISA + BODY, BOTH, "an interchange without its end (IEA)"),
    "an end without a beginning": (
        swapped(GOOD, ("ST*837*0001*005010X222A1~\n", "")),
        BOTH,
        "SE without its ST",
    ),
    "no group": (ISA + BODY.split("\n", 1)[1] + "SE*18*0001~\nIEA*1*000000001~", BOTH, "there are 0"),
    "a wrong count": (swapped(GOOD, ("SE*18", "SE*17")), BOTH, "SE says 17 segments, there are 18"),
    "a count of ∞": (swapped(GOOD, ("SE*18", "SE*" + "9" * 40)), BOTH, "SE says"),
    "another control number": (swapped(GOOD, ("SE*18*0001", "SE*18*0002")), BOTH, "control number of SE"),
    "no LX": (swapped(GOOD, ("LX*1~\n", "")), BOTH, None),
    "LX without a number": (swapped(GOOD, ("LX*1~", "LX~")), BOTH, None),
    "a line without a service": (swapped(GOOD, ("LX*1~", "LX*1~LX*2~")), BOTH, "a line without a service"),
    "no hierarchy": (ISA + HEAD + claims(*BOTH) + TAIL, BOTH, "payer_id is missing"),
    "a claim without an id": (
        swapped(GOOD, ("CLM*C1", "CLM*")),
        ["C2"],
        "a claim without a claim_id (CLM01)",
    ),
    "a claim without a line": (
        ISA + HEAD + PEOPLE + claim("C1").split("LX")[0] + claim("C2") + TAIL,
        ["C2"],
        "a claim without one whole service line",
    ),
    "every segment twice": (
        ISA + "~".join(s + "~" + s for s in (BODY + TAIL).split("~")[:-1]) + "~",
        BOTH,
        "a claim without one whole service line",
    ),
    "a page of HTML between claims": (
        swapped(GOOD, ("CLM*C2", "<html><body>504 * Gateway ~ Timeout</body></html>~CLM*C2")),
        BOTH,
        "no segment known here",
    ),
    "a mail around it": ("From: a\nSubject: claims\n\n" + GOOD + "\n--\nregards\n", BOTH, None),
    "100,000 empty segments": (swapped(GOOD, ("CLM*C2", "~" * 100_000 + "CLM*C2")), BOTH, None),
    "100,000 empty elements": (swapped(GOOD, ("HI*ABK", "HI" + "*" * 100_000 + "ABK")), BOTH, None),
    "100,000 components": (swapped(GOOD, ("HC:71046", "HC:71046" + ":" * 100_000)), BOTH, None),
    "a claim of 3,000 lines": (
        swapped(GOOD, ("CLM*C2", "LX*2~SV1*HC:71046*1*UN*1***1~" * 3_000 + "CLM*C2")),
        BOTH,
        None,
    ),
    "amounts that are none": (swapped(GOOD, ("*100*UN", "*1,00$*UN")), BOTH, "charge_cents is not an amount"),
    "an amount of 400 digits": (swapped(GOOD, ("*100*UN", f"*{'9' * 400}*UN")), BOTH, "not an amount"),
    "a day that is none": (swapped(GOOD, ("20250101~", "20250230~")), BOTH, "is not a date"),
    "letters of other alphabets": (swapped(GOOD, ("IMAGING", "ÄRZTEHAUS 放射線科")), BOTH, None),
}


@pytest.mark.parametrize(("text", "kept", "reason"), CASES.values(), ids=CASES)
def test_the_good_claims_are_kept(text, kept, reason):
    reading = check_x12(text.encode())
    assert reading is not None
    assert reading.claims.claims["claim_id"].to_pylist() == kept
    told = {*reading.rejects["reason"].to_pylist(), *reading.unused["reason"].to_pylist()}
    assert reason is None or any(reason in each for each in told), told


@pytest.mark.parametrize(
    "bytes_of_a_name", [b"M\xdcLLER", b"\xff\xfe\xfd", b"\xed\xa0\x80", b"\xf5\x80", b"\xc3", b"\x80" * 50]
)
def test_bytes_that_are_no_utf8(bytes_of_a_name):
    reading = check_x12(GOOD.encode().replace(b"IMAGING", bytes_of_a_name))
    assert reading is not None
    assert reading.claims.claims["claim_id"].to_pylist() == BOTH
    assert reading.claims.claims["billing_npi"].to_pylist() == ["1999999984"] * 2


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (GOOD.encode("utf-16"), "text in UTF-16"),
        (GOOD.encode("utf-16-be"), "text in UTF-16"),
        (GOOD.encode("utf-32"), "text in UTF-32"),
        (GOOD.encode("cp037", "replace"), "text in EBCDIC"),
        (b"%PDF-1.7" + bytes(2000), "a PDF"),
        (GOOD[GOOD.index("GS") :].encode(), "X12 that has lost its ISA"),
        (b"", "no bytes"),
        (bytes(5000), "5000 bytes without an ISA segment"),
    ],
)
def test_what_is_no_x12_is_named(content, found):
    with pytest.raises(UnreadableFile, match=found):
        read_x12(content, source="file")


@pytest.mark.parametrize(("name", "step"), [("status_277ca", 2), ("remit_all", 4), ("professional_all", 6)])
def test_cut_off_anywhere(name, step):
    """The more of a file is there, the more is read of it."""
    content = (CORPUS / f"{name}.x12").read_bytes()
    most = (0, 0, 0)
    for end in range(120, len(content), step):
        part = content[:end]
        reading = read_x12(part, source="file")
        if end % 10 == 0:
            check_reading(reading, part)
        n_rows = (
            reading.claims.lines.num_rows,
            reading.remits.services.num_rows,
            reading.statuses.statuses.num_rows,
        )
        assert all(now >= before for now, before in zip(n_rows, most, strict=True))
        most = n_rows
    assert any(most)


TOO_LONG = "too long for a segment or a claim"


@pytest.mark.parametrize("where", ["HI*ABK", "CLM*C2", "HL*1", "ST*", "SE*18", "DTP*"])
@pytest.mark.parametrize("terminator", ["~", ""])
def test_a_line_longer_than_any_claim(where, terminator):
    """It is skipped and listed, and what comes behind it is read."""
    at = GOOD.rindex(where)
    text = GOOD[:at] + "K3*" + "A" * 50_000 + terminator + GOOD[at:]
    reading = read_x12(text.encode(), source="file", window_bytes=2_000, most_bytes=10_000)
    check_reading(reading, text.encode())
    kept = reading.claims.claims["claim_id"].to_pylist()
    assert (
        set(kept) >= {"C1", "C2"} if where in ("HL*1", "ST*", "SE*18") and terminator else set(kept) >= {"C1"}
    )
    assert any(TOO_LONG in reason for reason in reading.rejects["reason"].to_pylist())


class Long(io.RawIOBase):
    """A file made while it is read: claims, then one line of `n` bytes, then claims."""

    def __init__(self, n: int) -> None:
        self._parts = [(ISA + BODY + "K3*").encode(), n, ("~\n" + claims("C3") + TAIL).encode()]

    def read(self, size: int = -1) -> bytes:
        while self._parts and not self._parts[0]:
            self._parts.pop(0)
        if not self._parts:
            return b""
        first = self._parts[0]
        if isinstance(first, int):
            self._parts[0] = first - min(first, size)
            return b"A" * min(first, size)
        self._parts[0] = first[size:]
        return first[:size]


def test_a_line_of_64_mb_takes_no_memory():
    tracemalloc.start()
    try:
        pieces = list(
            read_blocks(
                Long(64 << 20), source="file", sha256="0" * 64, window_bytes=1 << 16, most_bytes=1 << 18
            )
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    found = [claim_id for piece in pieces for claim_id in piece.claims.claims["claim_id"].to_pylist()]
    assert found == ["C1", "C2", "C3"]
    assert peak < 16 << 20
