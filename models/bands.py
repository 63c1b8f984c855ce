"""When a risk is called low, medium or high: counted from the usual denial rate of the held-out claims.

Medium begins at the usual rate (from there on a line is worse than most), high at three times that (worth a person's
time at any charge). They are rounded to 5 and to 10 points and kept within bounds, so that training again next
month, on much the same claims, changes no word.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.combine import Floats

MEDIUM_STEP, HIGH_STEP = 0.05, 0.10
MEDIUM_BOUNDS, HIGH_BOUNDS = (0.05, 0.20), (0.30, 0.60)
TIMES_USUAL = 3.0


@dataclass(frozen=True, slots=True)
class Bands:
    """Probabilities from which a risk is medium, and high; by default those of a usual rate of 10%."""

    medium_from: float = 0.10
    high_from: float = 0.30


def fit_bands(denied: NDArray[np.int8], weight: Floats) -> Bands:
    """Bands from held-out lines [n]: 0 or 1, and what each counts for; the defaults where there are none."""
    if not len(denied):
        return Bands()
    usual = float(np.average(denied, weights=weight))
    return Bands(
        _rounded(usual, MEDIUM_STEP, MEDIUM_BOUNDS),
        _rounded(usual * TIMES_USUAL, HIGH_STEP, HIGH_BOUNDS),
    )


def _rounded(value: float, step: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    return round(min(max(round(value / step) * step, low), high), 2)
