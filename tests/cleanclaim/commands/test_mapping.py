import json

import pytest
from typer.testing import CliRunner

from cleanclaim.__main__ import app
from data.errors import InvalidMapping, UnreadableFile

EXPORT = (
    "Acct No,Bill Date,Payer ID,Member ID,DOB,Dx,CPT,Charge,DOS\n"
    "A1,01/20/2026,60054,W777123,1950-03-04,R07.9,71046,$100.00,01/15/2026\n"
    "A2,01/20/2026,60054,W777124,1951-03-04,R07.9,71046,Roe,01/15/2026\n"
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
