import csv
from itertools import pairwise
from pathlib import Path

import pytest

from data.codes.diagnoses import (
    NO_LIMIT,
    RELEASED,
    DiagnosisInfo,
    DiagnosisLimit,
    diagnosis_info,
    diagnosis_limit,
)
from data.codes.files import FOLDER, rows
from data.codes.make_diagnoses import RELEASES
from data.codes.make_diagnoses import rows as made_rows

EVER = "123"


@pytest.mark.parametrize(
    ("code", "info"),
    [
        ("M25561", DiagnosisInfo(EVER, side="right")),
        ("M25562", DiagnosisInfo(EVER, side="left")),
        ("M25569", DiagnosisInfo(EVER, is_unspecified=True)),
        ("M2556", DiagnosisInfo(is_header=True)),
        ("R51", DiagnosisInfo(is_header=True)),
        ("S72001A", DiagnosisInfo(EVER, side="right", is_unspecified=True)),
        ("S72001", DiagnosisInfo(is_header=True)),
        ("T148XXA", DiagnosisInfo(EVER, is_unspecified=True)),
        ("I501", DiagnosisInfo(EVER, is_unspecified=True)),
        ("H42", DiagnosisInfo(EVER, is_manifestation=True)),
        ("U071", DiagnosisInfo(EVER)),
        ("M545", DiagnosisInfo("1")),
        ("M5450", DiagnosisInfo("23", is_unspecified=True)),
        ("R102", DiagnosisInfo("12")),
        ("Q7777", DiagnosisInfo()),
        ("M", DiagnosisInfo()),
        ("", DiagnosisInfo()),
    ],
)
def test_what_is_known_of_a_code(code: str, info: DiagnosisInfo) -> None:
    assert diagnosis_info(code) == info


def test_most_codes_are_in_all_releases() -> None:
    counts: dict[str, int] = {}
    for row in rows("diagnoses.csv"):
        counts[row["releases"]] = counts.get(row["releases"], 0) + len(row["last"])
    assert {mark: sum(n for marks, n in counts.items() if mark in marks) for mark in RELEASED} == {
        "1": 72_621,
        "2": 74_260,
        "3": 74_719,
    }


def test_no_code_that_may_be_billed_begins_another_of_its_release() -> None:
    codes = sorted(
        row["stem"] + last for row in rows("diagnoses.csv") if "3" in row["releases"] for last in row["last"]
    )
    assert [a for a, b in pairwise(codes) if b.startswith(a)] == []


@pytest.mark.parametrize(
    ("code", "limit"),
    [
        ("N400", DiagnosisLimit("M", 15)),
        ("O0990", DiagnosisLimit("F", 9, 64)),
        ("Z3800", DiagnosisLimit(oldest=0)),
        ("C50911", NO_LIMIT),
        ("M5416", NO_LIMIT),
        ("", NO_LIMIT),
    ],
)
def test_whom_a_diagnosis_can_be_of(code: str, limit: DiagnosisLimit) -> None:
    assert diagnosis_limit(code) == limit


def test_limits_are_of_codes_that_there_are() -> None:
    codes = {row["stem"] + last for row in rows("diagnoses.csv") for last in row["last"]}
    beginnings = {code[:n] for code in codes for n in range(1, len(code) + 1)}
    assert [row["prefix"] for row in rows("diagnosis_limits.csv") if row["prefix"] not in beginnings] == []
    assert [row["prefix"] for row in rows("diagnosis_parts.csv") if row["prefix"] not in beginnings] == []


def test_the_maker_reads_lists_and_titles(tmp_path: Path) -> None:
    titles = (
        ("M25.5", "Pain in joint"), ("M25.56", "Pain in knee"), ("M25.561", "Pain in right knee"),
        ("M25.562", "Pain in left knee"), ("M25.569", "Pain in unspecified knee"), ("S83.2", "Tear of left meniscus"),
    )  # fmt: skip
    tree = "".join(f"<diag><name>{name}</name><desc>{title}</desc></diag>" for name, title in titles)
    for mark, codes, tabular in RELEASES:
        more = "S832XXA\n" if mark == "3" else ""
        listed = f"1\nM20-M25\nM25\nM255\nM2556\nM25561\nM25562\nM25569\n{more}"
        (tmp_path / codes).write_text(listed)
        (tmp_path / tabular).write_text(f"<tabular>{tree}</tabular>")
    blank = {"left": "", "right": "", "unspecified": "", "manifestation": ""}
    assert list(made_rows(tmp_path)) == [
        {
            "stem": "M2556",
            "releases": "123",
            "last": "129",
            **blank,
            "left": "2",
            "right": "1",
            "unspecified": "9",
        },
        {"stem": "S832XX", "releases": "3", "last": "A", **blank, "left": "A"},
    ]


def test_the_table_is_in_order() -> None:
    stems = [row["stem"] for row in rows("diagnoses.csv")]
    assert stems == sorted(stems)


def test_the_table_holds_no_texts() -> None:
    with (FOLDER / "diagnoses.csv").open(encoding="utf-8") as file:
        cells = {cell for row in list(csv.reader(file))[1:] for cell in row}
    assert max(map(len, cells)) <= 36
    assert all(cell == "" or (cell.isalnum() and cell.upper() == cell) for cell in cells)
