"""The taxonomy of services, of older and newer years."""

import csv
from datetime import date
from pathlib import Path

import pytest

from data.public import read
from tests.data.public.made_files import Write, csv_text

COMMON = (
    "HCPCS_Cd,{id},RBCS_Cat,RBCS_Cat_Desc,RBCS_Cat_Subcat,RBCS_Subcat_Desc,RBCS_FamNumb,RBCS_Family_Desc,"
    "RBCS_Major_Ind,HCPCS_Cd_Add_Dt,HCPCS_Cd_End_Dt,"
)
OLDER = COMMON.format(id="RBCS_ID") + "RBCS_Assignment_Eff_Dt,RBCS_Assignment_End_Dt"
NEWER = COMMON.format(id="RBCS_Id") + (
    "RBCS_Latest_Assignment,First_RBCS_Release_Year,RBCS_Analysis_Start_Dt,RBCS_Analysis_End_Dt,"
    "Alt_Assignment_Method,RBCS_Id_Ever_Reassigned"
)
CHEST = "71045,IS010N,I,Imaging,IS,Standard X-ray,010,X-ray - Chest,N,01/01/2018,12/31/9999,"


@pytest.mark.parametrize(
    ("header", "rest", "latest"),
    [(OLDER, "01/01/2018,12/31/9999", None), (NEWER, "1,2020,01/01/2018,12/31/9999,0,0", True)],
)
def test_both_layouts_say_what_a_procedure_is(
    write: Write, header: str, rest: str, latest: bool | None
) -> None:
    found = read(write("RBCS_RY_2023.csv", f"{header}\r\n{CHEST}{rest}\r\n"))
    assert (found.kind.name, found.version) == ("rbcs", "release year 2023")
    assert found.table.to_pylist() == [
        {
            "procedure": "71045",
            "rbcs_id": "IS010N",
            "category": "I",
            "category_name": "Imaging",
            "subcategory": "IS",
            "subcategory_name": "Standard X-ray",
            "family": "010",
            "family_name": "X-ray - Chest",
            "major": "N",
            "procedure_added_on": date(2018, 1, 1),
            "procedure_ended_on": None,
            "valid_from": date(2018, 1, 1),
            "valid_to": None,
            "latest": latest,
        }
    ]


def test_real_assignments_come_through_as_they_are(write: Write, reference: Path) -> None:
    with (reference / "rbcs_imaging.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    made = [
        [
            *(r["hcpcs_code"], "", "I", "Imaging", "", r["rbcs_subcategory"], "", r["rbcs_family"], "N"),
            *(_slashed(r["hcpcs_date_added"]), _slashed(r["hcpcs_date_ended"]), "", ""),
        ]
        for r in rows
    ]
    found = read(write("RBCS_RY_2022.csv", csv_text([OLDER.split(","), *made])))
    told = sorted(
        (
            r["procedure"],
            r["subcategory_name"],
            r["family_name"],
            r["procedure_ended_on"] or date(9999, 12, 31),
        )
        for r in found.table.to_pylist()
    )
    assert told == sorted(
        (
            r["hcpcs_code"],
            r["rbcs_subcategory"],
            r["rbcs_family"],
            date.fromisoformat(r["hcpcs_date_ended"]),
        )
        for r in rows
    )


def _slashed(day: str) -> str:
    year, month, of_month = day.split("-")
    return f"{month}/{of_month}/{year}"
