"""What an 835 says more than once of a remit or service, and of a payment as a whole."""

from datetime import date
from io import BytesIO

import pytest

from data.readers.x12 import read_blocks, read_x12

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250102*1200*^*00501*000000001*0*T*:~"
GS = "GS*HP*S*R*20250102*1200*1*X*005010X221A1~"
PAYMENT = "BPR*I*100*C*ACH************20250201~TRN*1*T1*1~DTM*405*20250131~"
PARTIES = "N1*PR*PAYER*XV*P1~REF*2U*P2~N1*PE*IMAGING*XX*1999999984~LX*1~"
CLP = "CLP*C1*1*100*60*10*12*PC1~"
SVC = "SVC*HC:71046*100*60~DTM*472*20250105~"


def content(*transactions):
    text = ISA + GS
    for n, said in enumerate(transactions, 1):
        text += f"ST*835*{n:04d}~{said}SE*{said.count('~') + 2}*{n:04d}~"
    return f"{text}GE*{len(transactions)}*1~IEA*1*000000001~".encode()


def read(said, *, details=True):
    return read_x12(content(PAYMENT + PARTIES + said), source="file", details=details)


def rows(table, *without):
    """Rows without their key and what is null or 0."""
    left_out = {"remit_key", "adjustment_key", *without}
    return [{k: v for k, v in row.items() if v and k not in left_out} for row in table.to_pylist()]


CASES = [
    ("REF*EA*R~", {"segment": "REF", "qualifier": "EA", "value": "R"}),
    ("REF*F8*O~", {"segment": "REF", "qualifier": "F8", "value": "O"}),
    ("DTM*036*20250301~", {"segment": "DTM", "qualifier": "036", "on": date(2025, 3, 1)}),
    ("AMT*I*1.25~", {"segment": "AMT", "qualifier": "I", "amount_cents": 125}),
    ("QTY*CA*3~", {"segment": "QTY", "qualifier": "CA", "quantity": 3.0}),
]


@pytest.mark.parametrize(("said", "expected"), CASES, ids=[said for said, _ in CASES])
@pytest.mark.parametrize("service", [0, 1])
def test_details(said, expected, service):
    reading = read(CLP + (SVC + said if service else said + SVC))
    found = rows(reading.remits.remit_details, "position")
    assert {**expected, **({"service": 1} if service else {})} in found
    assert (reading.rejects.num_rows, reading.unused["segment"].to_pylist()) == (0, ["LX"])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("NM1*82*1*X*Y****XX*7~", [("82", "7")]),
        ("NM1*TT*2*NEXT*****PI*7~", [("TT", "7")]),
        ("NM1*PR*2*RIGHT*****PI*7~", [("PR", "7")]),
        ("NM1*QC*1*DOE*JO****MI*7~", []),
        ("NM1*IL*1*DOE*JO****MI*7~", []),
        ("NM1*74*1*DOE*JO****C*7~", []),
        ("NM1*GB*1*DOE*JO****MI*7~", []),
        ("REF*SY*7~", []),
        ("REF*1W*7~", []),
    ],
)
def test_patients_are_not_kept(said, expected):
    found = rows(read(CLP + said).remits.remit_details)
    assert [(r["qualifier"], r["value"]) for r in found] == expected


def test_amounts_and_counts_of_inpatient_and_outpatient_information():
    found = rows(
        read(f"{CLP}MIA*2*10.5**20*MA01~MOA*.25*30*N1**********~{SVC}").remits.remit_details, "position"
    )
    assert found[:6] == [
        {"segment": "MIA", "qualifier": "01", "quantity": 2.0},
        {"segment": "MIA", "qualifier": "02", "amount_cents": 1050},
        {"segment": "MIA", "qualifier": "04", "amount_cents": 2000},
        {"segment": "MOA", "qualifier": "01", "quantity": 0.25},
        {"segment": "MOA", "qualifier": "02", "amount_cents": 3000},
        {"segment": "DTM", "qualifier": "472", "on": date(2025, 1, 5), "service": 1},
    ]


