import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.flat import flat
from models.trees import Forest
from models.treeshap import Shares
from models.walk import Walk
from tests.models.made_forest import made_forest, made_lines

SEEDS = st.integers(0, 2**32 - 1)


def told_by_lightgbm(forest: Forest, x: np.ndarray) -> tuple[float, np.ndarray]:
    out = lgb.Booster(model_str=forest.text()).predict(x, pred_contrib=True, num_threads=1)
    return float(out[0, -1]), out[:, :-1]


@given(SEEDS, st.sampled_from([1, 2, 12, 40]), st.sampled_from([1, 3, 12]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_contributions_are_lightgbms(seed: int, most_leaves: int, n_features: int, plain: bool) -> None:
    rng = np.random.default_rng(seed)
    n_categorical = min(seed % 3, n_features)
    forest = made_forest(rng, most_leaves=most_leaves, n_features=n_features, n_categorical=n_categorical)
    x = made_lines(rng, 20, n_features, n_categorical)
    base, contributions = told_by_lightgbm(forest, x)
    shares = Shares.of(flat(forest), plain=plain)
    assert shares.base == pytest.approx(base, abs=1e-9)
    np.testing.assert_allclose(shares.contributions(x), contributions, rtol=0, atol=1e-9)


def test_trees_grown_by_lightgbm_are_explained_as_it_does() -> None:
    from tests.models.test_trees import BOOSTER, FOREST, lines

    out = BOOSTER.predict(lines(9), pred_contrib=True)
    shares = Shares.of(flat(FOREST))
    np.testing.assert_allclose(shares.contributions(lines(9)), out[:, :-1], rtol=0, atol=1e-9)


def leaf_by_leaf(forest: Forest, x: np.ndarray, n_nodes: int = 64) -> np.ndarray:
    """The definition, leaf by leaf, on a rule of 64 nodes: slow, and right on paths of any length."""
    each = flat(forest)
    t, weight = np.polynomial.legendre.leggauss(n_nodes)
    t, weight = (t + 1) / 2, weight / 2
    out = np.zeros(forest_width(forest))
    for tree in range(each.n_trees):
        first, leaf = each.node_at[tree], each.leaf_at[tree]

        def walk(
            child: int, path: dict[int, tuple[float, bool]], first: int = first, leaf: int = leaf
        ) -> None:
            if child < 0:
                value = each.leaf_value[leaf + ~child]
                factor = {f: p + t * (met - p) for f, (p, met) in path.items()}
                for f, (p, met) in path.items():
                    rest = np.prod([v for g, v in factor.items() if g != f], axis=0) if len(path) > 1 else 1.0
                    out[f] += value * (met - p) * np.sum(weight * rest)
                return
            node = first + child
            f = int(each.feature[node])
            left = bool(x[f] <= each.threshold[node])
            p, met = path.get(f, (1.0, True))
            for below, taken in ((int(each.left[node]), left), (int(each.right[node]), not left)):
                n = each.count[first + below] if below >= 0 else each.leaf_count[leaf + ~below]
                walk(below, path | {f: (p * n / each.count[node], met and taken)})

        walk(0, {})
    return out


def forest_width(forest: Forest) -> int:
    return len(forest.features)


@pytest.mark.parametrize(("n_features", "most_leaves"), [(6, 60), (15, 60), (40, 60), (90, 100)])
def test_long_paths_are_told_as_leaf_by_leaf(n_features: int, most_leaves: int) -> None:
    rng = np.random.default_rng(n_features)
    forest = made_forest(
        rng, n_trees=2, most_leaves=most_leaves, n_features=n_features, n_categorical=0, deep=True
    )
    x = np.abs(rng.normal(size=(3, n_features)))  # no missing values: thresholds alone decide
    found = Shares.of(flat(forest)).contributions(x)
    for row in range(3):
        np.testing.assert_allclose(found[row], leaf_by_leaf(forest, x[row]), rtol=0, atol=1e-9)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_base_and_contributions_are_the_score_whatever_the_line(seed: int) -> None:
    rng = np.random.default_rng(seed)
    forest = flat(
        made_forest(rng, n_trees=8, most_leaves=60, n_features=20, n_categorical=3, deep=seed % 2 == 0)
    )
    x = made_lines(rng, 30, 20, 3)
    shares = Shares.of(forest)
    raw = Walk.of([forest]).scores(x)[:, 0]
    np.testing.assert_allclose(shares.base + shares.contributions(x).sum(axis=1), raw, rtol=0, atol=1e-9)


def test_a_line_alone_many_together_and_several_threads_give_the_same_bits() -> None:
    rng = np.random.default_rng(1)
    several = [Shares.of(flat(made_forest(rng, n_trees=200, n_features=k, n_categorical=1))) for k in (4, 30)]
    x = made_lines(rng, 600, 30)
    for shares in several:
        together = shares.contributions(x)
        assert np.array_equal(shares.contributions(x, threads=2), together)
        alone = np.concatenate([shares.contributions(x[i : i + 1]) for i in range(0, 600, 7)])
        assert np.array_equal(alone, together[::7])


def test_no_lines_and_no_splits_are_explained_by_nothing() -> None:
    rng = np.random.default_rng(3)
    forest = flat(made_forest(rng, most_leaves=1))
    assert Shares.of(flat(made_forest(rng))).contributions(np.zeros((0, 4))).shape == (0, 4)
    assert np.all(Shares.of(forest).contributions(np.ones((2, 4))) == 0)
    assert Shares.of(forest).base == pytest.approx(forest.leaf_value.sum())
