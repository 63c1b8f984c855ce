"""When a risk is called low, medium or high."""

import numpy as np
from numpy.typing import NDArray

from serving.result import Risk

MEDIUM_FROM = 0.10
"""About the usual denial rate in radiology: from here on a claim is worse than most."""
HIGH_FROM = 0.30
"""Nearly one in three: worth a person's time at any charge."""


def risk_of(probability: float) -> Risk:
    """The word for a probability."""
    if probability >= HIGH_FROM:
        return "high"
    return "medium" if probability >= MEDIUM_FROM else "low"


def risks_of(probability: NDArray[np.float64]) -> NDArray[np.object_]:
    """The words for probabilities [n]."""
    words = np.array(["low", "medium", "high"], dtype=object)
    return np.asarray(words[(probability >= MEDIUM_FROM).astype(int) + (probability >= HIGH_FROM)])
