"""Scoring lines: which leaf of every tree of every family a line falls into, and the leaves' sum.

A tree of at most 64 leaves needs no walk: its leaves, numbered from left to right, are the bits of one word. Each split
that sends the line right strikes out the leaves on its left; the lowest bit that is left is the line's leaf
(QuickScorer, Lucchese et al., SIGIR 2015). Nothing is guessed by the processor, so nothing is guessed wrong. Larger
trees are walked down.

A block of lines goes through tree after tree, all its lines side by side. A line alone goes through all trees side by
side: first every tree's first split, then every tree's second (`models.ranks`).

The sums are LightGBM's to the bit: each family's leaves are added one after the other, first tree first, from zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled, in_slices, inlined, lowest_bit
from models.flat import N_VARIANTS, FlatForest, Floats, Wholes, starts, widen
from models.ranks import Ranks, strike_all

_BLOCK = 64
"""Lines that go through the trees together."""
_FEW = 8
"""Lines below which each goes alone."""
_BITS = 64
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """Forests of several families over the same features, ready to score lines."""

    n_features: int
    columns: Wholes
    """Features that any split looks at."""
    family_at: Wholes
    """[families + 1] first tree of each family."""
    node_at: Wholes
    """[trees + 1] first split of each tree."""
    set_at: Wholes
    """[trees] first split of each small tree that goes by a set of categories: they stand behind the numeric ones."""
    leaf_at: Wholes
    """[trees + 1] first leaf of each tree; leaves stand from left to right."""
    splits: NDArray[np.int32]
    """[splits, 5]: where the compared value or whole number stands, words of its set (0 for a numeric split), where
    they begin, and its right and left child inside the tree."""
    threshold: Floats
    struck: NDArray[np.uint64]
    """[splits] the leaves that stay when the line goes right; all ones in trees of more than 64 leaves."""
    words: NDArray[np.uint32]
    leaf_value: Floats
    ranks: Ranks
    """The numeric splits of the small trees once more, as a line alone goes through them."""

    @classmethod
    def of(cls, forests: Sequence[FlatForest]) -> "Walk":
        """The forests, one a family, end to end."""
        columns = np.unique(np.concatenate([forest.feature for forest in forests]))
        before = starts([len(forest.words) for forest in forests])
        laid = [_laid_out(forest) for forest in forests]
        splits = np.concatenate(
            [
                _splits(f, children, columns, n)
                for f, (children, _, _), n in zip(forests, laid, before, strict=False)
            ]
        )
        n_splits = np.concatenate([np.diff(forest.node_at) for forest in forests])
        tree = np.repeat(np.arange(len(n_splits)), n_splits)
        by_set = (splits[:, 1] > 0) & (n_splits[tree] < _BITS)
        order = np.lexsort((by_set, tree))
        node_at = starts(n_splits)
        set_at = node_at[1:] - np.bincount(tree[by_set], minlength=len(n_splits))
        threshold = np.concatenate([forest.threshold for forest in forests])[order]
        struck = np.concatenate([struck for _, struck, _ in laid])[order]
        is_small = n_splits < _BITS
        return cls(
            n_features=forests[0].n_features,
            columns=columns,
            family_at=starts([forest.n_trees for forest in forests]),
            node_at=node_at,
            set_at=set_at,
            leaf_at=starts(np.concatenate([np.diff(forest.leaf_at) for forest in forests])),
            splits=splits[order],
            threshold=threshold,
            struck=struck,
            words=np.concatenate([*(forest.words for forest in forests), np.zeros(1, dtype=np.uint32)]),
            leaf_value=np.concatenate([values for _, _, values in laid]),
            ranks=Ranks.of(
                node_at[:-1], np.where(is_small, set_at - node_at[:-1], 0), splits[order], threshold, struck
            ),
        )

    def scores(self, values: Floats, *, threads: int = 1) -> Floats:
        """Raw scores [n, families], in log-odds, of lines given as a matrix [n, features]."""
        values = np.ascontiguousarray(values, dtype=np.float64)
        out = np.empty((len(values), len(self.family_at) - 1))
        in_slices(self._fill, values, out, threads)
        return out

    def _fill(self, values: Floats, out: Floats) -> None:
        trees = (
            self.family_at,
            self.node_at,
            self.set_at,
            self.leaf_at,
            self.splits,
            self.threshold,
            self.struck,
        )
        n_columns, rows = len(self.columns), 1 if len(values) < _FEW else _BLOCK
        wide = np.empty((rows, n_columns * N_VARIANTS))
        number = np.zeros((rows, n_columns), dtype=np.int64)
        if rows == 1:
            ranks = self.ranks
            left, bits = np.empty((2, len(ranks.position)), dtype=np.uint64)
            _one_by_one(
                values, self.columns, wide, number, ranks.position, ranks.at, ranks.place, ranks.limit, ranks.kept,
                left, bits, *trees, self.words, self.leaf_value, out,
            )  # fmt: skip
        else:
            turned, bits = np.empty(wide.shape[::-1]), np.empty(rows, dtype=np.uint64)
            _in_blocks(
                values, self.columns, wide, number, turned, bits, *trees, self.words, self.leaf_value, out
            )


def _splits(
    forest: FlatForest, children: NDArray[np.int32], columns: Wholes, words_before: np.int64
) -> NDArray[np.int32]:
    n_words, column = forest.word_until - forest.word_from, np.searchsorted(columns, forest.feature)
    place = np.where(n_words > 0, column, column * N_VARIANTS + forest.variant)
    begin = np.where(n_words > 0, forest.word_from + words_before, 0)
    return np.column_stack([place, n_words, begin, children]).astype(np.int32)


def _laid_out(forest: FlatForest) -> tuple[NDArray[np.int32], NDArray[np.uint64], Floats]:
    """Children [splits, right and left] with leaves numbered from left to right, what a split strikes, leaf values."""
    n = len(forest.feature)
    children, struck = np.empty((n, 2), dtype=np.int32), np.empty(n, dtype=np.uint64)
    values, begin, size = (
        np.empty_like(forest.leaf_value),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
    )
    _lay_out(
        forest.node_at,
        forest.leaf_at,
        forest.left,
        forest.right,
        forest.leaf_value,
        begin,
        size,
        children,
        struck,
        values,
    )
    return children, struck, values


@compiled
def _lay_out(
    node_at: Wholes,
    leaf_at: Wholes,
    left: Wholes,
    right: Wholes,
    leaf_value: Floats,
    begin: Wholes,
    size: Wholes,
    children: NDArray[np.int32],
    struck: NDArray[np.uint64],
    values: Floats,
) -> None:
    """Count leaves from below, number them from above; children always stand behind their parent."""
    for tree in range(len(node_at) - 1):
        first, until, leaf = node_at[tree], node_at[tree + 1], leaf_at[tree]
        if first == until:
            values[leaf] = leaf_value[leaf]
            continue
        for node in range(until - 1, first - 1, -1):
            n_left = size[first + left[node]] if left[node] >= 0 else 1
            size[node] = n_left + (size[first + right[node]] if right[node] >= 0 else 1)
        begin[first] = 0
        for node in range(first, until):
            start = begin[node]
            n_left = 1
            if left[node] >= 0:
                n_left = size[first + left[node]]
                begin[first + left[node]] = start
                children[node, 1] = left[node]
            else:
                values[leaf + start] = leaf_value[leaf + ~left[node]]
                children[node, 1] = ~start
            if right[node] >= 0:
                begin[first + right[node]] = start + n_left
                children[node, 0] = right[node]
            else:
                values[leaf + start + n_left] = leaf_value[leaf + ~right[node]]
                children[node, 0] = ~(start + n_left)
            struck[node] = _ALL
            if until - first < _BITS:
                struck[node] = ~(((np.uint64(1) << np.uint64(n_left)) - np.uint64(1)) << np.uint64(start))


@inlined
def _in_set(number, n_words, begin, words):  # type: ignore[no-untyped-def]
    """1 if a whole number is in a set of categories, else 0; without a branch that could be guessed wrong."""
    word = number >> 5
    inside = word < n_words
    bit = (words[begin + (word if inside else 0)] >> np.uint32(number & 31)) & np.uint32(1)
    return bit if inside else np.uint32(0)


@inlined
def _walked(x, number, tree, node_at, splits, threshold, words):  # type: ignore[no-untyped-def]
    """The leaf of a large tree that a line falls into."""
    first, node = node_at[tree], 0
    while node >= 0:
        here = first + node
        place, n_words = splits[here, 0], splits[here, 1]
        if n_words == 0:
            left = x[place] <= threshold[here]
        else:
            left = _in_set(number[place], n_words, splits[here, 2], words) != 0
        node = splits[here, 4] if left else splits[here, 3]
    return ~node


@compiled
def _one_by_one(
    values: Floats,
    columns: Wholes,
    wide: Floats,
    number: Wholes,
    position: Wholes,
    rank_at: Wholes,
    place: NDArray[np.uint32],
    limit: Floats,
    kept: NDArray[np.uint64],
    left: NDArray[np.uint64],
    bits: NDArray[np.uint64],
    family_at: Wholes,
    node_at: Wholes,
    set_at: Wholes,
    leaf_at: Wholes,
    splits: NDArray[np.int32],
    threshold: Floats,
    struck: NDArray[np.uint64],
    words: NDArray[np.uint32],
    leaf_value: Floats,
    out: Floats,
) -> None:
    """Fill out[n, families], row by row."""
    x, numbers = wide[0], number[0]
    for row in range(len(values)):
        widen(values, row, row + 1, columns, wide, number)
        strike_all(x, rank_at, place, limit, kept, left, bits)
        for family in range(len(family_at) - 1):
            total = 0.0
            for tree in range(family_at[family], family_at[family + 1]):
                if node_at[tree + 1] - node_at[tree] < _BITS:
                    left_over = bits[position[tree]]
                    for node in range(set_at[tree], node_at[tree + 1]):
                        is_in = _in_set(numbers[splits[node, 0]], splits[node, 1], splits[node, 2], words)
                        left_over &= struck[node] | (np.uint64(0) - np.uint64(is_in))
                    leaf = lowest_bit(left_over)
                else:
                    leaf = _walked(x, numbers, tree, node_at, splits, threshold, words)
                total += leaf_value[leaf_at[tree] + leaf]
            out[row, family] = total


@inlined
def _strike(tree, node_at, set_at, splits, threshold, struck, words, turned, number, bits):  # type: ignore[no-untyped-def]
    """Leave in bits[row] the leaves of a small tree that a block's rows can still fall into."""
    for row in range(_BLOCK):
        bits[row] = _ALL
    for node in range(node_at[tree], set_at[tree]):
        place, kept, limit = splits[node, 0], struck[node], threshold[node]
        for row in range(_BLOCK):
            bits[row] &= _ALL if turned[place, row] <= limit else kept
    for node in range(set_at[tree], node_at[tree + 1]):
        place, kept, n_words, begin = splits[node, 0], struck[node], splits[node, 1], splits[node, 2]
        for row in range(_BLOCK):
            left = _in_set(number[row, place], n_words, begin, words)
            bits[row] &= kept | (np.uint64(0) - np.uint64(left))


