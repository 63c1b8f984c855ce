"""Written files as others see them: valid to pyx12, counted right, refused where they would lie."""

import io
from datetime import date

import pyarrow as pa
import pytest

from data.errors import InvalidClaim
from data.readers.x12 import read_x12
from data.schema import ADJUSTMENTS, CLAIMS, LINES, REMARKS, REMITS, SERVICES, ClaimTables, RemitTables
from data.writers.claim837 import write_claims
from data.writers.remit835 import write_remits

NPI = "1234567893"
SENT, ANSWERED = date(2025, 3, 3), date(2025, 4, 1)
CLAIM = {
    **dict.fromkeys(CLAIMS.names),
    "transaction": "837P",
    "submitted_on": SENT,
    "payer_id": "P1",
    "payer_name": "FIRST HEALTH",
    "plan_type": "CI",
    "payer_sequence": "P",
    "billing_npi": NPI,
    "billing_name": "IMAGING GROUP",
    "billing_taxonomy": "2085R0202X",
    "member_id": "M1",
    "birth_year": 1970,
    "patient_sex": "F",
    "relationship": "18",
    "charge_cents": 30_000,
    "place_of_service": "11",
    "frequency": "1",
    "provider_signature": "Y",
    "assignment": "A",
    "benefits_assigned": "Y",
    "release": "Y",
    "rendering_npi": NPI,
    "rendering_taxonomy": "2085R0202X",
    "referring_npi": NPI,
    "has_note": False,
    "n_other_payers": 0,
    "n_diagnoses": 2,
    "diagnosis_1": "R109",
    "diagnosis_2": "M545",
}
FULL = {
    "relationship": "19",
    "frequency": "7",
    "supervising_npi": NPI,
    "facility_npi": NPI,
    "auth_number": "AUTH1",
    "referral_number": "REF1",
    "original_control": "PC1",
    "record_number": "R1",
    "attachment_type": "OZ",
    "attachment_transmission": "EL",
    "attachment_control": "DOC1",
    "has_note": True,
    "patient_paid_cents": 1050,
    "n_other_payers": 1,
    "other_payer_id": "O1",
    "other_payer_paid_cents": 2000,
    "accident_on": date(2025, 1, 1),
    "related_cause": "OA",
}
LINE = {
    **dict.fromkeys(LINES.names),
    "procedure": "71046",
    "procedure_qualifier": "HC",
    "modifier_1": "26",
    "charge_cents": 15_000,
    "units": 1.0,
    "unit_code": "UN",
    "place_of_service": "11",
    "pointer_1": 1,
    "service_from": date(2025, 3, 1),
    "service_to": date(2025, 3, 1),
    "rendering_npi": NPI,
    "referring_npi": NPI,
}


def claims(*changes):
    rows = [
        {**CLAIM, "claim_key": n, "offset": 0, "claim_id": f"C{n}", **change}
        for n, change in enumerate(changes)
    ]
    lines = [
        {**LINE, "claim_key": n, "offset": 0, "line": number, "line_control": f"C{n}L{number}", **_said(row)}
        for n, row in enumerate(rows)
        for number in (1, 2)
    ]
    return ClaimTables(pa.Table.from_pylist(rows, CLAIMS), pa.Table.from_pylist(lines, LINES))


def _said(claim):
    return {
        name: claim[name]
        for name in LINES.names
        if name in claim and (name.startswith("attach") or "auth" in name)
    }


