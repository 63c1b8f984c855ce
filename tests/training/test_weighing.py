"""Which claims judge two models."""

import numpy as np
import pytest

from training.stages import Gates
from training.weighing import window_from

SETTINGS = Gates(window_days=30, window_lines=100)


@pytest.mark.parametrize(
    ("a_day", "n_days", "after"),
    [(10, 200, 169), (2, 200, 149), (1, 200, 99), (1, 50, -1), (0, 0, 0)],
    ids=[
        "enough in the newest days",
        "too few, so earlier days too",
        "as many days as it takes",
        "all there are",
        "none",
    ],
)
def test_the_newest_days_judge_and_earlier_ones_where_those_are_few(
    a_day: int, n_days: int, after: int
) -> None:
    sent = np.repeat(np.arange(n_days), a_day)
    np.random.default_rng(1).shuffle(sent)
    found = window_from(sent, SETTINGS)
    assert found == after
    assert (sent > found).sum() >= min(len(sent), 100)
