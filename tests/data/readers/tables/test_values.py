import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers.tables.dates import is_format, read_date
from data.readers.tables.mapping import Cell, FileForm
from data.readers.tables.values import parser

CENTS, DAY = pa.int64(), pa.date32()


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12", 1200), ("12.5", 1250), ("1,234.50", 123450), ("$1,234.50", 123450), ("$ 7", 700), ("(12.00)", -1200),
        ("($1,000.00)", -100000), ("-12", -1200), ("-$12", -1200), ("$-12", -1200), ("12-", -1200), ("12.00CR", -1200),
        (".5", 50), ("12.", 1200), ("0", 0), ("1e3", 100000), ("0.30000000000000004", 30), ("USD12", 1200),
        ("12.345", None), ("1,23", None), ("12,345,6", None), ("", None), ("-", None), ("(12", None), ("-(12)", None),
        ("twelve", None), ("1 2", None), ("٣", None), ("1e99", None), ("$", None), ("NaN", None),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text, cents):
    parse, _ = parser("charge_cents", CENTS, Cell(), FileForm())
    assert parse(text) == cents


@pytest.mark.parametrize(("text", "cents"), [("1.234,50", 123450), ("12,5", 1250), ("1.234", 123400)])
def test_amounts_with_a_decimal_comma(text, cents):
    assert parser("paid_cents", CENTS, Cell(), FileForm(decimal=","))[0](text) == cents


def test_amounts_in_cents_and_with_the_other_sign():
    assert parser("paid_cents", CENTS, Cell(negate=True), FileForm(money="cents"))[0]("1250") == -1250


@pytest.mark.parametrize(
    ("text", "formats", "day"),
    [
        ("2026-03-04", FileForm().dates, (2026, 3, 4)),
        ("03/04/2026", FileForm().dates, (2026, 3, 4)),
        ("3/4/2026", FileForm().dates, (2026, 3, 4)),
        ("20260304", FileForm().dates, (2026, 3, 4)),
        ("2026-03-04 00:00:00", FileForm().dates, (2026, 3, 4)),
        ("2026-03-04T23:59:59.5Z", FileForm().dates, (2026, 3, 4)),
        ("3/4/2026 1:05 PM", FileForm().dates, (2026, 3, 4)),
        ("04/03/2026", ("DD/MM/YYYY",), (2026, 3, 4)),
        ("04-MAR-26", ("DD-MMM-YY",), (2026, 3, 4)),
        ("03/04/69", ("MM/DD/YY",), (1969, 3, 4)),
        ("030426", ("MMDDYY",), (2026, 3, 4)),
        ("13/04/2026", FileForm().dates, None),
        ("2026-02-30", FileForm().dates, None),
        ("2026034", FileForm().dates, None),
        ("04-XYZ-26", ("DD-MMM-YY",), None),
        ("0000-01-01", FileForm().dates, None),
    ],
)
def test_dates(text, formats, day):
    assert read_date(text, formats) == (dt.date(*day) if day else None)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_every_usual_form_of_a_day_is_that_day(day):
    for form in ("%Y-%m-%d", "%m/%d/%Y", "%Y%m%d"):
        assert read_date(day.strftime(form), FileForm().dates) == day


@given(st.text(max_size=20))
def test_no_text_is_an_accident(text):
    for name, kind in (("charge_cents", CENTS), ("service_from", DAY), ("birth_year", pa.int16()), ("units", pa.float64()), ("line", pa.int32()), ("pointer_1", pa.int8()), ("has_note", pa.bool_())):  # fmt: skip
        parse, _ = parser(name, kind, Cell(), FileForm())
        pa.array([parse(text)], kind)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("YYYY-MM-DD", True), ("DD.MM.YY", True), ("DD MMM YYYY", True), ("MM/YYYY", False), ("YYYY-MM-DD x", False), ("", False)],
)  # fmt: skip
def test_forms_of_dates(text, is_one):
    assert is_format(text) == is_one


def test_of_a_birth_date_only_the_year_is_kept_and_two_digits_tell_none():
    parse, wanted = parser("birth_year", pa.int16(), Cell(dates=("MM/DD/YY", "MM/DD/YYYY")), FileForm())
    assert [parse(text) for text in ("1950", "03/04/1950", "03/04/50")] == [1950, 1950, None]
    assert "MM/DD/YYYY" in wanted
