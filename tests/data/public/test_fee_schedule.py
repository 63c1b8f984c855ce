"""Relative values: the header of several rows, of every year; the descriptions never come along."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from data.public import read
from tests.data.public.made_files import Write, csv_text, workbook, zipped

SPLIT = (
    ",,,,NOT USED,,,,,,,,,,,,,,,,,,,,,PHYSICIAN,,,NON-FACILITY,FACILITY,MP",
    ",,,,FOR,,,NON-FAC,,FACILITY,,,,,,,,,,,,,,,,SUPERVISION OF,,DIAGNOSTIC,PE USED,PE USED,USED",
    ",,,STATUS,MEDICARE,WORK,NON-FAC,NA,FACILITY,NA,MP,NON-FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST,MULT,BILAT,"
    "ASST,CO-,TEAM,ENDO,CONV,DIAGNOSTIC,CALCULATION,IMAGING FAMILY,FOR OPPS,FOR OPPS,FOR OPPS",
    "HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,"
    "PROC,SURG,SURG,SURG,SURG,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT",
)
ONE_ROW = (
    "HCPCS,MOD,DESCRIPTION,STATUS CODE,NOT USED FOR MEDICARE PAYMENT,WORK RVU,NON-FAC PE RVU,NON-FAC NA INDICATOR,"
    "FACILITY PE RVU,FACILITY NA INDICATOR,MP RVU,NON-FACILITY TOTAL,FACILITY TOTAL,PCTC IND,GLOB DAYS,PRE OP,"
    "INTRA OP,POST OP,MULT PROC,BILAT SURG,ASST SURG,CO-SURG,TEAM SURG,ENDO BASE,CONV FACTOR,PHYSICIAN SUPERVISION "
    "OF DIAGNOSTIC PROCEDURES,CALCULATION FLAG,DIAGNOSTIC IMAGING FAMILY INDICATOR,NON-FACILITY PE USED FOR OPPS "
    "PAYMENT AMOUNT,FACILITY PE USED FOR OPPS PAYMENT AMOUNT,MP USED FOR OPPS PAYMENT AMOUNT",
)
SINCE_2026 = tuple(
    line.replace("SURG,SURG,BASE", "SURG,SURG,IND,BASE").replace("TEAM,ENDO", "TEAM,PRIC,ENDO")
    for line in SPLIT[2:]
)
VALUES = (
    '70551,,"SECRET, with a comma",A,,1.48,4.59,,4.59,NA,0.06,6.13,6.13,1,XXX,0.00,0.00,0.00,4,0,0,0,0,,33.2875,01,0,88,4.59,4.59,0.06',
    "70551,26,SECRET,A,,1.48,0.69,,0.69,,0.06,2.23,2.23,1,XXX,0.00,0.00,0.00,4,0,0,0,0,,33.2875,09,0,88,0.00,0.00,0.00",
    "10021,,SECRET,A,+,1.03,1.79,,0.44,,0.15,2.97,1.62,0,000,0.10,0.80,0.10,0,0,1,0,0,43235,33.2875,9,0,99,0.00,0.00,0.00",
)


def text(
    header: Sequence[str], values: Sequence[str] = VALUES, *, year: int = 2024, month: str = "July"
) -> str:
    titles = (
        f",,{year} National Physician Fee Schedule Relative Value File {month} Release" + "," * 28,
        f",,CPT codes and descriptions only are copyright {year} American Medical Association." + "," * 28,
        ',,"Dental codes (D codes) are copyright 2024, American Dental Association."' + "," * 28,
        ",,RELEASED 06/11/2024" + "," * 28,
    )
    return "\r\n".join((*titles, *header, *values, "," * 30, ""))


@pytest.mark.parametrize("header", [SPLIT, ONE_ROW])
def test_values_and_indicators_stand_in_their_columns(write: Write, header: Sequence[str]) -> None:
    found = read(write("PPRRVU24_JUL.csv", text(header)))
    assert (found.kind.name, found.version, found.valid_from) == ("fee_schedule", "2024-07", date(2024, 7, 1))
    assert found.table.schema == found.kind.schema
    assert found.n_skipped == 0
    biopsy, whole, professional = found.table.to_pylist()
    assert whole == {
        "procedure": "70551",
        "modifier": None,
        "status": "A",
        "work_rvu": 1.48,
        "pe_rvu_nonfacility": 4.59,
        "pe_rvu_facility": 4.59,
        "mp_rvu": 0.06,
        "total_nonfacility": 6.13,
        "total_facility": 6.13,
        "na_nonfacility": False,
        "na_facility": True,
        "pc_tc": 1,
        "global_days": "XXX",
        "pre_op": 0.0,
        "intra_op": 0.0,
        "post_op": 0.0,
        "multiple_procedure": 4,
        "bilateral": 0,
        "assistant": 0,
        "co_surgeons": 0,
        "team_surgery": 0,
        "endoscopic_base": None,
        "conversion_factor": 33.2875,
        "supervision": "01",
        "imaging_family": "88",
        "opps_pe_nonfacility": 4.59,
        "opps_pe_facility": 4.59,
        "opps_mp": 0.06,
        "valid_from": date(2024, 7, 1),
    }
    assert (professional["modifier"], professional["total_facility"]) == ("26", 2.23)
    assert (biopsy["global_days"], biopsy["endoscopic_base"], biopsy["supervision"]) == ("000", "43235", "09")
    assert biopsy["intra_op"] == 0.8


def test_a_column_that_came_later_is_passed_over(write: Write) -> None:
    values = [line.replace(",0,0,,33", ",0,0,9,,33").replace(",0,43235,", ",0,9,43235,") for line in VALUES]
    found = read(write("PPRRVU2026_Jan_nonQPP.csv", text(SINCE_2026, values, year=2026, month="January")))
    assert found.valid_from == date(2026, 1, 1)
    assert set(found.table["conversion_factor"].to_pylist()) == {33.2875}
    assert found.table["endoscopic_base"].to_pylist() == ["43235", None, None]


def test_old_line_ends_are_read(write: Write) -> None:
    found = read(write("PPRRVU19_OCT.csv", text(SPLIT).replace("\r\n", "\r")))
    assert found.table.num_rows == len(VALUES)


@pytest.mark.parametrize("name", ["PPRRVU24_JUL.csv", "PPRRVU24_JUL.xlsx"])
def test_no_description_comes_along(write: Write, name: str) -> None:
    rows = list(csv.reader(text(SPLIT).splitlines()))
    path = write(name, workbook(rows) if name.endswith("xlsx") else csv_text(rows))
    found = read(path)
    assert found.table.num_rows == len(VALUES)
    assert "SECRET" not in str(found.table.to_pydict())


def test_the_archive_gives_the_values_and_leaves_the_rest(write: Write) -> None:
    members = {
        "PPRRVU2026_Jul_nonQPP.csv": text(SPLIT, year=2026).encode(),
        "PPRRVU2026_Jul_QPP.csv": text(SPLIT, year=2026).replace("33.2875", "33.5").encode(),
        "GPCI2026.csv": b"Medicare Administrative Contractor (MAC),State,Locality Number\r\n01112,CA,05\r\n",
        "RVU26C.pdf": b"%PDF-1.7\0",
    }
    path = write("RVU26C.zip", zipped(members))
    found = read(path)
    assert set(found.table["conversion_factor"].to_pylist()) == {33.2875}
    assert sorted(name.rpartition("!")[2] for name in found.left) == sorted(
        set(members) - {"PPRRVU2026_Jul_nonQPP.csv"}
    )
    alone = read(write("PPRRVU2026_Jul_QPP.csv", members["PPRRVU2026_Jul_QPP.csv"]))
    assert set(alone.table["conversion_factor"].to_pylist()) == {33.5}


def test_real_values_come_through_as_they_are(write: Write, reference: Path) -> None:
    with (reference / "mpfs_rvu_imaging.csv").open(encoding="utf-8") as file:
        values = {(r["hcpcs_code"], r["mod"]): r for r in csv.DictReader(file)}
    with (reference / "mpfs_indicators_imaging.csv").open(encoding="utf-8") as file:
        indicators = {(r["hcpcs_code"], r["mod"]): r for r in csv.DictReader(file)}
    lines = [
        _line(code, values[code], indicators[code]) for code in sorted(values.keys() & indicators.keys())
    ]
    found = read(write("PPRRVU24_JUL.csv", text(SPLIT, lines)))
    assert found.table.num_rows == len(lines) > 1500
    for row in found.table.to_pylist():
        code = (row["procedure"], row["modifier"] or "")
        assert row["work_rvu"] == pytest.approx(float(values[code]["rvu_work"]))
        assert row["total_facility"] == pytest.approx(float(values[code]["rvu_fac_sum"]))
        assert row["imaging_family"] == indicators[code]["diag_img_fam"]
        assert row["pc_tc"] == int(indicators[code]["pctc"])
        assert row["global_days"] == indicators[code]["glob"]


def _line(code: tuple[str, str], v: dict[str, str], i: dict[str, str]) -> str:
    cells = (
        *code,
        "SECRET",
        i["status"],
        "",
        *(
            v["rvu_work"],
            v["rvu_non_pe"],
            "",
            v["rvu_fac_pe"],
            "",
            v["rvu_mp"],
            v["rvu_non_sum"],
            v["rvu_fac_sum"],
        ),
        *(i["pctc"], i["glob"], i["pre_op"], i["intra_op"], i["post_op"], i["mult_proc"], i["bilat_surg"]),
        *(i["asst_surg"], i["co_surg"], i["team_surg"], i["endo_base"], v["cf"], i["phys_diag_pro"], "0"),
        *(i["diag_img_fam"], v["rvu_opps_non_pe"], v["rvu_opps_fac_pe"], v["rvu_opps_mp"]),
    )
    return ",".join(cells)
