"""CMS NCCI medically unlikely edits: how many units of a procedure one patient may have on one day.

Quarterly, a table each for practitioners, outpatient hospitals and suppliers
(`MCR_MUE_PractitionerServices_Eff_07-01-2024`), .csv and .xlsx: a licence in one cell, then HCPCS/CPT Code,
Practitioner Services MUE Values, MUE Adjudication Indicator ("3 Date of Service Edit: Clinical"), MUE Rationale.
"""

import re
from datetime import date

import pyarrow as pa

from data.public.cells import NAMES, column_of, is_procedure, plain, procedure, title_row, whole, words
from data.public.grid import Grid
from data.public.layout import Field, table_of
from data.public.table import Kind, Part

MUE = Kind(
    "mue",
    "NCCI medically unlikely edits",
    "https://www.cms.gov/medicare/coding-billing/national-correct-coding-initiative-ncci-edits/medicare-ncci-medically-unlikely-edits",
    pa.schema(
        [
            ("procedure", pa.string()),
            ("max_units", pa.int32()),
            (
                "adjudication",
                pa.int8(),
            ),  # 1 each line is held to it; 2 the day, by policy; 3 the day, clinically
            ("rationale", NAMES),  # CMS's words for why
            ("setting", NAMES),  # practitioner, hospital or supplier
            ("valid_from", pa.date32()),  # the first day of the edition, by the file's name
        ]
    ),
    ("procedure", "setting", "valid_from"),
)

FIELDS = (
    Field("procedure", procedure, ("hcpcs", "cptcode"), known_by=is_procedure),
    Field("max_units", whole, ("muevalue",)),
    Field("adjudication", whole, ("adjudicationindicator",)),
    Field("rationale", words, ("rationale",)),
)

NAME = re.compile(r"(\d\d)[-_](\d\d)[-_](\d{4})")
SETTINGS = (
    ("practitioner", "practitioner"),
    ("hospital", "hospital"),
    ("facility", "hospital"),
    ("dme", "supplier"),
)


def fits(grid: Grid) -> bool:
    """Whether a grid is laid out as these limits."""
    return title_row(grid.head, "hcpcs", "muevalue") is not None


def read(grid: Grid) -> Part:
    """The limits of one file."""
    header = title_row(grid.head, "hcpcs", "muevalue") or 0
    titles = grid.head[header]
    values = plain(titles[column_of(titles, "muevalue") or 0])
    setting = next((name for sign, name in SETTINGS if sign in values), None)
    named = NAME.search(grid.title)
    valid_from = date(int(named[3]), int(named[1]), int(named[2])) if named else None
    table, n_skipped = table_of(
        grid, titles, header + 1, FIELDS, MUE.schema, setting=setting, valid_from=valid_from
    )
    return Part(table, f"{valid_from}" if valid_from else None, valid_from, n_skipped)
