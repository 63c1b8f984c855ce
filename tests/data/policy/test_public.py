"""Published tables as lists of a book: what counts of them, for whom, from when to when."""

from datetime import date

import pyarrow as pa
import pytest

from data.errors import InvalidPolicy
from data.policy.public import book_of, joined, replaced
from data.public import KINDS, PublicTable
from tests.features.made_book import made_book

Y2020, Y2024 = date(2020, 1, 1), date(2024, 7, 1)


def public(kind, rows, version="v1"):
    return PublicTable(KINDS[kind], pa.Table.from_pylist(rows, schema=KINDS[kind].schema), ("file",), version)


def rows_of(book, name, *columns):
    return [tuple(row[column] for column in columns) for row in book.table(name).to_pylist()]


def test_pairs():
    pair = {"column_1": "70553", "column_2": "70551", "setting": "practitioner", "valid_from": Y2020}
    made = book_of(
        public(
            "ncci_ptp",
            [
                {**pair, "modifier_indicator": 1},
                {**pair, "column_2": "70552", "modifier_indicator": 0, "valid_to": Y2024},
                {**pair, "column_2": "never was", "modifier_indicator": 9, "valid_to": Y2020},
            ],
        ),
        payer_id="MCR",
        known_on=Y2024,
    )
    assert rows_of(made, "ncci_pairs", "payer_id", "column_2", "modifier_indicator", "valid_to", "known_on", "source") == [
        ("MCR", "70551", 1, None, Y2024, "ncci_ptp v1"),
        ("MCR", "70552", 0, Y2024, Y2024, "ncci_ptp v1"),
    ]  # fmt: skip
    assert made.ncci_pair("MCR", "70553", "70551", on=Y2024).modifier_indicator == 1
    assert made.ncci_pair("MCR", "70553", "70551", on=Y2024, setting="hospital") is None


def test_units():
    made = book_of(
        public(
            "mue",
            [
                {"procedure": "70551", "max_units": 1, "adjudication": 3, "setting": "practitioner"},
                {"procedure": "70551", "max_units": 2, "adjudication": 3, "setting": "hospital"},
                {"procedure": "A9579", "max_units": 9, "adjudication": 1, "setting": "supplier"},
                {"procedure": "70552", "max_units": None, "setting": "hospital"},
            ],
        )
    )
    assert rows_of(made, "unit_limits", "payer_id", "procedure", "units", "setting", "adjudication") == [
        ("*", "70551", 1, "practitioner", 3),
        ("*", "70551", 2, "hospital", 3),
    ]


def test_add_on_codes():
    edit = {"valid_from": Y2020}
    made = book_of(
        public(
            "add_on",
            [
                {**edit, "add_on": "0174T", "primary": "71045", "edit_type": 1, "primary_ended_on": Y2024},
                {**edit, "add_on": "0054T", "primary": None, "edit_type": 2},
                {**edit, "add_on": "76376", "primary": "70450", "edit_type": 3},
                {**edit, "add_on": "76376", "primary": "70460", "edit_type": 3},
                {**edit, "add_on": "gone", "primary": "71045", "edit_type": 1, "valid_to": date(2019, 1, 1)},
            ],
        )
    )
    assert rows_of(made, "add_on_codes", "add_on", "primary", "valid_to") == [
        ("0174T", "71045", Y2024),
        ("0054T", "*", None),
        ("76376", "70450", None),
        ("76376", "70460", None),
        ("76376", "*", None),
    ]


def test_fees():
    whole = {"procedure": "70551", "status": "A", "conversion_factor": 33.2875, "valid_from": Y2024}
    made = book_of(
        public(
            "fee_schedule",
            [
                {**whole, "total_nonfacility": 6.13, "total_facility": 6.13},
                {**whole, "modifier": "26", "total_nonfacility": 2.23, "total_facility": 2.2},
                {**whole, "procedure": "10021", "total_nonfacility": None, "total_facility": 1.62},
                {
                    **whole,
                    "procedure": "75571",
                    "status": "N",
                    "total_nonfacility": 2.0,
                    "total_facility": 2.0,
                },
                {
                    **whole,
                    "procedure": "0042T",
                    "status": "C",
                    "total_nonfacility": 0.0,
                    "total_facility": 0.0,
                },
            ],
        )
    )
    assert rows_of(made, "fee_schedule", "procedure", "modifier", "allowed_cents", "facility_cents") == [
        ("70551", None, 20405, 20405),
        ("70551", "26", 7423, 7323),
        ("10021", None, 5393, 5393),
    ]


COVERED = {
    "procedure": "72148",
    "article": "A1",
    "covered": True,
    "diagnosis_group": 1,
    "matched": "paragraph",
}


def test_coverage():
    made = book_of(
        public(
            "coverage",
            [
                COVERED | {"diagnosis": "M5450", "contractors": "04111 05101", "valid_from": Y2020},
                COVERED | {"diagnosis": "M5451", "contractors": "04111 05101", "valid_from": Y2020},
                COVERED | {"diagnosis": "Z000", "covered": False, "contractors": "06101"},
                COVERED | {"diagnosis": "R51", "matched": "article"},
            ],
        )
    )
    assert sorted(rows_of(made, "coverage", "procedure", "diagnoses", "covered", "valid_from")) == [
        ("72148", "M5450 M5451", True, Y2020),
        ("72148", "Z000", False, None),
    ]


def test_coverage_of_one_contractor():
    table = public(
        "coverage",
        [
            COVERED | {"diagnosis": "M5450", "contractors": "04111"},
            COVERED | {"diagnosis": "R51", "contractors": "05101"},
        ],
    )
    assert rows_of(book_of(table, contractors=["05101"]), "coverage", "diagnoses") == [("R51",)]


def test_a_table_that_says_nothing_of_payers():
    with pytest.raises(InvalidPolicy, match="wanted one of ncci_ptp, mue, add_on, fee_schedule, coverage"):
        book_of(public("places", [{"place": "11"}]))


def test_books_add_up():
    one, other = (
        made_book(filing_limits=[{"days": 90}]),
        made_book(filing_limits=[{"days": 60}], excluded=[{"procedure": "1"}]),
    )
    both = joined(one, other)
    assert both.filing_limit("P1").days == 60
    assert both.n_entries == 3
    assert joined(one, made_book()).version == one.version


def test_a_new_reading_takes_the_old_ones_place():
    old = made_book(
        filing_limits=[
            {"days": 90, "source": "a"},
            {"days": 80, "source": "b"},
            {"days": 70, "source": "a", "payer_id": "P2"},
        ]
    )
    new = made_book(filing_limits=[{"days": 60, "source": "a"}])
    assert rows_of(joined(replaced(old, new), new), "filing_limits", "days") == [(80,), (70,), (60,)]
