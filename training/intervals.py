"""How sure a figure is: intervals from drawing the claims anew.

Lines of one claim fall together, so it is claims that are drawn, each with all its lines: a claim counts as often as
chance has it (a Poisson of mean 1 - for many claims the same as drawing with replacement, and a matrix product).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from training.metrics import Vector

DRAWS = 400
LEVEL = 0.95
AT_ONCE = 32
"""Draws worked out together: enough for a matrix product, few enough for memory."""
MOST_OFTEN = 12
"""No claim is drawn more often: one of 10^10 would be."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure (`at`) and between which values it lies, 95 times of 100; NaN where it has no meaning."""

    low: float
    at: float
    high: float

    @property
    def above_zero(self) -> bool:
        """Whether all of it lies above zero."""
        return self.low > 0

    @property
    def below_zero(self) -> bool:
        """Whether all of it lies below zero."""
        return self.high < 0

    @classmethod
    def of(cls, at: float, drawn: Vector, *, level: float = LEVEL) -> "Interval":
        """The middle `level` of the values drawn [draws], around the value found."""
        told = drawn[np.isfinite(drawn)]
        if not len(told) or not np.isfinite(at):
            return cls(float("nan"), at, float("nan"))
        low, high = np.quantile(told, [(1 - level) / 2, (1 + level) / 2])
        return cls(float(low), at, float(high))


@dataclass(frozen=True, slots=True)
class Draws:
    """Claims drawn again and again; the same seed draws the same claims, so what is compared is compared fairly."""

    claim: NDArray[np.int64]
    """[n] The claim of each line, numbered from 0."""
    n_claims: int
    draws: int
    seed: int

    @classmethod
    def of(cls, claim_key: NDArray[np.int64], *, draws: int = DRAWS, seed: int = 0) -> "Draws":
        """Draws of the claims of n lines, told by their keys [n]."""
        keys, claim = np.unique(claim_key, return_inverse=True)
        return cls(np.asarray(claim, dtype=np.int64), len(keys), draws, seed)

    def claims(self) -> Iterator[Vector]:
        """How often each claim is drawn: [at most 32, claims], until all draws are done."""
        rng = np.random.default_rng(self.seed)
        often = _poisson_table()
        for begun in range(0, self.draws, AT_ONCE):
            shape = (min(AT_ONCE, self.draws - begun), self.n_claims)
            yield often[rng.integers(0, len(often), shape, dtype=np.uint16)].astype(np.float64)

    def lines(self) -> Iterator[Vector]:
        """How often each line is drawn [n], one draw after another."""
        for some in self.claims():
            for weight in some:
                yield weight[self.claim]

    def means(self, values: Vector, weight: Vector | None = None) -> Vector:
        """[draws, k] Means of values [n, k] in each draw, each line counting `weight` [n, k] (default 1) times."""
        w = np.ones(values.shape) if weight is None else weight
        return self._means([(self.claim, *columns) for columns in zip(values.T, w.T, strict=True)])

    def part_means(self, parts: Sequence[tuple[Vector, NDArray[np.bool_]]]) -> Vector:
        """[draws, k] Means of each part's values [n] over its lines [n]: no more memory than its sums by claim."""
        chosen = (
            (self.claim[inside], values[inside], np.ones(int(inside.sum()))) for values, inside in parts
        )
        return self._means(chosen)

    def _means(self, columns: Iterable[tuple[NDArray[np.int64], Vector, Vector]]) -> Vector:
        """Means of columns, each with the claims of its lines, their values and their weights."""
        sums = [(self._by_claim(claim, v * w), self._by_claim(claim, w)) for claim, v, w in columns]
        above, below = (np.column_stack(side) for side in zip(*sums, strict=True))
        return np.concatenate([_ratio(drawn @ above, drawn @ below) for drawn in self.claims()])

    def _by_claim(self, claim: NDArray[np.int64], values: Vector) -> Vector:
        """[claims] Sums of each claim's lines."""
        summed = np.bincount(claim, weights=values, minlength=self.n_claims)
        return _on_a_grid(np.asarray(summed, dtype=np.float64))


def bootstrap(
    values: Vector, claim_key: NDArray[np.int64], *, draws: int = DRAWS, seed: int, level: float = LEVEL
) -> Interval:
    """The mean of values of lines [n] and its interval, claims [n] (their keys) being drawn anew `draws` times.

    For a difference of two scorers give the differences of their losses line by line. NaN where there is no line.
    """
    if not len(values):
        return Interval(float("nan"), float("nan"), float("nan"))
    drawn = Draws.of(claim_key, draws=draws, seed=seed).means(np.asarray(values, dtype=np.float64)[:, None])
    return Interval.of(float(np.mean(values)), drawn[:, 0], level=level)


def reach_of_all(drawn: Vector, at: Vector, *, level: float = LEVEL) -> Vector:
    """[k] How far chance carries each of k figures, if all are looked at: `drawn` [draws, k] around what was found [k].

    As many standard errors as the figure that chance carries farthest reaches, `level` of the times.
    """
    told = np.where(np.isnan(drawn), at, drawn)  # nothing of it was drawn
    spread = told.std(axis=0)
    apart = np.abs(told - at) / np.where(spread > 0, spread, np.inf)
    return np.asarray(np.quantile(apart.max(axis=1), level) * spread, dtype=np.float64)


def _ratio(above: Vector, below: Vector) -> Vector:
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))


def _on_a_grid(sums: Vector) -> Vector:
    """Sums rounded to a step so small that it tells nothing, and so large that they add up without rounding.

    A matrix product adds in an order that depends on the number of cores: so the last digit would, too.
    """
    most = MOST_OFTEN * float(np.abs(sums).sum())
    if not 0 < most < np.inf:
        return sums
    step = 2.0 ** (np.floor(np.log2(most)) - 51)
    return np.asarray(np.rint(sums / step) * step)


def _poisson_table() -> NDArray[np.uint8]:
    """[65536] Counts whose shares are those of a Poisson of mean 1, to be picked from by sixteen random bits."""
    shares = [np.exp(-1.0) / factorial(n) for n in range(MOST_OFTEN)]
    ends = np.rint(np.cumsum(shares) * 65536).astype(np.int64)
    return np.searchsorted(ends, np.arange(65536), side="right").astype(np.uint8)
