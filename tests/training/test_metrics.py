import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as peer

from training import metrics


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n = draw(st.integers(2, 60))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    denied = rng.integers(0, 2, n).astype(np.int8)
    denied[:2] = 0, 1
    # Few distinct values, so that ties occur.
    probability = (
        rng.choice([0.0, 0.05, 0.1, 0.3, 0.5, 0.51, 0.9, 1.0], n) if draw(st.booleans()) else rng.random(n)
    )
    return denied, probability, rng.uniform(0.1, 4.0, n)


@given(cases())
def test_figures_equal_those_of_an_independent_library(case):
    denied, probability, weight = case
    for w in (None, weight):
        assert metrics.auc(denied, probability, w) == pytest.approx(
            peer.roc_auc_score(denied, probability, sample_weight=w)
        )
        assert metrics.average_precision(denied, probability, w) == pytest.approx(
            peer.average_precision_score(denied, probability, sample_weight=w)
        )
        assert metrics.brier(denied, probability, w) == pytest.approx(
            peer.brier_score_loss(denied, probability, sample_weight=w)
        )
        clipped = np.clip(probability, metrics.SUREST, 1 - metrics.SUREST)
        assert metrics.log_loss(denied, probability, w) == pytest.approx(
            peer.log_loss(denied, clipped, sample_weight=w, labels=[0, 1])
        )


@given(cases())
def test_whole_weights_count_lines_that_often(case):
    denied, probability, weight = case
    times = np.ceil(weight).astype(int)
    weighted = metrics.figures(denied, probability, times.astype(float))
    repeated = metrics.figures(np.repeat(denied, times), np.repeat(probability, times))
    for name in ("denial_rate", "mean_probability", "auc", "average_precision", "log_loss", "brier"):
        assert getattr(weighted, name) == pytest.approx(getattr(repeated, name))


@pytest.mark.parametrize(
    ("denied", "probability", "wanted"),
    [
        ([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5], 0.0),
        ([0, 0, 0, 0], [0.1, 0.1, 0.1, 0.1], 0.1),
        ([0, 0, 1, 1], [0.1, 0.1, 0.9, 0.9], 0.1),
        ([1, 1, 0, 0], [0.1, 0.1, 0.9, 0.9], 0.9),
    ],
)
def test_calibration_error_is_the_distance_said_to_happened(denied, probability, wanted):
    assert metrics.calibration_error(np.array(denied, np.int8), np.array(probability)) == pytest.approx(
        wanted
    )


def test_true_probabilities_are_calibrated_and_shifted_ones_are_not():
    rng = np.random.default_rng(1)
    p = rng.beta(1, 6, 40_000)
    denied = (rng.random(len(p)) < p).astype(np.int8)
    assert metrics.calibration_error(denied, p) < 0.01
    assert metrics.calibration_error(denied, np.clip(p + 0.1, 0, 1)) == pytest.approx(0.1, abs=0.01)


def test_bins_hold_equal_mass_and_never_part_equal_probabilities():
    p = np.linspace(0, 1, 1000)
    bins = metrics.reliability(np.zeros(1000, np.int8), p)
    assert bins.mass.tolist() == [50.0] * 20
    bins = metrics.reliability(np.zeros(1000, np.int8), np.where(p < 0.7, 0.2, 0.8))
    assert len(bins.mass) == 2


@pytest.mark.parametrize(
    ("named", "true", "top", "wanted"),
    [
        ([["197", "50", "29"]], ["197"], 1, 1.0),
        ([["50", "197", "29"]], ["197"], 1, 0.0),
        ([["50", "29", "197"], ["16/N40", "50", "29"]], ["197", "96"], 3, 0.5),
    ],
)
def test_hit_rate(named, true, top, wanted):
    assert metrics.hit_rate(np.array(named), np.array(true), top=top) == wanted


@pytest.mark.parametrize("denied", [[], [0, 0], [1, 1]])
def test_without_both_kinds_of_lines_there_is_no_ranking(denied):
    labels = np.array(denied, np.int8)
    assert math.isnan(metrics.auc(labels, np.full(len(labels), 0.2)))
    metrics.figures(labels, np.full(len(labels), 0.2))


def test_gain_is_the_share_of_worth_among_the_riskiest():
    worth = np.array([0.0, 300.0, 100.0, 0.0])
    probability = np.array([0.1, 0.9, 0.2, 0.5])
    assert metrics.gain(worth, probability, shares=[0, 0.25, 0.5, 0.75, 1]).tolist() == [0, 0.75, 0.75, 1, 1]
    assert np.isnan(metrics.gain(np.zeros(4), probability, shares=[0.5])).all()
