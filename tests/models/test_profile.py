import json

import numpy as np
import pytest

from data.errors import BundleRefused
from features.build import Features
from models.profile import profile, spread
from models.written import Reader, profile_json, read_profile, text_of


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


def test_bins_hold_tenths_of_the_newest_lines_and_know_the_unknown() -> None:
    values = np.stack([np.arange(100.0), np.where(np.arange(100) < 20, np.nan, 3.0)], axis=1)
    made = profile(Features(("a", "b"), values), np.zeros(0), Features(("a", "b"), values))
    a, b = made.spreads["a"], made.spreads["b"]
    assert len(a.edges) == 9
    assert a.counts(values[:, 0]).tolist()[-1] == 0
    assert np.allclose(a.shares[:-1], 0.1, atol=0.011)
    assert (b.edges, b.shares) == ((), (0.8, 0.2))
    assert made.n_lines == 100


def test_words_have_a_bin_each_others_share_one() -> None:
    words = np.concatenate([np.repeat(np.arange(30.0), np.arange(30, 0, -1)), [np.nan] * 5])
    held = spread(Features(("w",), words[:, None], ("w",)), "w")
    assert held.words == tuple(range(15))
    assert held.counts(words).tolist() == [*range(30, 15, -1), sum(range(1, 16)), 5]
    assert held.counts(np.array([99.0, 0.0, np.nan])).tolist() == [1, *[0] * 14, 1, 1]


@pytest.fixture(scope="module")
def written() -> dict[str, object]:
    values = np.stack([np.arange(100.0), np.arange(100) % 3], axis=1)
    made = profile(Features(("a", "w"), values, ("w",)), np.linspace(0, 1, 11))
    return json.loads(text_of(profile_json(made)))


def read(values: dict[str, object]):
    return read_profile(Reader.of("profile.json", text_of(values).encode()))


def test_a_profile_is_read_as_it_was_written(written):
    again = read(written)
    assert json.loads(text_of(profile_json(again))) == written
    assert again.spreads["w"].words == (0.0, 1.0, 2.0)
    assert again.n_lines == 100


def test_one_of_before_bins_were_kept_has_none(written):
    older = {name: value for name, value in written.items() if name not in {"spreads", "n_lines"}}
    assert not read(older).spreads


@pytest.mark.parametrize(
    "change",
    [
        {"shares": [0.5, 0.5]},
        {"words": [2.0, 1.0, 0.0]},
        {"shares": [-1.0, 1.0, 1.0, 0.0, 0.0]},
        {"edges": "none"},
    ],
    ids=["too few", "out of order", "below none", "no numbers"],
)
def test_bins_that_mean_nothing_are_refused(written, change):
    spreads = written["spreads"] | {"w": written["spreads"]["w"] | change}
    with pytest.raises(BundleRefused, match=r"profile\.json"):
        read(written | {"spreads": spreads})
