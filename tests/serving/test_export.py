import csv

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.errors import CleanclaimError
from serving.export import harmless, write_scores
from serving.score_table import SCORES


def scores(**values: object) -> pa.Table:
    row = {"claim_id": "1042", "line": 0, "denial_probability": 0.25, "expected_denied_cents": -5} | values
    return pa.Table.from_pylist([row, {**row, "line": 1}], SCORES)


def read(path) -> list[dict[str, object]]:
    match path.suffix:
        case ".csv":
            return list(csv.DictReader(path.read_text().splitlines()))
        case ".parquet":
            return pq.read_table(path).to_pylist()
        case ".json":
            return orjson.loads(path.read_bytes())
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".json", ".ndjson", ".CSV"])
def test_every_format_holds_every_row_and_column(tmp_path, ending) -> None:
    out = tmp_path / "deep" / f"scores{ending}"
    write_scores(scores(), out)
    rows = read(out.rename(out.with_suffix(ending.lower())))
    assert [int(row["line"]) for row in rows] == [0, 1]
    assert list(rows[0]) == SCORES.names
    assert float(rows[0]["denial_probability"]) == 0.25


@pytest.mark.parametrize("claim_id", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_in_a_claim_is_text_in_csv(tmp_path, claim_id) -> None:
    write_scores(scores(claim_id=claim_id), tmp_path / "scores.csv")
    with (tmp_path / "scores.csv").open(newline="") as file:
        row = next(csv.DictReader(file))
    assert row["claim_id"] == "'" + claim_id
    assert row["expected_denied_cents"] == "-5"  # a number stays one


def test_other_formats_keep_the_text(tmp_path) -> None:
    write_scores(scores(claim_id="=1+1"), tmp_path / "scores.json")
    assert read(tmp_path / "scores.json")[0]["claim_id"] == "=1+1"


def test_unknown_stays_unknown() -> None:
    assert harmless(scores(payer_id=None))["payer_id"].to_pylist() == [None, None]


def test_an_unknown_ending_is_told_before_anything_is_written(tmp_path) -> None:
    with pytest.raises(CleanclaimError, match=r"found \.xlsx, wanted .*\.csv"):
        write_scores(scores(), tmp_path / "scores.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_where_writing_fails(tmp_path, monkeypatch) -> None:
    out = tmp_path / "scores.csv"
    out.write_text("old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.csv.write_csv", full)
    with pytest.raises(CleanclaimError, match="No space left"):
        write_scores(scores(), out)
    assert out.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["scores.csv"]
