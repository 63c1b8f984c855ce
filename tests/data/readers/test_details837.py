"""What a claim says more than once: every such segment is a row, and no person's number or name is in one."""

from datetime import date

import pytest

from data.readers.x12 import read_x12

HEAD = (
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250102*1200*^*00501*000000001*0*T*:~"
    "GS*HC*S*R*20250102*1200*1*X*005010X222A1~ST*837*1*005010X222A1~BHT*0019*00*1*20250103*1200*CH~"
    "HL*1**20*1~PRV*BI*PXC*2085R0202X~NM1*85*2*IMAGING*****XX*1999999984~HL*2*1*22*0~SBR*P*18*******CI~"
    "NM1*IL*1*DOE*JO****MI*M1~REF*SY*123456789~DMG*D8*19700515*F~NM1*PR*2*PAYER*****PI*P1~"
)
CLM = "CLM*C1*100***11:B:1*Y*A*Y*Y~"
LINE = "LX*1~SV1*HC:71046*100*UN*2***1~"
PAID = "SBR*S*01*******12~CAS*PR*1*5**2*6*2~CAS*CO*45*7~AMT*D*39.15~OI***Y***I~MOA*.5*1.5*N1*N2~"
NAMED = "NM1*IL*1*A*B****MI*OTHER~NM1*PR*2*OTHER*****PI*O1~DTP*573*D8*20250203~REF*G1*THEIRS~NM1*DN*1~"
JUDGED = "SVD*O1*5.25*HC:71046:26:TC*0320*1.5*2~CAS*CO*45*3**96*2*1~DTP*573*D8*20250301~AMT*EAF*9~"


def read(said, *, details=True):
    n_segments = (HEAD + said).count("~") - 1  # without ISA and GS, with SE
    tail = f"SE*{n_segments}*1~GE*1*1~IEA*1*000000001~"
    return read_x12(f"{HEAD}{said}{tail}".encode(), source="file", details=details)


def rows(table):
    """Rows without their key and what is null or 0."""
    return [{k: v for k, v in row.items() if v and k != "claim_key"} for row in table.to_pylist()]


DETAIL_CASES = [
    ("REF*G1*A~", {"segment": "REF", "qualifier": "G1", "value": "A"}),
    *(
        (f"REF*{q}*A~", {"segment": "REF", "qualifier": q, "value": "A"})
        for q in ["9F", "F8", "D9", "G3", "X4", "P4", "LU", "1K"]
    ),
    ("PWK*OZ*EL***AC*D~", {"segment": "PWK", "qualifier": "OZ", "code": "EL", "value": "D"}),
    ("NTE*ADD*JO DOE WAS HERE~", {"segment": "NTE", "qualifier": "ADD"}),
    ("K3*JO DOE~", {"segment": "K3"}),
    ("AMT*F5*12.5~", {"segment": "AMT", "qualifier": "F5", "amount_cents": 1250}),
    ("QTY*PT*2.5~", {"segment": "QTY", "qualifier": "PT", "quantity": 2.5}),
    (
        "DTP*435*DT*202501011530~",
        {"segment": "DTP", "qualifier": "435", "from_on": date(2025, 1, 1), "to_on": date(2025, 1, 1)},
    ),
    (
        "DTP*434*RD8*20250101-20250103~",
        {"segment": "DTP", "qualifier": "434", "from_on": date(2025, 1, 1), "to_on": date(2025, 1, 3)},
    ),
    ("DTP*096*TM*1130~", {"segment": "DTP", "qualifier": "096", "value": "1130"}),
    ("CL1**7*01~", {"segment": "CL1", "qualifier": "02", "value": "7"}),
    ("CN1*09*5~", {"segment": "CN1", "qualifier": "02", "amount_cents": 500}),
]


@pytest.mark.parametrize(("said", "expected"), DETAIL_CASES, ids=[said for said, _ in DETAIL_CASES])
@pytest.mark.parametrize("where", ["claim", "after a provider", "line", "after a line's provider"])
def test_details(said, expected, where):
    if where.endswith("line") or "line's" in where:
        if said.startswith("CL1"):
            pytest.skip("a line has no CL1")
        provider = "NM1*82*1*X*Y****XX*1~" if "provider" in where else ""
        reading, line = read(f"{CLM}{LINE}{provider}{said}"), {"line": 1}
    else:
        provider = "NM1*DN*1*X*Y****XX*1~" if "provider" in where else ""
        reading, line = read(f"{CLM}{provider}{said}{LINE}"), {}
    found = [{k: v for k, v in row.items() if k != "position"} for row in rows(reading.claims.claim_details)]
    assert {**expected, **line} in found
    segment = expected["segment"]
    # The subscriber's social security number is the one that stays out.
    assert reading.unused["segment"].to_pylist().count(segment) == (segment == "REF")
    assert reading.rejects.num_rows == 0


