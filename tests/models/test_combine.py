import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.combine import log_odds_of, probability_of, shares, split, total_log_odds

LOGITS = arrays(np.float64, st.tuples(st.integers(1, 30), st.integers(1, 12)), elements=st.floats(-25, 8))


@given(LOGITS)
def test_shares_sum_to_one_and_hazards_combine_to_the_probability(logits: np.ndarray) -> None:
    share = shares(logits)
    np.testing.assert_allclose(share.sum(axis=1), 1, atol=1e-12)
    probability = probability_of(total_log_odds(logits))
    hazards = split(probability, share)
    np.testing.assert_allclose(1 - np.prod(1 - hazards, axis=1), probability, atol=1e-12)
    risk = -np.log1p(-probability)
    np.testing.assert_allclose(-np.log1p(-hazards), share * risk[:, None], atol=1e-12, rtol=1e-9)


@given(LOGITS)
def test_one_line_alone_has_the_bits_it_has_among_others(logits: np.ndarray) -> None:
    together, share = total_log_odds(logits), shares(logits)
    for row in range(len(logits)):
        assert total_log_odds(logits[row : row + 1])[0] == together[row]
        assert np.array_equal(shares(logits[row : row + 1])[0], share[row])


def test_competing_causes_are_put_together_exactly() -> None:
    """Two causes strike independently; the payer reports either when both do. Hazards are what each family learns:
    P(reported) against P(not denied), other denials left out."""
    a, b = 0.3, 0.2
    paid = (1 - a) * (1 - b)
    reported = np.array([a * (1 - b) + a * b / 2, b * (1 - a) + a * b / 2])
    logits = log_odds_of(reported / (reported + paid))[None, :]
    assert probability_of(total_log_odds(logits))[0] == pytest.approx(1 - paid, abs=1e-12)
    assert shares(logits)[0] == pytest.approx(reported / reported.sum(), abs=1e-12)


def test_certainty_stays_a_number() -> None:
    logits = np.array([[900.0, -900.0], [-900.0, -900.0]])
    p = probability_of(total_log_odds(logits))
    assert np.all((p > 0) & (p < 1))
    assert np.all(np.isfinite(split(p, shares(logits))))
