"""From figures of lines to figures of whole claims: a claim counts as denied when any of its lines is."""

import numpy as np
from numpy.typing import NDArray

from models.claim_level import any_line
from training.metrics import Labels, Vector
from training.scores import Scores


def claim_level(claim_keys: NDArray[np.int64], denied: Labels, scores: Scores) -> tuple[Labels, Vector]:
    """[claims] Whether any line was denied, and the probability of that, in the order of their keys."""
    keys, first, which = np.unique(claim_keys, return_index=True, return_inverse=True)
    any_denied = np.zeros(len(keys), np.int8)
    np.maximum.at(any_denied, which, denied)
    if len(scores.claim_probability):
        return any_denied, scores.claim_probability[first]
    return any_denied, any_line(scores.probability, which, len(keys))


def of_claims(claim_keys: NDArray[np.int64], values: Vector) -> Vector:
    """[claims] Sums of the values of each claim's lines, in the order of their keys."""
    _, which = np.unique(claim_keys, return_inverse=True)
    return np.asarray(np.bincount(which, weights=values), dtype=np.float64)
