"""An .xlsx workbook as rows of text: its first sheet, read as XML, nothing in it ever run or looked up.

A document type is refused: entities are how a small XML file becomes a huge one, or asks for other files.
Layout: ECMA-376 part 1, 18.3 (worksheets) and 18.4 (shared strings).
"""

import io
import re
import zipfile
from xml.parsers import expat

from data.errors import UnreadableFile
from data.public.members import part_of, room_of

SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
CELL = re.compile(r"([A-Z]{1,3})\d+")
MAX_COLUMNS = 512


class DocumentTypeRefused(Exception):
    """The XML brings a document type."""


def workbook_rows(content: bytes, source: str) -> list[list[str]]:
    """The rows of the first sheet; an empty cell is "", a number is its digits, a date its serial number.

    Raises `UnreadableFile` for a damaged workbook, or one that brings a document type.
    """
    room = room_of(len(content))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            sheets = sorted((m for n in names if (m := SHEET.fullmatch(n))), key=lambda m: int(m[1]))
            if not sheets:
                raise UnreadableFile(source, found="a workbook without a sheet", wanted="a table")
            strings = _Strings()
            if "xl/sharedStrings.xml" in names:
                _parse(part_of(archive, "xl/sharedStrings.xml", source, room=room), strings)
            sheet = _Sheet(strings.found)
            _parse(part_of(archive, sheets[0][0], source, room=room), sheet)
            return sheet.rows
    except (zipfile.BadZipFile, expat.ExpatError, IndexError, ValueError):
        raise UnreadableFile(
            source, found="a damaged workbook", wanted="an .xlsx workbook as published"
        ) from None
    except DocumentTypeRefused:
        raise UnreadableFile(source, found="a workbook with a document type", wanted="one without") from None


class _Strings:
    """Collects the shared strings: one `si` each, its runs joined, phonetic hints left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._text: list[str] = []
        self._open = False
        self._hint = False

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        if tag == "si":
            self._text = []
        elif tag == "rPh":
            self._hint = True
        elif tag == "t":
            self._open = not self._hint

    def end(self, tag: str) -> None:
        if tag == "si":
            self.found.append("".join(self._text))
        elif tag == "rPh":
            self._hint = False
        elif tag == "t":
            self._open = False

    def text(self, piece: str) -> None:
        if self._open:
            self._text.append(piece)


class _Sheet:
    """Collects the rows of a sheet."""

    def __init__(self, strings: list[str]) -> None:
        self.rows: list[list[str]] = []
        self._strings = strings
        self._row: list[str] = []
        self._column = 0
        self._type = ""
        self._text: list[str] = []
        self._open = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self._row = []
        elif tag == "c":
            at = CELL.fullmatch(attributes.get("r", ""))
            self._column = _number(at[1]) if at else len(self._row)
            self._type = attributes.get("t", "n")
            self._text = []
        elif tag in ("v", "t"):
            self._open = True

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._open = False
        elif tag == "c" and self._text and self._column < MAX_COLUMNS:
            self._row.extend([""] * (self._column + 1 - len(self._row)))
            self._row[self._column] = self._value("".join(self._text))
        elif tag == "row":
            self.rows.append(self._row)

    def text(self, piece: str) -> None:
        if self._open:
            self._text.append(piece)

    def _value(self, text: str) -> str:
        if self._type == "s":
            return self._strings[int(text)]
        return text.removesuffix(".0") if self._type == "n" else text


def _parse(content: bytes, into: _Strings | _Sheet) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: into.start(tag.rpartition(" ")[2], attributes)
    parser.EndElementHandler = lambda tag: into.end(tag.rpartition(" ")[2])
    parser.CharacterDataHandler = into.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.Parse(content, True)


def _refuse(*_declared: object) -> None:
    raise DocumentTypeRefused


def _number(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
