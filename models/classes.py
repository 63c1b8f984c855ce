"""Growing one LightGBM model of two or more classes over all columns: a forest a class."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.build import Features
from features.catalog import most_of
from models.grow import ENOUGH_TO_STOP, growing
from models.settings import ModelSettings
from models.trees import NOTHING, Forest, Tree, read_forest

if TYPE_CHECKING:
    import lightgbm as lgb

SHARE_LATER = 0.2
"""Of the lines, drawn by the seed, that say when to stop where nobody says which are the later ones."""
Classes = NDArray[np.int64]


def grown_classes(
    x: Features,
    label: Classes,
    weight: NDArray[np.float64],
    settings: ModelSettings,
    *,
    n_classes: int = 2,
    later: NDArray[np.bool_] | None = None,
    n_trees: int = 0,
) -> tuple[Forest, ...]:
    """A forest for each class, whose sums are the log-probabilities up to a constant; of two classes the first's is empty.

    `label` [n] is 0 to `n_classes` - 1. The rows marked `later` only say how many trees to grow; with `n_trees` that is
    known, and all rows are learnt from.
    """
    if n_classes < 2:
        return (Forest(x.names, (NOTHING,)),)
    import lightgbm as lgb  # only growing needs it

    x = _without(x, settings)
    late = _drawn(len(label), settings) if later is None else later
    parameters = _parameters(settings, n_classes)
    data = lgb.Dataset(
        np.minimum(x.values, most_of(x.names)),
        label=label.astype(np.float64),
        weight=weight,
        feature_name=list(x.names),
        categorical_feature=list(x.categorical),
        params=parameters,
    ).construct()
    if n_trees:
        return _forests(lgb.train(parameters, data, n_trees), n_classes)
    early, held = (data.subset(np.flatnonzero(which).tolist()) for which in (~late, late))
    if _fewest(label, late, n_classes) < ENOUGH_TO_STOP:
        # Too few to say when to stop: where nobody marked newer lines, none are held back for it.
        learnt = data if later is None else early
        return _forests(lgb.train(parameters, learnt, settings.trees // 8 + 1), n_classes)
    stop = lgb.early_stopping(settings.patience, verbose=False)
    booster = lgb.train(parameters, early, settings.trees, valid_sets=[held], callbacks=[stop])
    if later is None:
        # Nobody said that some lines are newer: all are learnt from, with as many trees.
        booster = lgb.train(parameters, data, booster.best_iteration)
    return _forests(booster, n_classes)


def _without(x: Features, settings: ModelSettings) -> Features:
    """The features, those that are left out unknown on every line: no tree splits on them."""
    asked = set(settings.asked(x.names))
    left_out = np.array([name not in asked for name in x.names])
    return replace(x, values=np.where(left_out, np.nan, x.values)) if left_out.any() else x


def _fewest(label: Classes, late: NDArray[np.bool_], n_classes: int) -> int:
    """Lines of the rarer of two classes among those that stop the growing; of more classes, of all of them."""
    counts = np.bincount(label[late], minlength=n_classes)
    return int(counts.min() if n_classes == 2 else counts.sum())


def _forests(booster: "lgb.Booster", n_classes: int) -> tuple[Forest, ...]:
    """The trees of each class, each read as a model of its own: LightGBM writes them in turn."""
    n = 1 if n_classes == 2 else n_classes
    text = booster.model_to_string(num_iteration=booster.best_iteration)
    head, *trees = text.split("\nTree=")
    trees[-1] = trees[-1].split("\nend of trees")[0]
    for key in ("num_class", "num_tree_per_iteration"):
        head = head.replace(f"\n{key}={n}\n", f"\n{key}=1\n")
    forests = tuple(_read(head, trees[c::n], f"the trees of class {c}") for c in range(n))
    return forests if n > 1 else (Forest(forests[0].features, (NOTHING,)), *forests)


def _read(head: str, trees: Sequence[str], thing: str) -> Forest:
    numbered = (f"Tree={i}\n" + tree.partition("\n")[2] for i, tree in enumerate(trees))
    return read_forest("\n".join([head, *numbered, "end of trees\n"]), thing=thing)


def _drawn(n: int, settings: ModelSettings) -> NDArray[np.bool_]:
    return np.asarray(np.random.default_rng(settings.seed).random(n) < SHARE_LATER)


def _parameters(settings: ModelSettings, n_classes: int) -> dict[str, object]:
    several = (
        {"objective": "multiclass", "num_class": n_classes} if n_classes > 2 else {"objective": "binary"}
    )
    return several | growing(settings) | {"num_threads": settings.threads}


def negated(forest: Forest) -> Forest:
    """The forest whose trees say the opposite."""
    return Forest(forest.features, tuple(_negated(tree) for tree in forest.trees))


def _negated(tree: Tree) -> Tree:
    return Tree(
        tuple(
            (key, " ".join(map(_opposite, value.split())) if key in _SAID else value)
            for key, value in tree.fields
        )
    )


def _opposite(number: str) -> str:
    """Changed as text, so that not a bit of it moves."""
    return number.removeprefix("-") if number.startswith("-") else f"-{number}"


_SAID = ("leaf_value", "internal_value")
