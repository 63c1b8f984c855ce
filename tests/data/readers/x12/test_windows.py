"""A file read in windows of any size is the file read at once, and what is too long for a window costs only itself."""

import io
from dataclasses import fields

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import UnreadableFile
from data.readers.x12 import read_blocks, read_x12

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250102*1200*^*00501*000000001*0*T*:~"
CLAIM_GS = "GS*HC*S*R*20250102*1200*1*X*005010X222A1~"
LEVELS = (
    "ST*837*0001*005010X222A1~BHT*0019*00*1*20250103*1200*CH~HL*1**20*1~PRV*BI*PXC*2085R0202X~"
    "NM1*85*2*IMAGING*****XX*1999999984~N3*A~N4*B*OH*43001~HL*2*1*22*0~SBR*P*18*******CI~"
    "NM1*IL*1*DOE*JO****MI*M1~DMG*D8*19700515*F~NM1*PR*2*PAYER*****PI*P1~"
)
CLAIM = (
    "CLM*C1*300***11:B:1*Y*A*Y*Y~REF*G1*AUTH1~HI*ABK:R10.9*ABF:M54.5~NM1*82*1*X*Y****XX*1888888886~"
    "LX*1~SV1*HC:71046:26*100*UN*1***1~DTP*472*D8*20250101~REF*6R*L1~"
    "LX*2~SV1*HC:72148*200*UN*1***1:2~DTP*472*D8*20250101~"
)
REMIT_GS = "GS*HP*S*R*20250202*1200*2*X*005010X221A1~"
PAYMENT = (
    "ST*835*0001~BPR*I*80*C*ACH************20250203~TRN*1*T1*1~DTM*405*20250202~N1*PR*PAYER*XV*P1~N3*A~"
    "N1*PE*IMAGING*XX*1999999984~LX*1~"
)
REMIT = (
    "CLP*C1*1*300*80*20*12*PC1**1~CAS*CO*45*0~NM1*QC*1*DOE*JO****MI*M1~MOA***MA01*MA07~DTM*232*20250101~"
    "SVC*HC:71046:26*100*80**1~DTM*472*20250101~CAS*PR*2*20~REF*6R*L1~AMT*B6*100~SVC*HC:72148*200*0~LQ*HE*N40~"
)
PLB = "PLB*1999999984*20251231*WO:R1*10*FB*-5~"
END = "SE*1*0001~GE*1*1~IEA*1*000000001~"
ACKNOWLEDGEMENT = "ST*999*1~AK1*HC*1~AK2*837*1~IK5*A~AK2*837*2~IK5*R*5~AK9*P*2*2*1~SE*3*1~"
STATUS_HEAD = (
    "ST*277*1*005010X214~BHT*0085*08*1*20250104*1200*TH~HL*1**20*1~NM1*PR*2*P*****PI*P1~TRN*1*X~"
    "HL*2*1*21*1~NM1*41*2*S*****46*S~TRN*2*B~STC*A1:19*20250104*WQ*300~HL*3*2*19*1~NM1*85*2*I*****XX*1999999984~"
)
STATUS = (
    "HL*4*3*PT~NM1*QC*1*DOE*JO****MI*M1~TRN*2*C1~STC*A3:21*20250104*U*300~SVC*HC:71046*1~STC*A7:1~REF*FJ*L1~"
)
PIECES = (
    *(ISA, CLAIM_GS, REMIT_GS, "SE*9*0001~", "GE*1*1~", "IEA*1*000000001~\n", "----\nstray\n", "~", "\n"),
    *(
        LEVELS,
        CLAIM,
        REMIT,
        PAYMENT,
        PLB,
        ACKNOWLEDGEMENT,
        STATUS_HEAD,
        STATUS,
        "HL*3*1*22*0~SBR*S*18~",
        "NM1*85*2*OTHER*****XX*1~",
    ),
    *(
        "NM1*IL*1*DOE*JO****MI*M2~",
        "CLM**5~",
        "SV2*0300*HC:71046*5*UN*1~",
        "SVC*HC:1*1*1~",
        "LX*1~",
        "CLP*A*4*1*0~",
    ),
    *(ISA.replace("*", "|").replace("~", "'"), "TA1*1*250102*1200*A*000~", "XYZ*1~"),
)
SIZES = (1, 700, 1500, 4000)


def told(reading):
    """All that a reading says, table by table."""
    tables = {
        f"{held}.{field.name}": getattr(getattr(reading, held), field.name)
        for held in ("claims", "remits", "statuses")
        for field in fields(getattr(reading, held))
    }
    return {**tables, "rejects": reading.rejects, "unused": reading.unused}


