"""Codes, days and numbers in all the forms that publishers use, and rows in order."""

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.public.cells import day, in_order, number, procedure, title_row, whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20240131", date(2024, 1, 31)),
        ("2024-01-31", date(2024, 1, 31)),
        ("2024-01-31 00:00:00", date(2024, 1, 31)),
        ("2024-01-31T00:00:00Z", date(2024, 1, 31)),
        ("1/31/2024", date(2024, 1, 31)),
        ("2024031", date(2024, 1, 31)),
        ("2024366", date(2024, 12, 31)),
        ("45322", date(2024, 1, 31)),
        ("*", None),
        ("", None),
        ("99991231", None),
        ("12/31/9999", None),
        ("9999-12-31", None),
    ],
)
def test_a_day_in_any_form(text: str, expected: date | None) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    "text", ["20241301", "1/2", "2024367", "2024000", "soon", "2024-1-", "1", "20240229x"]
)
def test_what_is_no_day_says_what_was_wanted(text: str) -> None:
    with pytest.raises(ValueError, match="a day like 20240131"):
        day(text)


@given(st.dates(min_value=date(1965, 1, 1), max_value=date(2150, 1, 1)))
def test_every_form_says_the_same_day(given_day: date) -> None:
    forms = [f"{given_day:%Y%m%d}", f"{given_day:%m/%d/%Y}", f"{given_day:%Y%j}", given_day.isoformat()]
    forms.append(f"{(given_day - date(1899, 12, 30)) // timedelta(days=1)}")
    assert {day(form) for form in forms} == {given_day}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("70551", "70551"),
        (" 0042t ", "0042T"),
        ("g0279", "G0279"),
        ("100", "00100"),
        ("XXXXX", None),
        ("7055", "07055"),
        ("705511", None),
        ("", None),
        ("Total", None),
    ],
)
def test_what_is_a_procedure(text: str, expected: str | None) -> None:
    assert procedure(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("3 Date of Service Edit", 3), ("1,200", 1200), ("", None)])
def test_whole_numbers(text: str, expected: int | None) -> None:
    assert whole(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("1,234.5", 1234.5), ("0.00", 0.0), ("NA", None), ("", None)])
def test_numbers(text: str, expected: float | None) -> None:
    assert number(text) == expected


def test_titles_stand_in_cells_of_their_own() -> None:
    head = [["Column1/Column2 Edits"], ["", "x"], ["Column 1", "", "column_2"]]
    assert title_row(head, "column1", "column2") == 2
    assert title_row(head, "column1", "column3") is None


codes = st.sampled_from([None, "a", "b", "c"])


@given(st.lists(st.tuples(codes, codes, st.one_of(st.none(), st.integers(0, 3)))))
def test_rows_come_in_order_whatever_their_types(
    rows: list[tuple[str | None, str | None, int | None]],
) -> None:
    first, second, third = ([row[n] for row in rows] for n in range(3))
    table = pa.table(
        {
            "first": pa.array(first, pa.string()),
            "second": pa.array(second, pa.string()).dictionary_encode(),
            "third": pa.array(third, pa.int16()),
        }
    )
    found = in_order(table, ("first", "second", "third"))
    expected = sorted(rows, key=lambda r: (r[0] or "", r[1] or "", -1 if r[2] is None else r[2]))
    assert [tuple(row.values()) for row in found.to_pylist()] == expected
