"""CMS physician fee schedule: relative values and payment indicators of every procedure and modifier.

Quarterly (`PPRRVU24_JUL.csv` in RVU24C.zip, with .txt and .xlsx of the same). Titles and two licences stand above a
header of several rows, of which the last names the columns ambiguously (HCPCS, MOD, DESCRIPTION, CODE, PAYMENT, RVU,
PE RVU, INDICATOR, PE RVU, INDICATOR, RVU, TOTAL, TOTAL, IND, DAYS, OP, OP, OP, PROC, SURG ...): their order says which
is which. Since 2026 there are two files, of two conversion factors: the one for participants of qualifying payment
models (QPP) is read only where it is given by itself. The description is the AMA's and is never read.
Layout: the record layout that CMS packs with it (RVU24C.pdf).
"""

import re
from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from data.public.cells import NAMES, first_procedure, is_procedure, number, plain, procedure, whole, words
from data.public.grid import Grid
from data.public.layout import Field, table_at
from data.public.table import Kind, Part

FEE_SCHEDULE = Kind(
    "fee_schedule",
    "Physician fee schedule, relative values",
    "https://www.cms.gov/medicare/payment/fee-schedules/physician/pfs-relative-value-files",
    pa.schema(
        [
            ("procedure", pa.string()),
            ("modifier", pa.string()),  # 26, TC, 53; null: the procedure as a whole
            ("status", NAMES),  # A active, C priced by the carrier, N not covered, R restricted, ...
            ("work_rvu", pa.float64()),
            ("pe_rvu_nonfacility", pa.float64()),
            ("pe_rvu_facility", pa.float64()),
            ("mp_rvu", pa.float64()),
            ("total_nonfacility", pa.float64()),
            ("total_facility", pa.float64()),
            ("na_nonfacility", pa.bool_()),  # rarely or never done outside a facility
            ("na_facility", pa.bool_()),
            (
                "pc_tc",
                pa.int8(),
            ),  # 0 physician, 1 diagnostic (26 and TC), 2 professional only, 3 technical only ...
            ("global_days", NAMES),  # 000, 010, 090, MMM, XXX, YYY, ZZZ
            ("pre_op", pa.float64()),
            ("intra_op", pa.float64()),
            ("post_op", pa.float64()),
            ("multiple_procedure", pa.int8()),  # 4: the imaging reduction applies
            ("bilateral", pa.int8()),
            ("assistant", pa.int8()),
            ("co_surgeons", pa.int8()),
            ("team_surgery", pa.int8()),
            ("endoscopic_base", pa.string()),
            ("conversion_factor", pa.float64()),  # dollars a unit
            ("supervision", NAMES),  # of diagnostic procedures: 01, 02, 03, 09 ...
            (
                "imaging_family",
                NAMES,
            ),  # 88: subject to the reduction; 99: not; 01-11: its family in older years
            ("opps_pe_nonfacility", pa.float64()),
            ("opps_pe_facility", pa.float64()),
            ("opps_mp", pa.float64()),
            ("valid_from", pa.date32()),  # the first day of the edition, by its title
        ]
    ),
    ("procedure", "modifier", "valid_from"),
)


def _marked(text: str) -> bool:
    return text.upper() == "NA"


def _two(text: str) -> str | None:
    return text.zfill(2) if text.isdigit() else words(text)


def _days(text: str) -> str | None:
    return text.zfill(3) if text.isdigit() else words(text)


FIELDS = (
    Field("procedure", procedure, ("hcpcs",), known_by=is_procedure),
    Field("modifier", words, ("mod",)),
    Field("", words, ("description",)),
    Field("status", words, ("code",)),
    Field("", words, ("payment",)),
    Field("work_rvu", number, ("rvu",)),
    Field("pe_rvu_nonfacility", number, ("pervu",)),
    Field("na_nonfacility", _marked, ("indicator",)),
    Field("pe_rvu_facility", number, ("pervu",)),
    Field("na_facility", _marked, ("indicator",)),
    Field("mp_rvu", number, ("rvu",)),
    Field("total_nonfacility", number, ("total",)),
    Field("total_facility", number, ("total",)),
    Field("pc_tc", whole, ("ind",)),
    Field("global_days", _days, ("days",)),
    Field("pre_op", number, ("op",)),
    Field("intra_op", number, ("op",)),
    Field("post_op", number, ("op",)),
    Field("multiple_procedure", whole, ("proc",)),
    Field("bilateral", whole, ("surg",)),
    Field("assistant", whole, ("surg",)),
    Field("co_surgeons", whole, ("surg",)),
    Field("team_surgery", whole, ("surg",)),
    Field("endoscopic_base", words, ("base",)),
    Field("conversion_factor", number, ("factor",)),
    Field("supervision", _two, ("procedures",)),
    Field("imaging_family", _two, ("indicator",)),
    Field("opps_pe_nonfacility", number, ("amount",)),
    Field("opps_pe_facility", number, ("amount",)),
    Field("opps_mp", number, ("amount",)),
)
"""In the order of the file; each title ends in its sign. Columns in between (a flag, an indicator) are passed over."""

MONTHS = {"jan": 1, "apr": 4, "jul": 7, "oct": 10}
EDITION = re.compile(r"(20\d\d).*?relative value file(?:.*?\b(jan|apr|jul|oct))?", re.IGNORECASE)
NAME = re.compile(r"PPRRVU(?:20)?(\d\d)_?(jan|apr|jul|oct)?", re.IGNORECASE)
QPP = re.compile(r"(?<!non)[_ -]*QPP", re.IGNORECASE)


def fits(grid: Grid) -> bool:
    """Whether a grid is laid out as the relative value file."""
    return _header(grid) is not None


def is_second_choice(grid: Grid) -> bool:
    """Whether this is the file of the other conversion factor."""
    return QPP.search(grid.title) is not None and "nonqpp" not in grid.title.lower()


def read(grid: Grid) -> Part:
    """The values of one file."""
    header = _header(grid) or 0
    places = _places(grid.head[header])
    valid_from = _edition(grid, header)
    fields = [field for field in FIELDS if field.name]
    first = first_procedure(grid.head, header)
    table, n_skipped = table_at(grid, places, first, fields, FEE_SCHEDULE.schema, valid_from=valid_from)
    return Part(table, f"{valid_from:%Y-%m}" if valid_from else None, valid_from, n_skipped)


def _header(grid: Grid) -> int | None:
    """The last row of the header: the one that begins with HCPCS, MOD, and has the RVU columns."""
    for n, row in enumerate(grid.head):
        titles = [plain(cell) for cell in row]
        if titles[:2] == ["hcpcs", "mod"] and sum(title.endswith("rvu") for title in titles) >= 3:
            return n
    return None


def _places(titles: Sequence[str]) -> dict[str, int | None]:
    """Where each field stands: fields and titles in the same order, each title ending in the field's sign."""
    places: dict[str, int | None] = {}
    at = 0
    for field in FIELDS:
        found = next((n for n in range(at, len(titles)) if _says(titles[n], field.signs[0])), None)
        if found is not None:
            places[field.name] = found
            at = found + 1
    places.pop("", None)
    return places


def _says(title: str, sign: str) -> bool:
    return plain(title).endswith(sign)


def _edition(grid: Grid, header: int) -> date | None:
    """The first day of the edition: by the title above the header, else by the file's name."""
    above = " ".join(cell for row in grid.head[:header] for cell in row if cell)
    for found in (EDITION.search(above), NAME.search(grid.title)):
        if found:
            year = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
            return date(year, MONTHS[(found[2] or "jan").lower()], 1)
    return None
