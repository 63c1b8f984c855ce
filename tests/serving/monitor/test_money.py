"""What became of the money, on claims made by hand: a test says what matters, the rest is usual."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from data.rejection import TURNED_AWAY_ON
from data.replacement import REPLACEMENTS
from data.schema import LABELLED, OUTCOMES
from serving.monitor.money import Ledger, Money

Row = Mapping[str, object]
SENT, TODAY = date(2025, 3, 1), date(2025, 6, 30)
LONG_AGO = date(2020, 1, 1)
USUAL: Row = {
    "line": 1,
    "submitted_on": SENT,
    "payer_id": "P1",
    "procedure": "72148",
    "frequency": "1",
    "charge_cents": 10_000,
    "allowed_cents": 8_000,
    "paid_cents": 7_000,
    "label": 0,
    "known_on": date(2025, 3, 11),
}
DENIED: Row = {"label": 1, "paid_cents": 0, "allowed_cents": None}
OPEN: Row = {"label": None, "known_on": None, "paid_cents": None, "allowed_cents": None}
AGAIN: Row = {"frequency": "7", "submitted_on": date(2025, 3, 20), "known_on": date(2025, 4, 15)}
PAID_LATER: Row = {"claim_key": 9, "line": 1, "label": 0, "paid_cents": 7_000, "allowed_cents": 8_000}
FIVE_PAID: Sequence[Row] = [{}] * 5


def ledger(
    rows: Sequence[Row], later: Sequence[Row] = (), replaced: Sequence[tuple[int, int, str]] = ()
) -> Ledger:
    """A ledger of lines, each a claim of its own (numbered from 0) unless it says otherwise."""
    schema = LABELLED.append(pa.field(TURNED_AWAY_ON, pa.date32()))
    full = [{"claim_key": n} | dict(USUAL) | dict(row) for n, row in enumerate(rows)]
    pairs = [dict(zip(REPLACEMENTS.names, pair, strict=True)) for pair in replaced]
    return Ledger.of(
        pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in full], schema),
        pa.Table.from_pylist([{name: row.get(name) for name in OUTCOMES.names} for row in later], OUTCOMES),
        pa.Table.from_pylist(pairs, REPLACEMENTS),
    )


def march(found: Ledger) -> Money:
    """The row of March, in which the usual claim is sent."""
    return next(one for one in found.by_month(since=LONG_AGO, today=TODAY) if one.name == "2025-03")


LOST: Row = DENIED | {"claim_key": 9}
CASES: Mapping[str, tuple[Ledger, Row]] = {
    "all paid": (
        ledger(FIVE_PAID),
        {"net_collection": 1.0, "n_denied": 0, "n_worked": 0, "charged_cents": 50_000},
    ),
    "a denied claim at the payer's usual share": (
        ledger([*FIVE_PAID, LOST]),
        {"net_collection": 40_000 / 48_000, "n_denied": 1, "denied_cents": 10_000, "n_worked": 0},
    ),
    "answered again and paid": (
        ledger([*FIVE_PAID, LOST], [PAID_LATER | {"known_on": date(2025, 4, 20)}]),
        {"net_collection": 1.0, "n_worked": 1, "n_won": 1, "recovered_cents": 7_000, "days_to_win": 40.0},
    ),
    "the newest of several answers counts": (
        ledger(
            [*FIVE_PAID, LOST],
            [
                PAID_LATER | {"known_on": date(2025, 5, 1)} | DENIED,
                PAID_LATER | {"known_on": date(2025, 4, 1)},
            ],
        ),
        {"net_collection": 40_000 / 48_000, "n_worked": 1, "n_won": 0, "recovered_cents": 0},
    ),
    "sent again and paid": (
        ledger([*FIVE_PAID, LOST, AGAIN | {"claim_key": 10}], replaced=[(10, 9, "7")]),
        {"net_collection": 1.0, "n_worked": 1, "n_won": 1, "recovered_cents": 7_000, "days_to_win": 35.0},
    ),
    "sent again, no answer yet": (
        ledger([*FIVE_PAID, LOST, AGAIN | OPEN | {"claim_key": 10}], replaced=[(10, 9, "7")]),
        {"net_collection": 40_000 / 48_000, "n_worked": 1, "n_decided": 0, "n_won": 0},
    ),
    "sent again and denied again": (
        ledger([*FIVE_PAID, LOST, AGAIN | DENIED | {"claim_key": 10}], replaced=[(10, 9, "7")]),
        {"net_collection": 40_000 / 48_000, "n_worked": 1, "n_decided": 1, "n_won": 0},
    ),
    "sent a third time and paid": (
        ledger(
            [
                *FIVE_PAID,
                LOST,
                AGAIN | DENIED | {"claim_key": 10},
                AGAIN | {"claim_key": 11, "submitted_on": date(2025, 4, 20), "known_on": date(2025, 5, 10)},
            ],
            replaced=[(10, 9, "7"), (11, 10, "7")],
        ),
        {"net_collection": 1.0, "n_denied": 1, "n_worked": 1, "n_won": 1, "days_to_win": 60.0},
    ),
    "a void is no attempt": (
        ledger([*FIVE_PAID, LOST, AGAIN | {"claim_key": 10, "frequency": "8"}], replaced=[(10, 9, "8")]),
        {"n_worked": 0, "n_won": 0, "charged_cents": 60_000},
    ),
    "one line of two denied": (
        ledger([*FIVE_PAID, LOST, {"claim_key": 9, "line": 2}]),
        {"n_denied": 1, "denied_cents": 10_000, "net_collection": 48_000 / 56_000},
    ),
    "unanswered claims are in no rate": (
        ledger([*FIVE_PAID, OPEN]),
        {"net_collection": 1.0, "charged_cents": 60_000},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_became_of_the_money(case: str) -> None:
    found, wanted = CASES[case]
    row = march(found)
    assert {name: getattr(row, name) for name in wanted} == {
        name: pytest.approx(value) for name, value in wanted.items()
    }


def test_a_payer_that_allows_nothing_known_is_judged_by_all_payers() -> None:
    found = ledger([*FIVE_PAID, LOST | {"payer_id": "P2"}])
    (first, second) = found.by_payer(since=LONG_AGO, today=TODAY)
    assert (first.name, first.net_collection) == ("P1", 1.0)
    assert (second.name, second.net_collection, second.denied_cents) == ("P2", 0.0, 10_000)


def daily(n_days: int, unanswered: int) -> list[Row]:
    """A claim a day up to the last of June, the newest of them unanswered."""
    days = [TODAY - timedelta(days=n) for n in range(n_days)]
    return [
        {"submitted_on": day, "known_on": day + timedelta(days=1)}
        | (OPEN | {"submitted_on": day} if n < unanswered else {})
        for n, day in enumerate(days)
    ]


@pytest.mark.parametrize(
    ("rows", "open_days"),
    [
        (daily(120, 10), 10.0),
        (daily(120, 0), 1.0),
        (daily(30, 15), 15.0),
        ([row | {TURNED_AWAY_ON: TODAY} for row in daily(120, 10)], 0.0),
    ],
    ids=["ten days wait", "answers take a day", "a young store", "turned away waits for nothing"],
)
def test_days_in_accounts_receivable(rows: list[Row], open_days: float) -> None:
    (*_, june) = ledger(rows).by_month(since=LONG_AGO, today=TODAY)
    assert june.name == "2025-06"
    assert june.days_open == pytest.approx(open_days)


def test_what_was_open_at_a_month_s_end_stays_so_when_answers_come() -> None:
    rows = [{"submitted_on": date(2025, 3, d), "known_on": date(2025, 4, 20)} for d in range(2, 32)]
    (row,) = ledger(rows).by_month(since=LONG_AGO, today=TODAY)
    assert row.days_open == pytest.approx(30.0)


def test_only_claims_sent_since_a_day_have_rows() -> None:
    rows = [{"submitted_on": date(2025, month, 5)} for month in (1, 2, 3)]
    found = ledger(rows).by_month(since=date(2025, 1, 31), today=TODAY)
    assert [one.name for one in found] == ["2025-02", "2025-03"]


def test_without_lines_there_are_no_rows() -> None:
    assert ledger([]).by_month(since=LONG_AGO, today=TODAY) == ()
    assert ledger([]).by_payer(since=LONG_AGO, today=TODAY) == ()


def test_without_worked_claims_there_is_no_share_won() -> None:
    assert np.isnan(march(ledger([*FIVE_PAID, LOST])).won)
