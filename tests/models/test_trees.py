import re
from collections.abc import Callable

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import BundleRefused
from models.trees import Forest, model_text, read_exact, read_forest

NAMES = ("payer_id", "charge", "days")


def lines(seed: int = 1, n: int = 2_000) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    x[:, 0] = rng.integers(0, 40, n)
    x[rng.random(n) < 0.1, 1] = np.nan
    return x


def grown(rounds: int = 4) -> lgb.Booster:
    x = lines()
    y = (
        np.random.default_rng(2).random(len(x)) < 1 / (1 + np.exp(1 - x[:, 2] - 2 * (x[:, 0] % 3 == 0)))
    ).astype(float)
    data = lgb.Dataset(x, y, feature_name=list(NAMES), categorical_feature=["payer_id"])
    parameters = {"objective": "binary", "num_leaves": 7, "verbosity": -1, "num_threads": 1}
    return lgb.train(parameters, data, rounds)


BOOSTER = grown()
FOREST = read_forest(BOOSTER.model_to_string(), thing="trees/a.txt")
TEXT = FOREST.text()


def test_what_is_read_and_written_answers_to_the_bit_as_before() -> None:
    again = lgb.Booster(model_str=TEXT)
    for how in ({"raw_score": True}, {"pred_contrib": True}):
        assert np.array_equal(BOOSTER.predict(lines(9), **how), again.predict(lines(9), **how))


def test_its_own_form_is_read_back_exactly_and_no_other() -> None:
    assert read_exact(TEXT, thing="trees/a.txt") == FOREST
    with pytest.raises(BundleRefused, match="another form"):
        read_exact(BOOSTER.model_to_string(), thing="trees/a.txt")


def test_several_families_in_one_model_answer_as_each_alone() -> None:
    few = Forest(NAMES, FOREST.trees[:1])
    together = lgb.Booster(model_str=model_text(NAMES, [FOREST.trees, few.trees, FOREST.trees[:3]]))
    out = together.predict(lines(9), raw_score=True)
    assert np.array_equal(out[:, 0], BOOSTER.predict(lines(9), raw_score=True))
    assert np.array_equal(out[:, 1], lgb.Booster(model_str=few.text()).predict(lines(9), raw_score=True))


def test_a_forest_over_more_features_answers_as_before() -> None:
    wide = FOREST.renumbered(("more", "days", "payer_id", "else", "charge"))
    x = lines(9)
    spread = np.stack([x[:, 0] * 0, x[:, 2], x[:, 0], x[:, 0], x[:, 1]], axis=1)
    raw = lgb.Booster(model_str=wide.text()).predict(spread, raw_score=True)
    assert np.array_equal(raw, BOOSTER.predict(x, raw_score=True))


def first(key: str, change: Callable[[list[str]], list[str]]) -> str:
    """The text with one field of its first tree changed."""
    found = re.search(rf"\n{key}=(.*)\n", TEXT)
    assert found
    return TEXT.replace(found[0], f"\n{key}={' '.join(change(found[1].split()))}\n", 1)


