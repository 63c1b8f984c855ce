import datetime as dt

import pyarrow as pa
import pytest

from data.claim import Claim, Line, claim_tables
from data.context import Context, context_table
from data.errors import StoreError
from data.schema import CLAIM_ONLY, CLAIMS, LINE_TABLE, ClaimTables
from data.wide import CONTEXT_FIELDS, OF_LINE, line_table

SENT = dt.date(2026, 1, 10)
BEFORE, AFTER = dt.date(2026, 1, 9), dt.date(2026, 1, 11)


def told(made, *rows, lines=1, **claim):
    tables = made.claims([made.claim(lines=[made.line(n) for n in range(1, lines + 1)], **claim)])
    return line_table(tables, context_table(rows)).to_pylist()


def test_lines_keep_their_order_beside_their_claims(made):
    one, two = (
        made.claim("A1", [made.line(2), made.line(1)]),
        made.claim("B2", [made.line(charge=7)], charge_cents=9),
    )
    tables = made.claims([one, two])
    back = ClaimTables(tables.claims.take(pa.array([1, 0])), tables.lines)
    table = line_table(back)
    assert table.schema == LINE_TABLE
    assert table["claim_id"].to_pylist() == ["A1", "A1", "B2"]
    assert table["line"].to_pylist() == [2, 1, 1]
    assert table["claim_charge_cents"].to_pylist() == [20_000, 20_000, 9]
    assert table["charge_cents"].to_pylist() == [10_000, 10_000, 7]


def test_no_lines_and_no_context():
    assert line_table(ClaimTables()).equals(LINE_TABLE.empty_table())


def test_a_line_without_its_claim_is_refused(made):
    with pytest.raises(StoreError, match="a claim for each line"):
        line_table(ClaimTables(CLAIMS.empty_table(), made.claims([made.claim()]).lines))


def test_what_is_said_of_a_line_wins_over_its_claim(made):
    rows = told(
        made,
        Context(claim_id="A1", auth_number="all", accession_order="X"),
        Context(claim_id="A1", line=2, auth_number="second"),
        Context(claim_id="B2", auth_number="another"),
        lines=3,
    )
    assert [r["context_auth_number"] for r in rows] == ["all", "second", "all"]
    assert [r["context_accession_order"] for r in rows] == ["X"] * 3


def test_a_later_row_replaces_an_earlier_one(made):
    (row,) = told(
        made,
        Context(claim_id="A1", auth_number="old", auth_units=3),
        Context(claim_id="A1", auth_number="new"),
    )
    assert (row["context_auth_number"], row["context_auth_units"]) == ("new", None)


@pytest.mark.parametrize(
    ("fields", "event", "gone"),
    [
        (
            {"report_signed_on": None, "report_has_indication": True},
            "report_signed_on",
            ["report_has_indication"],
        ),
        ({"eligibility_status": "inactive"}, "eligibility_checked_on", ["eligibility_status"]),
        ({"other_payer_primary": True}, "eligibility_checked_on", ["other_payer_primary"]),
        ({"accession_order": "X"}, "ordered_on", ["accession_order"]),
        ({"auth_number": "N", "auth_units": 1.0}, "auth_valid_from", ["auth_number", "auth_units"]),
        ({}, "scheduled_on", []),
        ({}, "coverage_ends_on", []),
        ({"auth_number": "N"}, "auth_valid_to", []),
    ],
)
def test_nothing_dated_after_submission_is_known(made, fields, event, gone):
    (known,) = told(made, Context(claim_id="A1", **{**fields, event: BEFORE}))
    (late,) = told(made, Context(claim_id="A1", **{**fields, event: AFTER}))
    assert known[f"context_{event}"] == BEFORE
    assert late[f"context_{event}"] is None
    for name in gone:
        assert (known[f"context_{name}"], late[f"context_{name}"]) == (fields[name], None)
    kept = {name for name in fields if name not in gone and name != event}
    assert all(late[f"context_{name}"] == fields[name] for name in kept)


def test_without_a_day_of_submission_nothing_is_taken_away(made):
    (row,) = told(made, Context(claim_id="A1", report_signed_on=AFTER), submitted_on=None)
    assert row["context_report_signed_on"] == AFTER


def test_one_line_alone_equals_its_row_among_many(made):
    claims = [made.claim(f"A{n}", [made.line(1), made.line(2)]) for n in range(5)]
    context = context_table([Context(claim_id=f"A{n}", line=n % 2 + 1, auth_number=str(n)) for n in range(5)])
    many = line_table(made.claims(claims), context).drop_columns("claim_key")
    for n, claim in enumerate(claims):
        alone = line_table(made.claims([claim]), context).drop_columns("claim_key")
        assert alone.equals(many.slice(2 * n, 2))


def test_the_columns_are_named_as_they_are_put_together() -> None:
    told = (*OF_LINE, *CLAIM_ONLY, "claim_charge_cents", *(f"context_{name}" for name in CONTEXT_FIELDS))
    assert tuple(LINE_TABLE.names) == told


def test_a_claim_alone_stands_beside_its_lines_as_in_a_batch() -> None:
    lines = (
        Line(line=1, procedure="71046", charge_cents=100),
        Line(line=2, procedure="70553", charge_cents=9),
    )
    claims = [
        Claim(claim_id=name, payer_id="60054", billing_npi=None, submitted_on=SENT, lines=lines)
        for name in ("A", "B")
    ]
    batch = line_table(claim_tables(claims))
    alone = [line_table(claim_tables([claim])) for claim in claims]
    assert pa.concat_tables(alone).drop("claim_key").equals(batch.drop("claim_key"))