@pytest.mark.parametrize("qualifier", ["SY", "Y4", "TJ", "EI", "1W"])
@pytest.mark.parametrize(
    "said", ["{}" + LINE, "NM1*82*1*X~{}" + LINE, LINE + "{}", PAID + NAMED + "{}" + LINE]
)
def test_numbers_of_persons_are_listed_and_never_kept(said, qualifier):
    reading = read(CLM + said.format(f"REF*{qualifier}*987654321~"))
    for name in ("claims", "lines", "claim_details"):
        assert "987654321" not in str(getattr(reading.claims, name).to_pylist())
    assert reading.unused["segment"].to_pylist().count("REF") == 2


def test_several_of_one_kind_are_all_kept_in_their_order():
    said = "REF*G1*A~PWK*OZ*EL***AC*D1~REF*G1*B~PWK*B4*FX~"
    found = rows(read(CLM + said + LINE).claims.claim_details)
    assert [(r["position"], r["qualifier"], r.get("value")) for r in found] == [
        (1, "G1", "A"),
        (2, "OZ", "D1"),
        (3, "G1", "B"),
        (4, "B4", None),
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("HI*ABK:R10.9*ABF:M54.5~", [("ABK", "R109"), ("ABF", "M545")]),
        ("HI*BK:4779~HI*BF:1*BF:2~", [("BK", "4779"), ("BF", "1"), ("BF", "2")]),
        (
            "HI*ABJ:R10~HI*APR:R11*ABN:Y92~HI*DR:123~",
            [("ABJ", "R10"), ("APR", "R11"), ("ABN", "Y92"), ("DR", "123")],
        ),
        ("HI*BG:17*BG:67~HI*TC:A1~", [("BG", "17"), ("BG", "67"), ("TC", "A1")]),
        ("HI*ABK:R10~NM1*82*1*X~HI*ABF:M54~", [("ABK", "R10"), ("ABF", "M54")]),
    ],
)
def test_codes_of_every_kind(said, expected):
    found = rows(read(CLM + said + LINE).claims.claim_codes)
    assert [(r["qualifier"], r["code"]) for r in found] == expected
    assert [r["position"] for r in found] == list(range(1, len(expected) + 1))


def test_dates_amounts_and_indicators_of_codes():
    said = "HI*BH:11:D8:20250101*BI:70:RD8:20250101-20250105~HI*BE:80:::3.5~HI*ABK:R10:::::::Y~"
    found = rows(read(CLM + said + LINE).claims.claim_codes)
    assert found[0] | {"position": 1} == {
        "position": 1,
        "qualifier": "BH",
        "code": "11",
        "from_on": date(2025, 1, 1),
        "to_on": date(2025, 1, 1),
    }
    assert found[1]["to_on"] == date(2025, 1, 5)
    assert found[2]["amount_cents"] == 350
    assert found[3]["present_on_admission"] == "Y"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("NM1*DN*1*X*Y****XX*1~", {"role": "DN", "npi": "1"}),
        ("NM1*DN*1*X*Y****G2*7~", {"role": "DN", "other_id": "7"}),
        ("NM1*DN*1*X*Y****34*7~", {"role": "DN"}),
        ("NM1*DN*1*X*Y****24*7~", {"role": "DN"}),
        ("NM1*71*1*X*Y****XX*1~PRV*AT*PXC*T~", {"role": "71", "npi": "1", "taxonomy": "T"}),
        ("NM1*82*1*X*Y****XX*1~PRV*PE*PXC*T~", {"role": "82", "npi": "1", "taxonomy": "T"}),
        ("NM1*77*2*X*****XX*1~N3*S~REF*G2*1~", {"role": "77", "npi": "1"}),
    ],
)
@pytest.mark.parametrize("line", [0, 1])
def test_providers(said, expected, line):
    found = read(CLM + (LINE + said if line else said + LINE)).claims.claim_providers
    assert rows(found) == [{**expected, "position": 1, **({"line": 1} if line else {})}]


@pytest.mark.parametrize("name", ["NM1*QC*1*DOE*JO****MI*M9~", "NM1*PW*2~", "NM1*QD*1*DOE*JO****34*M9~"])
def test_nobody_but_providers_is_kept(name):
    reading = read(CLM + name + LINE)
    assert reading.claims.claim_providers.num_rows == 0
    assert "NM1" in reading.unused["segment"].to_pylist()


