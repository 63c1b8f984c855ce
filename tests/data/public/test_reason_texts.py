"""Texts that a user brings for reasons and remarks. Those here are made up."""

import csv
from datetime import date
from pathlib import Path

import pytest

from data.public import read
from tests.data.public.made_files import Write, csv_text, workbook

TITLES = ["Code", "Description", "Start Date", "Last Modified", "Stop Date", "Notes"]
ROWS = [
    ["45", "Made-up text, of a reason.", "01/01/1995", "07/01/2017", "", ""],
    ["A1", "Another", "01/01/1995", "", "06/30/2008", "Use 16"],
    ["N40", "A remark", "1/1/2000", "", "", ""],
    ["MA130", "Another remark", "01/01/1995", "", "", ""],
]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "titles",
    [
        TITLES,
        ["Reason Code", "Description", "Start", "Modified", "Deactivated", "Notes"],
    ],
)
def test_codes_texts_and_days(write: Write, form: str, titles: list[str]) -> None:
    rows = [["External code list"], titles, *ROWS]
    found = read(write(f"carc.{form}", workbook(rows) if form == "xlsx" else csv_text(rows)))
    assert (found.kind.name, found.n_skipped) == ("reason_texts", 0)
    assert [tuple(r.values()) for r in found.table.to_pylist()] == [
        ("45", "CARC", "Made-up text, of a reason.", date(1995, 1, 1), date(2017, 7, 1), None),
        ("A1", "CARC", "Another", date(1995, 1, 1), None, date(2008, 6, 30)),
        ("MA130", "RARC", "Another remark", date(1995, 1, 1), None, None),
        ("N40", "RARC", "A remark", date(2000, 1, 1), None, None),
    ]


def test_two_lists_join(write: Write) -> None:
    carc = write("carc.csv", csv_text([TITLES, *ROWS[:2]]))
    rarc = write("rarc.csv", csv_text([TITLES, *ROWS[2:]]))
    assert read(carc, rarc, kind="reason_texts").table["list"].to_pylist() == ["CARC", "CARC", "RARC", "RARC"]


def test_all_real_codes_are_known_as_what_they_are(write: Write, reference: Path) -> None:
    with (reference / "carc_rarc_ids.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["adj_type"] in ("CARC", "RARC")]
    made = [[r["adj_code"], "x", r["adj_start_date"], "", r["adj_end_date"]] for r in rows]
    found = read(write("codes.csv", csv_text([TITLES[:5], *made])))
    assert found.n_skipped == 0
    assert sorted((r["code"], r["list"]) for r in found.table.to_pylist()) == sorted(
        (r["adj_code"], r["adj_type"]) for r in rows
    )