def remits(**change):
    remit = {
        **dict.fromkeys(REMITS.names),
        "remit_key": 1,
        "offset": 0,
        "claim_id": "C1",
        "status": "1",
        "plan_type": "12",
        "payer_control": "PC1",
        "charge_cents": 10_000,
        "paid_cents": 8000,
        "patient_cents": 2000,
        "payer_id": "P1",
        "payer_name": "FIRST",
        "payee_npi": NPI,
        "payee_name": "IMAGING",
        "member_id": "M1",
        "known_on": ANSWERED,
        "trace": "T1",
        "service_from": SENT,
        "service_to": SENT,
        "frequency": "1",
        "rendering_npi": NPI,
        **change,
    }
    service = {
        **dict.fromkeys(SERVICES.names),
        "remit_key": 1,
        "service": 1,
        "line_control": "L1",
        "procedure": "71046",
        "units": 1.0,
        "service_on": SENT,
        "charge_cents": 10_000,
        "paid_cents": 8000,
        "allowed_cents": 10_000,
    }
    adjustment = {
        "remit_key": 1,
        "service": 1,
        "position": 1,
        "group_code": "PR",
        "carc": "2",
        "amount_cents": 2000,
    }
    remark = {"remit_key": 1, "service": 1, "position": 1, "rarc": "N130"}
    return RemitTables(
        pa.Table.from_pylist([remit], REMITS),
        pa.Table.from_pylist([service], SERVICES),
        pa.Table.from_pylist([adjustment], ADJUSTMENTS),
        pa.Table.from_pylist([remark], REMARKS),
    )


@pytest.fixture
def complaints(caplog):
    """What pyx12 has to say against a file: the errors that it logs."""
    params = pytest.importorskip("pyx12.params")
    document = pytest.importorskip("pyx12.x12n_document")

    def complain(content):
        caplog.clear()
        with caplog.at_level("ERROR", logger="pyx12"):
            document.x12n_document(params.params(), io.StringIO(content.decode()), None, None)
        return [record.getMessage() for record in caplog.records]

    return complain


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "change", [{}, FULL, {"relationship": "01"}, {"rendering_npi": None, "rendering_taxonomy": None}]
)
def test_claims_are_valid_to_pyx12(complaints, change):
    assert complaints(write_claims(claims(change, {}, change), control=7)) == []


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("change", [{}, {"received_on": SENT}, {"payee_npi": None}])
def test_remits_are_valid_to_pyx12(complaints, change):
    assert complaints(write_remits(remits(**change), control=7)) == []


@pytest.mark.filterwarnings("ignore")
def test_pyx12_would_complain(complaints):
    assert complaints(write_claims(claims({}), control=7).replace(b"SBR*P*", b"SBR*QQ*")) != []
    assert complaints(write_remits(remits(), control=7).replace(b"CLP*", b"CLQ*")) != []


def test_a_transaction_a_day():
    content = write_claims(claims({}, {}, {"submitted_on": date(2025, 3, 4)}), control=7).decode()
    assert content.count("ST*837") == 2
    for part in content.split("ST*")[1:]:
        segments = ("ST*" + part).split("~\n")
        count = next(s for s in segments if s.startswith("SE*")).split("*")[1]
        assert int(count) == segments.index(f"SE*{count}*{segments[0].split('*')[2]}") + 1


def test_delimiters_in_names_become_blanks_and_in_codes_are_refused():
    read = read_x12(write_claims(claims({"payer_name": "A*B~C"}), control=1), source="written")
    assert read.claims.claims["payer_name"].to_pylist() == ["A B C"]
    with pytest.raises(InvalidClaim, match="auth_number"):
        write_claims(claims({"auth_number": "A*B"}), control=1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"claim_id": None}, "claim_id"),
        ({"submitted_on": None}, "submitted_on"),
        ({"transaction": "837I"}, "837P"),
    ],
)
def test_claims_that_cannot_be_written(change, field):
    with pytest.raises(InvalidClaim, match=field):
        write_claims(claims(change), control=1)


def test_remits_that_cannot_be_written():
    with pytest.raises(InvalidClaim, match="known_on"):
        write_remits(remits(known_on=None), control=1)


@pytest.mark.parametrize("envelope", [{"control": 0}, {"control": 10**9}, {"control": 1, "sender": "A*B"}])
def test_envelopes_that_cannot_be_written(envelope):
    with pytest.raises(InvalidClaim):
        write_claims(claims({}), **envelope)


def test_nothing_to_write():
    assert read_x12(write_claims(ClaimTables(), control=1), source="written").claims.claims.num_rows == 0
    assert read_x12(write_remits(RemitTables(), control=1), source="written").remits.remits.num_rows == 0
