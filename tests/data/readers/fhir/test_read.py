import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from data.errors import UnreadableFile
from data.readers.fhir import looks_like_fhir, read_fhir
from data.schema import ADJUSTMENTS, CLAIMS, LINES, REJECTS, REMARKS, REMITS, SERVICES, Reading

SAMPLES = Path(__file__).parents[4].parent / "shared" / "samples" / "fhir"
FILES = sorted(SAMPLES.glob("*/*.json"))

needs_samples = pytest.mark.skipif(not FILES, reason="the folder ../shared/samples is not there")

MODEL = "cms-bfd-eob/apps_bfd-model-idr_out_ExplanationOfBenefit"
SERVER = "cms-bfd-eob/apps_bfd-server_bfd-server-war_src_test_resources_endpoint-responses_v2_"
HL7 = "hl7-r4-examples/"

# claims, lines, remits, services, resources listed: counted by hand.
EXPECTED = {
    f"{MODEL}-Carrier": (1, 4, 1, 4, 0),
    f"{MODEL}-DME": (1, 4, 1, 4, 0),
    f"{MODEL}-HHA": (1, 4, 1, 4, 0),
    f"{MODEL}-Hospice": (1, 4, 1, 4, 0),
    f"{MODEL}-MCS": (1, 4, 1, 4, 0),
    f"{MODEL}-Outpatient": (1, 4, 1, 4, 0),
    f"{MODEL}-Pharmacy": (1, 1, 1, 1, 0),
    f"{MODEL}-PriorAuth": (0, 0, 0, 0, 1),  # a preauthorization: no claim
    f"{MODEL}-SNF": (1, 4, 1, 4, 0),
    MODEL: (1, 4, 1, 4, 0),
    f"{SERVER}claimFissRead": (1, 2, 0, 0, 0),
    f"{SERVER}claimFissReadWithTaxNumbers": (1, 2, 0, 0, 0),
    f"{SERVER}claimMcsRead": (1, 1, 0, 0, 0),
    f"{SERVER}claimMcsReadWithTaxNumbers": (1, 1, 0, 0, 0),
    f"{SERVER}claimResponseFissRead": (0, 0, 0, 0, 1),  # queued
    f"{SERVER}claimResponseMcsRead": (0, 0, 1, 0, 0),
    f"{SERVER}claimResponseSearch": (0, 0, 1, 0, 1),  # one of two is queued
    f"{SERVER}claimResponseSearchPaginated": (0, 0, 1, 0, 0),
    f"{SERVER}claimResponseSearchPost": (0, 0, 1, 0, 1),
    f"{SERVER}claimSearch": (2, 4, 0, 0, 0),
    f"{SERVER}claimSearchPaginated": (1, 2, 0, 0, 0),
    f"{SERVER}claimSearchPost": (2, 4, 0, 0, 0),
    f"{SERVER}claimSearchWithTaxNumbers": (2, 4, 0, 0, 0),
    f"{HL7}Claim-100150": (1, 1, 0, 0, 0),
    f"{HL7}Claim-100151": (1, 3, 0, 0, 0),
    f"{HL7}Claim-100152": (1, 1, 0, 0, 0),
    f"{HL7}Claim-100153": (0, 0, 0, 0, 1),  # a preauthorization
    f"{HL7}Claim-100154": (1, 1, 0, 0, 0),
    f"{HL7}Claim-100155": (1, 1, 0, 0, 0),
    f"{HL7}Claim-100156": (1, 3, 0, 0, 0),
    f"{HL7}Claim-660150": (1, 1, 0, 0, 0),
    f"{HL7}Claim-660151": (1, 1, 0, 0, 0),
    f"{HL7}Claim-660152": (1, 1, 0, 0, 0),
    f"{HL7}Claim-760150": (1, 1, 0, 0, 0),
    f"{HL7}Claim-760151": (1, 1, 0, 0, 0),
    f"{HL7}Claim-760152": (1, 1, 0, 0, 0),
    f"{HL7}Claim-860150": (1, 1, 0, 0, 0),
    f"{HL7}Claim-960150": (1, 1, 0, 0, 0),
    f"{HL7}Claim-960151": (1, 1, 0, 0, 0),
    f"{HL7}Claim-MED-00050": (1, 1, 0, 0, 0),
    f"{HL7}ClaimResponse-R3500": (0, 0, 1, 1, 0),
    f"{HL7}ClaimResponse-R3501": (0, 0, 0, 0, 1),  # could not be processed: no decision
    f"{HL7}ClaimResponse-R3502": (0, 0, 1, 1, 0),
    f"{HL7}ClaimResponse-R3503": (0, 0, 1, 6, 0),  # three items, three added by the payer
    f"{HL7}ClaimResponse-UR3503": (0, 0, 0, 0, 1),  # a preauthorization
    f"{HL7}ExplanationOfBenefit-EB3500": (1, 2, 1, 2, 0),
    f"{HL7}ExplanationOfBenefit-EB3501": (1, 0, 0, 0, 0),  # the claim is told, a decision is not
}


