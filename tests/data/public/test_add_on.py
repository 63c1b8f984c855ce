"""Add-on codes: in fixed columns, wherever these begin, and as a workbook."""

import csv
from datetime import date
from pathlib import Path

import pytest

from data.public import read
from tests.data.public.made_files import LICENCE, Write, workbook, zipped

TITLES = (
    "AOC_Edit_Type",
    "Add-On_Code",
    "AOC_DelDT",
    "Primary_Code",
    "Primary_Code_DelDT",
    "AOC_Edit_EffDT",
    "AOC_Edit_DelDT",
    "Special_Instruction_Notes",
)
EDITS = (
    ("1", "0174T", "", "71045", "", "2018001", "", ""),
    ("1", "0174T", "2022365", "71010", "2017365", "2013091", "2017365", ""),
    ("2", "0054T", "", "CCCCC", "", "2013091", "", "Contractor Defined Primary Codes"),
    ("3", "76376", "", "70450", "2024060", "2013091", "", "(see IOM)"),
)
EXPECTED = [
    ("0054T", None, 2, date(2013, 4, 1), None, None, None, "Contractor Defined Primary Codes"),
    ("0174T", "71010", 1, date(2013, 4, 1), date(2017, 12, 31), date(2022, 12, 31), date(2017, 12, 31), None),
    ("0174T", "71045", 1, date(2018, 1, 1), None, None, None, None),
    ("76376", "70450", 3, date(2013, 4, 1), None, None, date(2024, 2, 29), "(see IOM)"),
]


def fixed(gap: int = 0) -> str:
    """Columns of their widths, `gap` blanks apart."""
    widths = (0, 5, 7, 5, 7, 7, 7, 40)
    lines = (
        cells[0] + (" " * gap).join(c.ljust(w) for c, w in zip(cells[1:], widths[1:], strict=True))
        for cells in EDITS
    )
    return "".join(line + "\r\n" for line in lines)


@pytest.mark.parametrize("gap", [0, 1, 3])
def test_fixed_columns_are_found_where_they_begin(write: Write, gap: int) -> None:
    found = read(write("AOC_V2024Q3-MCR.txt", fixed(gap)))
    assert (found.kind.name, found.version, found.valid_from) == ("add_on", "V2024Q3", date(2024, 7, 1))
    assert [tuple(row.values()) for row in found.table.to_pylist()] == EXPECTED
    assert found.n_skipped == 0


def test_a_workbook_says_the_same(write: Write) -> None:
    rows = [[LICENCE], TITLES, *([int(c) if c.isdigit() else c for c in edit] for edit in EDITS)]
    found = read(write("AOC_V2024Q3-MCR.xlsx", workbook(rows)))
    assert [tuple(row.values()) for row in found.table.to_pylist()] == EXPECTED


def test_the_archive_with_both_is_read_once(write: Write) -> None:
    rows = [[LICENCE], TITLES, *EDITS]
    found = read(
        write("aoc.zip", zipped({"AOC_V2024Q3-MCR.txt": fixed(), "AOC_V2024Q3-MCR.xlsx": workbook(rows)}))
    )
    assert found.table.num_rows == len(EDITS)
    assert len(found.left) == 1


def test_a_line_that_is_no_edit_is_counted(write: Write) -> None:
    found = read(write("AOC_V2024Q3-MCR.txt", fixed() + "END OF FILE\r\n\r\n"))
    assert (found.table.num_rows, found.n_skipped) == (len(EDITS), 1)


def test_real_edits_come_through_as_they_are(write: Write, reference: Path) -> None:
    with (reference / "add_on_codes_imaging.csv").open(encoding="utf-8") as file:
        edits = [(r["aoc_edit_type"], r["add_on_code"], r["primary_code"]) for r in csv.DictReader(file)]
    lines = (f"{kind}{add_on}{'':7}{primary}{'':7}2013091{'':7}" for kind, add_on, primary in edits)
    found = read(write("AOC_V2024Q3-MCR.txt", "".join(line + "\n" for line in lines)))
    told = [(str(r["edit_type"]), r["add_on"], r["primary"] or "CCCCC") for r in found.table.to_pylist()]
    assert sorted(told) == sorted(edits)