def test_remarks_stay_where_they_were():
    remits = read(f"{CLP}MIA*****MA01~MOA***N1*N2~{SVC}LQ*HE*N3~").remits
    assert remits.remarks["rarc"].to_pylist() == ["MA01", "N1", "N2", "N3"]


PLB = "PLB*1999999984*20251231*WO:REF1*-5.5*72*3*L6:I*.25~"


def test_adjustments_of_a_payment_as_a_whole():
    reading = read(CLP + SVC + PLB)
    payment = {
        "payer_id": "P1",
        "payee_npi": "1999999984",
        "provider_id": "1999999984",
        "fiscal_on": date(2025, 12, 31),
        "known_on": date(2025, 2, 1),
        "trace": "T1",
    }
    assert rows(reading.remits.provider_adjustments) == [
        {**payment, "reason": "WO", "reference": "REF1", "amount_cents": -550},
        {**payment, "reason": "72", "amount_cents": 300},
        {**payment, "reason": "L6", "reference": "I", "amount_cents": 25},
    ]
    keys = reading.remits.provider_adjustments["adjustment_key"].to_pylist()
    assert keys == list(range(keys[0], keys[0] + 3))
    assert reading.unused["segment"].to_pylist() == ["LX"]


def test_six_pairs_several_segments_and_a_payment_without_remits():
    six = "PLB*1*20251231" + "".join(f"*WO:{n}*{n}" for n in range(1, 7)) + "~"
    found = rows(read(six + PLB).remits.provider_adjustments)
    assert [r["amount_cents"] for r in found] == [100, 200, 300, 400, 500, 600, -550, 300, 25]
    assert {r["trace"] for r in found} == {"T1"}


@pytest.mark.parametrize(
    ("said", "field", "expected"),
    [
        (PAYMENT.replace("20250201", "") + PARTIES, "known_on", date(2025, 1, 31)),
        (PAYMENT + PARTIES.replace("XV*P1", ""), "payer_id", "P2"),
        (PAYMENT + PARTIES.replace("XX*1999", "FI*1999"), "payee_npi", None),
        (PAYMENT.replace("TRN*1*T1*1~", "") + PARTIES, "trace", None),
    ],
)
def test_of_which_payment(said, field, expected):
    other = PAYMENT.replace("T1", "T0") + PARTIES + CLP + PLB
    found = read_x12(content(other, said + CLP + PLB), source="file").remits.provider_adjustments
    assert found[field].to_pylist()[3:] == [expected] * 3


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("PLB*1*20251231*WO*A~", "amount_cents is not an amount"),
        ("PLB*1*20251231*WO~", "amount_cents is missing"),
        ("PLB*1*2025*WO*1~", "fiscal_on is not a date"),
    ],
)
def test_what_cannot_be_read_is_told(said, reason):
    assert read(CLP + said).rejects["reason"].to_pylist() == [reason]


@pytest.mark.parametrize("size", [1, 100, 200])
def test_pieces_say_the_same(size):
    whole = content(*([PAYMENT + PARTIES + (CLP + SVC) * 3 + PLB] * 3))
    pieces = list(read_blocks(BytesIO(whole), source="file", sha256=64 * "0", window_bytes=size))
    at_once = next(read_blocks(BytesIO(whole), source="file", sha256=64 * "0")).remits
    for name in ("provider_adjustments", "remit_details"):
        found = [row for piece in pieces for row in getattr(piece.remits, name).to_pylist()]
        assert found == getattr(at_once, name).to_pylist()
    assert len(pieces) > 1


def test_without_details_the_account_is_the_same():
    said = CLP + "REF*EA*1~REF*EA*2~" + SVC + PLB
    whole, short = read(said), read(said, details=False)
    assert short.remits.services.equals(whole.remits.services)
    assert (short.segments, short.unused) == (whole.segments, whole.unused)
    assert short.remits.remit_details.num_rows == short.remits.provider_adjustments.num_rows == 0