def check(content, *, window_bytes=1 << 20, sizes=SIZES, **options):
    """Read at once and in windows: the same."""
    whole = read_x12(content, source="file", window_bytes=window_bytes, **options)
    assert whole.segments.total == whole.segments.used + whole.segments.listed
    assert whole.segments.listed == whole.unused.num_rows
    for size in sizes:
        parts = read_x12(content, source="file", window_bytes=size, **options)
        assert parts.segments == whole.segments
        for name, table in told(parts).items():
            assert table.equals(told(whole)[name]), (name, size)
    return whole


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_size_of_window(pieces):
    check((ISA + "".join(pieces)).encode())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=20), st.binary(max_size=9), st.integers(len(ISA), 5000))
def test_any_size_of_window_over_what_makes_no_sense(pieces, junk, at):
    content = (ISA + CLAIM_GS + LEVELS + CLAIM + "".join(pieces)).encode()
    check(content[:at] + junk + content[at:])


def test_samples(samples):
    for path in sorted(p for p in samples.rglob("*") if p.is_file()):
        content = path.read_bytes()
        if content.find(b"ISA") >= 0 and len(content) < 60_000:
            check(content, sizes=(1,))


def test_one_transaction_of_any_length_comes_in_many_pieces():
    content = (ISA + CLAIM_GS + LEVELS + CLAIM * 300 + "SE*3313*0001~GE*1*1~IEA*1*000000001~").encode()
    pieces = list(read_blocks(io.BytesIO(content), source="file", sha256="0" * 64, window_bytes=8000))
    assert len(pieces) > 8
    assert [piece.is_last for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    keys = [key for piece in pieces for key in piece.claims.claims["claim_key"].to_pylist()]
    assert keys == list(range(300))
    assert sum(piece.rejects.num_rows for piece in pieces) == 0
    assert {payer for piece in pieces for payer in piece.claims.claims["payer_id"].to_pylist()} == {"P1"}


def test_an_end_that_is_missing_points_at_its_beginning():
    content = ISA + CLAIM_GS + LEVELS + CLAIM * 30
    reading = check(content.encode())
    assert [(row["offset"], row["segment"]) for row in reading.rejects.to_pylist()] == [
        (0, "ISA"),
        (len(ISA), "GS"),
        (len(ISA + CLAIM_GS), "ST"),
    ]


@pytest.mark.parametrize(
    ("long", "segment"),
    [
        (CLAIM.replace("C1", "C3") + "LX*3~SV1*HC:1*1*UN*1***1~" * 4000, "CLM"),
        ("NTE*ADD*" + "X" * 45_000 + "~", "?"),
        ("NM1*85*" + "X" * 45_000 + "~", "?"),
        ("HL*9**20*1~" + "X*" * 45_000 + "~", "?"),
        ("X" * 45_000 + "~", "?"),
        ("*" * 45_000 + "~", "?"),
        ("~\n" * 20_000, None),
    ],
)
def test_what_is_too_long_costs_only_itself(long, segment):
    before, after = ISA + CLAIM_GS + LEVELS + CLAIM, "HL*4*1*22*0~SBR*P~" + CLAIM.replace("C1", "C2") + END
    content = (before + long + after).encode()
    reading = check(content, most_bytes=20_000, window_bytes=20_000)
    assert reading.claims.claims["claim_id"].to_pylist() == ["C1", "C2"]
    rows = [row for row in reading.rejects.to_pylist() if row["reason"].startswith("too long")]
    assert [row["segment"] for row in rows] == ([] if segment is None else [segment])
    for row in rows:
        assert len(before) <= row["offset"] <= len(before) + 12


def test_a_line_without_end_is_never_held():
    """Bytes as they come, and none of them kept: what is held at once stays near the limit."""

    class Endless:
        def __init__(self, head, n_bytes):
            self.head, self.left = head, n_bytes
            self.most = 0

        def read(self, size):
            if self.head:
                out, self.head = self.head[:size], self.head[size:]
                return out
            self.most = max(self.most, size)
            out = b"X" * min(size, self.left)
            self.left -= len(out)
            return out

    stream = Endless((ISA + CLAIM_GS + LEVELS + CLAIM).encode(), 3_000_000)
    pieces = list(read_blocks(stream, source="f", sha256="0" * 64, window_bytes=5_000, most_bytes=40_000))
    assert stream.left == 0
    assert stream.most <= 40_000
    assert pieces[-1].is_last
    assert sum(piece.rejects.num_rows for piece in pieces) == 4


@pytest.mark.parametrize("content", [b"", b"nothing" * 1000])
def test_without_isa(content):
    with pytest.raises(UnreadableFile, match="ISA"):
        list(read_blocks(io.BytesIO(content), source="file", sha256="0" * 64, window_bytes=1))
