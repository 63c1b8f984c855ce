"""How good the model's answers are before payers have given theirs: what calibrated scores say of themselves.

If a score of 30% means that 30 of 100 such lines are denied, then the scores alone tell how many lines will be denied,
how large the log-loss will be, and how often a denied line will have the higher score of two: the AUC
(confidence-based performance estimation). Whether scores still mean what they say is seen as answers come: each payer's scores are set right by the answers
to its claims known so far (`Corrected`), and what is left to be seen is told beside the realised figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Performance:
    """Figures of n lines, foretold or realised; NaN where they have no meaning."""

    n_lines: int
    denial_rate: float
    auc: float
    log_loss: float

    @classmethod
    def none(cls) -> "Performance":
        """Of no lines."""
        return cls(0, np.nan, np.nan, np.nan)


def estimated(probability: Floats) -> Performance:
    """What scores [n] say that their figures will be."""
    if not len(probability):
        return Performance.none()
    p = np.clip(probability, 1e-12, 1 - 1e-12)
    loss = -(p * np.log(p) + (1 - p) * np.log1p(-p))
    return Performance(len(p), float(p.mean()), weighted_auc(p, p, 1 - p), float(loss.mean()))


def realised(probability: Floats, denied: NDArray[np.int8], weight: Floats | None = None) -> Performance:
    """What the figures of scores [n] were, by labels [n] (1 denied, 0 not), each line counting for its weight."""
    if not len(probability):
        return Performance.none()
    w = np.ones(len(probability)) if weight is None else weight
    p, y = np.clip(probability, 1e-12, 1 - 1e-12), np.asarray(denied, dtype=np.float64)
    loss = -(y * np.log(p) + (1 - y) * np.log1p(-p))
    rate, cost = np.average(y, weights=w), np.average(loss, weights=w)
    return Performance(len(p), float(rate), weighted_auc(p, w * y, w * (1 - y)), float(cost))


def weighted_auc(score: Floats, denied: Floats, paid: Floats) -> float:
    """How often a denied line scores above a paid one, where line i is `denied[i]` and `paid[i]` of a line.

    A line is not held against itself. Equal scores count half. NaN where nothing is denied, or nothing paid.
    """
    _, place = np.unique(score, return_inverse=True)
    up, down = np.bincount(place, denied), np.bincount(place, paid)
    below = np.cumsum(down) - down
    own = np.bincount(place, denied * paid)
    wins = float((up * below).sum() + 0.5 * (up * down - own).sum())
    pairs = float(up.sum() * down.sum() - own.sum())
    return wins / pairs if pairs > 0 else float("nan")


@dataclass(frozen=True, slots=True)
class Corrected:
    """By how much each payer's log-odds must be moved for its scores to mean what they say now."""

    shifts: Mapping[str, float]

    def apply(self, probability: Floats, payer_ids: NDArray[np.str_]) -> Floats:
        """Scores [n] moved as their payers' are; a payer that isn't known keeps its scores."""
        shift = np.array([self.shifts.get(payer, 0.0) for payer in payer_ids.tolist()])
        return np.asarray(_from_log_odds(_log_odds(probability) + shift))


def corrected(
    probability: Floats,
    denied: NDArray[np.int8],
    payer_ids: NDArray[np.str_],
    *,
    strength: float = 300.0,
    steps: int = 20,
) -> Corrected:
    """Shifts by payer from answered lines [n]; a payer with far fewer than `strength` lines is hardly moved."""
    if not len(probability):
        return Corrected({})
    payers, of = np.unique(payer_ids, return_inverse=True)
    logits, shift = _log_odds(probability), np.zeros(len(payers))
    prior = strength * float((probability * (1 - probability)).mean())
    for _ in range(steps):
        p = _from_log_odds(logits + shift[of])
        slope = np.bincount(of, denied - p, len(payers)) - prior * shift
        shift = np.clip(shift + slope / (np.bincount(of, p * (1 - p), len(payers)) + prior), -5.0, 5.0)
    return Corrected(dict(zip(payers.tolist(), shift.tolist(), strict=True)))


def _log_odds(p: Floats) -> Floats:
    clipped = np.clip(p, 1e-12, 1 - 1e-12)
    return np.asarray(np.log(clipped) - np.log1p(-clipped))


def _from_log_odds(z: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-z)))
