import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from models.interval import Interval, fit_interval


def by_definition(score: np.ndarray, denied: np.ndarray, new: float, label: int) -> float:
    """Isotonic regression of the calibration lines with one more line in them, asked at that line."""
    x, y = np.append(score, new), np.append(denied, label)
    return float(IsotonicRegression().fit(x, y).predict([new])[0])


@given(st.integers(0, 10_000), st.integers(5, 60))
@settings(max_examples=40, deadline=None)
def test_both_ends_are_isotonic_regression_with_one_more_line(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    score = np.unique(rng.random(n))
    denied = (rng.random(len(score)) < score).astype(np.int8)
    interval = fit_interval(score, denied, np.ones(len(score)), groups=10 * n)
    for i in range(0, len(score), 3):
        group = int(np.searchsorted(interval.edges, score[i], side="right"))
        assert interval.low[group] == pytest.approx(by_definition(score, denied, score[i], 0), abs=1e-12)
        assert interval.high[group] == pytest.approx(by_definition(score, denied, score[i], 1), abs=1e-12)


def test_the_true_rate_lies_between_the_ends_or_next_to_them() -> None:
    rng = np.random.default_rng(3)
    score = rng.random(20_000)
    truth = score**2
    interval = fit_interval(score, (rng.random(20_000) < truth).astype(np.int8), np.ones(20_000), groups=100)
    at = np.linspace(0.05, 0.95, 19)
    low, high = np.array(interval.low), np.array(interval.high)
    group = np.searchsorted(interval.edges, at, side="right")
    assert np.all(low[group] - 0.06 < at**2)
    assert np.all(at**2 < high[group] + 0.06)


@given(st.floats(0, 1))
def test_the_probability_itself_is_always_inside(probability: float) -> None:
    rng = np.random.default_rng(4)
    score = rng.random(500)
    interval = fit_interval(score, (rng.random(500) < 0.2).astype(np.int8), np.ones(500), groups=40)
    low, high = interval.of(np.array([probability]))
    assert 0 <= low[0] <= probability <= high[0] <= 1


def test_without_calibration_lines_everything_is_possible() -> None:
    empty = np.zeros(0)
    assert fit_interval(empty, empty.astype(np.int8), empty) == Interval()
    low, high = Interval().of(np.array([0.3]))
    assert (low[0], high[0]) == (0.0, 1.0)


def test_more_lines_make_it_narrower() -> None:
    rng = np.random.default_rng(8)
    widths = []
    for n in (200, 2_000, 20_000):
        score = rng.random(n)
        interval = fit_interval(score, (rng.random(n) < score).astype(np.int8), np.ones(n), groups=100)
        low, high = interval.of(rng.random(1_000))
        widths.append(float((high - low).mean()))
    assert widths[0] > widths[1] > widths[2]
