"""What a tree's paths say once and for all: who stands above whom, which lines went where, which features repeat.

A path that asks the same feature twice has one condition on it, not two: only lines that meet both asked it of. So
each split knows the nearest split above it on the same feature, which side of that it stands on, and the share of
lines (its `cover`) that all conditions on this feature, down to there, leave.
"""

from dataclasses import dataclass

import numpy as np

from models.compiled import compiled
from models.flat import FlatForest, Floats, Wholes

NOBODY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Arrays [splits] over all trees of a forest, and one [trees]; splits are numbered through the whole forest."""

    depth: Wholes
    same: Wholes
    """The nearest split above on the same feature; -1 where there is none."""
    side: Wholes
    """The side of that split which leads here: 0 left, 1 right."""
    cover: Floats
    """Product of the shares of lines that go this way at all splits above on the same feature; 1 without any."""
    to_left: Floats
    to_right: Floats
    """Shares of the lines here that go left and right."""
    most_features: Wholes
    """[trees] the most different features that any path asks."""
    base: float
    """Sum of the trees' means over the lines that they were grown on."""

    @classmethod
    def of(cls, forest: FlatForest) -> "Paths":
        """The paths of every tree of the forest."""
        n = len(forest.feature)
        parent, depth, same, side, different = (np.full(n, NOBODY, dtype=np.int64) for _ in range(5))
        cover, to_left, to_right = np.ones(n), np.empty(n), np.empty(n)
        most, mean = np.zeros(forest.n_trees, dtype=np.int64), np.zeros(forest.n_trees)
        _follow(
            forest.node_at,
            forest.leaf_at,
            forest.feature,
            forest.left,
            forest.right,
            forest.count,
            forest.leaf_count,
            forest.leaf_value,
            parent,
            depth,
            same,
            side,
            different,
            cover,
            to_left,
            to_right,
            most,
            mean,
        )
        return cls(depth, same, side, cover, to_left, to_right, most, float(mean.sum()))


@compiled
def _follow(
    node_at: Wholes,
    leaf_at: Wholes,
    feature: Wholes,
    left: Wholes,
    right: Wholes,
    count: Wholes,
    leaf_count: Wholes,
    leaf_value: Floats,
    parent: Wholes,
    depth: Wholes,
    same: Wholes,
    side: Wholes,
    different: Wholes,
    cover: Floats,
    to_left: Floats,
    to_right: Floats,
    most: Wholes,
    mean: Floats,
) -> None:
    """Go over each tree's splits, parents first, and fill the arrays from `parent` on."""
    for tree in range(len(node_at) - 1):
        first, until, leaf = node_at[tree], node_at[tree + 1], leaf_at[tree]
        n_lines = count[first] if until > first else leaf_count[leaf]
        for place in range(leaf, leaf_at[tree + 1]):
            mean[tree] += leaf_value[place] * (leaf_count[place] / n_lines)
        for node in range(first, until):
            above = parent[node]
            if above < 0:
                depth[node], different[node] = 0, 0
            else:
                depth[node], different[node] = depth[above] + 1, different[above]
            below, up = node, above
            while up >= 0 and feature[up] != feature[node]:
                below, up = up, parent[up]
            if up < 0:
                different[node] += 1
            else:
                same[node], side[node] = up, 0 if left[up] == below - first else 1
                cover[node] = cover[up] * (to_left[up] if side[node] == 0 else to_right[up])
            most[tree] = max(most[tree], different[node])
            n_left = count[first + left[node]] if left[node] >= 0 else leaf_count[leaf + ~left[node]]
            to_left[node] = n_left / count[node]
            to_right[node] = (count[node] - n_left) / count[node]
            if left[node] >= 0:
                parent[first + left[node]] = node
            if right[node] >= 0:
                parent[first + right[node]] = node
