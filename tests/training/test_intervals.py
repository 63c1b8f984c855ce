import math

import numpy as np
import pytest

from training.intervals import Draws, Interval, bootstrap


def test_the_interval_of_a_mean_is_as_wide_as_theory_says():
    values = np.random.default_rng(1).normal(3.0, 2.0, 10_000)
    found = bootstrap(values, np.arange(10_000), draws=2000, seed=7)
    assert found.at == pytest.approx(values.mean())
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * values.std() / 100, rel=0.08)
    assert found.low < found.at < found.high


def test_lines_of_a_claim_are_drawn_together():
    each = np.random.default_rng(2).normal(size=500)
    claim = np.repeat(np.arange(500), 8)
    alone = bootstrap(np.repeat(each, 8), np.arange(4000), seed=1)
    together = bootstrap(np.repeat(each, 8), claim, seed=1)
    assert together.high - together.low == pytest.approx(math.sqrt(8) * (alone.high - alone.low), rel=0.15)


@pytest.mark.parametrize("rho", [0.0, 0.9])
def test_the_truth_lies_inside_about_as_often_as_promised(rho):
    rng, inside = np.random.default_rng(5), 0
    for n in range(200):
        of_claim = rng.normal(size=300).repeat(3)
        values = rho * of_claim + math.sqrt(1 - rho**2) * rng.normal(size=900)
        found = bootstrap(values, np.repeat(np.arange(300), 3), draws=200, seed=n)
        inside += found.low <= 0 <= found.high
    assert 180 <= inside <= 199


def test_the_same_seed_gives_the_same_interval_and_order_of_claims_does_not_matter():
    values = np.arange(60.0)
    found = bootstrap(values, np.arange(60) // 2, seed=3)
    assert bootstrap(values, np.arange(60) // 2 * 10 + 5, seed=3) == found
    assert bootstrap(values, np.arange(60) // 2, seed=4) != found


def test_means_of_parts_count_only_their_lines():
    values = np.array([[1.0, 1.0], [5.0, 5.0], [1.0, 1.0]])
    only = np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    drawn = Draws.of(np.array([4, 9, 6]), draws=50, seed=1).means(values, only)
    assert drawn.shape == (50, 2)
    assert np.isin(drawn[:, 1][~np.isnan(drawn[:, 1])], [1.0]).all()
    assert np.nanmax(drawn[:, 0]) > 1


def test_lines_are_drawn_as_often_as_their_claim():
    draws = Draws.of(np.array([3, 1, 3, 2]), draws=70, seed=2)
    weights = np.array(list(draws.lines()))
    assert weights.shape == (70, 4)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert weights.mean() == pytest.approx(1, abs=0.2)


def test_of_no_lines_nothing_is_known():
    found = bootstrap(np.empty(0), np.empty(0, np.int64), seed=1)
    assert math.isnan(found.at)
    assert not found.above_zero
    assert not found.below_zero


@pytest.mark.parametrize(
    ("interval", "above", "below"),
    [
        (Interval(0.1, 0.2, 0.3), True, False),
        (Interval(-0.1, 0.2, 0.3), False, False),
        (Interval(-3, -2, -1), False, True),
    ],
    ids=["above", "around", "below"],
)
def test_sides_of_zero(interval, above, below):
    assert (interval.above_zero, interval.below_zero) == (above, below)


def test_parts_have_the_means_of_their_lines_alone():
    values, inside = np.random.default_rng(3).normal(size=(2, 90)), np.arange(90) % 3 == 0
    draws = Draws.of(np.arange(90) // 2, draws=40, seed=5)
    dense = draws.means(values.T, np.column_stack([inside, ~inside]).astype(float))
    assert draws.part_means([(values[0], inside), (values[1], ~inside)]) == pytest.approx(dense)