CRAFTED = {
    "a cycle": first("left_child", lambda v: ["0", *v[1:]]),
    "a child twice": first("right_child", lambda v: [v[1], *v[1:]]),
    "a child out of range": first("left_child", lambda v: ["999", *v[1:]]),
    "a leaf out of range": first("left_child", lambda v: ["-999", *v[1:]]),
    "a feature out of range": first("split_feature", lambda v: ["3", *v[1:]]),
    "a negative feature": first("split_feature", lambda v: ["-1", *v[1:]]),
    "too few leaves": first("leaf_value", lambda v: v[1:]),
    "too many splits": first("split_feature", lambda v: [*v, "0"]),
    "an endless leaf": first("leaf_value", lambda v: ["inf", *v[1:]]),
    "no number": first("leaf_value", lambda v: ["nan", *v[1:]]),
    "a number too large": first("threshold", lambda v: ["1e999", *v[1:]]),
    "words": first("threshold", lambda v: ["x", *v[1:]]),
    "a count of nothing": first("leaf_count", lambda v: ["0", *v[1:]]),
    "counts that don't add up": first("internal_count", lambda v: [str(int(v[0]) + 1), *v[1:]]),
    "a huge count of leaves": first("num_leaves", lambda _: ["1000000"]),
    "a leaf count that is wrong": first("num_leaves", lambda v: [str(int(v[0]) + 1)]),
    "a count that overflows": first("num_leaves", lambda _: ["99999999999999999999"]),
    "an unknown split": first("decision_type", lambda v: ["64", *v[1:]]),
    "another kind of split": first("decision_type", lambda v: [str(int(v[0]) ^ 1), *v[1:]]),
    "sets out of range": first("cat_boundaries", lambda v: [*v[:-1], "4000000000"]),
    "sets that overlap": first("cat_boundaries", lambda v: ["1", *v[1:]]),
    "a word out of range": first("cat_threshold", lambda v: ["4294967296", *v[1:]]),
    "a linear tree": first("is_linear", lambda _: ["1"]),
    "another class count": TEXT.replace("num_class=1", "num_class=9"),
    "another feature count": TEXT.replace("max_feature_idx=2", "max_feature_idx=2000000000"),
    "odd names": TEXT.replace("charge", 'ch"rge'),
    "broken off": TEXT[: len(TEXT) // 2],
    "no trees": TEXT.split("Tree=0")[0],
    "nothing": "",
    "another tree first": TEXT.replace("Tree=0", "Tree=7"),
    "an unknown field": TEXT.replace("is_linear=0", "is_linear=0\nleaf_const=1", 1),
    "a field twice": TEXT.replace("num_cat=", "num_cat=0\nnum_cat=", 1),
    "sizes that lie": TEXT.replace("tree_sizes=", "tree_sizes=9"),
    "something behind": TEXT + "parameters:\n",
    "numbers of another script": TEXT.replace("shrinkage=1", "shrinkage=١", 1),
}


@pytest.mark.parametrize("what", CRAFTED)
def test_crafted_trees_are_refused_before_lightgbm_sees_them(what: str) -> None:
    assert CRAFTED[what] != TEXT
    with pytest.raises(BundleRefused, match=r"trees/a\.txt"):
        read_exact(CRAFTED[what], thing="trees/a.txt")


def test_a_tree_too_deep_is_refused() -> None:
    n = 400
    chain = {
        "num_leaves": [n],
        "num_cat": [0],
        "split_feature": [0] * (n - 1),
        "split_gain": [1] * (n - 1),
        "threshold": [0.5] * (n - 1),
        "decision_type": [2] * (n - 1),
        "left_child": [-i - 1 for i in range(n - 1)],
        "right_child": [*range(1, n - 1), -n],
        "leaf_value": [0.1] * n,
        "leaf_weight": [1] * n,
        "leaf_count": [1] * n,
        "internal_value": [0] * (n - 1),
        "internal_weight": [1] * (n - 1),
        "internal_count": [n - i for i in range(n - 1)],
        "is_linear": [0],
        "shrinkage": [1],
    }
    block = "Tree=0\n" + "".join(f"{k}={' '.join(map(str, v))}\n" for k, v in chain.items()) + "\n\n"
    head = TEXT.split("\nTree=0")[0].split("tree_sizes=")[0]
    with pytest.raises(BundleRefused, match="depth"):
        read_forest(f"{head}tree_sizes={len(block)}\n\n{block}end of trees\n", thing="trees/a.txt")


@given(st.integers(0, len(TEXT) - 1), st.integers(0, 127))
@settings(max_examples=300, deadline=None)
def test_any_changed_character_is_refused_or_makes_a_sound_tree(place: int, code: int) -> None:
    changed = TEXT[:place] + chr(code) + TEXT[place + 1 :]
    try:
        forest = read_exact(changed, thing="trees/a.txt")
    except BundleRefused:
        return
    out = lgb.Booster(model_str=forest.text()).predict(lines(9, 20), raw_score=True)
    assert np.all(np.isfinite(out))
