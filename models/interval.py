"""An interval for each probability: inductive Venn-Abers, from the calibration lines.

What it promises: put this line among the calibration lines once as denied and once as not; the two refitted rates at
its score are the ends. If new lines come from the same world as the calibration lines, one of the two ends is a
perfectly calibrated probability, whatever the model. What it doesn't promise: that *this* line's own chance lies
between them (they speak of lines scored alike), or anything once payers have changed their ways.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.combine import Floats


@dataclass(frozen=True)
class Interval:
    """The two refitted rates for each group of scores."""

    edges: tuple[float, ...] = ()
    """Scores that part the groups, rising; a score equal to an edge belongs above it."""
    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (1.0,)

    def of(self, probability: Floats) -> tuple[Floats, Floats]:
        """Lower and upper end [n] for calibrated probabilities [n]; the probability itself is always inside."""
        edges, low, high = self._arrays
        group = np.searchsorted(edges, probability, side="right")
        return np.minimum(low[group], probability), np.maximum(high[group], probability)

    @cached_property
    def _arrays(self) -> tuple[Floats, Floats, Floats]:
        return np.array(self.edges), np.array(self.low), np.array(self.high)


def fit_interval(
    probability: Floats, denied: NDArray[np.int8], weight: Floats, *, groups: int = 1000
) -> Interval:
    """The table of both ends for at most `groups` groups of equally many calibration lines.

    Grouping only makes the score coarser, and Venn-Abers holds for any score. Weights are scaled to a mean of 1.
    """
    if len(probability) == 0:
        return Interval()
    edges = np.unique(probability)[1:]
    if len(edges) >= groups:
        cuts = np.quantile(probability, np.linspace(0, 1, groups + 1)[1:-1], method="lower")
        edges = np.unique(cuts[cuts > edges[0]])
    place = np.searchsorted(edges, probability, side="right")
    scaled = weight / weight.mean()
    mass = np.asarray(np.bincount(place, scaled, len(edges) + 1), dtype=np.float64)
    hits = np.asarray(np.bincount(place, scaled * denied, len(edges) + 1), dtype=np.float64)
    low = [_refitted(hits, mass, k, 0.0) for k in range(len(mass))]
    high = [_refitted(hits, mass, k, 1.0) for k in range(len(mass))]
    return Interval(tuple(edges.tolist()), tuple(low), tuple(high))


def _refitted(hits: Floats, mass: Floats, group: int, label: float) -> float:
    """Isotonic regression's rate of a group once one more line with this label is in it.

    It is the largest, over starts at or before the group, of the smallest mean up to an end at or after it. Both
    sides are found in turns, each time the whole side at once, until neither moves.
    """
    x = np.concatenate([[0.0], np.cumsum(mass)])
    y = np.concatenate([[0.0], np.cumsum(hits)])
    left_x, left_y = x[: group + 1], y[: group + 1]
    right_x, right_y = x[group + 1 :] + 1.0, y[group + 1 :] + label
    start, rate = group, 0.0
    for _ in range(len(x) + 1):
        slopes = (right_y - left_y[start]) / (right_x - left_x[start])
        end = int(slopes.argmin())
        rate = float(slopes[end])
        back = (right_y[end] - left_y) / (right_x[end] - left_x)
        start = int(back.argmax())
        if back[start] <= rate:
            break
    return min(max(rate, 0.0), 1.0)
