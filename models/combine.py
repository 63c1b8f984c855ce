"""From the families' log-odds to one probability, and from it back to the families' shares.

A family's hazard is learnt against unstopped lines only, so its odds are P(stopped, and for this family) over
P(not stopped). Whatever ties the causes together, those odds add up: the sum is P(denied) over P(not denied).
A family's share of the sum is therefore the probability that a denial of this line carries that family's reason.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_FAR = 30.0
"""Log-odds beyond this are certainty for every purpose here."""


def total_log_odds(logits: Floats) -> Floats:
    """Log-odds [n] of a denial for any reason, from the families' [n, families]."""
    return bounded(log_sum(logits))


def bounded(log_odds: Floats) -> Floats:
    """Log-odds no further out than certainty."""
    return np.minimum(np.maximum(log_odds, -_FAR), _FAR)


def shares(logits: Floats) -> Floats:
    """Each family's share [n, families] of a line's risk; a row sums to 1."""
    return shares_of(logits, log_sum(logits))


def shares_of(logits: Floats, total: Floats) -> Floats:
    """The same, with the `log_sum` [n] that is at hand."""
    return np.asarray(np.exp(logits - total[:, None]))


def log_sum(logits: Floats) -> Floats:
    """Log of the summed odds [n]."""
    top = logits.max(axis=1)
    # Added family by family: the same order for one line as for a million, so the same bits.
    odds = np.exp(logits - top[:, None])
    return np.asarray(np.log(np.add.accumulate(odds, axis=1)[:, -1]) + top)


def split(probability: Floats, share: Floats) -> Floats:
    """Hazards [n, families] with 1 - product(1 - h) = probability, split by the families' shares."""
    return np.asarray(-np.expm1(share * np.log1p(-probability)[:, None]))


def probability_of(log_odds: Floats) -> Floats:
    """Probability of log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


def log_odds_of(probability: Floats) -> Floats:
    """Log-odds of a probability strictly between 0 and 1."""
    return np.asarray(np.log(probability) - np.log1p(-probability))
