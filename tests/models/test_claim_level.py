import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calibration import Calibrator, Curve
from models.claim_level import ClaimLevel, any_line, cumulative, fall, mixed


@pytest.mark.parametrize(
    ("lines", "claim"),
    [
        ([0.2], 0.2),
        ([0.5, 0.5], 0.75),
        ([0.0, 0.0], 0.0),
        ([1.0, 0.3], 1.0),
        ([0.1, 0.2, 0.3], 1 - 0.9 * 0.8 * 0.7),
    ],
)
def test_a_claim_is_denied_when_any_line_is(lines, claim) -> None:
    found = any_line(np.array(lines), np.zeros(len(lines), np.int64), 1)
    assert found == pytest.approx([claim])


def test_a_claim_of_one_line_is_that_line() -> None:
    p = np.random.default_rng(1).random(50) * 0.99
    np.testing.assert_allclose(any_line(p, np.arange(50), 50), p, rtol=1e-14)


def test_a_claim_alone_equals_the_same_claim_in_a_batch_to_the_bit() -> None:
    rng = np.random.default_rng(2)
    p, claim = rng.random(300), np.sort(rng.integers(0, 90, 300))
    together = any_line(p, claim, 90)
    alone = [any_line(p[claim == n], np.zeros((claim == n).sum(), np.int64), 1)[0] for n in range(90)]
    assert together.tolist() == alone


LEVEL = ClaimLevel((0.9, 0.0, 0.4), Calibrator(Curve("platt", (0.9, -0.1))))


def made(seed: int, n: int = 200, n_claims: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    claim = np.concatenate([np.arange(n_claims), rng.integers(0, n_claims, n - n_claims)])
    return rng.random(n), rng.dirichlet(np.ones(3), n), claim


def test_both_chances_are_the_same_alone_and_in_a_batch_to_the_bit() -> None:
    p, share, claim = made(4)
    whole = LEVEL.chances(p, share, claim, ["A"] * 60)
    for n in range(60):
        mine = claim == n
        alone = LEVEL.chances(p[mine], share[mine], np.zeros(mine.sum(), np.int64), ["A"])
        assert alone.any_line[0] == whole.any_line[n]
        assert alone.all_lines[0] == whole.all_lines[n]


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_no_chance_leaves_the_bounds_that_the_lines_set(seed: int) -> None:
    p, share, claim = made(seed)
    told = LEVEL.chances(p, share, claim, ["A"] * 60)
    for n in range(60):
        mine = p[claim == n]
        assert mine.max() <= told.any_line[n] <= min(mine.sum(), 1.0) + 1e-12
        assert 0 <= told.all_lines[n] <= mine.min()
        assert told.partly[n] >= -1e-12
        if len(mine) == 1:
            assert told.any_line[n] == told.all_lines[n] == mine[0]


@pytest.mark.parametrize(
    ("wide", "any_chance", "all_chance"), [(0.0, 1 - 0.9 * 0.6 * 0.5, 0.1 * 0.4 * 0.5), (1.0, 0.5, 0.1)]
)
def test_the_ends_are_independent_lines_and_lines_that_fall_as_one(wide, any_chance, all_chance) -> None:
    p = np.array([0.1, 0.4, 0.5])
    found = fall(cumulative(p), np.full(3, wide), np.zeros(3, np.int64), 1)
    assert found.any_line[0] == pytest.approx(any_chance)
    assert found.all_lines[0] == pytest.approx(all_chance)


def test_between_the_ends_it_is_what_draws_of_the_rule_give() -> None:
    risk, wide = np.array([0.2, 0.7, 1.5]), np.array([0.3, 0.9, 0.5])
    rng = np.random.default_rng(5)
    event = rng.exponential(size=(400_000, 1)) < risk * wide
    fell = event | (rng.exponential(size=(400_000, 3)) < risk * (1 - wide))
    found = fall(risk, wide, np.zeros(3, np.int64), 1)
    assert found.any_line[0] == pytest.approx(fell.any(axis=1).mean(), abs=0.004)
    assert found.all_lines[0] == pytest.approx(fell.all(axis=1).mean(), abs=0.004)
    np.testing.assert_allclose(fell.mean(axis=0), -np.expm1(-risk), atol=0.004)


def test_a_model_that_learnt_nothing_of_claims_takes_lines_as_independent() -> None:
    p, share, claim = made(6)
    np.testing.assert_allclose(
        ClaimLevel().chances(p, share, claim, ["A"] * 60).any_line, any_line(p, claim, 60), rtol=1e-9
    )


def test_a_claim_without_lines_is_not_denied() -> None:
    told = LEVEL.chances(np.array([0.3]), np.array([[1.0, 0.0, 0.0]]), np.array([1]), ["A", "B"])
    assert (told.any_line[0], told.all_lines[0]) == (0.0, 0.0)


def test_certain_lines_stay_certain() -> None:
    told = LEVEL.chances(np.array([1.0, 1.0]), np.full((2, 3), 1 / 3), np.zeros(2, np.int64), ["A"])
    assert (told.any_line[0], told.all_lines[0]) == (1.0, 1.0)


def test_shares_of_a_claim_add_up_as_those_of_its_lines_do() -> None:
    rng = np.random.default_rng(3)
    share = rng.dirichlet(np.ones(4), 30)
    claim = np.repeat(np.arange(10), 3)
    of_claims = mixed(share, cumulative(rng.random(30)), claim, 10)
    np.testing.assert_allclose(of_claims.sum(axis=1), 1)


def test_a_claim_of_one_line_has_its_shares() -> None:
    share = np.array([[0.7, 0.3]])
    np.testing.assert_allclose(mixed(share, cumulative(np.array([0.4])), np.array([0]), 1), share)
