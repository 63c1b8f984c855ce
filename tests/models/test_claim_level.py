import numpy as np
import pytest

from models.claim_level import any_line, cumulative, mixed


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


def test_shares_of_a_claim_add_up_as_those_of_its_lines_do() -> None:
    rng = np.random.default_rng(3)
    share = rng.dirichlet(np.ones(4), 30)
    claim = np.repeat(np.arange(10), 3)
    of_claims = mixed(share, cumulative(rng.random(30)), claim, 10)
    np.testing.assert_allclose(of_claims.sum(axis=1), 1)


def test_a_claim_of_one_line_has_its_shares() -> None:
    share = np.array([[0.7, 0.3]])
    np.testing.assert_allclose(mixed(share, cumulative(np.array([0.4])), np.array([0]), 1), share)
