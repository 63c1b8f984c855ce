"""Splits by rank: whatever the order in which trees stand, each is left with the leaves that its own splits leave."""

import numpy as np
import pytest

from models.ranks import Ranks, strike_all

ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


def ranks_of(
    sizes: list[int], rng: np.random.Generator, n_values: int
) -> tuple[Ranks, np.ndarray, np.ndarray, np.ndarray]:
    """Trees of so many numeric splits, end to end, with what each split looks at."""
    n, first = sum(sizes), np.cumsum([0, *sizes])[:-1]
    splits = np.zeros((n, 5), dtype=np.int32)
    splits[:, 0] = rng.integers(0, n_values, n)
    threshold, struck = rng.normal(size=n), rng.integers(0, 1 << 63, n).astype(np.uint64)
    return Ranks.of(first, np.array(sizes), splits, threshold, struck), splits, threshold, struck


@pytest.mark.parametrize(
    "sizes",
    [[1], [3], [2, 5, 1], [0, 4, 0], [4, 4, 4], list(range(63)), [0]],
    ids=lambda sizes: f"{len(sizes)} trees, {sum(sizes)} splits",
)
def test_each_tree_is_left_with_what_its_own_splits_leave(sizes):
    rng = np.random.default_rng(sum(sizes))
    ranks, splits, threshold, struck = ranks_of(sizes, rng, 9)
    x = rng.normal(size=9)
    left, bits = np.empty((2, len(sizes)), dtype=np.uint64)
    strike_all(x, ranks.at, ranks.place, ranks.limit, ranks.kept, left, bits)
    node = 0
    for tree, size in enumerate(sizes):
        expected = ALL
        for _ in range(size):
            expected &= ALL if x[splits[node, 0]] <= threshold[node] else struck[node]
            node += 1
        assert bits[ranks.position[tree]] == expected


def test_ranks_have_no_gaps():
    ranks, *_ = ranks_of([2, 5, 1], np.random.default_rng(0), 4)
    assert np.diff(ranks.at).tolist() == [3, 2, 1, 1, 1]
    assert ranks.position.tolist() == [1, 0, 2]
