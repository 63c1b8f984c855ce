"""One file's bytes to tables, whatever was done to them."""

import hashlib
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import UnreadableFile
from data.readers.x12 import read_x12, warm
from data.schema import ADJUSTMENTS, CLAIMS, LINES, REJECTS, REMARKS, REMITS, SERVICES

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250102*1200*^*00501*000000001*0*T*:~"
CLAIM_GS = "GS*HC*S*R*20250102*1200*1*X*005010X222A1~"
CLAIM_ST = """ST*837*0001*005010X222A1~BHT*0019*00*1*20250103*1200*CH~NM1*41*2*S*****46*S~NM1*40*2*R*****46*R~
HL*1**20*1~PRV*BI*PXC*2085R0202X~NM1*85*2*IMAGING*****XX*1999999984~N3*A~N4*B*OH*43001~REF*EI*99~
HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*DOE*JO****MI*M1~DMG*D8*19700515*F~NM1*PR*2*PAYER*****PI*P1~
CLM*C1*300***11:B:1*Y*A*Y*Y~REF*G1*AUTH1~HI*ABK:R10.9*ABF:M54.5~NM1*82*1*X*Y****XX*1888888886~
LX*1~SV1*HC:71046:26*100*UN*1***1~DTP*472*D8*20250101~REF*6R*L1~
LX*2~SV1*HC:72148*200*UN*1***1:2~DTP*472*D8*20250101~SE*27*0001~"""
REMIT_GS = "GS*HP*S*R*20250202*1200*2*X*005010X221A1~"
REMIT_ST = """ST*835*0001~BPR*I*80*C*ACH************20250203~TRN*1*T1*1~DTM*405*20250202~N1*PR*PAYER*XV*P1~N3*A~N4*B*OH*43001~
N1*PE*IMAGING*XX*1999999984~LX*1~CLP*C1*1*300*80*20*12*PC1**1~CAS*CO*45*0~NM1*QC*1*DOE*JO****MI*M1~MOA***MA01*MA07~
DTM*232*20250101~SVC*HC:71046:26*100*80**1~DTM*472*20250101~CAS*PR*2*20~REF*6R*L1~AMT*B6*100~
SVC*HC:72148*200*0~DTM*472*20250101~CAS*CO*197*150**16*50*1~LQ*HE*N40~LQ*HE*N130~SE*28*0001~"""
END = "GE*1*1~IEA*1*000000001~"
CLAIM = ISA + CLAIM_GS + CLAIM_ST + END
REMIT = ISA + REMIT_GS + REMIT_ST + END
BOTH = ISA + REMIT_GS + REMIT_ST + "GE*1*2~" + CLAIM_GS + CLAIM_ST + END

SCHEMAS = (
    (lambda r: r.claims.claims, CLAIMS),
    (lambda r: r.claims.lines, LINES),
    (lambda r: r.remits.remits, REMITS),
    (lambda r: r.remits.services, SERVICES),
    (lambda r: r.remits.adjustments, ADJUSTMENTS),
    (lambda r: r.remits.remarks, REMARKS),
    (lambda r: r.rejects, REJECTS),
    (lambda r: r.unused, REJECTS),
)


def read(text, **options):
    """Read, and check what holds for every reading."""
    content = text.encode() if isinstance(text, str) else text
    reading = read_x12(content, source="file", **options)
    for table, schema in SCHEMAS:
        assert table(reading).schema == schema
        table(reading).validate(full=True)
    assert reading.segments.total == reading.segments.used + reading.segments.listed
    assert reading.segments.listed == reading.unused.num_rows
    return reading


def content_of(reading):
    """The tables without what depends on where in a file things stand."""
    drop = {"claim_key", "remit_key", "offset"}
    return [_rows(table(reading), drop) for table, _ in SCHEMAS[:6]]


def _rows(table, drop):
    return table.drop_columns([name for name in table.column_names if name in drop]).to_pylist()


PLAIN = None


def setup_module():
    global PLAIN
    warm()
    PLAIN = content_of(read(BOTH))


