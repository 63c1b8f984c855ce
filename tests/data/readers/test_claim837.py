"""What an 837 says, field by field."""

from datetime import date

import pytest

from data.readers.x12 import read_x12

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250102*1200*^*00501*000000001*0*T*:~"
GS = "GS*HC*S*R*20250102*1200*1*X*005010X222A1~"
LEVELS = (
    "HL*1**20*1~PRV*BI*PXC*2085R0202X~NM1*85*2*IMAGING*****XX*1999999984~"
    "HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*DOE*JO****MI*M1~DMG*D8*19700515*F~NM1*PR*2*PAYER*****PI*P1~"
)
DEPENDANT = (
    "HL*1**20*1~NM1*85*2*IMAGING*****XX*1999999984~HL*2*1*22*1~SBR*S********MB~NM1*IL*1*DOE*JO****MI*M1~"
    "DMG*D8*19700515*F~NM1*PR*2*PAYER*****PI*P1~HL*3*2*23*0~PAT*19~NM1*QC*1*DOE*KID~DMG*D8*20100101*M~"
)
LINE = "LX*1~SV1*HC:71046:26:TC*100*UN*2***1:2~DTP*472*D8*20250101~"
COB = "SBR*S*01*******12~CAS*PR*1*5~AMT*D*39.15~OI***Y~NM1*IL*1*A*B****MI*OTHER~NM1*PR*2*OTHER*****PI*O1~REF*G1*THEIRS~"


def read(claim, levels=LEVELS, gs=GS, st="ST*837*1*005010X222A1~BHT*0019*00*1*20250103*1200*CH~"):
    body = f"{st}{levels}{claim}"
    text = f"{ISA}{gs}{body}SE*{body.count('~') + 1}*1~GE*1*1~IEA*1*000000001~"
    return read_x12(text.encode(), source="file")


def claim_of(claim, **where):
    return read(claim, **where).claims.claims.to_pylist()[0]


def lines_of(claim, **where):
    return read(claim, **where).claims.lines.to_pylist()


@pytest.mark.parametrize(
    ("segments", "field", "expected"),
    [
        ("", "transaction", "837P"),
        ("", "version", "005010X222A1"),
        ("", "submitted_on", date(2025, 1, 3)),
        ("", "payer_id", "P1"),
        ("", "payer_name", "PAYER"),
        ("", "plan_type", "CI"),
        ("", "payer_sequence", "P"),
        ("", "billing_npi", "1999999984"),
        ("", "billing_taxonomy", "2085R0202X"),
        ("", "member_id", "M1"),
        ("", "birth_year", 1970),
        ("", "patient_sex", "F"),
        ("", "relationship", "18"),
        ("", "place_of_service", "11"),
        ("", "frequency", "7"),
        ("", "related_cause", "AA"),
        ("", "delay_reason", "11"),
        ("", "has_note", False),
        ("", "n_other_payers", 0),
        ("", "n_lines", 1),
        ("", "service_from", date(2025, 1, 1)),
        ("NTE*ADD*SOMETHING~", "has_note", True),
        ("REF*G1*A~REF*G1*B~", "auth_number", "A"),
        ("REF*9F*R~", "referral_number", "R"),
        ("REF*F8*O~", "original_control", "O"),
        ("REF*EA*E~", "record_number", "E"),
        ("PWK*OZ*EL***AC*DOC~", "attachment_control", "DOC"),
        ("PWK*OZ*EL***AC*DOC~", "attachment_type", "OZ"),
        ("DTP*435*DT*202412311530~", "admitted_on", date(2024, 12, 31)),
        ("DTP*439*D8*20241230~", "accident_on", date(2024, 12, 30)),
        ("DTP*472*RD8*20241201-20241205~", "service_to", date(2024, 12, 5)),
        ("AMT*F5*12.5~", "patient_paid_cents", 1250),
        ("HI*BF:M54.5*ABK:R10.9~", "diagnosis_1", "R109"),
        ("HI*BF:M54.5*ABK:R10.9~", "diagnosis_2", "M545"),
        ("HI*BK:4779~HI*BF:1*BF:2~HI*BH:A1:D8:19261111~", "n_diagnoses", 3),
        ("NM1*82*1*X*Y****XX*1888888886~PRV*PE*PXC*T1~", "rendering_npi", "1888888886"),
        ("NM1*82*1*X*Y****XX*1888888886~PRV*PE*PXC*T1~", "rendering_taxonomy", "T1"),
        ("NM1*82*1*X*Y****24*123456789~", "rendering_npi", None),
        ("NM1*DN*1*X*Y****XX*1~", "referring_npi", "1"),
        ("NM1*DQ*1*X*Y****XX*1~", "supervising_npi", "1"),
        ("NM1*77*2*X*****XX*1~", "facility_npi", "1"),
        # Whatever comes after a provider's name still belongs to the claim.
        ("NM1*82*1*X*Y****XX*1~REF*G1*A~PWK*OZ*EL~HI*ABK:R10~", "auth_number", "A"),
        ("NM1*82*1*X*Y****XX*1~REF*G1*A~PWK*OZ*EL~HI*ABK:R10~", "diagnosis_1", "R10"),
        (COB, "n_other_payers", 1),
        (COB, "other_payer_id", "O1"),
        (COB, "other_payer_paid_cents", 3915),
        (COB + COB, "other_payer_paid_cents", 7830),
        (COB, "payer_id", "P1"),
        (COB, "auth_number", None),
        (COB + "NM1*85*1~REF*G2*1~", "n_lines", 1),
    ],
)
def test_claim(segments, field, expected):
    assert claim_of(f"CLM*C1*300***11:B:7*Y*A*Y*I**AA:OA*********11~{segments}{LINE}")[field] == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("member_id", "M1"),
        ("birth_year", 2010),
        ("patient_sex", "M"),
        ("relationship", "19"),
        ("payer_sequence", "S"),
    ],
)
def test_dependant(field, expected):
    assert claim_of("CLM*C1*300***11:B:1~" + LINE, levels=DEPENDANT)[field] == expected


