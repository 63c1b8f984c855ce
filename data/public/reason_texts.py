"""X12's own texts for denial reasons and remarks (CARC, RARC), from the file that X12 sends its licensees.

The texts are X12's property: none ships with this package, and none is kept in a model. A user who has them can see
them beside our own words. Comma-separated or .xlsx, one list a file: Code, Description, Start Date, Last Modified (or
Modified), Stop Date (or Deactivated), Notes.
"""

import re

import pyarrow as pa

from data.public.cells import NAMES, column_of, day, plain, words
from data.public.grid import Grid
from data.public.layout import Field, table_of
from data.public.table import Kind, Part

REASON_TEXTS = Kind(
    "reason_texts",
    "Texts of claim adjustment reasons and remittance remarks",
    "https://x12.org/codes",
    pa.schema(
        [
            ("code", pa.string()),
            ("list", NAMES),  # CARC or RARC, by the code's form
            ("text", pa.string()),  # X12's, for showing only
            ("valid_from", pa.date32()),
            ("modified_on", pa.date32()),
            ("valid_to", pa.date32()),
        ]
    ),
    ("code",),
)

REMARK = re.compile(r"(M|MA|N)\d+")
REASON = re.compile(r"\d{1,3}|[ABDPWY]\d{1,3}")


def _code(text: str) -> str | None:
    return text.strip().upper() or None


def _is_code(text: str) -> bool:
    code = text.strip().upper()
    return bool(REMARK.fullmatch(code) or REASON.fullmatch(code))


def _list(text: str) -> str:
    return "RARC" if REMARK.fullmatch(text.strip().upper()) else "CARC"


FIELDS = (
    Field("code", _code, ("code",), known_by=_is_code),
    Field("list", _list, ("code",)),
    Field("text", words, ("description",)),
    Field("valid_from", day, ("start", "effective")),
    Field("modified_on", day, ("modified",)),
    Field("valid_to", day, ("stop", "deactivat", "end")),
)


def fits(grid: Grid) -> bool:
    """Whether a grid is laid out as one of these lists."""
    return _header(grid) is not None


def read(grid: Grid) -> Part:
    """The texts of one file."""
    header = _header(grid) or 0
    table, n_skipped = table_of(grid, grid.head[header], header + 1, FIELDS, REASON_TEXTS.schema)
    return Part(table, n_skipped=n_skipped)


def _header(grid: Grid) -> int | None:
    for n, row in enumerate(grid.head):
        titles = [plain(cell) for cell in row]
        dated = column_of(row, "start", "effective", "stop", "deactivat")
        if titles and titles[0].endswith("code") and "description" in titles and dated is not None:
            return n
    return None
