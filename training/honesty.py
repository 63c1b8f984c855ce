"""How far what a model says lies from what happens: on the whole, and in each tenth of the lines by risk.

What counts is how far off it is *clearly*: the end of the interval that lies nearer to zero, claims being drawn anew.
Chance alone moves a tenth of few lines by many points; a model isn't blamed for that.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from training.intervals import Interval, bootstrap
from training.metrics import Labels, Vector
from training.stages import Gates

TENTHS = 10
LEVEL_OF_A_TENTH = 0.995
"""Ten are looked at: each by a wider interval, so that all ten together are as sure as one figure of 95%."""


@dataclass(frozen=True, slots=True)
class Off:
    """Some lines: the mean probability, the share denied, and the interval of the difference."""

    said: float
    denied: float
    interval: Interval

    @property
    def clearly(self) -> float:
        """How far off it is at least; 0 where chance explains it."""
        return max(self.interval.low, -self.interval.high, 0.0)

    @property
    def told(self) -> str:
        """In words."""
        return (
            f"said {self.said:.1%}, {self.denied:.1%} denied (clearly off by {100 * self.clearly:.1f} points)"
        )


@dataclass(frozen=True, slots=True)
class Honesty:
    """How far a model is off on all lines, and in that tenth by its own risk where it is farthest off."""

    whole: Off
    tenth: Off

    @classmethod
    def of(cls, denied: Labels, probability: Vector, lines: pa.Table, settings: Gates) -> "Honesty":
        """What was said [n] held against what happened [n] to labelled lines [n]."""
        tenths = _tenths(probability)
        parts = [
            _off(denied, probability, lines, tenths == k, settings, level=LEVEL_OF_A_TENTH)
            for k in range(TENTHS)
        ]
        whole = _off(denied, probability, lines, np.ones(len(denied), dtype=bool), settings, level=0.95)
        return cls(whole, max(parts, key=lambda part: part.clearly))

    def figures(self, suffix: str = "") -> dict[str, float]:
        """How far off it clearly is, as shares, under the names that machines know."""
        return {
            f"clearly_off{suffix}": self.whole.clearly,
            f"clearly_off_of_a_tenth{suffix}": self.tenth.clearly,
        }


def _off(
    denied: Labels,
    probability: Vector,
    lines: pa.Table,
    of: NDArray[np.bool_],
    settings: Gates,
    *,
    level: float,
) -> Off:
    said, happened = probability[of], denied[of]
    claims = lines["claim_key"].to_numpy()[of]
    interval = bootstrap(said - happened, claims, draws=settings.draws, seed=settings.seed, level=level)
    return Off(float(said.mean()), float(happened.mean()), interval)


def _tenths(probability: Vector) -> NDArray[np.int64]:
    """[n] Which tenth of the lines each one is in, by its probability."""
    rank = np.argsort(np.argsort(probability, kind="stable"), kind="stable")
    return np.asarray(rank * TENTHS // max(len(probability), 1), dtype=np.int64)
