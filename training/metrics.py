"""How good probabilities are: ranking, sharpness, calibration, and whether the named reason was the payer's.

Every figure takes `denied` [n] (1 denied, 0 not), `probability` [n] and an optional `weight` [n], and is NaN where it
has no meaning: a ranking without both a denied and an undenied line, anything of no lines at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]
Labels: TypeAlias = NDArray[np.int8]

N_BINS = 20
# A probability of exactly 0 or 1 that turns out wrong would cost infinitely much: no model is that sure.
SUREST = 1e-6


@dataclass(frozen=True, slots=True)
class Figures:
    """What one set of probabilities is worth on one set of lines (or claims)."""

    n: int
    n_denied: int
    denial_rate: float
    mean_probability: float
    auc: float
    average_precision: float
    log_loss: float
    brier: float
    calibration_error: float


def figures(denied: Labels, probability: Vector, weight: Vector | None = None) -> Figures:
    """All figures at once."""
    w = weights_of(denied, weight)
    return Figures(
        n=len(denied),
        n_denied=int(denied.sum()),
        denial_rate=_mean(denied.astype(np.float64), w),
        mean_probability=_mean(probability, w),
        auc=auc(denied, probability, w),
        average_precision=average_precision(denied, probability, w),
        log_loss=log_loss(denied, probability, w),
        brier=brier(denied, probability, w),
        calibration_error=calibration_error(denied, probability, w),
    )


def weights_of(denied: Labels, weight: Vector | None) -> Vector:
    """The weights given, else one for each line."""
    return np.ones(len(denied)) if weight is None else weight


def auc(denied: Labels, probability: Vector, weight: Vector | None = None) -> float:
    """How often a denied line stands above an undenied one (ties count half); 0.5 is chance."""
    return Ranking.of(probability).auc(denied, weights_of(denied, weight))


def average_precision(denied: Labels, probability: Vector, weight: Vector | None = None) -> float:
    """Share of true alarms among the alarms, averaged over the denied lines from the riskiest down."""
    return Ranking.of(probability).average_precision(denied, weights_of(denied, weight))


@dataclass(frozen=True, slots=True)
class Ranking:
    """Lines from the riskiest down, sorted once for many weights."""

    order: NDArray[np.int64]
    """[n] The lines, riskiest first."""
    last: NDArray[np.int64]
    """Where in that order each distinct probability ends."""

    @classmethod
    def of(cls, probability: Vector) -> "Ranking":
        """The ranking of n lines by their probability."""
        order = np.argsort(-probability, kind="stable")
        p = probability[order]
        last = np.flatnonzero(np.concatenate([p[1:] != p[:-1], [True]])) if len(p) else np.empty(0, np.int64)
        return cls(np.asarray(order, dtype=np.int64), np.asarray(last, dtype=np.int64))

    def auc(self, denied: Labels, weight: Vector) -> float:
        """How often a denied line stands above an undenied one (ties count half); 0.5 is chance."""
        caught, alarms = self._steps(denied, weight)
        if not len(caught) or not caught[-1] or not alarms[-1]:
            return float("nan")
        widths = np.diff(alarms, prepend=0.0)
        heights = caught - np.diff(caught, prepend=0.0) / 2
        return float((widths * heights).sum() / (caught[-1] * alarms[-1]))

    def average_precision(self, denied: Labels, weight: Vector) -> float:
        """Share of true alarms among the alarms, averaged over the denied lines from the riskiest down."""
        caught, alarms = self._steps(denied, weight)
        if not len(caught) or not caught[-1]:
            return float("nan")
        gains = np.diff(caught, prepend=0.0)
        reviewed = caught + alarms
        precision = np.divide(caught, reviewed, out=np.zeros_like(caught), where=reviewed > 0)
        return float((gains * precision).sum() / caught[-1])

    def caught(self, worth: Vector, weight: Vector, *, share: float) -> float:
        """Share of all worth (denied dollars) in the riskiest `share` of the lines' weight."""
        w = weight[self.order]
        done = np.cumsum(w)
        found = np.cumsum(w * worth[self.order])
        if not len(found) or not found[-1]:
            return float("nan")
        place = int(np.searchsorted(done, share * done[-1], side="right"))
        return float(found[place - 1] / found[-1]) if place else 0.0

    def _steps(self, denied: Labels, weight: Vector) -> tuple[Vector, Vector]:
        """Weight of denied and undenied lines at or above each distinct probability, riskiest first."""
        w, y = weight[self.order], denied[self.order]
        struck = np.cumsum(w * y)[self.last]
        return struck, np.cumsum(w)[self.last] - struck