def test_other_payers_stand_apart():
    claims = read(CLM + PAID + NAMED + PAID.replace("39.15", "1") + NAMED + LINE).claims
    payer = {
        "sequence": "S",
        "relationship": "01",
        "plan_type": "12",
        "payer_id": "O1",
        "payer_name": "OTHER",
        "known_on": date(2025, 2, 3),
    }
    assert rows(claims.other_payers) == [
        {**payer, "other_payer": 1, "paid_cents": 3915},
        {**payer, "other_payer": 2, "paid_cents": 100},
    ]
    adjusted = [
        {"group_code": "PR", "carc": "1", "amount_cents": 500},
        {"group_code": "PR", "carc": "2", "amount_cents": 600, "quantity": 2.0},
        {"group_code": "CO", "carc": "45", "amount_cents": 700},
    ]
    assert rows(claims.other_adjustments) == [
        {**row, "other_payer": n, "position": k} for n in (1, 2) for k, row in enumerate(adjusted, 1)
    ]
    found = [r for r in rows(claims.claim_details) if r["other_payer"] == 1]
    assert [(r["segment"], r["qualifier"]) for r in found] == [
        ("AMT", "D"),
        ("OI", "03"),
        ("OI", "06"),
        ("MOA", "01"),
        ("MOA", "02"),
        ("MOA", "03"),
        ("MOA", "04"),
        ("DTP", "573"),
        ("REF", "G1"),
    ]
    assert [r.get("quantity", r.get("amount_cents", r.get("value"))) for r in found[3:7]] == [
        0.5,
        150,
        "N1",
        "N2",
    ]
    assert [r["other_payer"] for r in rows(claims.claim_providers)] == [1, 2]
    assert claims.claims["auth_number"].to_pylist() == [None]


def test_what_another_payer_said_of_a_line():
    claims = read(f"{CLM}{LINE}{JUDGED}{JUDGED}LX*2~SV1*HC:1*1*UN*1~{JUDGED}").claims
    service = {
        "payer_id": "O1",
        "paid_cents": 525,
        "procedure": "71046",
        "modifier_1": "26",
        "modifier_2": "TC",
        "revenue_code": "0320",
        "units": 1.5,
        "bundled_line": 2,
        "known_on": date(2025, 3, 1),
    }
    where = [(1, 1), (1, 2), (2, 1)]
    assert rows(claims.other_services) == [{**service, "line": a, "other_payer": b} for a, b in where]
    assert [(r["line"], r["other_payer"], r["position"]) for r in rows(claims.other_adjustments)] == [
        (a, b, k) for a, b in where for k in (1, 2)
    ]
    assert [(r["line"], r["other_payer"], r["segment"]) for r in rows(claims.claim_details)] == [
        (a, b, s) for a, b in where for s in ("DTP", "AMT")
    ]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("AMT*XX*ABC~", "amount_cents is not an amount"),
        ("QTY*XX*ABC~", "quantity is not a number"),
        ("DTP*XX*D8*20250230~", "from_on is not a date"),
        (PAID.replace("AMT*D*39.15", "AMT*D*A"), "other_payer_paid_cents is not an amount"),
        (PAID.replace("PR*1*5", "PR*1*A"), "amount_cents is not an amount"),
    ],
)
def test_what_cannot_be_read_is_told_once(said, reason):
    assert read(CLM + said + LINE).rejects["reason"].to_pylist().count(reason) == 1


def test_a_number_that_names_another_payer_is_not_this_ones():
    reading = read(f"{CLM}{LINE}REF*G1*B**2U:O1~")
    assert rows(reading.claims.claim_details) == []
    assert "another payer's" in reading.unused["reason"].to_pylist()


def test_rejected_claims_and_lines_without_a_service_leave_nothing():
    reading = read(f"{CLM}REF*G1*A~CLM*C2*1***11:B:1~REF*G1*B~{LINE}LX*2~REF*6R*L2~")
    assert [r["value"] for r in rows(reading.claims.claim_details)] == ["B"]


def test_without_details_the_account_is_the_same():
    said = f"{CLM}REF*G1*A~REF*G1*B~HI*ABK:R10~NM1*71*1*X*Y****XX*1~{PAID}{NAMED}{LINE}{JUDGED}"
    whole, short = read(said), read(said, details=False)
    assert short.claims.claims.equals(whole.claims.claims)
    assert short.claims.lines.equals(whole.claims.lines)
    assert (short.segments, short.unused) == (whole.segments, whole.unused)
    assert short.claims.claim_details.num_rows == short.claims.claim_codes.num_rows == 0
