"""The mean of forests says the mean of what they say, of scores and of contributions."""

import numpy as np
import pytest

from models.average import mean_of
from models.flat import flat
from models.trees import Forest, read_forest
from models.treeshap import Shares
from models.walk import Walk

lgb = pytest.importorskip("lightgbm")


def grown(seed: int) -> Forest:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 3))
    y = (x[:, seed % 3] + rng.normal(size=400) > 0).astype(np.float64)
    data = lgb.Dataset(x, label=y, feature_name=["a", "b", "c"], params={"verbosity": -1})
    parameters = {"objective": "binary", "num_threads": 1, "verbosity": -1, "deterministic": True}
    return read_forest(lgb.train(parameters, data, 5).model_to_string(), thing="a forest")


FORESTS = [grown(seed) for seed in range(3)]
X = np.random.default_rng(9).normal(size=(50, 3))


def scores(forest: Forest) -> np.ndarray:
    return Walk.of((flat(forest),)).scores(X)[:, 0]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_its_scores_are_the_mean_of_theirs(n: int) -> None:
    wanted = np.mean([scores(forest) for forest in FORESTS[:n]], axis=0)
    np.testing.assert_allclose(scores(mean_of(FORESTS[:n])), wanted, atol=1e-12)


def test_so_are_its_contributions() -> None:
    wanted = np.mean([Shares.of(flat(forest)).contributions(X) for forest in FORESTS], axis=0)
    found = Shares.of(flat(mean_of(FORESTS))).contributions(X)
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_what_is_written_is_read_again() -> None:
    mean = mean_of(FORESTS[:2])
    assert read_forest(mean.text(), thing="the mean") == mean