@compiled
def _in_blocks(
    values: Floats,
    columns: Wholes,
    wide: Floats,
    number: Wholes,
    turned: Floats,
    bits: NDArray[np.uint64],
    family_at: Wholes,
    node_at: Wholes,
    set_at: Wholes,
    leaf_at: Wholes,
    splits: NDArray[np.int32],
    threshold: Floats,
    struck: NDArray[np.uint64],
    words: NDArray[np.uint32],
    leaf_value: Floats,
    out: Floats,
) -> None:
    """Fill out[n, families], a block of rows side by side: the compiler compares several at once."""
    for first in range(0, len(values), _BLOCK):
        n = min(_BLOCK, len(values) - first)
        widen(values, first, first + n, columns, wide, number)
        for row in range(n):
            for place in range(turned.shape[0]):
                turned[place, row] = wide[row, place]
        for family in range(len(family_at) - 1):
            for row in range(n):
                out[first + row, family] = 0.0
            for tree in range(family_at[family], family_at[family + 1]):
                if node_at[tree + 1] - node_at[tree] >= _BITS:
                    for row in range(n):
                        leaf = _walked(wide[row], number[row], tree, node_at, splits, threshold, words)
                        out[first + row, family] += leaf_value[leaf_at[tree] + leaf]
                    continue
                _strike(tree, node_at, set_at, splits, threshold, struck, words, turned, number, bits)
                for row in range(n):
                    out[first + row, family] += leaf_value[leaf_at[tree] + lowest_bit(bits[row])]
