"""CMS Restructured BETOS taxonomy: what kind of service each procedure of Part B is.

Yearly, one comma-separated file (`RBCS_RY_2023.csv`): HCPCS_Cd, RBCS_Id, RBCS_Cat, RBCS_Cat_Desc, RBCS_Cat_Subcat,
RBCS_Subcat_Desc, RBCS_FamNumb, RBCS_Family_Desc, RBCS_Major_Ind, HCPCS_Cd_Add_Dt, HCPCS_Cd_End_Dt, then
RBCS_Assignment_Eff_Dt and _End_Dt, or since 2022 RBCS_Latest_Assignment, RBCS_Analysis_Start_Dt and _End_Dt.
"""

import re

import pyarrow as pa

from data.public.cells import NAMES, day, is_procedure, procedure, title_row, words
from data.public.grid import Grid
from data.public.layout import Field, table_of
from data.public.table import Kind, Part

RBCS = Kind(
    "rbcs",
    "Restructured BETOS classification",
    "https://data.cms.gov/provider-summary-by-type-of-service/provider-service-classifications/restructured-betos-classification-system",
    pa.schema(
        [
            ("procedure", pa.string()),
            ("rbcs_id", NAMES),
            (
                "category",
                NAMES,
            ),  # I imaging, T tests, P procedures, E evaluation and management, D, R, O, ...
            ("category_name", NAMES),
            ("subcategory", NAMES),  # IC, IM, ...
            ("subcategory_name", NAMES),
            ("family", NAMES),
            ("family_name", NAMES),
            ("major", NAMES),  # M major procedure, O other procedure, N no procedure
            ("procedure_added_on", pa.date32()),
            ("procedure_ended_on", pa.date32()),
            ("valid_from", pa.date32()),  # of this assignment
            ("valid_to", pa.date32()),
            ("latest", pa.bool_()),  # whether it is the newest of this procedure; null: the file doesn't say
        ]
    ),
    ("procedure", "valid_from"),
)


def _yes(text: str) -> bool | None:
    return None if not text else text == "1"


FIELDS = (
    Field("procedure", procedure, ("hcpcscd",), known_by=is_procedure),
    Field("rbcs_id", words, ("rbcsid",), without="ever"),
    Field("category", words, ("rbcscat",), without="desc"),
    Field("category_name", words, ("rbcscatdesc",)),
    Field("subcategory", words, ("catsubcat",)),
    Field("subcategory_name", words, ("subcatdesc",)),
    Field("family", words, ("famnumb",)),
    Field("family_name", words, ("familydesc",)),
    Field("major", words, ("majorind",)),
    Field("procedure_added_on", day, ("hcpcscdadd",)),
    Field("procedure_ended_on", day, ("hcpcscdend",)),
    Field("valid_from", day, ("assignmenteff", "analysisstart")),
    Field("valid_to", day, ("assignmentend", "analysisend")),
    Field("latest", _yes, ("latestassignment",)),
)

NAME = re.compile(r"RY_?(20\d\d)", re.IGNORECASE)


def fits(grid: Grid) -> bool:
    """Whether a grid is laid out as this taxonomy."""
    return title_row(grid.head, "hcpcscd", "rbcsid") is not None


def read(grid: Grid) -> Part:
    """The taxonomy in one file."""
    header = title_row(grid.head, "hcpcscd", "rbcsid") or 0
    table, n_skipped = table_of(grid, grid.head[header], header + 1, FIELDS, RBCS.schema)
    named = NAME.search(grid.title)
    return Part(table, f"release year {named[1]}" if named else None, None, n_skipped)
