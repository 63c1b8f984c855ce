"""From lines to their claim: one rule, for judging models and for serving them.

A claim counts as denied when any of its lines is. Its probability takes lines as denied independently of each other:
`1 - product(1 - p)`. Lines of one claim often fall together, so for claims of many lines this is rather too high.
"""

import numpy as np
from numpy.typing import NDArray

from models.combine import Floats


def any_line(probability: Floats, claim: NDArray[np.int64], n_claims: int) -> Floats:
    """The probability [n_claims] that any line is denied; `claim` [n] says which claim each line belongs to.

    A claim without lines gets 0.
    """
    return np.asarray(-np.expm1(-total(cumulative(probability), claim, n_claims)))


def cumulative(probability: Floats) -> Floats:
    """-log(1 - p) [n]: what adds up over independent lines, and over families within a line."""
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log1p(-probability))


def total(values: Floats, claim: NDArray[np.int64], n_claims: int) -> Floats:
    """Sums [n_claims] over each claim's lines, added in their order: alone or in a batch, the same bits."""
    return np.asarray(np.bincount(claim, weights=values, minlength=n_claims), dtype=np.float64)


def mixed(shares: Floats, weight: Floats, claim: NDArray[np.int64], n_claims: int) -> Floats:
    """Lines' shares [n, k] as their claim's [n_claims, k], each line weighing `weight` [n] (its `cumulative`)."""
    columns = [total(shares[:, k] * weight, claim, n_claims) for k in range(shares.shape[1])]
    summed = np.stack(columns, axis=1) if columns else np.zeros((n_claims, 0))
    whole = total(weight, claim, n_claims)[:, None]
    return np.divide(summed, whole, out=np.zeros_like(summed), where=whole > 0)
