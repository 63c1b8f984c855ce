"""CMS place of service code set: where a service is given.

A table on a web page (save the page, or the table as .csv or .xlsx): Place of Service Code(s), Place of Service Name,
Place of Service Description. Runs of codes without a meaning ("28-30", Unassigned) are no places.
"""

import re
from datetime import date, datetime

import pyarrow as pa

from data.public.cells import title_row, words
from data.public.grid import Grid
from data.public.layout import Field, table_of
from data.public.table import Kind, Part

PLACES = Kind(
    "places",
    "Place of service code set",
    "https://www.cms.gov/medicare/coding-billing/place-of-service-codes/code-sets",
    pa.schema(
        [
            ("place", pa.string()),  # two digits
            ("name", pa.string()),
            ("description", pa.string()),
            ("valid_from", pa.date32()),  # where the description says "(Effective January 1, 2022)"
        ]
    ),
    ("place",),
)

EFFECTIVE = re.compile(r"\(.*?effective (?:date:? )?(\w+ \d{1,2}, \d{4})", re.IGNORECASE)


def _place(text: str) -> str | None:
    return text.zfill(2) if _is_place(text) else None


def _is_place(text: str) -> bool:
    return re.fullmatch(r"\d{1,2}", text.strip()) is not None


def _is_assigned(text: str) -> bool:
    return bool(text) and "unassigned" not in text.lower()


def _since(text: str) -> date | None:
    found = EFFECTIVE.search(text)
    try:
        return datetime.strptime(found[1], "%B %d, %Y").date() if found else None  # noqa: DTZ007 - a day
    except ValueError:
        return None


FIELDS = (
    Field("place", _place, ("placeofservicecode",), known_by=_is_place),
    Field("name", words, ("placeofservicename",), known_by=_is_assigned),
    Field("description", words, ("placeofservicedescription",)),
    Field("valid_from", _since, ("placeofservicedescription",)),
)


def fits(grid: Grid) -> bool:
    """Whether a grid is laid out as this code set."""
    return title_row(grid.head, "placeofservicecode", "placeofservicename") is not None


def read(grid: Grid) -> Part:
    """The places in one file. Runs of unassigned codes don't count as skipped."""
    header = title_row(grid.head, "placeofservicecode", "placeofservicename") or 0
    table, _ = table_of(grid, grid.head[header], header + 1, FIELDS, PLACES.schema)
    return Part(table)
