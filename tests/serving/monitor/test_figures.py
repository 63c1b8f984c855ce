from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from data.rejection import TURNED_AWAY_ON
from data.schema import LABELLED
from serving.monitor.figures import by_month, by_payer

USUAL: Mapping[str, object] = {
    "line": 1,
    "submitted_on": date(2025, 3, 1),
    "payer_id": "P1",
    "frequency": "1",
    "charge_cents": 100,
    "label": 0,
    "known_on": date(2025, 3, 11),
}
DENIED = {"label": 1}
OPEN = {"label": None, "known_on": None}
AWAY = OPEN | {TURNED_AWAY_ON: date(2025, 3, 2)}


def table(*rows: Mapping[str, object]) -> pa.Table:
    schema = LABELLED.append(pa.field(TURNED_AWAY_ON, pa.date32()))
    full = [{"claim_key": n} | dict(USUAL) | dict(row) for n, row in enumerate(rows)]
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in full], schema)


CASES = {
    "all paid": ([{}, {}], {"clean": 1.0, "denied_lines": 0.0, "n_adjudicated": 2, "days_to_answer": 10.0}),
    "one of two denied": ([{}, DENIED], {"denied_claims": 0.5, "first_pass": 0.5, "clean": 0.5}),
    "one line of a claim denied": (
        [{"claim_key": 1}, DENIED | {"claim_key": 1, "line": 2}],
        {"denied_claims": 0.0, "partly_denied_claims": 1.0, "denied_lines": 0.5, "n_claims": 1},
    ),
    "dollars": ([{"charge_cents": 900}, DENIED], {"denied_dollars": 0.1}),
    "unanswered is neither": ([{}, OPEN], {"denied_lines": 0.0, "n_adjudicated": 1, "clean": 1.0}),
    "turned away is not clean": ([{}, AWAY], {"n_rejected": 1, "clean": 0.5, "first_pass": 1.0}),
    "replacements do not count": ([{}, DENIED | {"frequency": "7"}], {"n_claims": 1, "denied_lines": 0.0}),
    "no charge, nothing to deny": ([{}, DENIED | {"charge_cents": 0}], {"n_claims": 1}),
}


@pytest.mark.parametrize("case", CASES)
def test_figures_are_those_of_first_submissions_that_were_adjudicated(case):
    rows, wanted = CASES[case]
    (found,) = by_month(table(*rows))
    assert found.name == "2025-03"
    assert {name: getattr(found, name) for name in wanted} == wanted


def test_without_an_answer_a_rate_has_no_meaning():
    (found,) = by_month(table(OPEN))
    assert np.isnan(found.denied_lines)
    assert np.isnan(found.days_to_answer)


def test_payers_with_most_claims_come_first():
    rows = [{"payer_id": "B"}, {"payer_id": "A"}, {"payer_id": "B", "submitted_on": date(2025, 4, 1)}]
    assert [(one.name, one.n_claims) for one in by_payer(table(*rows))] == [("B", 2), ("A", 1)]
    assert [one.name for one in by_month(table(*rows))] == ["2025-03", "2025-04"]
