"""A forest's contributions: made ready once, then asked for one line or for many."""

from dataclasses import dataclass
from threading import local

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled, in_slices
from models.flat import N_VARIANTS, FlatForest, Floats, Wholes, widen
from models.treeshap.decisions import decide
from models.treeshap.fast import sweep4, sweep8
from models.treeshap.layout import Group, grouped
from models.treeshap.paths import Paths
from models.treeshap.plain import sweep

_BLOCK = 16
"""Lines that go through a chunk one after the other, while it is in the nearest cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """What each feature adds to one forest's score, by path-dependent TreeSHAP: exact, and the same for one line as
    for many, to the bit.
    """

    n_features: int
    columns: Wholes
    """Features that any split looks at: the others add nothing."""
    base: float
    """The forest's mean score over the lines that it was grown on: base + contributions = score."""
    groups: tuple[Group, ...]
    plain: bool = False
    """Sweep in plain loops: the same answers but for the last digits, several times slower."""

    @classmethod
    def of(cls, forest: FlatForest, *, plain: bool = False) -> "Shares":
        """Make a forest ready."""
        paths, columns = Paths.of(forest), np.unique(forest.feature)
        return cls(forest.n_features, columns, paths.base, grouped(forest, paths, columns), plain)

    def contributions(self, values: Floats, *, threads: int = 1) -> Floats:
        """Contributions [n, features], in log-odds, of lines given as a matrix [n, features]."""
        values = np.ascontiguousarray(values, dtype=np.float64)
        out = np.zeros((len(values), self.n_features))
        in_slices(self._fill, values, out, threads)
        return out

    def _fill(self, values: Floats, out: Floats) -> None:
        for group in self.groups:
            room = _room.of(len(self.columns), group)
            _add(
                self.plain,
                group.n_nodes,
                values,
                self.columns,
                group.chunk_at,
                group.n_roots,
                group.offset,
                group.factor,
                group.place,
                group.threshold,
                group.set_at,
                group.sets,
                group.words,
                group.again_at,
                group.again,
                group.inverse,
                group.nodes,
                group.weights,
                room.wide,
                room.number,
                room.state,
                *room.sweeps,
                room.share,
                out,
            )


class _Room(local):
    """Each thread's scratch, kept and grown: making it anew would take as long as explaining a line."""

    def __init__(self) -> None:
        self._grow(1, 1, 1)

    def of(self, n_columns: int, group: Group) -> "_Room":
        """Room for a block's lines and shares, and one chunk's sweep."""
        size, shares = (group.widest + 1) * group.n_nodes, n_columns * group.n_nodes
        if self.number.shape[1] < n_columns or len(self.state) < size or self.share.shape[1] < shares:
            self._grow(
                max(n_columns, self.number.shape[1]),
                max(size, len(self.state)),
                max(shares, self.share.shape[1]),
            )
        return self

    def _grow(self, n_columns: int, size: int, shares: int) -> None:
        self.wide = np.empty((_BLOCK, n_columns * N_VARIANTS))
        self.number = np.empty((_BLOCK, n_columns), dtype=np.int64)
        self.state = np.empty(size, dtype=np.int8)
        self.sweeps = (np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size))
        self.share = np.empty((_BLOCK, shares))


_room = _Room()


@compiled
def _add(
    plain: bool,  # noqa: FBT001 - numba calls by place
    n_nodes: int,
    values: Floats,
    columns: Wholes,
    chunk_at: Wholes,
    n_roots: Wholes,
    offset: NDArray[np.int32],
    factor: Floats,
    place: NDArray[np.int32],
    threshold: Floats,
    set_at: Wholes,
    sets: NDArray[np.int32],
    words: NDArray[np.uint32],
    again_at: Wholes,
    again: NDArray[np.int32],
    inverse: Floats,
    nodes: Floats,
    weights: Floats,
    wide: Floats,
    number: Wholes,
    state: NDArray[np.int8],
    above: Floats,
    below: Floats,
    to_right: Floats,
    gain: Floats,
    share: Floats,
    out: Floats,
) -> None:
    """Add a group's contributions to out[n, features]: blocks of rows outside, then chunks, then the block's rows."""
    below[:n_nodes] = 0.0
    n_shares = len(columns) * n_nodes
    for start in range(0, len(values), _BLOCK):
        n = min(_BLOCK, len(values) - start)
        widen(values, start, start + n, columns, wide, number)
        share[:n, :n_shares] = 0.0
        for chunk in range(len(chunk_at) - 1):
            first, until, roots = chunk_at[chunk], chunk_at[chunk + 1], (n_roots[chunk] + 1) * n_nodes
            for row in range(n):
                decide(
                    first,
                    until,
                    place,
                    threshold,
                    set_at[chunk],
                    set_at[chunk + 1],
                    sets,
                    words,
                    again_at[chunk],
                    again_at[chunk + 1],
                    again,
                    wide[row],
                    number[row],
                    state,
                )
                above[n_nodes:roots] = 1.0
                mine = share[row]
                if n_nodes == 4 and not plain:
                    sweep4(
                        n_nodes,
                        first,
                        until,
                        offset,
                        factor,
                        state,
                        inverse,
                        nodes,
                        above,
                        below,
                        to_right,
                        gain,
                        mine,
                    )
                elif n_nodes == 8 and not plain:
                    sweep8(
                        n_nodes,
                        first,
                        until,
                        offset,
                        factor,
                        state,
                        inverse,
                        nodes,
                        above,
                        below,
                        to_right,
                        gain,
                        mine,
                    )
                else:
                    sweep(
                        n_nodes,
                        first,
                        until,
                        offset,
                        factor,
                        state,
                        inverse,
                        nodes,
                        above,
                        below,
                        to_right,
                        gain,
                        mine,
                    )
        for row in range(n):
            for column in range(len(columns)):
                total = 0.0
                for q in range(n_nodes):
                    total += weights[q] * share[row, column * n_nodes + q]
                out[start + row, columns[column]] += total
