"""CMS NCCI procedure-to-procedure edits: pairs of procedures that are not paid for one patient on one day.

Quarterly, in four parts each for practitioners (`ccipra-v302r0-f1` to `-f4`) and for outpatient hospitals (`ccioph`):
read the parts of a quarter together. Tab-separated text (and .xlsx) with a licence and a title above a header of
several rows: Column 1, Column 2, *=in existence prior to 1996, Effective Date, Deletion Date *=no data, Modifier
0=not allowed 1=allowed 9=not applicable, PTP Edit Rationale; days as 20240101.
"""

import re
from datetime import date

import pyarrow as pa

from data.public.cells import (
    NAMES,
    column_of,
    day,
    first_procedure,
    is_procedure,
    merged,
    procedure,
    title_row,
    whole,
    words,
)
from data.public.grid import Grid
from data.public.layout import Field, table_of
from data.public.table import Kind, Part

NCCI_PTP = Kind(
    "ncci_ptp",
    "NCCI procedure-to-procedure edits",
    "https://www.cms.gov/medicare/coding-billing/national-correct-coding-initiative-ncci-edits/medicare-ncci-procedure-procedure-ptp-edits",
    pa.schema(
        [
            ("column_1", pa.string()),  # the procedure that is paid
            ("column_2", pa.string()),  # the procedure that is denied beside it
            ("valid_from", pa.date32()),
            ("valid_to", pa.date32()),  # the last day of service it applies to; null: still in force
            ("modifier_indicator", pa.int8()),  # 0 no modifier helps, 1 a modifier may, 9 doesn't apply
            ("setting", NAMES),  # practitioner or hospital, by the file's name; null where it doesn't say
            ("before_1996", pa.bool_()),
            ("rationale", NAMES),  # CMS's words for why
        ]
    ),
    ("column_1", "column_2", "setting", "valid_from"),
)

FIELDS = (
    Field("column_1", procedure, ("column1",), known_by=is_procedure),
    Field("column_2", procedure, ("column2",), without="column1", known_by=is_procedure),
    Field("valid_from", day, ("effective",)),
    Field("valid_to", day, ("deletion",)),
    Field("modifier_indicator", whole, ("modifier",)),
    Field("before_1996", lambda text: text == "*", ("1996",)),
    Field("rationale", words, ("rationale",)),
)

NAME = re.compile(r"cci(pra|oph)-?(v(\d\d)([0-3])r\d+)", re.IGNORECASE)
SETTINGS = {"pra": "practitioner", "oph": "hospital"}
VERSION_0 = 1994
"""Version 30.0 is the first quarter of 2024: version 0 would be of this year."""


def fits(grid: Grid) -> bool:
    """Whether a grid is laid out as these edits."""
    header = title_row(grid.head, "column1", "column2")
    return header is not None and column_of(_titles(grid, header), "modifier") is not None


def read(grid: Grid) -> Part:
    """The edits of one file."""
    header = title_row(grid.head, "column1", "column2") or 0
    first = first_procedure(grid.head, header)
    titles = _titles(grid, header)
    setting, version, valid_from = _edition(grid.title)
    table, n_skipped = table_of(grid, titles, first, FIELDS, NCCI_PTP.schema, setting=setting)
    return Part(table, version, valid_from, n_skipped)


def _titles(grid: Grid, header: int) -> list[str]:
    return merged(grid.head, header, first_procedure(grid.head, header))


def _edition(title: str) -> tuple[str | None, str | None, date | None]:
    """Setting, version and first day, by the name that CMS gives the file."""
    found = NAME.search(title)
    if not found:
        return None, None, None
    month = 1 + 3 * int(found[4])
    return SETTINGS[found[1].lower()], found[2].lower(), date(VERSION_0 + int(found[3]), month, 1)
