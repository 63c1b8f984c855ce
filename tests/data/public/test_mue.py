"""Units limits, by setting."""

import csv
from datetime import date
from pathlib import Path

import pytest

from data.errors import UnreadableFile
from data.public import read
from tests.data.public.made_files import LICENCE, Write, csv_text, workbook, zipped


def rows(setting: str) -> list[list[str]]:
    return [
        [f"{LICENCE}\nFee schedules are not assigned by the AMA.", "", "", ""],
        ["HCPCS/\nCPT Code", f"{setting} Services MUE Values", "MUE Adjudication Indicator", "MUE Rationale"],
        ["72148", "1", "3 Date of Service Edit: Clinical", "Nature of Service/Procedure"],
        ["0042T", "2", "2 Date of Service Edit: Policy", "Code Descriptor / CPT Instruction"],
        ["J1100", "1,200", "1 Line Edit", "Prescribing Information"],
    ]


@pytest.mark.parametrize(
    ("title", "setting"),
    [
        ("Practitioner", "practitioner"),
        ("Outpatient Hospital", "hospital"),
        ("Facility Outpatient Hospital", "hospital"),
        ("DME Supplier", "supplier"),
    ],
)
def test_limits_have_their_setting_and_indicator(write: Write, title: str, setting: str) -> None:
    found = read(write("MCR_MUE_Services_Eff_07-01-2024.csv", csv_text(rows(title))))
    assert (found.kind.name, found.valid_from) == ("mue", date(2024, 7, 1))
    told = [
        (r["procedure"], r["max_units"], r["adjudication"], r["setting"]) for r in found.table.to_pylist()
    ]
    assert told == [("0042T", 2, 2, setting), ("72148", 1, 3, setting), ("J1100", 1200, 1, setting)]
    assert set(found.table["valid_from"].to_pylist()) == {date(2024, 7, 1)}


def test_the_archive_with_both_forms_is_read_once(write: Write) -> None:
    made = rows("Practitioner")
    name = "MCR_MUE_PractitionerServices_Eff_07-01-2024"
    found = read(
        write(
            "mue.zip",
            zipped({f"{name}.csv": csv_text(made).encode("cp1252"), f"{name}.xlsx": workbook(made)}),
        )
    )
    assert found.table.num_rows == 3
    assert [source.rpartition("!")[2] for source in found.sources] == [f"{name}.csv"]


def test_limits_given_as_edits_are_told_apart(write: Write) -> None:
    path = write("MCR_MUE_Services_Eff_07-01-2024.csv", csv_text(rows("Practitioner")))
    with pytest.raises(UnreadableFile, match="found mue, wanted ncci_ptp"):
        read(path, kind="ncci_ptp")


def test_real_limits_come_through_as_they_are(write: Write, reference: Path) -> None:
    with (reference / "mue_practitioner_imaging.csv").open(encoding="utf-8") as file:
        limits = list(csv.DictReader(file))
    made = rows("Practitioner")[:2]
    made += [[r["hcpcs_code"], r["mue_units"], f"{r['mue_mai']} Edit", r["mue_rationale"]] for r in limits]
    found = read(write("MCR_MUE_PractitionerServices_Eff_07-01-2024.csv", csv_text(made)))
    told = {
        (r["procedure"], r["max_units"], r["adjudication"], r["rationale"]) for r in found.table.to_pylist()
    }
    assert told == {
        (r["hcpcs_code"], int(r["mue_units"]), int(r["mue_mai"]), r["mue_rationale"]) for r in limits
    }
