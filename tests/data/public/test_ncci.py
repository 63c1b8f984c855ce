"""Procedure-to-procedure edits: as text, as a workbook, and all parts of a quarter."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from data.errors import UnreadableFile
from data.public import read
from tests.data.public.made_files import LICENCE, Write, workbook, zipped

TITLES = (
    "Column 1",
    "Column 2",
    "*=in existence prior to 1996",
    "Effective Date",
    "Deletion Date *=no data",
    "Modifier 0=not allowed 1=allowed 9=not applicable",
    "PTP Edit Rationale",
)
SPREAD = (
    ("", "", "*=in existence", "", "Deletion", "Modifier", ""),
    ("", "", "prior to", "Effective", "Date", "0=not allowed 1=allowed", ""),
    ("Column 1", "Column 2", "1996", "Date", "*=no data", "9=not applicable", "PTP Edit Rationale"),
)
ROWS = (
    ("70551", "70553", "", "20200101", "*", "1", "Misuse of Column Two code with Column One code"),
    ("70450", "70460", "*", "19960101", "20231231", "0", "More extensive procedure"),
)


def text(rows: Sequence[Sequence[str]], titles: Sequence[Sequence[str]] = (TITLES,)) -> str:
    lines = [LICENCE, "", "\tColumn1/Column2 Edits\t", *("\t".join(row) for row in (*titles, *rows))]
    return "".join(line + "\r\n" for line in lines)


@pytest.mark.parametrize("titles", [(TITLES,), SPREAD])
def test_an_edit_has_its_days_its_indicator_and_its_reason(
    write: Write, titles: Sequence[Sequence[str]]
) -> None:
    found = read(write("ccipra-v302r0-f1.TXT", text(ROWS, titles)))
    assert found.kind.name == "ncci_ptp"
    assert (found.version, found.valid_from, found.n_skipped) == ("v302r0", date(2024, 7, 1), 0)
    assert found.table.schema == found.kind.schema
    first, second = found.table.to_pylist()
    assert first == {
        "column_1": "70450",
        "column_2": "70460",
        "valid_from": date(1996, 1, 1),
        "valid_to": date(2023, 12, 31),
        "modifier_indicator": 0,
        "setting": "practitioner",
        "before_1996": True,
        "rationale": "More extensive procedure",
    }
    assert second["valid_to"] is None
    assert not second["before_1996"]


@pytest.mark.parametrize(
    ("name", "setting", "version", "valid_from"),
    [
        ("ccipra-v302r0-f1.txt", "practitioner", "v302r0", date(2024, 7, 1)),
        ("ccioph-v313r0-f4.TXT", "hospital", "v313r0", date(2025, 10, 1)),
        ("ccipra_v300r1_f2.txt", None, None, None),
        ("edits.txt", None, None, None),
    ],
)
def test_the_name_tells_setting_and_quarter(
    write: Write, name: str, setting: str | None, version: str | None, valid_from: date | None
) -> None:
    found = read(write(name, text(ROWS)))
    assert (found.version, found.valid_from) == (version, valid_from)
    assert set(found.table["setting"].to_pylist()) == {setting}


def test_the_parts_of_a_quarter_join_and_come_sorted(write: Write) -> None:
    paths = [
        write("f2.zip", zipped({"ccipra-v302r0-f2.TXT": text(ROWS[:1])})),
        write(
            "f1.zip", zipped({"ccipra-v302r0-f1.TXT": text(ROWS[1:]), "ccipra-v302r0-f1.xlsx": b"not read"})
        ),
    ]
    found = read(*paths)
    assert found.table["column_1"].to_pylist() == ["70450", "70551"]
    assert len(found.sources) == 2
    assert found.left == (f"{paths[1]}!ccipra-v302r0-f1.xlsx",)


def test_two_quarters_are_not_one(write: Write) -> None:
    with pytest.raises(UnreadableFile, match=r"editions v302r0, v303r0, wanted files of one edition"):
        read(write("ccipra-v302r0-f1.txt", text(ROWS)), write("ccipra-v303r0-f2.txt", text(ROWS)))


def test_a_workbook_says_the_same(write: Write) -> None:
    rows = [
        [LICENCE],
        ["Column1/Column2 Edits"],
        TITLES,
        *([int(c) if c.isdigit() and n < 6 else c for n, c in enumerate(r)] for r in ROWS),
    ]
    from_text = read(write("ccipra-v302r0-f1.txt", text(ROWS)))
    from_workbook = read(write("ccipra-v302r0-f1.xlsx", workbook(rows)))
    assert from_workbook.table.to_pylist() == from_text.table.to_pylist()


def test_what_is_no_edit_is_skipped_and_counted(write: Write) -> None:
    footnote = "End of file\r\n70450\tnot a code\t\t20200101\t*\t1\tx\r\n\r\n\x1a"
    found = read(write("ccipra-v302r0-f1.txt", text(ROWS) + footnote))
    assert (found.table.num_rows, found.n_skipped) == (2, 2)


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        (("70551", "70553", "", "20201350", "*", "1", ""), "valid_from", "20201350"),
        (("70551", "70553", "", "20200101", "soon", "1", ""), "valid_to", "soon"),
        (("70551", "70553", "", "20200101", "*", "yes", ""), "modifier_indicator", "yes"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(
    write: Write, row: Sequence[str], field: str, value: str
) -> None:
    path = write("ccipra-v302r0-f1.txt", text([row]))
    with pytest.raises(UnreadableFile) as raised:
        read(path)
    assert (raised.value.thing, raised.value.field, raised.value.found) == (str(path), field, f"'{value}'")


def test_real_edits_come_through_as_they_are(write: Write, reference: Path) -> None:
    with (reference / "ncci_ptp_practitioner_imaging.csv").open(encoding="utf-8") as file:
        edits = list(csv.DictReader(file))
    rows = [
        (
            e["column1"],
            e["column2"],
            "",
            "20200101",
            "*" if e["deleted"] == "9999-12-31" else e["deleted"].replace("-", ""),
            e["modifier_indicator"],
            e["rationale"],
        )
        for e in edits
    ]
    found = read(write("ccipra-v302r0-f1.txt", text(rows)))
    assert found.table.num_rows == len(edits)
    by_pair = {(row["column_1"], row["column_2"]): row for row in found.table.to_pylist()}
    for edit in edits:
        row = by_pair[edit["column1"], edit["column2"]]
        assert row["modifier_indicator"] == int(edit["modifier_indicator"])
        assert row["rationale"] == edit["rationale"]
        assert (row["valid_to"] or date(9999, 12, 31)).isoformat() == edit["deleted"]