def test_claim_and_remit_together():
    reading = read(BOTH)
    assert reading.claims.claims["claim_id"].to_pylist() == ["C1"]
    assert reading.remits.remits["claim_id"].to_pylist() == ["C1"]
    assert content_of(reading)[:2] == content_of(read(CLAIM))[:2]
    assert content_of(reading)[2:] == content_of(read(REMIT))[2:]
    assert reading.sha256 == hashlib.sha256(BOTH.encode()).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("~", "~\n"),
        lambda t: t.replace("\n", "").replace("~", "~\r\n"),
        lambda t: t.replace("\n", "").replace("~", "\n"),
        lambda t: t.replace("\n", "").replace("~", "\r"),
        lambda t: t.replace("*", "|").replace(":", ">").replace("~", "'"),
        lambda t: t.replace("*", "\x1d").replace(":", "\x1f").replace("~", "\x1c"),
        lambda t: "\ufeff" + t,
        lambda t: "\r\n  " + t,
        lambda t: t + "\n\n\x1a",
        lambda t: t.replace("~", "~~"),
        lambda t: t.replace("*          *00*", "**00*", 1),
        lambda t: t.replace("SENDER         ", "SENDER", 1),
        lambda t: "some mail header\n" + t,
        lambda t: t.replace("CLM*C1*", "CLM* C1 *"),
    ],
)
def test_the_same_in_other_clothes(change):
    assert content_of(read(change(BOTH))) == PLAIN


def test_two_interchanges_with_other_delimiters():
    other = CLAIM.replace("*", "|").replace(":", ">").replace("~", "'").replace("C1", "C2")
    reading = read(CLAIM + "\n-----\n" + other)
    assert reading.claims.claims["claim_id"].to_pylist() == ["C1", "C2"]
    assert "no segment known here" in reading.unused["reason"].to_pylist()


def test_keys_are_the_files_hash_and_the_place_in_it():
    reading = read(ISA + CLAIM_GS + CLAIM_ST * 3 + END)
    bits = int(reading.sha256, 16) >> 215
    assert reading.claims.claims["claim_key"].to_pylist() == [bits << 22 | n for n in range(3)]


def test_windows_give_what_one_window_gives():
    text = ISA + CLAIM_GS + CLAIM_ST * 40 + "GE*1*1~" + REMIT_GS + REMIT_ST * 40 + END
    whole = read(text)
    for size in (1, 3000, 20_000):
        parts = read(text, window_bytes=size)
        for table, _ in SCHEMAS:
            assert table(parts).equals(table(whole))
        assert parts.segments == whole.segments


def test_offsets_point_at_the_segment():
    reading = read(BOTH, window_bytes=1)
    for table, id_ in (
        (reading.claims.claims, "CLM"),
        (reading.claims.lines, "SV1"),
        (reading.remits.remits, "CLP"),
    ):
        for offset in table["offset"].to_pylist():
            assert BOTH[offset:].startswith(id_)
    for row in reading.unused.to_pylist():
        assert BOTH[row["offset"] :].startswith(row["segment"])


@pytest.mark.parametrize(
    "content", [b"", b"   ", b"hello", b"ISA", b"ISA*00*", ISA[:80].encode(), b"\x00" * 100]
)
def test_no_isa(content):
    with pytest.raises(UnreadableFile):
        read_x12(content, source="file")


def test_an_unreadable_file_shows_none_of_its_content():
    with pytest.raises(UnreadableFile) as caught:
        read_x12(b"NM1*IL*1*SECRET*NAME~", source="file")
    assert "SECRET" not in str(caught.value)


