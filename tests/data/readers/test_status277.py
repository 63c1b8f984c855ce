"""What a 277CA says, field by field."""

from datetime import date

import pytest

from data.readers.x12 import read_x12

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250102*1200*^*00501*000000001*0*T*:~"
HEAD = (
    "BHT*0085*08*1*20250104*1200*TH~HL*1**20*1~NM1*AY*2*HOUSE*****46*CH1~TRN*1*X~"
    "HL*2*1*21*1~NM1*41*2*S*****46*S~TRN*2*BATCH~STC*A1:19:PR*20250104*WQ*300~"
    "HL*3*2*19*1~NM1*85*2*IMAGING*****XX*1999999984~"
)
PATIENT = "HL*4*3*PT~NM1*QC*1*DOE*JO****MI*M1~"
CLAIM = (
    "TRN*2*C1~STC*A3:21*20250105*U*300******A3:562:85~REF*1K*PC1~REF*D9*CN1~DTP*472*RD8*20250101-20250102~"
)
LINE = "SVC*HC:71046:26*100*****1~STC*A7:507**U*100.5~REF*FJ*L1~DTP*472*D8*20250102~"


def read(claims, head=HEAD, version="005010X214", transaction="277"):
    body = f"ST*{transaction}*1*{version}~{head}{claims}"
    ends = f"SE*{body.count('~') + 1}*1~GE*1*1~IEA*1*000000001~"
    text = f"{ISA}GS*HN*S*R*20250104*1200*1*X*{version}~{body}{ends}"
    return read_x12(text.encode(), source="file")


def statuses(claims, **where):
    return read(claims, **where).statuses.statuses.to_pylist()


@pytest.mark.parametrize(
    ("row", "field", "expected"),
    [
        (0, "position", 1),
        (0, "claim_id", "C1"),
        (0, "line_control", None),
        (0, "procedure", None),
        (0, "category", "A3"),
        (0, "status", "21"),
        (0, "entity", None),
        (0, "action", "U"),
        (0, "status_on", date(2025, 1, 5)),
        (0, "charge_cents", 30_000),
        (0, "payer_control", "PC1"),
        (0, "clearinghouse_control", "CN1"),
        (0, "source_id", "CH1"),
        (0, "source_role", "AY"),
        (0, "billing_npi", "1999999984"),
        (0, "member_id", "M1"),
        (0, "service_from", date(2025, 1, 1)),
        (0, "service_to", date(2025, 1, 2)),
        (0, "known_on", date(2025, 1, 4)),
        (1, "position", 2),
        (1, "status", "562"),
        (1, "entity", "85"),
        (1, "charge_cents", 30_000),
        (2, "position", 3),
        (2, "claim_id", "C1"),
        (2, "line_control", "L1"),
        (2, "procedure", "71046"),
        (2, "category", "A7"),
        (2, "status_on", None),
        (2, "charge_cents", 10_050),
        (2, "service_from", date(2025, 1, 2)),
        (2, "payer_control", "PC1"),
    ],
)
def test_status(row, field, expected):
    reading = read(PATIENT + CLAIM + LINE)
    assert reading.statuses.statuses.num_rows == 3
    assert reading.statuses.statuses.to_pylist()[row][field] == expected
    assert reading.rejects.num_rows == 0
    assert reading.segments.listed == 0


@pytest.mark.parametrize(
    ("claims", "head", "field", "expected"),
    [
        (PATIENT + CLAIM, HEAD.replace("20250104*1200*TH", "*1200*TH"), "known_on", date(2025, 1, 5)),
        (CLAIM.replace("TRN*2", "NM1*QC*1*DOE*JO****MI*M1~TRN*2"), HEAD, "member_id", "M1"),
        (PATIENT + CLAIM, HEAD.replace("XX*", "FI*"), "billing_npi", None),
        (PATIENT + CLAIM + "HL*5*3*PT~" + CLAIM.replace("C1", "C2"), HEAD, "member_id", "M1"),
    ],
)
def test_what_is_said_above_the_claims(claims, head, field, expected):
    assert statuses(claims, head=head)[0][field] == expected


def test_the_next_patient_inherits_nothing():
    told = statuses(PATIENT + CLAIM + "HL*5*3*PT~" + CLAIM.replace("C1", "C2"))
    assert [row["member_id"] for row in told] == ["M1", "M1", None, None]
    assert [row["claim_id"] for row in told] == ["C1", "C1", "C2", "C2"]
    assert len({row["status_key"] for row in told}) == 2


def test_several_claims_of_one_patient():
    told = statuses(PATIENT + CLAIM + CLAIM.replace("C1", "C2"))
    assert [(row["claim_id"], row["position"], row["member_id"]) for row in told] == [
        ("C1", 1, "M1"),
        ("C1", 2, "M1"),
        ("C2", 1, "M1"),
        ("C2", 2, "M1"),
    ]


def test_separators_are_the_interchanges():
    body = (HEAD + PATIENT + CLAIM + LINE).replace(":", "|")
    reading = read_x12(f"{ISA.replace(':', '|')}ST*277*1*005010X214~{body}".encode(), source="file")
    assert reading.statuses.statuses["status"].to_pylist() == ["21", "562", "507"]


def test_a_status_of_a_batch_is_an_acknowledgement():
    (row,) = read("").statuses.acknowledgements.to_pylist()
    told = (row["kind"], row["control"], row["verdict"], row["fault"], row["known_on"], row["transaction"])
    assert told == ("277", "BATCH", "A1", "19", date(2025, 1, 4), None)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        (PATIENT + "TRN*2~STC*A3:21~", "a status without the claim_id that it is of (TRN02)"),
        (PATIENT + "TRN*2*C1~REF*1K*P~", "a claim of which no status is told (STC)"),
        (PATIENT + "TRN*2*C1~STC*A3:21*20251301~", "status_on is not a date"),
        (PATIENT + "TRN*2*C1~STC*A3:21**U*X******A3:22~", "charge_cents is not an amount"),
        (PATIENT + "TRN*2*C1~STC*A3:21*20250101~DTP*472*D8*X~", "the days of service are not dates"),
    ],
)
def test_what_can_not_be_used_is_listed_once(claims, reason):
    assert read(claims).rejects["reason"].to_pylist() == [reason]


@pytest.mark.parametrize("version", ["005010X212", "004010X093A1", ""])
def test_a_277_of_another_guide_is_named(version):
    reading = read(PATIENT + CLAIM, version=version)
    assert reading.statuses.statuses.num_rows == 0
    assert set(reading.unused["reason"].to_pylist()) == {"a 277 that acknowledges no claims: not read"}


@pytest.mark.parametrize("number", ["270", "271", "276", "278", "834", "820"])
def test_other_transactions_are_named(number):
    reading = read(PATIENT + CLAIM, version="005010X279A1", transaction=number)
    assert set(reading.unused["reason"].to_pylist()) == {f"a {number}: not read"}


def test_what_is_no_number_is_not_shown():
    reading = read("", transaction="DOE")
    assert set(reading.unused["reason"].to_pylist()) == {"another transaction: not read"}
