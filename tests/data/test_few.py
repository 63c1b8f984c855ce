import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.claim import Claim, Line, claim_tables
from data.context import Context, context_table
from data.errors import StoreError
from data.few import FewClaims, FewLines, carries, hidden_by, is_after, rows_of, texts_of, value_of, values_of
from data.schema import CLAIMS, LINE_TABLE
from data.wide import DATED_BY, line_table

TODAY = dt.date(2026, 1, 10)
CODES = st.text("ABCDEFGH0123456789", min_size=1, max_size=6)
DAYS = st.none() | st.dates(dt.date(2025, 12, 1), dt.date(2026, 2, 28))

LINE = {
    "procedure": st.none() | CODES,
    "charge_cents": st.integers(0, 10**9),
    "modifiers": st.lists(CODES, max_size=4).map(tuple),
    "pointers": st.lists(st.integers(1, 12), max_size=4).map(tuple),
    "units": st.none() | st.floats(0, 999, width=32) | st.integers(0, 9),
    "service_from": DAYS,
    "service_to": DAYS,
    "rendering_npi": st.none() | CODES,
    "auth_number": st.none() | CODES,
}
CONTEXT = {
    "line": st.none() | st.integers(1, 4),
    "auth_number": st.none() | CODES,
    "auth_valid_from": DAYS,
    "auth_valid_to": DAYS,
    "auth_units": st.none() | st.integers(0, 9),
    "report_signed_on": DAYS,
    "report_has_indication": st.none() | st.booleans(),
    "eligibility_status": st.none() | st.sampled_from(["active", "inactive"]),
    "eligibility_checked_on": DAYS,
    "ordered_on": DAYS,
    "accession_order": st.none() | CODES,
}


@st.composite
def claims(draw, claim_id):
    lines = draw(st.lists(st.fixed_dictionaries(LINE), min_size=1, max_size=4))
    return Claim(
        claim_id=claim_id,
        payer_id=draw(st.none() | CODES),
        billing_npi=draw(st.none() | CODES),
        submitted_on=draw(DAYS),
        charge_cents=draw(st.none() | st.integers(0, 10**9)),
        diagnoses=tuple(draw(st.lists(CODES, max_size=12))),
        rendering_npi=draw(st.none() | CODES),
        place_of_service=draw(st.none() | CODES),
        birth_year=draw(st.none() | st.integers(1900, 2026)),
        service_from=draw(DAYS),
        has_note=draw(st.none() | st.booleans()),
        lines=tuple(Line(line=n, **line) for n, line in enumerate(lines, start=1)),
    )


def contexts():
    rows = st.builds(Context, claim_id=st.sampled_from("ABX"), **CONTEXT)
    return st.lists(rows, max_size=6)


@given(one=claims("A"), other=claims("B"), context=contexts())
@settings(max_examples=60, deadline=None)
def test_values_say_what_the_tables_say(one, other, context):
    few = FewClaims.of([one, other], context, today=TODAY)
    tables = claim_tables([one, other])
    sent = [head["submitted_on"] or TODAY for head in tables.claims.to_pylist()]
    place = CLAIMS.get_field_index("submitted_on")
    dated = tables.claims.set_column(place, CLAIMS.field(place), [sent])
    wide = line_table(type(tables)(dated, tables.lines), context_table(context))
    assert few == FewClaims.of_tables(tables, context_table(context), today=TODAY)
    assert few.claims == dated.to_pylist()
    assert few.claim == [0] * len(one.lines) + [1] * len(other.lines)
    assert rows_of(few.lines) == wide.to_pylist()
    assert rows_of(few.lines) == rows_of(wide)
    assert few.lines.to_table().equals(wide)
    assert FewLines.of_table(wide).columns == few.lines.columns
    kinds = [type(value) for row in rows_of(few.lines) for value in row.values()]
    assert kinds == [type(value) for row in wide.to_pylist() for value in row.values()]


def test_a_line_without_its_claim_is_refused():
    claim = Claim(claim_id="A", payer_id="P", billing_npi=None, lines=(Line(line=1, procedure="71046", charge_cents=5),))  # fmt: skip
    tables = claim_tables([claim])
    with pytest.raises(StoreError, match="1 of no claim"):
        FewClaims.of_tables(type(tables)(tables.claims.slice(0, 0), tables.lines), None, today=TODAY)


def test_columns_that_say_nothing_are_not_there():
    claim = Claim(claim_id="A", payer_id="P", billing_npi=None, lines=(Line(line=1, procedure="71046", charge_cents=5),))  # fmt: skip
    lines = FewClaims.of([claim], today=TODAY).lines
    assert "billing_npi" not in lines.columns
    assert lines.value("billing_npi", 0) is None
    assert lines.values("billing_npi") == [None]
    assert texts_of(lines, "payer_id") == ["P"]
    assert value_of(lines.to_table(), "payer_id", 0) == value_of(lines, "payer_id", 0) == "P"
    assert values_of(lines.to_table(), "billing_npi") == [None]
    assert list(rows_of(lines)[0]) == LINE_TABLE.names


def test_taken_lines_are_copies():
    lines = FewLines.of_rows([{"line": 1, "procedure": "71046"}, {"line": 2}])
    taken = lines.take([1, 0, 0])
    taken.columns["line"][0] = 9
    assert taken.values("procedure") == [None, "71046", "71046"]
    assert taken.values("line") == [9, 1, 1]
    assert lines.values("line") == [1, 2]


@pytest.mark.parametrize("event", sorted(DATED_BY))
def test_what_a_late_event_told_is_hidden_with_it(event):
    hidden = {f"context_{name}" for name in (event, *DATED_BY[event])}
    assert hidden_by([f"context_{event}"]) == hidden


@pytest.mark.parametrize(
    ("day", "sent", "late"),
    [
        (dt.date(2026, 1, 11), TODAY, True),
        (TODAY, TODAY, False),
        (None, TODAY, False),
        (dt.date(2026, 1, 11), None, False),
    ],
    ids=["after", "that day", "no day", "never sent"],
)
def test_late_is_after_the_day_of_submission(day, sent, late):
    assert is_after(day, sent) is late


def test_a_table_may_lack_a_column_that_values_never_lack() -> None:
    table = pa.table({"claim_id": ["1"]})
    assert carries(table, "claim_id")
    assert not carries(table, "submitted_on")
    assert carries(FewLines(1, {"claim_id": ["1"]}), "submitted_on")