def test_cut_off_at_every_byte():
    """A claim is kept once CLM and one service are whole; each cut is listed; nothing but UnreadableFile is raised."""
    for end in range(len(BOTH)):
        text = BOTH[:end]
        if end < len(ISA):
            with pytest.raises(UnreadableFile):
                read_x12(text.encode(), source="file")
            continue
        reading = read(text)
        whole = text[: text.rfind("~") + 1]
        has_service = re.search(r"CLM\*C1\*.*SV1\*[^~]*~", whole, re.DOTALL) is not None
        assert reading.claims.claims.num_rows == has_service
        assert reading.claims.lines.num_rows == whole.count("SV1*")
        assert reading.remits.remits.num_rows == whole.count("CLP*")
        assert reading.remits.services.num_rows == whole.count("SVC*")
        # An IEA that is cut off costs nothing: many files have no terminator at their end.
        if "IEA" not in text[-20:]:
            assert reading.rejects.num_rows > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["linuxforhealth-x12/837_005010X222A2/demo.example1.837", "moov-x12/example_5010_835/sample2.txt"]
)
def test_samples_cut_off_at_every_byte(samples, name):
    content = (samples / name).read_bytes()
    for end in range(len(content)):
        try:
            read(content[:end])
        except UnreadableFile:
            assert end < 120


SEGMENTS = [piece for piece in BOTH.replace("\n", "").split("~") if piece]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(SEGMENTS[1:]), st.integers(0, len(SEGMENTS)))
def test_shuffled(segments, n):
    text = "~".join([SEGMENTS[0], *segments[:n]]) + "~"
    reading = read(text)
    assert reading.segments.total == n + 1 if n < len(SEGMENTS) else len(SEGMENTS)
    rejected = [
        row for row in reading.rejects.to_pylist() if row["segment"] == "CLM" and "claim" in row["reason"]
    ]
    assert reading.claims.claims.num_rows + len(rejected) == sum(s.startswith("CLM") for s in segments[:n])
    assert reading.remits.remits.num_rows == sum(s.startswith("CLP") for s in segments[:n])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=30), st.integers(len(ISA), len(BOTH)))
def test_bytes_that_make_no_sense(junk, at):
    content = BOTH.encode()
    read(content[:at] + junk + content[at:])


@pytest.mark.parametrize(
    ("lost", "reason"),
    [
        ("SE*27*0001~", "a transaction without its end (SE)"),
        ("IEA*1*000000001~", "an interchange without its end (IEA)"),
        ("NM1*PR*2*PAYER*****PI*P1~", "payer_id is missing"),
    ],
)
def test_what_is_missing_is_listed(lost, reason):
    reading = read(CLAIM.replace(lost, ""))
    assert reading.claims.claims.num_rows == 1
    told = [text for text in reading.rejects["reason"].to_pylist() if not text.startswith("SE says")]
    assert told == [reason]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("CLM*C1*300", "CLM**300", "a claim without a claim_id (CLM01)"),
        ("SV1*HC", "SV9*HC", "a claim without one whole service line"),
    ],
)
def test_rejected_claims_are_listed(before, after, reason):
    reading = read(CLAIM.replace(before, after))
    assert reading.claims.claims.num_rows == reading.claims.lines.num_rows == 0
    assert reason in reading.rejects["reason"].to_pylist()


@pytest.mark.parametrize("text", [CLAIM_ST, REMIT_ST, CLAIM_ST.split("~", 1)[1], REMIT_ST.split("~", 1)[1]])
def test_without_group_or_transaction(text):
    reading = read(ISA + text)
    assert reading.claims.lines.num_rows + reading.remits.services.num_rows == 2


def test_acknowledgements_beside_claims():
    reading = read(
        ISA
        + "TA1*1*250102*1200*A*000~"
        + "GS*FA*S*R*20250102*1200*3*X*005010X231A1~ST*999*1~AK1*HC*1~SE*3*1~GE*1*3~"
        + CLAIM_GS
        + CLAIM_ST
        + END
    )
    assert content_of(reading)[:2] == content_of(read(CLAIM))[:2]
    assert reading.statuses.acknowledgements["kind"].to_pylist() == ["TA1"]


def test_nothing_of_a_patient_is_listed():
    reading = read(CLAIM.replace("N3*A~", "DOE*JO~Doe~N3*A~"))
    for table in (reading.rejects, reading.unused):
        assert "DOE" not in table["segment"].to_pylist()
