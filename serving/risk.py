"""When a risk is called low, medium or high: by the bands that the model learnt from held-out claims (`models.bands`)."""

import numpy as np
from numpy.typing import NDArray

from models.bands import Bands
from serving.result import Risk


def risk_of(probability: float, bands: Bands) -> Risk:
    """The word for a probability."""
    if probability >= bands.high_from:
        return "high"
    return "medium" if probability >= bands.medium_from else "low"


def risks_of(probability: NDArray[np.float64], bands: Bands) -> NDArray[np.object_]:
    """The words for probabilities [n]."""
    words = np.array(["low", "medium", "high"], dtype=object)
    return np.asarray(
        words[(probability >= bands.medium_from).astype(int) + (probability >= bands.high_from)]
    )
