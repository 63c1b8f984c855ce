import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.precision import LEAST, MOST, Precision, fit_precision


def world(seed: int, n: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.beta(0.4, 2.0, n)
    return p, (rng.random(n) < p).astype(np.int8)


P, DENIED = world(1)
FOUND = fit_precision(P, DENIED, np.ones(len(P)))


@given(st.floats(LEAST, MOST))
@settings(max_examples=50, deadline=None)
def test_a_threshold_gave_what_was_asked_for(wanted: float) -> None:
    threshold = FOUND.at(wanted)
    if threshold is None:
        return
    above, denied = threshold.probability <= P, DENIED
    assert threshold.precision == pytest.approx(denied[above].mean())
    assert threshold.precision >= wanted - 1e-9
    assert threshold.support == above.sum() >= 50
    assert threshold.caught == pytest.approx(denied[above].sum() / denied.sum())


def test_it_is_the_lowest_such_threshold() -> None:
    p, denied = world(2, 3_000)
    threshold = fit_precision(p, denied, np.ones(len(p))).at(0.8)
    assert threshold is not None
    for each in np.unique(p[p < threshold.probability]):
        above = denied[p >= each]
        assert above.mean() - np.sqrt(above.mean() * (1 - above.mean()) / len(above)) < 0.8


def test_it_holds_about_as_well_on_other_lines() -> None:
    threshold = fit_precision(*world(3), np.ones(20_000)).at(0.7)
    p, denied = world(4)
    assert threshold is not None
    assert denied[p >= threshold.probability].mean() == pytest.approx(0.7, abs=0.03)


@pytest.mark.parametrize(
    ("p", "denied"),
    [
        ([], []),
        ([0.9] * 49, [1] * 49),
        ([0.2] * 500, [1, 0, 0, 0, 0] * 100),
    ],
    ids=["nothing", "too few", "never right enough"],
)
def test_where_nothing_reaches_it_none_is_told(p, denied) -> None:
    found = fit_precision(np.array(p, float), np.array(denied, np.int8), np.ones(len(p)))
    assert found == Precision()


@pytest.mark.parametrize(
    ("wanted", "place"), [(0.5, 0), (0.501, 1), (0.55, 5), (0.57, 7), (0.7, 20), (0.99, 49)]
)
def test_between_two_hundredths_the_higher_counts(wanted: float, place: int) -> None:
    p, denied = np.full(100, 0.9), np.ones(100, np.int8)
    found = fit_precision(p, denied, np.ones(100))
    assert found.at(wanted) is found.thresholds[place]


@pytest.mark.parametrize("wanted", [0.0, 0.49, 0.995, 1.0])
def test_other_precisions_are_refused(wanted: float) -> None:
    with pytest.raises(ValueError, match=r"wanted 0\.5 to 0\.99"):
        Precision().at(wanted)


def test_weights_count() -> None:
    p = np.repeat([0.9, 0.8], 60)
    denied = np.repeat([1, 0], 60).astype(np.int8)
    even = fit_precision(p, denied, np.ones(120)).at(0.6)
    heavy = fit_precision(p, denied, np.repeat([3.0, 1.0], 60)).at(0.6)
    assert even is not None
    assert heavy is not None
    assert (even.probability, heavy.probability) == (0.9, 0.8)
