"""What an 835 says, field by field."""

from datetime import date

import pytest

from data.readers.x12 import read_x12

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250102*1200*^*00501*000000001*0*T*:~"
HEAD = (
    "GS*HP*S*R*20250202*1200*2*X*005010X221A1~ST*835*1~BPR*I*80*C*ACH************20250203~TRN*1*T1*1~DTM*405*20250202~"
    "N1*PR*PAYER*XV*P1~REF*2U*P2~N1*PE*IMAGING*XX*1999999984~LX*1~"
)
CLP = "CLP*C1*1*300*80.5*20*12*PC1**7~"
SVC = "SVC*HC:71046:26*100*80**3*HC:71045~DTM*472*20250101~REF*6R*L1~AMT*B6*95~"


def read(remit, head=HEAD):
    return read_x12(f"{ISA}{head}{remit}SE*1*1~GE*1*1~IEA*1*000000001~".encode(), source="file")


@pytest.mark.parametrize(
    ("segments", "field", "expected"),
    [
        ("", "claim_id", "C1"),
        ("", "status", "1"),
        ("", "charge_cents", 30_000),
        ("", "paid_cents", 8050),
        ("", "patient_cents", 2000),
        ("", "plan_type", "12"),
        ("", "payer_control", "PC1"),
        ("", "frequency", "7"),
        ("", "payer_id", "P1"),
        ("", "payer_name", "PAYER"),
        ("", "payee_npi", "1999999984"),
        ("", "payee_name", "IMAGING"),
        ("", "known_on", date(2025, 2, 3)),
        ("", "trace", "T1"),
        ("", "service_from", None),
        (SVC, "service_from", date(2025, 1, 1)),
        (SVC + SVC.replace("20250101", "20250105"), "service_to", date(2025, 1, 5)),
        ("DTM*232*20250102~" + SVC, "service_from", date(2025, 1, 2)),
        ("DTM*232*20250102~" + SVC, "service_to", date(2025, 1, 2)),
        ("DTM*232*20250102~DTM*233*20250104~", "service_to", date(2025, 1, 4)),
        ("DTM*050*20250110~", "received_on", date(2025, 1, 10)),
        ("NM1*QC*1*DOE*JO****MI*M1~", "member_id", "M1"),
        ("NM1*QC*1*DOE*JO****MI*M1~NM1*IL*1*DOE*PA****MI*M2~", "member_id", "M2"),
        ("NM1*82*1*X*Y****XX*1888888886~", "rendering_npi", "1888888886"),
    ],
)
def test_remit(segments, field, expected):
    assert read(CLP + segments).remits.remits.to_pylist()[0][field] == expected


@pytest.mark.parametrize(
    ("before", "after", "field", "expected"),
    [
        ("*XV*P1", "", "payer_id", "P2"),
        ("*XX*1999999984", "*FI*123", "payee_npi", None),
        ("************20250203", "", "known_on", date(2025, 2, 2)),
    ],
)
def test_second_places_to_look(before, after, field, expected):
    assert read(CLP, HEAD.replace(before, after)).remits.remits.to_pylist()[0][field] == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("service", 1),
        ("line_control", "L1"),
        ("procedure", "71046"),
        ("modifier_1", "26"),
        ("submitted_procedure", "71045"),
        ("charge_cents", 10_000),
        ("paid_cents", 8000),
        ("units", 3.0),
        ("service_on", date(2025, 1, 1)),
        ("allowed_cents", 9500),
    ],
)
def test_service(field, expected):
    assert read(CLP + SVC).remits.services.to_pylist()[0][field] == expected


def test_service_without_units_and_with_its_first_day_only():
    service = read(
        CLP + "SVC*HC:71046*100*80~DTM*150*20250101~DTM*151*20250102~"
    ).remits.services.to_pylist()[0]
    assert (service["units"], service["service_on"]) == (1.0, date(2025, 1, 1))


def adjustments_of(remit):
    columns = ("service", "position", "group_code", "carc", "amount_cents", "quantity")
    return [tuple(row[name] for name in columns) for row in read(remit).remits.adjustments.to_pylist()]


def test_all_six_triplets():
    cas = "CAS*CO*45*10**97*20*2*18*30**B13*40**16*50**A1*-60*1~"
    assert adjustments_of(CLP + SVC + cas) == [
        (1, 1, "CO", "45", 1000, None),
        (1, 2, "CO", "97", 2000, 2.0),
        (1, 3, "CO", "18", 3000, None),
        (1, 4, "CO", "B13", 4000, None),
        (1, 5, "CO", "16", 5000, None),
        (1, 6, "CO", "A1", -6000, 1.0),
    ]


def test_of_the_claim_and_of_its_services():
    remit = CLP + "CAS*CO*45*1~CAS*PR*1*2~" + SVC + "CAS*PR*3*3~" + SVC + "CAS*CO*45*4~CAS*CO*253*5~"
    assert [a[:4] for a in adjustments_of(remit + CLP + "CAS*OA*23*6~")] == [
        (0, 1, "CO", "45"),
        (0, 2, "PR", "1"),
        (1, 1, "PR", "3"),
        (2, 1, "CO", "45"),
        (2, 2, "CO", "253"),
        (0, 1, "OA", "23"),
    ]


def test_a_gap_between_triplets():
    assert [a[3] for a in adjustments_of(CLP + "CAS*CO*45*1*****97*2~")] == ["45", "97"]


def test_remarks():
    remit = (
        CLP
        + "MIA*1****MA01***************MA02*MA03*MA04*MA05~MOA***N1*N2*N3*N4*N5~"
        + SVC
        + "LQ*HE*N40~LQ*RX*75~LQ*HE*N130~"
    )
    rows = [(r["service"], r["position"], r["rarc"]) for r in read(remit).remits.remarks.to_pylist()]
    claim = ["MA01", "MA02", "MA03", "MA04", "MA05", "N1", "N2", "N3", "N4", "N5"]
    assert rows == [(0, n, code) for n, code in enumerate(claim, 1)] + [(1, 1, "N40"), (1, 2, "N130")]


def test_provider_level_balance_is_nobodys_adjustment():
    reading = read(CLP + SVC + "PLB*1*20251231*WO*5~")
    assert reading.remits.adjustments.num_rows == 0
    assert reading.remits.provider_adjustments["amount_cents"].to_pylist() == [500]


@pytest.mark.parametrize(
    ("remit", "reason"),
    [
        (CLP.replace("80.5", "x"), "paid_cents is not an amount"),
        (CLP.replace("300", ""), "charge_cents is missing"),
        (CLP + "CAS*CO*45~", "amount_cents is missing"),
        (CLP.replace("C1", ""), "a remit without a claim_id (CLP01)"),
    ],
)
def test_what_cannot_be_read_is_listed(remit, reason):
    assert reason in read(remit).rejects["reason"].to_pylist()
