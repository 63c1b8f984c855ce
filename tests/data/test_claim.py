import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.claim import Claim, Line, claim_tables, claims_of
from data.errors import InvalidClaim
from data.schema import CLAIMS, LINES

CODES = st.text("ABCDEFGHJKLMNP0123456789", min_size=1, max_size=8)
DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))
CENTS = st.integers(0, 10**9)

LINE = {
    "procedure": st.none() | CODES,
    "charge_cents": CENTS,
    "modifiers": st.lists(CODES, max_size=4).map(tuple),
    "pointers": st.lists(st.integers(1, 12), max_size=4).map(tuple),
    "units": st.none() | st.floats(0, 999, width=32),
    "service_from": st.none() | DAYS,
    "rendering_npi": st.none() | CODES,
    "place_of_service": st.none() | CODES,
}


@st.composite
def claims(draw):
    lines = draw(st.lists(st.fixed_dictionaries(LINE), max_size=4))
    return Claim(
        claim_id=draw(CODES),
        payer_id=draw(st.none() | CODES),
        billing_npi=draw(st.none() | CODES),
        submitted_on=draw(st.none() | DAYS),
        charge_cents=draw(st.none() | CENTS),
        diagnoses=tuple(draw(st.lists(CODES, max_size=12))),
        rendering_npi=draw(st.none() | CODES),
        place_of_service=draw(st.none() | CODES),
        has_note=draw(st.none() | st.booleans()),
        lines=tuple(Line(line=n, **line) for n, line in enumerate(lines, start=1)),
    )


@settings(deadline=None, max_examples=40)
@given(st.lists(claims(), max_size=4))
def test_values_and_columns_hold_the_same(made):
    tables = claim_tables(made)
    assert (tables.claims.schema, tables.lines.schema) == (CLAIMS, LINES)
    again = claims_of(tables)
    assert claim_tables(again).claims.equals(tables.claims)
    assert claim_tables(again).lines.equals(tables.lines)
    assert [claim.claim_id for claim in again] == [claim.claim_id for claim in made]
    assert [claim.diagnoses for claim in again] == [claim.diagnoses for claim in made]


def test_a_line_takes_from_its_claim_what_it_lacks(made):
    claim = made.claim(
        lines=[made.line(), made.line(2, rendering_npi="2222222222")], rendering_npi="1111111111"
    )
    tables = claim_tables([claim])
    assert tables.lines["rendering_npi"].to_pylist() == ["1111111111", "2222222222"]
    assert tables.claims["charge_cents"].to_pylist() == [20_000]
    assert tables.claims["service_from"].to_pylist() == [dt.date(2026, 1, 5)]
    assert tables.claims["n_lines"].to_pylist() == [2]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"charge_cents": -1}, "charge_cents"),
        ({"patient_paid_cents": -1}, "patient_paid_cents"),
        ({"claim_id": ""}, "claim_id"),
        ({"diagnoses": ("M545",) * 13}, "diagnoses"),
        ({"lines": (Line(line=1, procedure="72148", charge_cents=-5),)}, "lines[1].charge_cents"),
        (
            {"lines": (Line(line=1, procedure="72148", charge_cents=5, modifiers=("26",) * 5),)},
            "lines[1].modifiers",
        ),
        ({"lines": (Line(line=1, procedure="72148", charge_cents=5),) * 2}, "lines"),
        ({"lines": (Line(line=-1, procedure="72148", charge_cents=5),)}, "lines[-1]"),
    ],
)
def test_a_faulty_claim_is_refused(wrong, field):
    fields = {"claim_id": "A1", "payer_id": "P", "billing_npi": "1", "lines": (), **wrong}
    with pytest.raises(InvalidClaim) as error:
        Claim(**fields)
    assert error.value.field == field
