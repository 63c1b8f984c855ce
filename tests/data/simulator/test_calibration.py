import numpy as np
import pytest

from data.simulator.calibration import Figure, auc, calibration, log_loss


@pytest.mark.parametrize(
    ("score", "denied", "wanted"),
    [
        ([0.1, 0.2, 0.9], [False, False, True], 1.0),
        ([0.9, 0.2, 0.1], [False, False, True], 0.0),
        ([0.5, 0.5, 0.5], [False, False, True], 0.5),
        ([0.1, 0.5, 0.5, 0.9], [False, True, False, True], 0.875),
    ],
)
def test_auc(score, denied, wanted):
    assert auc(np.array(score), np.array(denied)) == pytest.approx(wanted)


def test_auc_of_one_kind_is_unknown():
    assert np.isnan(auc(np.array([0.1, 0.2]), np.array([False, False])))


def test_log_loss():
    assert log_loss(np.array([0.5, 0.25]), np.array([True, False])) == pytest.approx(
        -np.log([0.5, 0.75]).mean()
    )


def test_a_figure_fits_its_range_or_has_none():
    assert Figure("a", 0.1, 0.05, 0.2).fits
    assert not Figure("a", 0.3, 0.05, 0.2).fits
    assert Figure("a", 0.3).fits


def test_the_usual_world_is_like_real_ones(large_world):
    outside = [figure for figure in calibration(large_world.truth()) if not figure.fits]
    assert not outside


def test_the_ceiling_is_neither_low_nor_trivial(large_world):
    figures = {figure.name: figure.value for figure in calibration(large_world.truth())}
    assert 0.85 < figures["ceiling: AUC of the truth"] < 0.92
    assert 0.15 < figures["ceiling: log-loss of the truth"] < 0.25


def test_the_claim_alone_can_tell_clearly_less(large_world):
    figures = {figure.name: figure.value for figure in calibration(large_world.truth())}
    assert figures["ceiling: AUC of the claim alone"] < figures["ceiling: AUC of the truth"] - 0.03
    assert figures["ceiling: log-loss of the claim alone"] > figures["ceiling: log-loss of the truth"] + 0.02
