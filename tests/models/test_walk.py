import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.flat import flat
from models.trees import model_text, read_exact
from models.walk import Walk
from tests.models.made_forest import made_forest, made_lines

SEEDS = st.integers(0, 2**32 - 1)


def scored_by_lightgbm(forests, x: np.ndarray) -> np.ndarray:
    booster = lgb.Booster(model_str=model_text(forests[0].features, [forest.trees for forest in forests]))
    return booster.predict(x, raw_score=True, num_threads=1).reshape(len(x), len(forests))


@given(SEEDS, st.sampled_from([3, 12, 64, 65, 200]), st.integers(1, 4), st.sampled_from([1, 7, 8, 64, 70]))
@settings(max_examples=60, deadline=None)
def test_scores_are_lightgbms_to_the_bit(seed: int, most_leaves: int, n_families: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    forests = [made_forest(rng, most_leaves=most_leaves, n_categorical=seed % 3) for _ in range(n_families)]
    x = made_lines(rng, n, n_categorical=seed % 3)
    found = Walk.of([flat(forest) for forest in forests]).scores(x)
    assert np.array_equal(found, scored_by_lightgbm(forests, x))


@pytest.mark.parametrize("n_leaves", [63, 64, 65])
def test_trees_around_a_words_width_are_scored_alike(n_leaves: int) -> None:
    rng = np.random.default_rng(n_leaves)
    forest = made_forest(rng, n_trees=30, most_leaves=n_leaves, deep=True)
    x = made_lines(rng, 100)
    assert np.array_equal(Walk.of([flat(forest)]).scores(x), scored_by_lightgbm([forest], x))


def test_a_line_alone_many_together_and_several_threads_give_the_same_bits() -> None:
    rng = np.random.default_rng(1)
    walk = Walk.of([flat(made_forest(rng, n_trees=20)) for _ in range(3)])
    x = made_lines(rng, 700)
    together = walk.scores(x)
    assert np.array_equal(walk.scores(x, threads=2), together)
    assert np.array_equal(np.concatenate([walk.scores(x[i : i + 1]) for i in range(700)]), together)


def test_no_lines_no_scores() -> None:
    assert Walk.of([flat(made_forest(np.random.default_rng(2)))]).scores(np.zeros((0, 4))).shape == (0, 1)


def test_made_forests_are_such_as_a_bundle_may_hold() -> None:
    for seed in range(50):
        forest = made_forest(np.random.default_rng(seed), n_categorical=seed % 3)
        assert read_exact(forest.text(), thing="made") == forest