def log_loss(denied: Labels, probability: Vector, weight: Vector | None = None) -> float:
    """Mean of -log(probability of what happened): lower is better, and no trick beats the true probabilities."""
    return _mean(losses(denied, probability), weights_of(denied, weight))


def losses(denied: Labels, probability: Vector) -> Vector:
    """[n] Each line's -log(probability of what happened)."""
    p = np.clip(probability, SUREST, 1 - SUREST)
    return np.asarray(-np.where(denied == 1, np.log(p), np.log1p(-p)), dtype=np.float64)


def brier(denied: Labels, probability: Vector, weight: Vector | None = None) -> float:
    """Mean squared distance between probability and what happened."""
    return _mean((probability - denied) ** 2, weights_of(denied, weight))


@dataclass(frozen=True, slots=True)
class Reliability:
    """Equal-mass bins of rising probability: what was said, what happened, and how many lines each holds."""

    said: Vector
    happened: Vector
    mass: Vector
    low: Vector = field(default_factory=lambda: np.empty(0))
    high: Vector = field(default_factory=lambda: np.empty(0))
    """The interval of what happened, where one was drawn (`training.bounds`)."""


def reliability(
    denied: Labels, probability: Vector, weight: Vector | None = None, *, n_bins: int = N_BINS
) -> Reliability:
    """Bins of (nearly) equal weight; equal probabilities are never parted, so there may be fewer bins."""
    w = weights_of(denied, weight)
    if not w.sum():
        return Reliability(np.empty(0), np.empty(0), np.empty(0))
    of = bins_of(probability, w, n_bins=n_bins)
    mass = np.bincount(of, weights=w).astype(np.float64)
    said, happened = (np.bincount(of, weights=w * v) / mass for v in (probability, denied))
    return Reliability(said, happened, mass)


def bins_of(probability: Vector, w: Vector, *, n_bins: int = N_BINS) -> NDArray[np.int64]:
    """[n] The bin of each line, numbered from 0 with rising probability, none of them empty."""
    order = np.argsort(probability, kind="stable")
    p, w = probability[order], w[order]
    middle = (np.cumsum(w) - w / 2) / w.sum()
    wanted = np.minimum((middle * n_bins).astype(np.int64), n_bins - 1)
    # A line with the same probability as the one before stays in that one's bin.
    first = np.flatnonzero(np.concatenate([[True], p[1:] != p[:-1]]))
    of = np.empty(len(p), np.int64)
    of[order] = np.repeat(wanted[first], np.diff(np.append(first, len(p))))
    mass = np.bincount(of, weights=w[np.argsort(order)], minlength=n_bins)
    return np.asarray((np.cumsum(mass > 0) - 1)[of], dtype=np.int64)


def calibration_error(
    denied: Labels, probability: Vector, weight: Vector | None = None, *, n_bins: int = N_BINS
) -> float:
    """Mean distance, over equal-mass bins, between the probability said and the share denied."""
    bins = reliability(denied, probability, weight, n_bins=n_bins)
    return _mean(np.abs(bins.said - bins.happened), bins.mass)


def hit_rate(
    named: NDArray[np.str_], true: NDArray[np.str_], *, top: int, weight: Vector | None = None
) -> float:
    """Share of lines whose true reason is among the first `top` of the reasons named ([n, k], best first)."""
    if not len(true):
        return float("nan")
    hits = (named[:, :top] == true[:, None]).any(axis=1)
    return _mean(hits.astype(np.float64), np.ones(len(true)) if weight is None else weight)


def macro_f1(named: NDArray[np.str_], true: NDArray[np.str_]) -> float:
    """F1 of each value that is ever true, averaged with equal weight: a rare reason counts as much as a common one."""
    scores = [
        2
        * float(((named == value) & (true == value)).sum())
        / float((named == value).sum() + (true == value).sum())
        for value in np.unique(true)
    ]
    return float(np.mean(scores)) if scores else float("nan")


def gain(worth: Vector, probability: Vector, *, shares: Sequence[float]) -> Vector:
    """Share of all worth (denied lines, or denied dollars) found in the riskiest share of lines, for each share."""
    order = np.argsort(-probability, kind="stable")
    found = np.concatenate([[0.0], np.cumsum(worth[order])])
    if not found[-1]:
        return np.full(len(shares), np.nan)
    reviewed = np.rint(np.asarray(shares) * len(worth)).astype(np.int64)
    return np.asarray(found[reviewed] / found[-1], dtype=np.float64)


def _mean(values: Vector, w: Vector) -> float:
    total = float(w.sum())
    return float((values * w).sum() / total) if total else float("nan")
