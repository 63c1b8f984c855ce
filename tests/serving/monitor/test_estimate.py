import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from serving.monitor.estimate import corrected, estimated, realised, weighted_auc


@pytest.fixture(scope="module")
def scores() -> np.ndarray:
    return np.random.default_rng(3).beta(0.6, 4.0, 60_000)


def test_calibrated_scores_foretell_their_own_figures(scores):
    denied = (np.random.default_rng(4).random(len(scores)) < scores).astype(np.int8)
    said, came = estimated(scores), realised(scores, denied)
    assert said.denial_rate == pytest.approx(came.denial_rate, abs=0.005)
    assert said.auc == pytest.approx(came.auc, abs=0.006)
    assert said.log_loss == pytest.approx(came.log_loss, abs=0.005)


def test_the_auc_is_that_of_everybody_else():
    rng = np.random.default_rng(1)
    score, denied = np.round(rng.random(500), 2), rng.integers(0, 2, 500)
    assert weighted_auc(score, denied, 1.0 - denied) == pytest.approx(roc_auc_score(denied, score))


def test_weights_count_as_repeated_lines():
    score, denied = np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1], np.int8)
    weight = np.array([1.0, 3.0, 2.0, 1.0])
    rows = np.repeat(np.arange(4), weight.astype(int))
    assert realised(score, denied, weight).auc == pytest.approx(realised(score[rows], denied[rows]).auc)
    assert realised(score, denied, weight).log_loss == pytest.approx(
        realised(score[rows], denied[rows]).log_loss
    )


@pytest.mark.parametrize("denied", [[0, 0, 0], [1, 1, 1], []], ids=["none", "all", "no lines"])
def test_without_both_kinds_the_auc_means_nothing(denied):
    assert np.isnan(realised(np.full(len(denied), 0.3), np.array(denied, np.int8)).auc)


def test_scores_of_a_payer_that_denies_twice_as_often_are_moved(scores):
    p = scores[:20_000]
    payers = np.where(np.arange(len(p)) % 2 == 0, "strict", "usual")
    truly = np.clip(np.where(payers == "strict", 2 * p, p), 0, 1)
    denied = (np.random.default_rng(5).random(len(p)) < truly).astype(np.int8)
    moved = corrected(p, denied, payers)
    now = moved.apply(p, payers)
    for payer in ("strict", "usual"):
        of = payers == payer
        assert now[of].mean() == pytest.approx(denied[of].mean(), rel=0.06)
    assert moved.shifts["strict"] > 0.5
    assert np.allclose(moved.apply(p[:3], np.array(["new"] * 3)), p[:3])


def test_a_few_answers_hardly_move_anything():
    moved = corrected(np.full(4, 0.1), np.ones(4, np.int8), np.array(["P1"] * 4))
    assert moved.shifts["P1"] < 0.2
