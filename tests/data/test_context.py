import datetime as dt

import pyarrow.parquet as pq
import pytest

from data.context import Context, context_table, read_context, read_context_file
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
        ("claim_id,authnumber\nA,1\n", "authnumber: found no such column, wanted auth_number"),
        ("line\n1\n", "found no column claim_id, wanted a column claim_id"),
        ("", "found an empty file"),
        ("PAR1", "found a damaged Parquet file"),
    ],
)
def test_what_is_no_file_of_context_is_refused(tmp_path, text, message):
    with pytest.raises(UnreadableFile) as error:
        read_context(written(tmp_path, text))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("row", "reason", "kept"),
    [
        ("B,,maybe,,", "row 3: study_complete: found letters, wanted yes or no", ["A", "B", "C"]),
        (
            "B,,,17.03.2026,",
            "row 3: report_signed_on: found digits and signs, wanted a date as YYYY-MM-DD or MM/DD/YYYY or YYYYMMDD",
            ["A", "B", "C"],
        ),
        ("B,one,,,", "row 3: line: found letters, wanted a whole number from 0 to 2147483647", ["A", "C"]),
        (",1,,,", "row 3: claim_id: found nothing, wanted a claim_id", ["A", "C"]),
        ("B,1", "row 3: found another number of columns, wanted 5", ["A", "C"]),
        ('"B,1,,,', "row 3: found a quote that nothing closes, wanted none or two", ["A", "C"]),
    ],
)
def test_a_wrong_row_is_told_without_its_value_and_never_takes_the_file(tmp_path, row, reason, kept):
    found = read_context_file(written(tmp_path, HEADER + f"A,,yes,,1\n{row}\nC,,,,\n"))
    assert found.table["claim_id"].to_pylist() == kept
    assert found.rejects["reason"].to_pylist() == [reason]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("day", ["2026-01-02", "01/02/2026", "20260102", "2026-01-02 00:00:00"])
def test_however_it_is_written_it_says_the_same(tmp_path, delimiter, encoding, day):
    text = delimiter.join(["claim_id", "report_signed_on", "study_complete"]) + "\r\n"
    path = tmp_path / "context.csv"
    path.write_bytes((text + delimiter.join(["Ä1", day, "Yes"]) + "\r\n").encode(encoding))
    found = read_context_file(path)
    assert not found.rejects.num_rows
    row = found.table.to_pylist()[0]
    assert (row["claim_id"], row["report_signed_on"], row["study_complete"]) == (
        "Ä1",
        dt.date(2026, 1, 2),
        True,
    )


def test_no_file_is_no_context(tmp_path):
    with pytest.raises(UnreadableFile, match="no such file"):
        read_context(tmp_path / "nothing.csv")


def test_context_as_json_is_as_strict_as_a_claim():
    assert Context.from_json(
        {"auth_number": "X", "ordered_on": "2026-01-01"}, claim_id="A"
    ).ordered_on == dt.date(2026, 1, 1)
    with pytest.raises(InvalidClaim, match="auth_nmber: found no such field, wanted auth_number"):
        Context.from_json({"auth_nmber": "X"}, claim_id="A")
