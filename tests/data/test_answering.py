import numpy as np
import pytest

from data.answering import PLACES, Answering


@pytest.fixture(scope="module")
def measured() -> Answering:
    """Not denied: after 1 to 10 days. Denied for one family: after 11 to 20 days."""
    kind = np.arange(4000) % 10 == 0
    delay = np.where(kind, 11, 1) + np.arange(4000) % 97 % 10
    return Answering.measure(["P1"] * 4000, delay, kind.astype(np.int64), 2)


@pytest.mark.parametrize(("delay", "low", "high"), [(2, 0.0, 0.03), (9, 0.0, 0.04), (15, 0.5, 1.0)])
def test_an_early_answer_is_rarely_a_slow_denial(measured, delay, low, high):
    said = measured.expected(np.array([[0.9, 0.1]]), ["P1"], np.array([delay]))
    assert low <= said[0, 1] <= high
    assert said.sum() == pytest.approx(1)


def test_over_all_answers_chances_stay_what_they_were(measured):
    delay = np.where(np.arange(4000) % 10 == 0, 11, 1) + np.arange(4000) % 97 % 10
    said = measured.expected(np.tile([0.9, 0.1], (4000, 1)), ["P1"] * 4000, delay)
    assert said[:, 1].mean() == pytest.approx(0.1, abs=0.01)


def test_a_payer_with_few_answers_is_taken_as_all_together(measured):
    said = measured.expected(np.array([[0.9, 0.1]]), ["new"], np.array([15]))
    assert said[0, 1] > 0.5


def test_of_too_few_answers_nothing_is_known():
    few = Answering.measure(["P1"] * 10, np.arange(10), np.zeros(10, np.int64), 3)
    assert few.odds.shape == (3, PLACES)
    chances = np.array([[0.5, 0.3, 0.2]])
    assert np.allclose(few.expected(chances, ["P1"], np.array([4])), chances)


def test_no_answers_at_all():
    said = Answering.unknown(2).expected(np.empty((0, 2)), [], np.empty(0, np.int64))
    assert said.shape == (0, 2)