def read(path: Path) -> Reading:
    return read_fhir(path.read_bytes(), source=path.name)


def sample(name: str) -> Reading:
    return read(SAMPLES / f"{name}.json")


def resources(document: object) -> Iterator[dict[str, object]]:
    """The naive way: every entry of a Bundle, else the thing itself."""
    assert isinstance(document, dict)
    if document.get("resourceType") == "Bundle":
        for entry in document["entry"]:
            yield from resources(entry["resource"])
    else:
        yield document


def said(table: pa.Table, row: int = 0) -> dict[str, object]:
    """One row without what it doesn't say, nor its key."""
    found = table.slice(row, 1).to_pylist()[0]
    return {n: v for n, v in found.items() if v is not None and n not in {"claim_key", "remit_key", "offset"}}


@needs_samples
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_counts_of_each_sample(name: str) -> None:
    reading = sample(name)
    claims, remits = reading.claims, reading.remits
    found = (
        claims.claims.num_rows,
        claims.lines.num_rows,
        remits.remits.num_rows,
        remits.services.num_rows,
        reading.segments.listed,
    )
    assert found == EXPECTED[name]


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[-40:])
def test_every_sample_is_read_or_listed(path: Path) -> None:
    naive = list(resources(json.loads(path.read_bytes())))
    if not any("resourceType" in one for one in naive):
        with pytest.raises(UnreadableFile):
            read(path)
        return
    reading = read(path)
    segments = reading.segments
    assert segments.total == len(naive) == segments.used + segments.listed
    is_fhir = any(one["resourceType"] in {"Claim", "ClaimResponse", "ExplanationOfBenefit"} for one in naive)
    assert is_fhir == (f"{path.parent.name}/{path.stem}" in EXPECTED)
    charged = [
        one for one in naive if is_fhir and one["use"] == "claim" and one["resourceType"] != "ClaimResponse"
    ]
    assert reading.claims.claims.num_rows == len(charged)
    assert reading.claims.lines.num_rows == sum(len(one.get("item", [])) for one in charged)  # type: ignore[arg-type]


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[-40:])
def test_tables_have_their_schema_and_no_empty_text(path: Path) -> None:
    try:
        reading = read(path)
    except UnreadableFile:
        return
    claims, remits = reading.claims, reading.remits
    tables = (
        *(
            (claims.claims, CLAIMS),
            (claims.lines, LINES),
            (remits.remits, REMITS),
            (remits.services, SERVICES),
        ),
        *((remits.adjustments, ADJUSTMENTS), (remits.remarks, REMARKS)),
        *((reading.rejects, REJECTS), (reading.unused, REJECTS)),
    )
    for table, schema in tables:
        assert table.schema == schema
        assert all("" not in column.to_pylist() for column in table.columns)


@needs_samples
def test_hospital_claim_of_hl7_by_hand() -> None:
    reading = sample(f"{HL7}Claim-MED-00050")
    assert said(reading.claims.claims) == {
        "claim_id": "MED-00050",
        "transaction": "837I",
        "version": "FHIR-R4",
        "submitted_on": date(2015, 10, 16),
        "payer_id": "123456",
        "payer_name": "Humana Inc.",
        "plan_type": "CI",
        "payer_sequence": "P",
        "member_id": "10138556",
        "birth_year": 1954,
        "patient_sex": "F",
        "relationship": "18",
        "charge_cents": 1_250_000,
        "place_of_service": "83",  # type of bill 831
        "frequency": "1",
        "benefits_assigned": "Y",
        "has_note": False,
        "service_from": date(2015, 10, 13),
        "service_to": date(2015, 10, 13),
        "admitted_on": date(2015, 10, 1),
        "n_other_payers": 0,
        "n_lines": 1,
        "n_diagnoses": 4,
        "diagnosis_1": "M961",
        "diagnosis_2": "G894",
        "diagnosis_3": "M5388",
        "diagnosis_4": "M47816",
    }
    assert said(reading.claims.lines) == {
        "line": 1,
        "line_control": "1",
        "procedure": "62264",
        "procedure_qualifier": "HC",
        "charge_cents": 1_250_000,
        "place_of_service": "24",
        "pointer_1": 2,
        "pointer_2": 4,
        "service_from": date(2015, 10, 13),
        "service_to": date(2015, 10, 13),
    }


