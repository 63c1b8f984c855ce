"""Trees as numbers: the checked text of a forest laid out in arrays, and a line's values made ready for its splits.

Every split becomes one comparison. LightGBM sends unknown values and zeros left or right by five rules, so each value
is written down in five variants, and a split looks at the variant of its rule:

    0  missing is not told apart: unknown counts as 0
    1  unknown goes left: -inf          2  unknown goes right: +inf
    3  zero and unknown go left: -inf   4  zero and unknown go right: +inf

Thresholds and values of +inf are brought down to the largest number, so that only what goes right by rule is above.
A split by a set of categories looks at the value cut down to a whole number; below 0 or unknown is no category.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled
from models.trees import Forest

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]

N_VARIANTS = 5
LARGEST = float(np.finfo(np.float64).max)
ZERO = float(np.float32(1e-35))
"""LightGBM takes anything this near to 0 for 0, on every feature."""
NO_CATEGORY = 1 << 40
"""The whole number of a value that is none: behind every set of categories."""
_CATEGORICAL, _DEFAULT_LEFT = 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class FlatForest:
    """A forest's splits [nodes] and leaves, tree after tree; children are numbered inside their tree, leaf l as ~l."""

    n_features: int
    node_at: Wholes
    """[trees + 1] first split of each tree."""
    leaf_at: Wholes
    """[trees + 1] first leaf of each tree."""
    feature: Wholes
    threshold: Floats
    variant: Wholes
    """Which variant of the value is compared; -1 for a set of categories."""
    left: Wholes
    right: Wholes
    count: Wholes
    word_from: Wholes
    word_until: Wholes
    """Where a split's set of categories stands in `words` (32 categories a word); empty for numeric splits."""
    words: NDArray[np.uint32]
    leaf_value: Floats
    leaf_count: Wholes

    @property
    def n_trees(self) -> int:
        return len(self.node_at) - 1


def flat(forest: Forest) -> FlatForest:
    """The forest as arrays."""
    trees = [dict(tree.fields) for tree in forest.trees]
    n_leaves = np.array([int(tree["num_leaves"]) for tree in trees], dtype=np.int64)
    kind, threshold = _wholes(trees, "decision_type"), _floats(trees, "threshold")
    categorical = (kind & _CATEGORICAL) != 0
    tree_of = np.repeat(np.arange(len(trees)), n_leaves - 1)
    word_from, word_until, words = _sets(trees, tree_of, threshold, categorical)
    return FlatForest(
        n_features=len(forest.features),
        node_at=starts(n_leaves - 1),
        leaf_at=starts(n_leaves),
        feature=_wholes(trees, "split_feature"),
        threshold=np.where(categorical, 0.0, np.minimum(threshold, LARGEST)),
        variant=np.where(categorical, -1, _variants(kind)),
        left=_wholes(trees, "left_child"),
        right=_wholes(trees, "right_child"),
        count=_wholes(trees, "internal_count"),
        word_from=word_from,
        word_until=word_until,
        words=words,
        leaf_value=_floats(trees, "leaf_value"),
        # A tree that is one leaf has no count in the file.
        leaf_count=_wholes(
            [tree if tree["leaf_count"] else {"leaf_count": "1"} for tree in trees], "leaf_count"
        ),
    )


def starts(lengths: Wholes | Sequence[int]) -> Wholes:
    """Where parts of these lengths begin when they stand end to end, and where the last ends."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(np.asarray(lengths, dtype=np.int64))))


def _wholes(trees: Sequence[Mapping[str, str]], key: str) -> Wholes:
    """One field of all trees, end to end."""
    return np.array([int(v) for tree in trees for v in tree.get(key, "").split()], dtype=np.int64)


def _floats(trees: Sequence[Mapping[str, str]], key: str) -> Floats:
    return np.array([float(v) for tree in trees for v in tree.get(key, "").split()], dtype=np.float64)


def _variants(kind: Wholes) -> Wholes:
    """Bit 1 of a split's kind says that missing goes left, bits 2 and 3 what is missing: nothing, zero, unknown."""
    missing, left = kind >> 2, (kind & _DEFAULT_LEFT) != 0
    return np.where(missing == 0, 0, np.where(missing == 2, 1, 3) + np.where(left, 0, 1))


def _sets(
    trees: Sequence[Mapping[str, str]], tree_of: Wholes, place: Floats, categorical: NDArray[np.bool_]
) -> tuple[Wholes, Wholes, NDArray[np.uint32]]:
    """Where each split's categories begin and end among the words of all trees, and those words."""
    bounds = [[int(v) for v in tree.get("cat_boundaries", "0").split()] for tree in trees]
    base = starts(np.array([each[-1] for each in bounds], dtype=np.int64))
    start, end = np.zeros(len(place), dtype=np.int64), np.zeros(len(place), dtype=np.int64)
    for node in np.flatnonzero(categorical).tolist():
        tree, number = int(tree_of[node]), int(place[node])
        start[node], end[node] = base[tree] + bounds[tree][number], base[tree] + bounds[tree][number + 1]
    return start, end, _wholes(trees, "cat_threshold").astype(np.uint32)


@compiled
def widen(values: Floats, first: int, last: int, columns: Wholes, wide: Floats, number: Wholes) -> None:
    """Make the rows first to last of `values` [n, features] ready: five variants in `wide` [rows, 5 a column], and
    whole numbers in `number` [rows, columns].

    `columns` names the features that are wanted, in their order in `wide`.
    """
    for row in range(first, last):
        for place in range(len(columns)):
            x = values[row, columns[place]]
            if np.isnan(x):
                zero, left, right, zero_left, zero_right = 0.0, -np.inf, np.inf, -np.inf, np.inf
            elif abs(x) <= ZERO:
                zero, left, right, zero_left, zero_right = 0.0, 0.0, 0.0, -np.inf, np.inf
            else:
                x = min(x, LARGEST)
                zero, left, right, zero_left, zero_right = x, x, x, x, x
            number[row - first, place] = np.int64(left) if -1.0 < left < 2147483648.0 else NO_CATEGORY
            at = place * N_VARIANTS
            wide[row - first, at] = zero
            wide[row - first, at + 1] = left
            wide[row - first, at + 2] = right
            wide[row - first, at + 3] = zero_left
            wide[row - first, at + 4] = zero_right
