import tomllib

import pytest

from data.readers.tables import TableMapping, read_table
from data.readers.tables.mapping import FileForm
from data.readers.tables.read import read_raw
from data.readers.tables.suggest import kind_of, suggest
from data.readers.tables.synonyms import plain

CLAIMS = (
    b"Encounter#,Prov NPI,Rend Prov NPI,Dx1,Dx2,Mod1,Mod2,CPT Cd,Chg Amt,From Dt,Thru Dt,Ins Name,Bill Dt,DOB,Phone\n"
    b"1,1,1,a,b,26,LT,72148,1,25/12/2025,25.12.2025,AETNA,01/20/2026,11/05/45,5\n"
)
POSTED = (
    b"Acct,Check No,Post Date,Payer,Line,CPT,Billed,Paid,Code,Adj Amt,Remark\n"
    b"A1,77,02/21/2026,60054,1,72148,100.00,60.00,CO-45,30.00,N130\n"
    b"A1,77,02/21/2026,60054,1,72148,100.00,60.00,PR-2,10.00,\n"
)
SEVERAL = (
    b"Claim ID,Payment Date,Payer ID,Procedure Code,Charge,Paid Amount,Adj Group 1,Adj Code 1,Adj Amt 1,Adj Code 2,Adj Amt 2\n"
    b"A1,2026-02-21,60054,72148,100.00,60.00,CO,45,30.00,2,10\n"
)


def suggested(content):
    return suggest(read_raw(content, FileForm(), source="x"), "export.csv")


def test_a_claim_export_is_guessed_from_its_names_and_doubts_are_told():
    text = suggested(CLAIMS)
    mapping = TableMapping.parse(tomllib.loads(text))
    assert mapping.kind == "claims"
    assert mapping.whole["claim_id"].columns == ("Encounter#",)
    assert mapping.whole["diagnoses"].columns == ("Dx1", "Dx2")
    assert mapping.pieces["modifiers"].columns == ("Mod1", "Mod2")
    assert mapping.pieces["rendering_npi"].columns == ("Rend Prov NPI",)
    assert mapping.pieces["service_from"].dates == ("DD/MM/YYYY",)
    assert mapping.whole["payer_id"].values == {"aetna": "AETNA"}
    assert 'birth_year = "DOB"  # unsure: many of its values are not a year' in text
    assert "# missing: billing_npi" in text
    assert "#   Phone" in text


@pytest.mark.parametrize(("content", "n_adjustments"), [(POSTED, 2), (SEVERAL, 2)])
def test_postings_are_known_by_what_only_they_have_and_can_be_read_at_once(content, n_adjustments):
    assert kind_of(read_raw(content, FileForm(), source="x")) == "remits"
    mapping = TableMapping.parse(tomllib.loads(suggested(content)))
    reading = read_table(content, source="x", mapping=mapping)
    assert reading.remits.services.num_rows == 1
    assert reading.remits.adjustments.num_rows == n_adjustments
    assert reading.remits.adjustments["carc"].to_pylist() == ["45", "2"]
    assert not reading.rejects.num_rows


def test_what_is_needed_and_missing_is_said():
    text = suggested(b"Acct No,CPT\nA,72148\n")
    assert '# MISSING, needed: submitted_on = "..."' in text
    assert '# MISSING, needed: charge_cents = "..."' in text


@pytest.mark.parametrize(
    ("name", "words", "number"),
    [
        ("Acct No", "account number", 0),
        ("acct_nbr", "account number", 0),
        ("PatientDOB", "patient birth date", 0),
        ("Mod 2", "modifier", 2),
        ("Dx12", "diagnosis", 12),
        ("CHG_AMT", "charge amount", 0),
        ("Encounter#", "encounter number", 0),
        ("", "", 0),
        ("!!", "", 0),
    ],
)
def test_names_in_plain_words(name, words, number):
    assert plain(name) == (words, number)