@needs_samples
def test_dental_answer_of_hl7_by_hand() -> None:
    remits = sample(f"{HL7}ClaimResponse-R3503").remits
    assert said(remits.remits) == {
        "claim_id": "12346",
        "status": "1",
        "charge_cents": 134_057,
        "paid_cents": 105_447,
        "patient_cents": 1_000,
        "payer_control": "R3503",
        "payer_id": "555123",
        "member_id": "1",
        "known_on": date(2014, 8, 31),
        "trace": "201408-2-15507",
    }
    assert remits.services["line_control"].to_pylist() == ["1", "2", "3", "1", "1", "3"]
    assert remits.services["paid_cents"].to_pylist() == [0, 8_400, 60_000, 7_200, 2_847, 27_000]
    assert remits.services["allowed_cents"].to_pylist() == [0, 10_500, 75_000, 10_000, 3_557, 35_000]
    assert remits.services["charge_cents"].to_pylist() == [None, None, None, 13_557, 3_557, 35_000]
    first, second = remits.adjustments.slice(0, 2).to_pylist()
    assert (first["service"], first["group_code"], first["carc"], first["amount_cents"]) == (
        4,
        "PR",
        "3",
        1_000,
    )
    assert (second["service"], second["group_code"], second["carc"]) == (4, "CO", "45")
    assert second["amount_cents"] == 13_557 - 10_000  # above what was allowed


@needs_samples
def test_medicare_carrier_explanation_by_hand() -> None:
    reading = sample(f"{MODEL}-Carrier")
    claim = said(reading.claims.claims)
    assert {name: claim[name] for name in ("claim_id", "billing_npi", "rendering_npi", "member_id")} == {
        "claim_id": "NON-UNIQUE-ID-HERE",
        "billing_npi": "1942945159",
        "rendering_npi": "1942945159",
        "member_id": "12345",
    }
    assert [claim[f"diagnosis_{n}"] for n in range(1, 5)] == ["M48062", "M48063", "M47817", "E7800"]
    assert (claim["plan_type"], claim["charge_cents"], claim["submitted_on"]) == (
        "MB",
        900_155,
        date(2020, 1, 13),
    )
    lines = reading.claims.lines
    assert lines["procedure"].to_pylist() == ["99213", "99453", None, "J2270"]
    assert lines["modifier_1"].to_pylist() == [None, "A2", "99", None]
    assert lines["modifier_2"].to_pylist() == [None, "A5", None, None]
    assert lines["rendering_npi"].to_pylist() == ["1942945159", *["1952378861"] * 3]
    assert lines["pointer_1"].to_pylist() == [1, None, None, None]  # the same diagnosis as the principal one
    assert lines["revenue_code"].to_pylist() == ["0636", "0771", "0001", "0636"]
    remit = said(reading.remits.remits)
    assert (remit["payer_control"], remit["paid_cents"]) == ("DOOPITY-DOOP-DOOP", 1_111)
    assert (remit["known_on"], remit["received_on"]) == (date(2025, 1, 18), date(2020, 1, 13))
    services = reading.remits.services
    assert services["paid_cents"].to_pylist() == [1_115, 1_114, 1_411, 1_111]
    assert services["allowed_cents"].to_pylist() == [919_422, None, None, None]
    why = [
        (a["service"], a["group_code"], a["carc"], a["amount_cents"])
        for a in reading.remits.adjustments.to_pylist()
    ]
    assert why == [
        (1, "OA", "23", 12_347_922),
        (2, "PR", "1", 350),
        (2, None, "96", 10),
        (3, "PR", "1", 1_739),
        (4, "OA", "23", 1_700),
        (4, "OA", "23", 1_421),
        (4, "PR", "2", 1_111_110),
    ]


@needs_samples
def test_medicare_reason_and_group_in_one_concept() -> None:
    adjustments = sample(f"{MODEL}-HHA").remits.adjustments.to_pylist()
    assert (adjustments[0]["group_code"], adjustments[0]["carc"]) == ("PR", "B7")
    assert adjustments[0]["amount_cents"] == 5_011 - 1_115  # no amount is given: what is left of the charge


@needs_samples
def test_principal_diagnosis_first_and_admitting_apart() -> None:
    claim = said(sample(f"{SERVER}claimFissRead").claims.claims)
    assert (claim["diagnosis_1"], claim["diagnosis_2"], claim["n_diagnoses"]) == ("princcd", "other", 2)
    assert (claim["payer_name"], claim["member_id"], claim["birth_year"]) == ("MEDICARE", "123456MBI", 1975)


@needs_samples
def test_no_name_address_or_birth_date_gets_through() -> None:
    for path in FILES:
        try:
            reading = read(path)
        except UnreadableFile:
            continue
        claims, remits = reading.claims, reading.remits
        kept = f"{claims.claims.to_pylist()}{claims.lines.to_pylist()}{remits.remits.to_pylist()}"
        for name in ("Ashcraft", "Alvina", "123 Main", "SMITH", "baker", "1954-06-11", "1975, 3, 1"):
            assert name not in kept


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'{"resourceType": "Claim"', True),
        (b'\xef\xbb\xbf\n [{"id":"1","resourceType":"Claim"', True),
        (b'{"claims": []}', False),
        (b"ISA*00*", False),
        (b'claim_id,"resourceType":"Claim"', False),
        (b"", False),
    ],
)
def test_looks_like_fhir(head: bytes, expected: bool) -> None:
    assert looks_like_fhir(head) is expected


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"ISA*00*~", b"[1, 2]", b"\xff\xfe\x00", b'{"a": "resourceType"}']
)
def test_no_fhir_at_all(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_fhir(content, source="x.json")
