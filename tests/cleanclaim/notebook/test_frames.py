from datetime import date, datetime

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.notebook.frames import day, frame, table
from data.errors import InvalidClaim

SCHEMA = pa.schema(
    [
        ("code", pa.string()),
        ("cents", pa.int64()),
        ("n", pa.int16()),
        ("said", pa.bool_()),
        ("on", pa.date32()),
        ("share", pa.float64()),
    ]
)
KINDS = ["str", "Int64", "Int64", "boolean", "datetime64[ms]", "float64"]
ROW = st.fixed_dictionaries(
    {
        "code": st.none() | st.text("ABC019", min_size=1),
        "cents": st.none() | st.integers(-(2**60), 2**60),
        "n": st.none() | st.integers(-(2**15), 2**15 - 1),
        "said": st.none() | st.booleans(),
        "on": st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1)),
        "share": st.none() | st.floats(-1, 1),
    }
)


@given(st.lists(ROW, max_size=8))
def test_there_and_back_nothing_changes_and_types_do_not_depend_on_values(
    rows: list[dict[str, object]],
) -> None:
    given_table = pa.Table.from_pylist(rows, SCHEMA)
    found = frame(given_table)
    assert [str(kind) for kind in found.dtypes] == KINDS
    assert table(found, SCHEMA, thing="rows").to_pylist() == given_table.to_pylist()


@pytest.mark.parametrize(
    ("change", "field", "found"),
    [
        (lambda rows: rows.drop(columns="cents"), "cents", "no such column"),
        (lambda rows: rows.assign(cents="SECRET"), "cents", "str"),
        (lambda rows: rows.assign(cents=1.5), "cents", "float64"),
        (lambda rows: rows.assign(on="SECRET"), "on", "str"),
    ],
)
def test_what_does_not_fit_is_named_and_never_shown(change, field: str, found: str) -> None:
    rows = frame(pa.Table.from_pylist([{"code": "A", "cents": 1}], SCHEMA))
    with pytest.raises(InvalidClaim) as raised:
        table(change(rows), SCHEMA, thing="claims")
    assert (raised.value.thing, raised.value.field, raised.value.found) == ("claims", field, found)
    assert "SECRET" not in str(raised.value)


@pytest.mark.parametrize(
    "given_day",
    ["2025-03-04", date(2025, 3, 4), datetime(2025, 3, 4, 13), pd.Timestamp("2025-03-04 23:59")],  # noqa: DTZ001
)
def test_a_day_may_be_told_in_many_ways(given_day: object) -> None:
    assert day(given_day) == date(2025, 3, 4)
    assert type(day(given_day)) is date


def test_no_day_is_no_day() -> None:
    assert day(None) is None
