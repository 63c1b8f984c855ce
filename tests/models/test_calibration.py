import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from models.calibration import METHODS, Calibrator, Curve, fit_calibrator, fit_curve, log_loss, pool_adjacent
from models.combine import log_odds_of, probability_of

RNG = np.random.default_rng(5)
N = 20_000


def drawn(truth: np.ndarray, seed: int = 1) -> np.ndarray:
    return (np.random.default_rng(seed).random(len(truth)) < probability_of(truth)).astype(np.int8)


def calibrator(log_odds: np.ndarray, denied: np.ndarray, payers: np.ndarray | None = None) -> Calibrator:
    everyone = np.full(len(log_odds), "P1", dtype=object)
    day = np.arange(len(log_odds))
    return fit_calibrator(
        log_odds, denied, np.ones(len(log_odds)), everyone if payers is None else payers, day
    )


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("already right", lambda z: z),
        ("too bold", lambda z: 0.6 * z),
        ("too high", lambda z: z - 0.8),
        ("bent at one end", lambda z: -2.0 * np.logaddexp(0, -z) + 0.3 * np.logaddexp(0, z)),
        ("with a kink", lambda z: np.maximum(z, -1.0)),
    ],
)
def test_whatever_is_wrong_is_put_right(name: str, truth) -> None:
    z = RNG.normal(-2, 1.5, N)
    fitted = calibrator(z[: N // 2], drawn(truth(z))[: N // 2])
    right = probability_of(truth(z[N // 2 :]))
    p = fitted.apply(z[N // 2 :], ["P1"] * (N // 2))
    denied = drawn(truth(z))[N // 2 :]
    ones = np.ones(N // 2)
    assert log_loss(denied, p, ones) < log_loss(denied, right, ones) + 0.004, (name, fitted.curve.method)


def test_nothing_is_done_where_nothing_is_wrong() -> None:
    z = RNG.normal(-2, 1.5, N)
    assert calibrator(z, drawn(z)) == Calibrator()


def test_with_few_lines_the_level_alone_is_moved_and_not_all_of_the_way() -> None:
    z = RNG.normal(-2, 1.5, 150)
    slope, shift = calibrator(z, drawn(z + 3)).curve.numbers
    assert slope == 1
    assert 1 < shift < 3
    few = calibrator(z[:20], drawn(z + 3)[:20]).curve.numbers[1]
    assert 0 < few < shift


@pytest.mark.parametrize("outcome", [0, 1])
def test_lines_of_one_outcome_move_nothing(outcome: int) -> None:
    z = RNG.normal(-2, 1.5, 150)
    assert calibrator(z, np.full(150, outcome, np.int8)) == Calibrator()


@pytest.mark.parametrize("method", METHODS)
def test_every_curve_rises_and_gives_one_line_the_bits_of_many(method) -> None:
    z = np.sort(RNG.normal(-2, 1.5, 4_000))
    curve = fit_curve(method, z, drawn(0.7 * z), np.ones(len(z)))
    out = curve.apply(z)
    assert np.all(np.diff(out) >= 0)
    assert all(curve.apply(z[i : i + 1])[0] == out[i] for i in range(0, len(z), 97))
    assert np.all(np.isfinite(curve.apply(np.array([-40.0, 40.0]))))


def test_a_curve_that_would_fall_is_not_taken() -> None:
    z = RNG.normal(0, 1, 2_000)
    assert fit_curve("platt", z, drawn(-z), np.ones(2_000)).method == "none"


def test_platt_finds_the_planted_slope_and_weights_count_as_lines() -> None:
    z = RNG.normal(-1, 1, N)
    denied = drawn(0.5 * z + 1)
    slope, shift = fit_curve("platt", z, denied, np.ones(N)).numbers
    assert slope == pytest.approx(0.5, abs=0.05)
    assert shift == pytest.approx(1.0, abs=0.06)
    doubled = fit_curve("platt", np.tile(z, 2), np.tile(denied, 2), np.ones(2 * N)).numbers
    assert fit_curve("platt", z, denied, np.full(N, 2.0)).numbers == pytest.approx(doubled, rel=1e-6)


def test_pooling_is_isotonic_regression() -> None:
    height, weight = RNG.random(300), RNG.random(300) + 0.1
    mine = np.concatenate([np.full(n, h) for h, _, n in pool_adjacent(height, weight)])
    theirs = IsotonicRegression().fit_transform(np.arange(300), height, sample_weight=weight)
    np.testing.assert_allclose(mine, theirs, atol=1e-12)


def test_a_payer_of_its_own_kind_gets_its_shift_and_a_rare_one_hardly_any() -> None:
    z = RNG.normal(-2, 1, N)
    payers = np.array(["strict", "mild", "rare"], dtype=object)[np.minimum(RNG.integers(0, 400, N) // 199, 2)]
    truth = z + np.where(payers == "strict", 1.0, -0.5)
    fitted = calibrator(z, drawn(truth), payers)
    apart = fitted.shifts["strict"] - fitted.shifts["mild"]
    assert apart == pytest.approx(1.5, abs=0.15)
    assert abs(fitted.shifts["rare"]) < 0.5
    assert fitted.apply(np.array([-1.0]), ["unheard of"]) == fitted.apply(np.array([-1.0]), [None])


def test_variants_of_a_line_are_calibrated_as_lines_are() -> None:
    fitted = Calibrator(Curve("platt", (0.8, 0.1)), {"P1": 0.4})
    z = RNG.normal(size=(5, 3))
    many = fitted.apply(z, ["P1", None, "P1", "P2", "P1"])
    for column in range(3):
        assert np.array_equal(
            many[:, column], fitted.apply(z[:, column].copy(), ["P1", None, "P1", "P2", "P1"])
        )


def test_log_loss_is_weighted() -> None:
    p = np.array([0.25, 0.5])
    assert log_loss(np.array([1, 0], np.int8), p, np.array([3.0, 1.0])) == pytest.approx(
        (3 * -np.log(0.25) - np.log(0.5)) / 4
    )
    assert log_odds_of(probability_of(np.array([1.5])))[0] == pytest.approx(1.5)
