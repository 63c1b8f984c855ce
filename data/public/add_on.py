"""CMS NCCI add-on code edits: procedures that are paid only beside a primary one.

Yearly with quarterly updates (`AOC_V2024Q3-MCR`), a text of fixed columns without a header and, since June 2023, an
.xlsx: AOC_Edit_Type, Add-On_Code, AOC_DelDT, Primary_Code, Primary_Code_DelDT, AOC_Edit_EffDT, AOC_Edit_DelDT,
Special_Instruction_Notes; days as year and day of the year (2024001). A primary code CCCCC means that the contractor
says which ones there are.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from data.public.cells import NAMES, day, first_procedure, is_procedure, procedure, title_row, whole, words
from data.public.grid import Grid
from data.public.layout import Field, table_of
from data.public.table import Kind, Part

ADD_ON = Kind(
    "add_on",
    "NCCI add-on code edits",
    "https://www.cms.gov/medicare/coding-billing/national-correct-coding-initiative-ncci-edits/medicare-ncci-add-code-edits",
    pa.schema(
        [
            ("add_on", pa.string()),
            ("primary", pa.string()),  # null: the contractor says which primaries there are
            (
                "edit_type",
                pa.int8(),
            ),  # 1 these primaries only; 2 the contractor's; 3 these and the contractor's
            ("valid_from", pa.date32()),
            ("valid_to", pa.date32()),
            ("add_on_ended_on", pa.date32()),  # the add-on code itself is gone
            ("primary_ended_on", pa.date32()),
            ("note", NAMES),  # CMS's special instruction
        ]
    ),
    ("add_on", "primary", "valid_from"),
)

TITLES: tuple[str, ...] = (
    "edit type",
    "add-on code",
    "aoc del dt",
    "primary code",
    "primary code del dt",
    "aoc edit eff dt",
    "aoc edit del dt",
    "special instruction notes",
)
CONTRACTOR_DEFINED = "CCCCC"


def _is_primary(text: str) -> bool:
    return is_procedure(text) or text.strip().upper() == CONTRACTOR_DEFINED


FIELDS = (
    Field("add_on", procedure, ("addoncode",), known_by=is_procedure),
    Field("primary", procedure, ("primarycode",), without="del", known_by=_is_primary),
    Field("edit_type", whole, ("edittype",)),
    Field("valid_from", day, ("editeff",)),
    Field("valid_to", day, ("editdel",)),
    Field("add_on_ended_on", day, ("aocdel", "addoncodedel")),
    Field("primary_ended_on", day, ("primarycodedel",)),
    Field("note", words, ("instruction", "note")),
)

NAME = re.compile(r"V?(\d{4})Q([1-4])", re.IGNORECASE)
LINE = re.compile(r"[123][0-9A-Z]{5} *(?:\d{7})? *[0-9A-Z]{5} *(?:\d{7})? *\d{7}")
SECOND = re.compile(r"\S{6}(?: +)([0-9A-Z]{5})(?= )")
DAY = re.compile(r"\d{7}")


def fits(grid: Grid) -> bool:
    """Whether a grid is laid out as these edits, with titles or in fixed columns."""
    return title_row(grid.head, "addoncode", "primarycode") is not None or _is_fixed(grid)


def read(grid: Grid) -> Part:
    """The edits of one file."""
    header = title_row(grid.head, "addoncode", "primarycode")
    if header is None:
        grid, titles, first = _of_fixed(grid), TITLES, 0
    else:
        titles = tuple(grid.head[header])
        first = first_procedure(grid.head, header, at=1)
    table, n_skipped = table_of(grid, titles, first, FIELDS, ADD_ON.schema)
    named = NAME.search(grid.title)
    valid_from = date(int(named[1]), 3 * int(named[2]) - 2, 1) if named else None
    return Part(table, named[0].upper() if named else None, valid_from, n_skipped)


def _is_fixed(grid: Grid) -> bool:
    told = [",".join(row) for row in grid.head if any(row)]
    return sum(LINE.match(line) is not None for line in told) * 2 > len(told)


def _of_fixed(grid: Grid) -> Grid:
    """A text of fixed columns as rows of cells.

    Only the order of the columns is taken as given; where they begin is seen in the file: the primary code where most
    lines have their second word, the effective day where most have their first day after it.
    """
    lines = [line for line in grid.lines if LINE.match(line)]
    primary = _most([m.start(1) for line in lines if (m := SECOND.match(line))], otherwise=13)
    after = [m.start() for line in lines if (m := DAY.search(line, primary + 5))]
    effective = _most(after, otherwise=primary + 12)
    rows = [_cells(line, primary, effective) for line in lines]
    n_blank = sum(not line.strip() for line in grid.lines)
    rows += [["", "?"] for _ in range(len(grid.lines) - len(lines) - n_blank)]
    return Grid(grid.source, grid.title, rows[:1], [], b"", "", rows)


def _most(places: Sequence[int], *, otherwise: int) -> int:
    return Counter(places).most_common(1)[0][0] if places else otherwise


def _cells(line: str, primary: int, effective: int) -> list[str]:
    rest = line[effective + 7 :].strip()
    ended = rest[:7] if DAY.match(rest) else ""
    cells = [
        line[0],
        line[1:6],
        line[6:primary],
        line[primary : primary + 5],
        line[primary + 5 : effective],
        line[effective : effective + 7],
        ended,
        rest[len(ended) :],
    ]
    return [cell.strip() for cell in cells]
