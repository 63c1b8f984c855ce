import numpy as np

from features.build import Features
from models.papers import profile


def test_a_profile_says_how_features_are_spread_and_how_often_unknown() -> None:
    values = np.stack(
        [np.arange(101.0), np.where(np.arange(101) < 50, np.nan, 7.0), np.full(101, np.nan)], axis=1
    )
    made = profile(Features(("a", "b", "c"), values), np.linspace(0, 1, 101))
    assert made.features["a"][made.shares.index(0.5)] == 50
    assert made.features["a"][0] == 0
    assert made.features["a"][-1] == 100
    assert made.features["b"] == (7.0,) * len(made.shares)
    assert made.features["c"] == ()
    assert (made.unknown["a"], made.unknown["c"]) == (0.0, 1.0)
    assert abs(made.unknown["b"] - 50 / 101) < 1e-12
    assert made.scores[made.shares.index(0.25)] == 0.25
