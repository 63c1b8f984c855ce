"""A forest laid out for the kernels: trees of like paths together, in chunks, each chunk's splits by their depth.

Splits of one depth don't depend on one another, so the processor works on several at once; a chunk's arrays stay in
its nearest cache while all lines of a block go through it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.flat import N_VARIANTS, FlatForest, Floats, Wholes
from models.treeshap.paths import NOBODY, Paths

CHUNK = 512
"""Splits after which a chunk is closed."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Trees whose paths need the same number of nodes (`n_nodes`, t below) of the Gauss-Legendre rule."""

    n_nodes: int
    chunk_at: Wholes
    """[chunks + 1] first split of each chunk."""
    n_roots: Wholes
    """[chunks] trees that begin in each chunk: its first splits."""
    widest: int
    """Splits of the largest chunk."""
    offset: NDArray[np.int32]
    """[splits * 5]: left child, right child (0: a leaf) and own place inside the chunk, feature, and cover in
    `inverse`; each times `n_nodes`."""
    factor: Floats
    """[splits * 8]: alpha and beta of a line that goes left, of one that goes right, of one that never comes here; value
    of a left leaf; that minus the value of a right leaf (0 for a child that is no leaf)."""
    place: NDArray[np.int32]
    """[splits] where the compared value stands in a line made ready; 0 for sets of categories."""
    threshold: Floats
    set_at: Wholes
    """[chunks + 1] first row of each chunk in `sets`."""
    sets: NDArray[np.int32]
    """[sets, 4]: split inside the chunk, column of its whole number, words of its set, where they begin."""
    again_at: Wholes
    """[chunks + 1] first row of each chunk in `again`."""
    again: NDArray[np.int32]
    """[repeats, 3]: split inside the chunk, the split above on its feature, the side that leads here."""
    inverse: Floats
    """[covers * n_nodes]: 1 / (z + t (1 - z)) for each different cover z; the first is z = 1."""
    nodes: Floats
    """[n_nodes] the t of the rule on 0 to 1."""
    weights: Floats
    words: NDArray[np.uint32]


def grouped(forest: FlatForest, paths: Paths, columns: Wholes) -> tuple[Group, ...]:
    """The forest's groups, those with the shortest paths first; trees of one leaf are in none."""
    n_nodes = _n_nodes(paths.most_features)
    real = np.diff(forest.node_at) > 0
    return tuple(
        _group(forest, paths, columns, np.flatnonzero(real & (n_nodes == n)), n)
        for n in np.unique(n_nodes[real]).tolist()
    )


def _n_nodes(most_features: Wholes) -> Wholes:
    """Nodes of the rule: exact for paths of twice as many different features."""
    return np.where(most_features <= 8, 4, -(-most_features // 16) * 8)


def _group(forest: FlatForest, paths: Paths, columns: Wholes, trees: Wholes, n_nodes: int) -> Group:
    sizes = np.diff(forest.node_at)[trees]
    nodes = np.concatenate([np.arange(forest.node_at[t], forest.node_at[t + 1]) for t in trees.tolist()])
    chunk = np.repeat(_chunks(sizes), sizes)
    order = np.lexsort((paths.depth[nodes], chunk))
    nodes, chunk = nodes[order], chunk[order]
    chunk_at = np.searchsorted(chunk, np.arange(chunk[-1] + 2))
    slot = np.zeros(len(forest.feature), dtype=np.int64)
    slot[nodes] = np.arange(len(nodes)) - chunk_at[chunk] + 1
    covers, cover = _covers(paths.cover[nodes])
    again = np.flatnonzero(paths.same[nodes] != NOBODY)
    column, n_words = (
        np.searchsorted(columns, forest.feature[nodes]),
        forest.word_until[nodes] - forest.word_from[nodes],
    )
    by_set = n_words > 0
    t, weights = np.polynomial.legendre.leggauss(n_nodes)
    t = (t + 1) / 2
    return Group(
        n_nodes=n_nodes,
        chunk_at=chunk_at,
        n_roots=np.bincount(_chunks(sizes)),
        widest=int(np.diff(chunk_at).max()),
        offset=_offsets(forest, nodes, slot, columns, cover) * np.int32(n_nodes),
        factor=_factors(forest, paths, nodes),
        place=np.where(by_set, 0, column * N_VARIANTS + forest.variant[nodes]).astype(np.int32),
        threshold=forest.threshold[nodes],
        set_at=np.searchsorted(np.flatnonzero(by_set), chunk_at),
        sets=np.column_stack([slot[nodes] - 1, column, n_words, forest.word_from[nodes]])[by_set].astype(
            np.int32
        ),
        again_at=np.searchsorted(again, chunk_at),
        again=np.column_stack(
            [slot[nodes[again]] - 1, slot[paths.same[nodes[again]]] - 1, paths.side[nodes[again]]]
        ).astype(np.int32),
        inverse=(1 / (covers[:, None] + t * (1 - covers[:, None]))).ravel(),
        nodes=t,
        weights=weights / 2,
        words=np.concatenate([forest.words, np.zeros(1, dtype=np.uint32)]),
    )


def _chunks(sizes: Wholes) -> Wholes:
    """The chunk of each tree, trees of these sizes filled in one after the other."""
    numbers, number, held = [], 0, 0
    for size in sizes.tolist():
        if held >= CHUNK:
            number, held = number + 1, 0
        numbers.append(number)
        held += size
    return np.array(numbers, dtype=np.int64)


def _covers(cover: Floats) -> tuple[Floats, Wholes]:
    """The different covers, 1 first, and which of them each split has."""
    found, which = np.unique(np.concatenate(([1.0], cover)), return_inverse=True)
    # Covers are at most 1, so 1 is the last of the sorted: counted from behind it is the first.
    return found[::-1].copy(), len(found) - 1 - which[1:]


def _offsets(
    forest: FlatForest, nodes: Wholes, slot: Wholes, columns: Wholes, cover: Wholes
) -> NDArray[np.int32]:
    first = np.repeat(forest.node_at[:-1], np.diff(forest.node_at))[nodes]
    left, right = (
        np.where(child >= 0, slot[first + np.maximum(child, 0)], 0)
        for child in (forest.left[nodes], forest.right[nodes])
    )
    column = np.searchsorted(columns, forest.feature[nodes])
    return np.column_stack([left, right, slot[nodes], column, cover]).astype(np.int32).ravel()


def _factors(forest: FlatForest, paths: Paths, nodes: Wholes) -> Floats:
    leaf = np.repeat(forest.leaf_at[:-1], np.diff(forest.node_at))[nodes]
    left, right = (
        np.where(child < 0, forest.leaf_value[leaf + np.maximum(~child, 0)], 0.0)
        for child in (forest.left[nodes], forest.right[nodes])
    )
    cover, to_left, to_right = paths.cover[nodes], paths.to_left[nodes], paths.to_right[nodes]
    none, one = np.zeros(len(nodes)), np.ones(len(nodes))
    states: Sequence[Floats] = (none, cover * to_right, one, -cover * to_left, to_right, none)
    return np.column_stack([*states, left, left - right]).ravel()
