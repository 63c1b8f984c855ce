import numpy as np
import pytest

from models.calibration import fit_calibrator
from models.combine import log_odds_of
from models.recency import HALF_LIVES, LEAST_DENIED, recency

DAYS = 200


def lines(n: int, rate: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    day = np.sort(np.random.default_rng(1).integers(0, DAYS, n))
    return day, (np.random.default_rng(2).random(n) < rate).astype(np.int8)


def test_a_line_counts_for_half_after_the_half_life() -> None:
    day, denied = lines(40_000)
    weight = recency(day, denied)
    assert weight[day == day.max()] == pytest.approx(1)
    assert weight[day == day.max() - 40] == pytest.approx(0.5)


@pytest.mark.parametrize("n", [40_000, 12_000, 7_000, 3_000])
def test_enough_denials_are_left_or_all_count(n: int) -> None:
    day, denied = lines(n)
    weight = recency(day, denied)
    assert np.all(weight == 1) or weight[denied == 1].sum() >= LEAST_DENIED


def test_fewer_lines_reach_further_back() -> None:
    oldest = [recency(*lines(n))[0] for n in (40_000, 7_000, 1_000)]
    assert oldest == sorted(oldest)
    assert oldest[0] == pytest.approx(0.5 ** (DAYS / HALF_LIVES[0]), rel=0.1)
    assert oldest[-1] == 1


def test_no_lines_have_no_weights() -> None:
    assert recency(np.zeros(0, np.int64), np.zeros(0, np.int8)).shape == (0,)


def test_a_calibrator_goes_by_the_level_of_the_newest_weeks() -> None:
    rng = np.random.default_rng(3)
    day, p = np.sort(rng.integers(0, DAYS, 60_000)), rng.uniform(0.05, 0.4, 60_000)
    # Until lately more was denied than the lines showed.
    denied = (rng.random(60_000) < np.where(day < 150, 1.4, 1.0) * p).astype(np.int8)
    payers, weight = np.array(["A"] * 60_000, object), np.ones(60_000)
    args = (log_odds_of(p), denied, weight, payers, day)
    plain, newest = fit_calibrator(*args), fit_calibrator(*args, recent=recency(day, denied))
    said = [float(one.apply(log_odds_of(p), payers).mean()) for one in (plain, newest)]
    assert said[0] > 1.2 * p.mean()
    assert said[1] < 1.16 * p.mean()
