"""Coverage articles: which diagnoses belong to which procedures, and how sure that is."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from data.errors import UnreadableFile
from data.public import read
from tests.data.public.made_files import Write, csv_text, zipped

Rows = Sequence[Sequence[object]]
LONG = "<p>" + "A long text of the article. " * 8000 + "</p>"

ARTICLE = (
    "article_id,article_version,article_type,title,article_pub_date,article_eff_date,article_end_date,description,"
    "article_rev_eff_date,date_retired,status,last_updated,display_id"
)
CODE = "article_id,article_version,hcpc_code_id,hcpc_code_version,hcpc_code_group,range,last_updated,long_description,short_description"
ICD = "article_id,article_version,icd10_code_id,icd10_code_version,icd10_covered_group,range,last_updated,description,asterisk,sort_order"
NOT = "article_id,article_version,icd10_code_id,icd10_code_version,icd10_noncovered_group,range,last_updated,description,sort_order"
GROUP = "article_id,article_version,icd10_covered_group,paragraph,last_updated,icd10_covered_ast"
SERVED = (
    "article_id,article_version,article_type,contractor_id,contractor_type_id,contractor_version,last_updated"
)
WHO = "contractor_id,contractor_type_id,contractor_version,contractor_bus_name,contractor_number,status"


def download(covered: Rows, codes: Rows, paragraphs: Rows = (), noncovered: Rows = ()) -> dict[str, str]:
    """One article with these lists, as the tables of a download; each row is completed by its article."""
    articles = [
        [57204, 12, 6, "Billing, made up", "2024-01-01", "2019-10-01 00:00:00", "", LONG, "2024-02-15", "", "A", "", ""],
        [99, 1, 6, "Retired", "", "2015-10-01", "", "x", "", "2020-12-31 00:00:00", "R", "", "A99"],
    ]  # fmt: skip
    return {
        "article.csv": csv_text([ARTICLE.split(","), *articles]),
        "article_x_hcpc_code.csv": csv_text(
            [
                CODE.split(","),
                *([57204, 12, code, 1, group, "", "", "SECRET", "SECRET"] for code, group in codes),
            ]
        ),
        "article_x_icd10_covered.csv": csv_text(
            [
                ICD.split(","),
                *([57204, 12, code, 1, group, "", "", "x", star, 1] for code, group, star in covered),
            ]
        ),
        "article_x_icd10_noncovered.csv": csv_text(
            [NOT.split(","), *([57204, 12, code, 1, group, "", "", "x", 1] for code, group in noncovered)]
        ),
        "article_x_icd10_covered_group.csv": csv_text(
            [GROUP.split(","), *([57204, 12, group, text, "", ""] for group, text in paragraphs)]
        ),
        "article_x_contractor.csv": csv_text(
            [SERVED.split(","), [57204, 12, 6, 501, 8, 1, ""], [57204, 12, 6, 500, 8, 1, ""]]
        ),
        "contractor.csv": csv_text(
            [WHO.split(","), [500, 8, 1, "Made, Inc.", "04111", "A"], [501, 8, 1, "Other", "", "A"]]
        ),
        "update_period.csv": csv_text(
            [["period_id", "begin_date", "end_date"], [1, "", "2026-09-28 00:00:00"]]
        ),
    }


def packed(write: Write, tables: dict[str, str]) -> Path:
    inner = zipped({name: text.encode("cp1252") for name, text in tables.items()})
    return write("current_article.zip", zipped({"current_article_csv.zip": inner, "readme_first.txt": "x"}))


def told(path: Path, procedures: Sequence[str] | None = None) -> list[tuple[str, str, bool, str]]:
    table = read(path, procedures=procedures).table
    return [(r["procedure"], r["diagnosis"], r["covered"], r["matched"]) for r in table.to_pylist()]


def test_one_group_of_procedures_goes_with_all_diagnoses(write: Write) -> None:
    tables = download(
        covered=[("G35", 1, ""), ("R51.9", 2, "Y"), ("XX000", 3, "")],
        codes=[("70551", 1), ("70553", 1), ("XXXXX", 1), ("N/A", 1)],
        noncovered=[("Z00.00", 1)],
    )
    found = read(packed(write, tables))
    assert found.kind.name == "coverage"
    assert found.table.schema == found.kind.schema
    rows = found.table.to_pylist()
    assert [(r["procedure"], r["diagnosis"], r["covered"], r["conditional"]) for r in rows] == [
        ("70551", "G35", True, False),
        ("70551", "R519", True, True),
        ("70551", "Z0000", False, False),
        ("70553", "G35", True, False),
        ("70553", "R519", True, True),
        ("70553", "Z0000", False, False),
    ]
    first = rows[0]
    assert first["article"] == "A57204"
    assert first["matched"] == "one_group"
    assert first["contractors"] == "04111 Other"
    assert (first["valid_from"], first["valid_to"]) == (date(2024, 2, 15), None)
    assert "SECRET" not in str(rows)


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        ((), [("70551", "G35", "number"), ("70551", "M545", "article"), ("72148", "M545", "article")]),
        (
            [(1, "<p>For CPT code 72148 only:</p>"), (3, "for codes 70551 &ndash; 70553")],
            [("70551", "M545", "paragraph"), ("72148", "G35", "paragraph")],
        ),
        (
            [(1, "codes 70551-70553 and 99999"), (3, "see the text of group 12345")],
            [("70551", "G35", "paragraph"), ("70551", "M545", "article"), ("72148", "M545", "article")],
        ),
    ],
)
def test_groups_are_matched_by_paragraph_then_by_number(
    write: Write, paragraphs: Rows, expected: list[tuple[str, str, str]]
) -> None:
    tables = download([("G35", 1, ""), ("M54.5", 3, "")], [("70551", 1), ("72148", 2)], paragraphs)
    assert [(p, d, how) for p, d, _, how in told(packed(write, tables))] == expected


def test_chosen_procedures_alone(write: Write) -> None:
    tables = download([("G35", 1, ""), ("M54.5", 2, "")], [("70551", 1), ("72148", 2)])
    path = packed(write, tables)
    assert told(path, ["72148"]) == [("72148", "M545", True, "number")]
    assert told(path, ["99999"]) == []


def test_a_folder_of_the_tables_reads_the_same(write: Write, tmp_path: Path) -> None:
    tables = download([("G35", 1, "")], [("70551", 1)])
    for name, text in tables.items():
        write(name, text)
    assert told(tmp_path) == [("70551", "G35", True, "one_group")]


def test_a_download_without_its_lists_says_which_is_missing(write: Write) -> None:
    tables = download([("G35", 1, "")], [("70551", 1)])
    del tables["article_x_hcpc_code.csv"]
    with pytest.raises(UnreadableFile, match="without the table of procedures"):
        read(packed(write, tables))


def test_more_pairs_than_fit_are_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.public.coverage.MAX_ROWS", 3)
    path = packed(write, download([("G35", 1, ""), ("G36", 1, "")], [("70551", 1), ("70553", 1)]))
    with pytest.raises(UnreadableFile, match="found 4 pairs"):
        read(path)
    assert len(told(path, ["70551"])) == 2
