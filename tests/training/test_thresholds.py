import math

import numpy as np
import pytest

from training.scores import Scores
from training.thresholds import AT_STAKE, RISKIEST, THRESHOLD, worked


@pytest.fixture
def rows(labelled, denied):
    """Ten lines of five claims: the five riskiest denied but one, the cheapest first."""
    lines = labelled(
        [
            {
                "claim_key": n // 2,
                "line": n % 2 + 1,
                "charge_cents": 1000 * (n + 1),
                **({**denied, "denied_cents": 1000 * (n + 1)} if n in (0, 1, 2, 4) else {}),
            }
            for n in range(10)
        ]
    )
    return worked(Scores(np.linspace(0.95, 0.05, 10)), lines, capacity=0.4)


def one(rows, level, order, **wanted):
    (found,) = (
        r
        for r in rows
        if (r.level, r.order) == (level, order)
        and all(math.isclose(getattr(r, name), value) for name, value in wanted.items())
    )
    return found


def test_from_a_probability_on(rows):
    found = one(rows, "line", THRESHOLD, threshold=0.5)
    assert (found.n_reviewed, found.reviewed, found.precision, found.recall) == (5, 0.5, 0.8, 1.0)
    assert (found.dollars, found.denied_cents) == (1.0, 11_000)


def test_as_many_as_there_is_time_for_riskiest_first(rows):
    found = one(rows, "line", RISKIEST, reviewed=0.4)
    assert (found.n_reviewed, found.precision, found.recall) == (4, 0.75, 0.75)
    assert (found.denied_cents, found.dollars) == (6_000, pytest.approx(6 / 11))
    assert found.threshold == pytest.approx(0.65)


def test_most_at_stake_first(rows):
    found = one(rows, "line", AT_STAKE, reviewed=0.4)
    assert math.isnan(found.threshold)
    assert found.denied_cents == 5_000  # lines 4, 5, 6 and 7 have the largest probability x charge


def test_claims_are_worked_whole(rows):
    found = one(rows, "claim", THRESHOLD, threshold=0.8)
    assert (found.n_reviewed, found.precision, found.denied_cents) == (2, 1.0, 6_000)


def test_what_nobody_reviews_has_no_precision(rows):
    nothing = [r for r in rows if r.n_reviewed == 0]
    assert nothing
    assert all(math.isnan(r.precision) and r.recall == 0 for r in nothing)
