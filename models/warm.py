"""The compiled parts of the models compiled once, so that the first claim doesn't wait for them."""

import numpy as np

from models.flat import flat
from models.trees import NOTHING, Forest, Tree
from models.treeshap import Shares
from models.walk import Walk

_SPLIT = {
    "num_leaves": "2",
    "split_feature": "0",
    "split_gain": "1",
    "threshold": "0.5",
    "decision_type": "2",
    "left_child": "-1",
    "right_child": "-2",
    "leaf_value": "0 1",
    "leaf_weight": "1 1",
    "leaf_count": "1 1",
    "internal_value": "0",
    "internal_weight": "2",
    "internal_count": "2",
}


def warm() -> None:
    """Score and explain a few made-up lines with a tree of one split; numba keeps the code on disk."""
    tree = Tree(tuple((key, _SPLIT.get(key, value)) for key, value in NOTHING.fields))
    forest = flat(Forest(("a",), (tree,)))
    for n in (1, 16):
        Walk.of([forest]).scores(np.zeros((n, 1)))
    Shares.of(forest).contributions(np.zeros((1, 1)))
