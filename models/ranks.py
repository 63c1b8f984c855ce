"""The splits of many small trees for one line alone: every tree's first split, then every tree's second, and so on.

Trees stand in falling order of how many splits they have, so that each rank is one row without gaps: long, straight
loops that the processor does several steps of at once, where one tree after the other would be many short ones.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled
from models.flat import Floats, Wholes, starts

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Numeric splits by rank; what a tree has left of its leaves stands at its `position`."""

    position: Wholes
    """[trees] Where each tree stands when those with most splits come first."""
    at: Wholes
    """[ranks + 1] first split of each rank: its trees are the first ones, without a gap."""
    place: NDArray[np.uint32]
    """[splits] Where the compared value stands in the line's values made ready (`models.flat.widen`)."""
    limit: Floats
    kept: NDArray[np.uint64]
    """[splits] The leaves that stay when the line goes right."""

    @classmethod
    def of(
        cls,
        first: Wholes,
        n_numeric: Wholes,
        splits: NDArray[np.int32],
        threshold: Floats,
        struck: NDArray[np.uint64],
    ) -> "Ranks":
        """For trees [trees] whose numeric splits are the `n_numeric` from `first` on; the others aren't taken."""
        by_size = np.argsort(-n_numeric, kind="stable")
        position = np.empty(len(first), dtype=np.int64)
        position[by_size] = np.arange(len(first))
        most = int(n_numeric.max(initial=0))
        nodes = [first[by_size][n_numeric[by_size] > rank] + rank for rank in range(most)]
        taken = np.concatenate([*nodes, np.empty(0, dtype=np.int64)])
        return cls(
            position=position,
            at=starts([len(rank) for rank in nodes]),
            place=splits[taken, 0].astype(np.uint32),
            limit=threshold[taken],
            kept=struck[taken],
        )


@compiled
def strike_all(
    x: Floats,
    at: Wholes,
    place: NDArray[np.uint32],
    limit: Floats,
    kept: NDArray[np.uint64],
    left: NDArray[np.uint64],
    bits: NDArray[np.uint64],
) -> None:
    """Leave in bits [trees] the leaves of each tree that a line's values `x`, made ready, can still fall into.

    Compared first, struck after: in one step the compiler would skip the load of `kept` by a branch, which the
    processor guesses wrong half of the time. `left` [trees] is scratch.
    """
    bits[:] = _ALL
    for rank in range(len(at) - 1):
        where, most, stay = (
            place[at[rank] : at[rank + 1]],
            limit[at[rank] : at[rank + 1]],
            kept[at[rank] : at[rank + 1]],
        )
        for tree in range(len(where)):
            left[tree] = np.uint64(x[where[tree]] <= most[tree])
        for tree in range(len(where)):
            bits[tree] &= stay[tree] | (np.uint64(0) - left[tree])