def test_dependants_own_number_and_no_birthday_of_the_subscriber():
    levels = DEPENDANT.replace("DOE*KID~DMG*D8*20100101*M~", "DOE*KID****MI*M2~")
    claim = claim_of("CLM*C1*300***11:B:1~" + LINE, levels=levels)
    assert (claim["member_id"], claim["birth_year"], claim["patient_sex"]) == ("M2", None, None)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("100", 10_000),
        ("100.00", 10_000),
        ("100.5", 10_050),
        (".5", 50),
        ("-12.34", -1234),
        ("+1", 100),
        ("0", 0),
        ("0.29", 29),
        ("1.100", 110),
        ("12345678901.23", 1_234_567_890_123),
        ("1.005", None),
        ("1,000", None),
        ("abc", None),
        ("-", None),
        (".", None),
        ("1e3", None),
        ("9" * 16, None),
    ],
)
def test_amounts_are_exact_or_listed(text, cents):
    reading = read(f"CLM*C1*{text}***11:B:1~{LINE}")
    assert reading.claims.claims["charge_cents"].to_pylist() == [cents]
    listed = reading.rejects["reason"].to_pylist()
    assert listed == ([] if cents is not None else ["charge_cents is not an amount"])


@pytest.mark.parametrize(
    ("dtp", "first", "last"),
    [
        ("D8*20240229", date(2024, 2, 29), date(2024, 2, 29)),
        ("RD8*20240228-20240301", date(2024, 2, 28), date(2024, 3, 1)),
        ("D8*19700101", date(1970, 1, 1), date(1970, 1, 1)),
        ("D8*20230229", None, None),
        ("D8*20241301", None, None),
        ("D8*2024-1-1", None, None),
        ("D8*2024", None, None),
        ("RD8*20240228-", date(2024, 2, 28), None),
    ],
)
def test_dates(dtp, first, last):
    reading = read(f"CLM*C1*1***11:B:1~LX*1~SV1*HC:71046*1*UN*1***1~DTP*472*{dtp}~")
    line = reading.claims.lines.to_pylist()[0]
    assert (line["service_from"], line["service_to"]) == (first, last)
    assert bool(reading.rejects.num_rows) == (first is None or last is None)


SAID = "REF*G1*A~PWK*OZ*EL***AC*D1~NM1*DN*1*X*Y****XX*3~NM1*82*1*X*Y****XX*4~"


