"""Small files as publishers lay theirs out. Codes are numbers only; where a descriptor would stand, it says SECRET."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

LICENCE = (
    "CPT codes, descriptions and other data only are copyright 2023 American Medical Association®. "
    "All rights reserved."
)

Write = Callable[[str, str | bytes], Path]


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """An archive of these."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def csv_text(rows: Sequence[Sequence[object]]) -> str:
    """Rows as comma-separated text, quoted where it must be."""
    return "".join(",".join(_quoted(str(cell)) for cell in row) + "\r\n" for row in rows)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\n') else cell


def workbook(rows: Sequence[Sequence[str | float]], *, doctype: str = "") -> bytes:
    """An .xlsx as spreadsheet programs write it: texts shared, numbers as they are, empty cells left out."""
    texts = sorted({cell for row in rows for cell in row if isinstance(cell, str) and cell})
    shared = "".join(f"<si><r><t>{escape(t[:2])}</t></r><r><t>{escape(t[2:])}</t></r></si>" for t in texts)
    body = "".join(
        f'<row r="{n}">' + "".join(_cell(cell, n, at, texts) for at, cell in enumerate(row)) + "</row>"
        for n, row in enumerate(rows, start=1)
    )
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": f"<workbook {main}/>",
            "xl/sharedStrings.xml": f"<sst {main}>{shared}</sst>",
            "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?>{doctype}<worksheet {main}><sheetData>{body}</sheetData></worksheet>',
            "xl/worksheets/sheet2.xml": f"<worksheet {main}><sheetData/></worksheet>",
        }
    )


def _cell(cell: str | float, row: int, at: int, texts: list[str]) -> str:
    where = f'r="{chr(65 + at)}{row}"'
    if cell == "":
        return ""
    if isinstance(cell, str):
        return f'<c {where} t="s"><v>{texts.index(cell)}</v></c>'
    return f"<c {where}><v>{cell}</v></c>"
