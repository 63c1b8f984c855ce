import datetime as dt

import pyarrow.parquet as pq
import pytest

from data.context import Context, context_table, read_context
from data.errors import InvalidClaim, UnreadableFile
from data.schema import CONTEXT

HEADER = "claim_id,line,study_complete,report_signed_on,auth_units\n"


def written(tmp_path, text, name="context.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def test_a_csv_file_is_read_with_missing_columns_as_unknown(tmp_path):
    table = read_context(written(tmp_path, "\ufeff" + HEADER + "007,,yes,2026-01-02,1.5\nB,2,0,,\n"))
    assert table.schema == CONTEXT
    first, second = table.to_pylist()
    assert first["claim_id"] == "007"
    assert (first["line"], first["study_complete"], first["report_signed_on"]) == (
        None,
        True,
        dt.date(2026, 1, 2),
    )
    assert (second["line"], second["study_complete"], second["auth_units"]) == (2, False, None)
    assert second["accession_order"] is None


def test_parquet_gives_the_same_as_csv(tmp_path):
    table = context_table(
        [Context(claim_id="A", line=2, ordered_on=dt.date(2026, 1, 1), study_complete=False)]
    )
    pq.write_table(table, tmp_path / "context.parquet")
    assert read_context(tmp_path / "context.parquet").equals(table)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            HEADER + "A,,maybe,,\n",
            "study_complete in row 1: found another kind of value, wanted true or false",
        ),
        (
            HEADER + "A,,,,\nB,,,02/01/2026,\n",
            "report_signed_on in row 2: found another kind of value, wanted a date",
        ),
        (HEADER + "A,one,,,\n", "line in row 1: found another kind of value, wanted int32"),
        ("claim_id,authnumber\nA,1\n", "authnumber: found no such column, wanted auth_number"),
        ("line\n1\n", "found no column claim_id, wanted a column claim_id"),
        ("claim_id,line\nA\n", "found a damaged file"),
        ("", "found"),
    ],
)
def test_a_wrong_file_says_where_and_never_what(tmp_path, text, message):
    with pytest.raises(UnreadableFile) as error:
        read_context(written(tmp_path, text))
    assert message in str(error.value)
    assert "maybe" not in str(error.value)


def test_no_file_is_no_context(tmp_path):
    with pytest.raises(UnreadableFile, match="no such file"):
        read_context(tmp_path / "nothing.csv")


def test_context_as_json_is_as_strict_as_a_claim():
    assert Context.from_json(
        {"auth_number": "X", "ordered_on": "2026-01-01"}, claim_id="A"
    ).ordered_on == dt.date(2026, 1, 1)
    with pytest.raises(InvalidClaim, match="auth_nmber: found no such field, wanted auth_number"):
        Context.from_json({"auth_nmber": "X"}, claim_id="A")