@pytest.mark.parametrize(
    ("segments", "field", "expected"),
    [
        ("", "procedure", "71046"),
        ("", "procedure_qualifier", "HC"),
        ("", "modifier_2", "TC"),
        ("", "modifier_3", None),
        ("", "charge_cents", 10_000),
        ("", "units", 2.0),
        ("", "unit_code", "UN"),
        ("", "pointer_2", 2),
        ("", "pointer_3", None),
        ("", "place_of_service", "11"),
        ("", "auth_number", "A"),
        ("", "attachment_control", "D1"),
        ("", "rendering_npi", "4"),
        ("", "referring_npi", "3"),
        ("", "ordering_npi", None),
        ("REF*6R*L1~", "line_control", "L1"),
        ("REF*G1*B~", "auth_number", "B"),
        ("REF*G1*B**2U:O1~", "auth_number", "A"),
        ("PWK*B4*FX~", "attachment_type", "B4"),
        ("PWK*B4*FX~", "attachment_control", None),
        ("NM1*82*1*X*Y****XX*5~", "rendering_npi", "5"),
        ("NM1*DK*1*X*Y****XX*6~REF*6R*L1~", "ordering_npi", "6"),
        ("NM1*DK*1*X*Y****XX*6~REF*6R*L1~", "line_control", "L1"),
        ("SVD*O1*5*HC:1**1~CAS*CO*45*3~DTP*573*D8*20250301~", "service_to", date(2025, 1, 1)),
    ],
)
def test_line(segments, field, expected):
    lines = lines_of(f"CLM*C1*100***11:B:1~{SAID}{LINE}{segments}")
    assert len(lines) == 1
    assert lines[0][field] == expected


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("LX*1~{0}LX*2~{0}", [1, 2]),
        ("LX*3~{0}LX*7~{0}", [3, 7]),
        ("{0}{0}", [1, 2]),
        ("LX*1~{0}{0}", [1, 2]),
        ("LX*1~{0}LX*1~{0}", [1, 2]),
        ("LX*A~{0}LX*1~{0}", [1, 2]),
        ("LX*1~LX*2~{0}", [2]),
        ("LX*1~{0}LX*2~", [1]),
    ],
)
def test_line_numbers(text, numbers):
    lines = lines_of("CLM*C1*2***11:B:1~" + text.format("SV1*HC:71046*1*UN*1***1~"))
    assert [line["line"] for line in lines] == numbers


def test_institutional():
    claim = "CLM*C1*2***14:A:1~DTP*434*RD8*20250101-20250103~LX*1~SV2*0320*HC:71046:TC*2*UN*1~"
    reading = read(claim, gs=GS.replace("222A1", "223A2"), st="ST*837*1~BHT*0019*00*1*20250103*1200*CH~")
    row, line = reading.claims.claims.to_pylist()[0], reading.claims.lines.to_pylist()[0]
    assert (row["transaction"], row["version"]) == ("837I", "005010X223A2")
    assert (line["revenue_code"], line["procedure"], line["modifier_1"]) == ("0320", "71046", "TC")
    assert (line["charge_cents"], line["unit_code"], line["units"]) == (200, "UN", 1.0)
    assert (line["service_from"], line["service_to"]) == (date(2025, 1, 1), date(2025, 1, 3))


def test_several_claims_share_what_was_said_before_them():
    claims = read(f"CLM*C1*1***11:B:1~{LINE}CLM*C2*1***11:B:1~{LINE}").claims.claims
    assert claims["claim_id"].to_pylist() == ["C1", "C2"]
    assert claims["payer_id"].to_pylist() == ["P1", "P1"]


def test_the_next_subscriber_inherits_nothing():
    second = "HL*3*1*22*0~SBR*P*18~NM1*IL*1*ROE*JO****MI*M2~NM1*PR*2*PAYER*****PI*P2~"
    claims = read(f"CLM*C1*1***11:B:1~{LINE}{second}CLM*C2*1***11:B:1~{LINE}").claims.claims.to_pylist()
    assert [c["member_id"] for c in claims] == ["M1", "M2"]
    assert [c["birth_year"] for c in claims] == [1970, None]
    assert [c["billing_npi"] for c in claims] == ["1999999984"] * 2


@pytest.mark.parametrize("missing", ["HL*3*1*22*0~", ""])
def test_a_missing_level_is_noticed_by_the_next_subscriber(missing):
    second = f"{missing}SBR*P*18~NM1*IL*1*ROE*JO****MI*M2~NM1*PR*2*PAYER*****PI*P2~"
    claims = read(f"CLM*C1*1***11:B:1~{LINE}{second}CLM*C2*1***11:B:1~{LINE}").claims.claims.to_pylist()
    assert [c["member_id"] for c in claims] == ["M1", "M2"]
    assert [c["n_other_payers"] for c in claims] == [0, 0]


def test_more_diagnoses_than_columns_are_counted_and_listed():
    codes = "*".join(f"ABF:A{n:02d}" for n in range(12))
    reading = read(f"CLM*C1*1***11:B:1~HI*ABK:R10~HI*{codes}~{LINE}")
    assert reading.claims.claims["n_diagnoses"].to_pylist() == [13]
    assert "more than 12 diagnoses" in reading.rejects["reason"][0].as_py()


def test_latin_letters():
    reading = read_x12(
        f"{ISA}{GS}ST*837*1~{LEVELS}CLM*C1*1***11:B:1~{LINE}SE*1*1~IEA*1*1~".replace("PAYER", "PÄYER").encode(
            "latin-1"
        ),
        source="file",
    )
    assert reading.claims.claims["payer_name"].to_pylist() == ["PÄYER"]
