from datetime import date
from itertools import pairwise

import pytest

from training.backtest import NEVER, QUARTERLY, Origin, origins


def test_periods_follow_each_other_and_end_on_the_newest_ripe_day():
    assert origins(date(2024, 6, 30), 2) == (
        Origin(date(2024, 5, 1), date(2024, 5, 31)),
        Origin(date(2024, 5, 31), date(2024, 6, 30)),
    )


@pytest.mark.parametrize("k", [1, 5])
def test_as_many_as_were_asked_for(k):
    found = origins(date(2024, 6, 30), k, period_days=7)
    assert len(found) == k
    assert all((o.until - o.as_of).days == 7 for o in found)
    assert all(one.until == other.as_of for one, other in pairwise(found))


def test_habits_have_names_of_their_own():
    assert {QUARTERLY, NEVER} == {"retrained quarterly", "never retrained"}
