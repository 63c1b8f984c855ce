"""Workbooks as rows of text; what is damaged or dangerous is refused."""

import pytest

from data.errors import UnreadableFile
from data.public import workbook as module
from data.public.workbook import workbook_rows
from tests.data.public.made_files import workbook, zipped

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def sheet(body: str) -> bytes:
    xml = f"<worksheet {MAIN}><sheetData>{body}</sheetData></worksheet>"
    return zipped({"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": xml})


def test_texts_numbers_and_gaps() -> None:
    rows = [["a", "", "b & <c>"], [20240101, 1.5, "x"], [], ["", "", "", "last"]]
    assert workbook_rows(workbook(rows), "x") == [
        ["a", "", "b & <c>"],
        ["20240101", "1.5", "x"],
        [],
        ["", "", "", "last"],
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<row><c r="A1" t="inlineStr"><is><t>in </t><t>line</t></is></c></row>', [["in line"]]),
        ('<row><c r="B1" t="str"><f>A1</f><v>made</v></c></row>', [["", "made"]]),
        ("<row><c><v>1.0</v></c><c><v>2</v></c></row>", [["1", "2"]]),
        ('<row><c r="ZZZ1"><v>1</v></c></row>', [[]]),
    ],
)
def test_cells_of_other_writers(body: str, expected: list[list[str]]) -> None:
    assert workbook_rows(sheet(body), "x") == expected


@pytest.mark.parametrize("doctype", [BOMB, OUTSIDE])
def test_a_document_type_is_refused(doctype: str) -> None:
    with pytest.raises(UnreadableFile, match="a document type"):
        workbook_rows(workbook([["a"]], doctype=doctype), "x")


@pytest.mark.parametrize(
    "content",
    [
        workbook([["a"]])[:-60],
        sheet("<row><c></row>"),
        sheet('<row><c r="A1" t="s"><v>7</v></c></row>'),
        zipped({"xl/workbook.xml": "<workbook/>"}),
    ],
)
def test_damaged_workbooks_are_told(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="workbook"):
        workbook_rows(content, "x")


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "room_of", lambda _n_packed: 1000)
    with pytest.raises(UnreadableFile, match="too many bytes"):
        workbook_rows(workbook([["a" * 2000]]), "x")
