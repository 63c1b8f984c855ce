import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.build import Features
from features.history import answered_name
from models.reach import COUNTED, Reach, known_lines


@given(st.floats(0, 1), st.floats(0, 1e6))
@settings(deadline=None)
def test_the_probability_lies_between_its_ends(probability: float, known: float) -> None:
    low, high = Reach().of(np.array([probability]), np.array([known]))
    assert 0 <= low[0] <= probability <= high[0] <= 1


@pytest.mark.parametrize(
    ("less", "more"), [(0, 1), (0.9, 5), (2, 5), (0, 1e9)], ids=["new", "few", "some", "all"]
)
def test_what_is_less_known_reaches_at_least_as_far(less: float, more: float) -> None:
    p = np.linspace(0.01, 0.95, 50)
    narrow = Reach().of(p, np.full(50, more))
    wide = Reach().of(p, np.full(50, less))
    assert np.all(wide[0] <= narrow[0] + 1e-15)
    assert np.all(wide[1] >= narrow[1] - 1e-15)


def test_a_line_is_known_as_well_as_what_is_least_known_of_it() -> None:
    names = tuple(answered_name(key) for key in COUNTED)
    values = np.array([[100.0, 7.0, 30.0], [100.0, np.nan, 30.0]])
    assert known_lines(Features(names, values, ())).tolist() == [7.0, 0.0]


def test_without_counts_lines_are_taken_as_known() -> None:
    assert known_lines(Features(("charge",), np.ones((2, 1)), ())).tolist() == [np.inf, np.inf]


def test_measured_distances_go_straight_between_their_places() -> None:
    reach = Reach((0.1, 0.9), (1.0, 1.0), (2.0, 2.0), (3.0, 2.0, 1.0))
    low, high = reach.of(np.array([0.5, 0.5]), np.array([100.0, 0.0]))
    np.testing.assert_allclose(low, 1 / (1 + np.exp([1.0, 3.0])))
    np.testing.assert_allclose(high, 1 / (1 + np.exp([-2.0, -6.0])))
