import json

import pytest
from typer.testing import CliRunner

import cleanclaim
from cleanclaim.__main__ import app
from data.errors import InvalidMapping, UnreadableFile
from data.store import Store

EXPORT = (
    "Acct No,Bill Date,Payer ID,Member ID,DOB,Dx,CPT,Charge,DOS,Group NPI\n"
    "A1,01/20/2026,60054,W777123,1950-03-04,R07.9,71046,$100.00,01/15/2026,1999999984\n"
    "A2,01/20/2026,60054,W777124,1951-03-04,R07.9,71046,Roe,01/15/2026,1999999984\n"
)


def run(*arguments):
    return CliRunner().invoke(app, ["mapping", *map(str, arguments)])


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(EXPORT)
    mapping = tmp_path / "map.toml"
    mapping.write_text(run("suggest", path).stdout)
    return path, mapping


def test_what_is_suggested_can_be_checked_at_once(export):
    path, mapping = export
    told = run("check", mapping, path)
    assert told.exit_code == 0
    assert "2 claims, 2 lines" in told.stdout
    assert "1 x Charge: found letters, wanted an amount, as 1,234.50 (first: row 3)" in told.stdout
    for patient in ("W777123", "1950", "Roe"):
        assert patient not in told.stdout


def test_the_same_for_a_machine(export):
    path, mapping = export
    told = json.loads(run("check", mapping, path, "--json").stdout)
    assert (told["kind"], told["claims"], told["lines"]) == ("claims", 2, 2)
    assert told["faults"] == [{"fault": "Charge: found letters, wanted an amount, as 1,234.50", "rows": 1}]


def test_a_mapping_of_another_table_is_refused(export, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text(EXPORT.replace("Acct No", "Account"))
    result = run("check", export[1], other)
    assert isinstance(result.exception, UnreadableFile)
    assert "no column 'Acct No'" in str(result.exception)


def test_no_mapping_and_no_table_are_told(export, tmp_path):
    assert isinstance(run("check", tmp_path / "none.toml", export[0]).exception, InvalidMapping)
    assert isinstance(run("suggest", tmp_path / "none.csv").exception, UnreadableFile)
    (tmp_path / "values.csv").write_text("100,Roe,Jane\n101,Doe,Jo\n")
    refused = run("suggest", tmp_path / "values.csv").exception
    assert "no table, or one without a header" in str(refused)
    assert "Roe" not in str(refused)


POSTED = (
    "Account Number,Check Number,Payment Date,Payer ID,Procedure Code,Billed,Paid Amount,Adj Group,Adj Code,Adj Amt,DOS,Group NPI\n"
    "A1,77,02/21/2026,60054,71046,100.00,0.00,CO,197,100.00,01/15/2026,1999999984\n"
)


def test_tables_go_into_a_store_are_linked_and_labelled_and_twice_is_once(export, tmp_path):
    path, mapping = export
    (tmp_path / "posted.csv").write_text(POSTED)
    postings = tmp_path / "posted.toml"
    postings.write_text(run("suggest", tmp_path / "posted.csv").stdout)
    store = tmp_path / "store"
    claims = [
        "ingest",
        path,
        "--store",
        store,
        "--mapping",
        mapping,
        "--json",
        "--rejects",
        tmp_path / "rejects",
    ]
    answers = ["ingest", tmp_path / "posted.csv", "--store", store, "--mapping", postings, "--json"]
    first, second, third = (
        json.loads(CliRunner().invoke(app, [str(word) for word in words]).stdout)
        for words in (claims, answers, claims)
    )
    assert (first["files"], first["claims"], first["lines"], first["rejected"]) == (1, 2, 2, 1)
    assert (second["remits"], second["linked"]) == (1, 1)
    assert (third["files"], third["skipped"], third["claims"]) == (0, 1, 0)
    lines = Store(store).lines().to_pylist()
    assert [(line["claim_id"], line["outcome"], line["reason"]) for line in lines] == [
        ("A1", "denied", "197"),
        ("A2", None, None),
    ]
    listed = (tmp_path / "rejects" / "rejects.csv").read_text()
    assert "row 3: Charge: found letters, wanted an amount" in listed
    assert "Roe" not in listed


def test_a_table_without_a_mapping_says_what_to_do_and_never_stops_the_rest(export, tmp_path):
    rejects = tmp_path / "rejects"
    done = CliRunner().invoke(
        app, ["ingest", str(export[0]), "--store", str(tmp_path / "store"), "--rejects", str(rejects)]
    )
    assert done.exit_code == 1
    listed = (rejects / "rejects.csv").read_text()
    assert "columns Acct No, Bill Date, Payer ID" in listed
    assert "cleanclaim mapping suggest" in listed


def test_notebooks_read_tables_by_the_same_mapping(export):
    claims = cleanclaim.read_claims(export[0], mapping=export[1])
    assert claims.claims["claim_id"].tolist() == ["A1", "A2"]
    assert len(claims.rejects) == 1
