"""Forests of any shape and lines of any value, made here: what LightGBM's own training would rarely give."""

import numpy as np

from models.trees import NOTHING, Forest, Tree

UNUSUAL = (
    np.nan,
    np.inf,
    -np.inf,
    0.0,
    -0.0,
    1e-36,
    -1e-36,
    1e-35,
    1.7e308,
    -1.7e308,
    -1.0,
    -0.5,
    0.5,
    31.0,
    32.0,
    2.0**31,
    5e9,
)


def made_forest(
    rng: np.random.Generator,
    *,
    n_trees: int = 5,
    most_leaves: int = 12,
    n_features: int = 4,
    n_categorical: int = 1,
    deep: bool = False,
) -> Forest:
    """Trees with splits of every kind; the first `n_categorical` features are split by sets."""
    trees = [
        made_tree(rng, int(rng.integers(1, most_leaves + 1)), n_features, n_categorical, deep=deep)
        for _ in range(n_trees)
    ]
    return Forest(tuple(f"f{i}" for i in range(n_features)), tuple(trees))


def made_tree(
    rng: np.random.Generator, n_leaves: int, n_features: int, n_categorical: int, *, deep: bool = False
) -> Tree:
    """One tree; `deep` hangs each new split below the newest, so that paths are as long as can be."""
    if n_leaves == 1:
        fields = dict(NOTHING.fields) | {"leaf_value": repr(float(rng.normal()))}
        return Tree(tuple(fields.items()))
    n = n_leaves - 1
    children = _children(rng, n, deep=deep)
    feature = rng.integers(0, n_features, n)
    categorical = feature < n_categorical
    kind = np.where(
        categorical, 1 + 4 * rng.integers(0, 3, n), 2 * rng.integers(0, 2, n) + 4 * rng.integers(0, 3, n)
    )
    threshold = [
        repr(float(v))
        for v in rng.choice([*rng.normal(size=8).tolist(), 0.0, 1e-35, np.inf, -np.inf, 31.5], n)
    ]
    n_sets = int(categorical.sum())
    for number, node in enumerate(np.flatnonzero(categorical).tolist()):
        threshold[node] = str(number)
    words = rng.integers(0, 2**32, (n_sets, 3))
    lengths = rng.integers(1, 4, n_sets)
    leaf_count = rng.integers(1, 40, n_leaves)
    count = np.zeros(n, dtype=np.int64)
    for node in range(n - 1, -1, -1):
        count[node] = sum(count[c] if c >= 0 else leaf_count[~c] for c in children[node].tolist())
    fields = {
        "num_leaves": n_leaves,
        "num_cat": n_sets,
        "split_feature": feature,
        "split_gain": np.ones(n, dtype=int),
        "threshold": threshold,
        "decision_type": kind,
        "left_child": children[:, 0],
        "right_child": children[:, 1],
        "leaf_value": [repr(float(v)) for v in rng.normal(size=n_leaves)],
        "leaf_weight": leaf_count,
        "leaf_count": leaf_count,
        "internal_value": np.zeros(n, dtype=int),
        "internal_weight": count,
        "internal_count": count,
        **(
            {"cat_boundaries": [0, *np.cumsum(lengths)], "cat_threshold": _cut(words, lengths)}
            if n_sets
            else {}
        ),
        "is_linear": 0,
        "shrinkage": 1,
    }
    return Tree(tuple((key, _text(value)) for key, value in fields.items()))


def _children(rng: np.random.Generator, n: int, *, deep: bool) -> np.ndarray:
    """Left and right child of each split, as LightGBM numbers them: a leaf is split by the next split."""
    children = np.array([[-1, -2]] + [[0, 0]] * (n - 1))
    for node in range(1, n):
        places = np.argwhere(children[:node] < 0)
        newest = places[places[:, 0] == node - 1]
        row, side = (newest if deep else places)[rng.integers(0, len(newest if deep else places))]
        leaf = children[row, side]
        children[row, side] = node
        children[node] = [leaf, ~(node + 1)]
    return children


def _cut(words: np.ndarray, lengths: np.ndarray) -> list[int]:
    return [int(w) for row, length in zip(words, lengths, strict=True) for w in row[:length]]


def _text(value: object) -> str:
    return " ".join(str(v) for v in value) if isinstance(value, (list, np.ndarray)) else str(value)


def made_lines(rng: np.random.Generator, n: int, n_features: int = 4, n_categorical: int = 1) -> np.ndarray:
    """Lines of ordinary and of unusual values, the first columns whole numbers for the most part."""
    x = rng.normal(size=(n, n_features))
    x[:, :n_categorical] = rng.integers(-2, 110, (n, n_categorical))
    odd = rng.random(x.shape) < 0.3
    x[odd] = rng.choice(UNUSUAL, int(odd.sum()))
    return x
