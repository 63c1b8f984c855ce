"""Labelled tables by hand: a row says what matters to a test, the rest is usual."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

import pyarrow as pa
import pytest

from data.schema import LABELLED

USUAL: Mapping[str, object] = {
    "line": 1,
    "submitted_on": date(2024, 3, 1),
    "payer_id": "P1",
    "payer_sequence": "P",
    "frequency": "1",
    "procedure": "72148",
    "charge_cents": 10_000,
    "outcome": "paid",
    "label": 0,
    "known_on": date(2024, 3, 20),
}
DENIED: Mapping[str, object] = {
    "outcome": "denied",
    "label": 1,
    "reason": "197",
    "family": "authorization",
    "denied_cents": 10_000,
}
UNANSWERED: Mapping[str, object] = {"outcome": None, "label": None, "known_on": None}


def table_of(rows: Sequence[Mapping[str, object]]) -> pa.Table:
    numbered = [{"claim_key": n, "claim_id": f"c{n}", **USUAL, **row} for n, row in enumerate(rows)]
    return pa.Table.from_pylist(
        [{name: row.get(name) for name in LABELLED.names} for row in numbered], LABELLED
    )


@pytest.fixture(scope="session")
def labelled() -> Callable[[Sequence[Mapping[str, object]]], pa.Table]:
    """A `LABELLED` table of rows that name only what differs from a paid line."""
    return table_of


@pytest.fixture(scope="session")
def denied() -> Mapping[str, object]:
    return DENIED


@pytest.fixture(scope="session")
def unanswered() -> Mapping[str, object]:
    return UNANSWERED


@pytest.fixture(scope="session")
def history() -> pa.Table:
    """A year of claims, one a day and payer: P1 answers after 20 days, P2 after 60; each tenth line is denied."""
    first = date(2023, 7, 1)
    rows = [
        {
            "submitted_on": first + timedelta(days=day),
            "known_on": first + timedelta(days=day + delay),
            "payer_id": payer,
            **(DENIED if (day + delay) % 10 == 0 else {}),
        }
        for day in range(365)
        for payer, delay in (("P1", 20), ("P2", 60))
    ]
    return table_of(rows)
