import numpy as np
import pytest

from data.simulator.draw import Streams, labels, npi, pick, pick_by_row, scramble


def luhn(number: str) -> bool:
    digits = [int(d) for d in reversed("80840" + number)]
    doubled = [sum(divmod(2 * d, 10)) if place % 2 else d for place, d in enumerate(digits)]
    return sum(doubled) % 10 == 0


def test_the_rule_knows_a_true_npi_from_a_false_one():
    assert luhn("1234567893")
    assert not luhn("1234567890")


def test_npis_pass_their_check_digit():
    assert all(luhn(number) for number in npi(np.arange(500) * 7_919).tolist())


@pytest.mark.parametrize("bits", [26, 30, 34, 36, 40])
def test_scrambled_numbers_stay_different_and_tell_no_order(bits):
    mixed = scramble(np.arange(20_000), salt=3, bits=bits)
    assert len(np.unique(mixed)) == 20_000
    assert mixed.min() >= 0
    assert mixed.max() < 2**bits
    assert abs(np.corrcoef(np.arange(20_000), mixed)[0, 1]) < 0.03


def test_labels_are_padded():
    assert labels("R", np.array([7, 1234]), 5).to_pylist() == ["R00007", "R01234"]


def test_streams_are_the_same_for_a_seed_and_differ_between_stages():
    one, other = Streams(5), Streams(6)
    assert one.stream("a").random() == one.stream("a").random()
    assert one.stream("a").random() != one.stream("b").random()
    assert one.stream("a").random() != other.stream("a").random()


def test_picks_follow_their_weights():
    rng = np.random.default_rng(1)
    drawn = np.bincount(pick(rng, np.array([1.0, 0.0, 3.0]), 40_000), minlength=3) / 40_000
    assert drawn == pytest.approx([0.25, 0.0, 0.75], abs=0.01)


def test_picks_by_row_follow_the_weights_of_their_row():
    rng = np.random.default_rng(2)
    weights = np.array([[0.0, 1.0, 1.0], [2.0, 0.0, 0.0], [1.0, 0.0, 3.0]])
    row = np.repeat([0, 1, 2], 30_000)
    drawn = pick_by_row(rng, weights, row)
    shares = [np.bincount(drawn[row == n], minlength=3) / 30_000 for n in range(3)]
    assert np.array(shares) == pytest.approx(weights / weights.sum(axis=1, keepdims=True), abs=0.01)
