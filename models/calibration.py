"""From log-odds to a probability that means what it says, fitted on lines newer than those learnt from.

Four curves are tried (none, Platt, beta, isotonic), each with and without a small shift a payer. The older half of
the calibration lines fits them, the newer half judges them by log-loss, and the winner is fitted again on all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.combine import Floats, log_odds_of, probability_of

Method = Literal["none", "platt", "beta", "isotonic"]
METHODS: tuple[Method, ...] = ("none", "platt", "beta", "isotonic")
STRETCHES = 5
_LEAST_GAIN = 2e-4
"""A more complicated curve must earn its keep in log-loss."""
MOST_SHIFT = 10.0
"""Log-odds beyond which no payer is shifted: where a slice has next to no denials, Newton's steps may run away."""
_FEW = 10.0
"""A level learnt from lines of so much information (about their denials) goes half of the way."""
_LEAST_FOR_ISOTONIC = 500
"""Denials below which steps follow chance: measured, isotonic then did harm on newer claims."""


@dataclass(frozen=True)
class Curve:
    """One fitted curve over log-odds; never falling."""

    method: Method = "none"
    numbers: tuple[float, ...] = ()
    """Platt: slope, shift. Beta: weight of log p, of -log(1 - p), shift. Isotonic: knots, then their heights."""

    def apply(self, log_odds: Floats) -> Floats:
        """Calibrated log-odds [n]."""
        if self.method == "none":
            return log_odds
        if self.method == "platt":
            return np.asarray(self.numbers[0] * log_odds + self.numbers[1])
        if self.method == "beta":
            a, b, c = self.numbers
            return np.asarray(-a * np.logaddexp(0.0, -log_odds) + b * np.logaddexp(0.0, log_odds) + c)
        return self._between(log_odds)

    def _between(self, log_odds: Floats) -> Floats:
        """Straight between the knots, level beyond them."""
        at, height, slope = self._knots
        place = np.clip(np.searchsorted(at, log_odds, side="right") - 1, 0, max(len(at) - 2, 0))
        return np.asarray(height[place] + (np.clip(log_odds, at[0], at[-1]) - at[place]) * slope[place])

    @cached_property
    def _knots(self) -> tuple[Floats, Floats, Floats]:
        at, height = np.array(self.numbers).reshape(2, -1)
        return at, height, np.append(np.diff(height) / np.diff(at), 0.0) if len(at) > 1 else np.zeros(1)


@dataclass(frozen=True, slots=True)
class Calibrator:
    """A curve for all, and a shift in log-odds for each payer that has one."""

    curve: Curve = field(default_factory=Curve)
    shifts: MappingProxyType[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def apply(self, log_odds: Floats, payer_ids: Sequence[str | None] | NDArray[np.object_]) -> Floats:
        """Calibrated probability of raw log-odds at these payers; rises with the log-odds at any payer.

        `log_odds` is [n], or [n, k] for k variants of each line.
        """
        calibrated = self.curve.apply(log_odds)
        if self.shifts:
            shift = np.array([self.shifts.get(payer or "", 0.0) for payer in payer_ids])
            calibrated = calibrated + (shift if log_odds.ndim == 1 else shift[:, None])
        return probability_of(calibrated)


def log_loss(denied: NDArray[np.int8], probability: Floats, weight: Floats) -> float:
    """Weighted log-loss of probabilities, in nats a line."""
    p = np.clip(probability, 1e-12, 1 - 1e-12)
    loss = np.where(np.asarray(denied) == 1, -np.log(p), -np.log1p(-p))
    return float(np.average(loss, weights=weight))


def fit_calibrator(
    log_odds: Floats,
    denied: NDArray[np.int8],
    weight: Floats,
    payer_ids: NDArray[np.object_],
    day: NDArray[np.int64],
    *,
    payer_strength: float = 100.0,
    recent: Floats | None = None,
) -> Calibrator:
    """The calibrator that does best on lines of other weeks than it was fitted on (`day` [n] orders them), fitted on all.

    Then, as which kind it should be is known, each line counts as it is `recent` [n] too (`models.recency`).

    Each of five stretches of time is judged by what the other four teach: one stretch alone decides by chance. With
    fewer than 50 denied or paid lines in either half there is nothing to choose by: the curve is then moved as a whole
    to the share denied, the less of the way the fewer denials there are.
    """
    order = np.argsort(day, kind="stable")
    early, late = order[: len(order) // 2], order[len(order) // 2 :]
    lines = _Lines(log_odds, np.asarray(denied), weight, payer_ids, payer_strength)
    if min(lines.support(early), lines.support(late)) < 50:
        return Calibrator(_level(lines.log_odds, lines.denied, lines.weight))
    best, best_loss = (METHODS[0], False), np.inf
    for with_payers in (False, True):
        for method in METHODS if lines.support(early) >= _LEAST_FOR_ISOTONIC else METHODS[:-1]:
            loss = lines.loss_elsewhere(order, method, with_payers=with_payers)
            if loss < best_loss - _LEAST_GAIN:
                best, best_loss = (method, with_payers), loss
    newest = lines if recent is None else replace(lines, weight=weight * recent)
    return newest.fit(order, best[0], with_payers=best[1])


@dataclass(frozen=True, slots=True)
class _Lines:
    log_odds: Floats
    denied: NDArray[np.int8]
    weight: Floats
    payer_ids: NDArray[np.object_]
    payer_strength: float

    def support(self, rows: NDArray[np.int64]) -> int:
        n_denied = int(self.denied[rows].sum())
        return min(n_denied, len(rows) - n_denied)

    def fit(self, rows: NDArray[np.int64], method: Method, *, with_payers: bool) -> Calibrator:
        curve = fit_curve(method, self.log_odds[rows], self.denied[rows], self.weight[rows])
        if not with_payers:
            return Calibrator(curve)
        calibrated = curve.apply(self.log_odds[rows])
        shifts = _payer_shifts(
            calibrated, self.denied[rows], self.weight[rows], self.payer_ids[rows], self.payer_strength
        )
        return Calibrator(curve, MappingProxyType(shifts))

    def loss_elsewhere(self, order: NDArray[np.int64], method: Method, *, with_payers: bool) -> float:
        """Mean log-loss of each stretch of time under a calibrator of the others."""
        stretches = np.array_split(np.arange(len(order)), STRETCHES)
        losses = [
            self.loss(order[held], self.fit(np.delete(order, held), method, with_payers=with_payers))
            for held in stretches
        ]
        return float(np.average(losses, weights=[self.weight[order[held]].sum() for held in stretches]))

    def loss(self, rows: NDArray[np.int64], calibrator: Calibrator) -> float:
        probability = calibrator.apply(self.log_odds[rows], self.payer_ids[rows])
        return log_loss(self.denied[rows], probability, self.weight[rows])


def fit_curve(method: Method, log_odds: Floats, denied: NDArray[np.int8], weight: Floats) -> Curve:
    """One curve fitted to all lines given; a curve that would fall is given back as `none`."""
    if method == "none":
        return Curve()
    if method == "isotonic":
        return _isotonic(log_odds, denied, weight)
    if method == "platt":
        columns = np.stack([log_odds, np.ones_like(log_odds)], axis=1)
        numbers = _logistic(columns, denied, weight, np.array([1.0, 0.0]))
        return Curve("platt", tuple(numbers.tolist())) if numbers[0] > 0 else Curve()
    return _beta(log_odds, denied, weight)


def _level(log_odds: Floats, denied: NDArray[np.int8], weight: Floats) -> Curve:
    """The same log-odds, moved together towards the share denied; not moved without both denied and paid lines.

    Trees that learnt from a few hundred denials are too sure of themselves, mostly on the safe side: measured on worlds
    of 2,000 claims, they foretold half of the denials that came.
    """
    if denied.min(initial=1) == denied.max(initial=0):
        return Curve()
    shift, known = 0.0, 0.0
    for _ in range(50):
        p = probability_of(log_odds + shift)
        known = float((weight * p * (1 - p)).sum())
        step = float((weight * (denied - p)).sum()) / max(known, 1e-9)
        shift = float(np.clip(shift + np.clip(step, -2.0, 2.0), -MOST_SHIFT, MOST_SHIFT))
        if abs(step) < 1e-10:
            break
    return Curve("platt", (1.0, shift * known / (known + _FEW)))


def _beta(log_odds: Floats, denied: NDArray[np.int8], weight: Floats) -> Curve:
    """Beta calibration; a weight that would be negative is held at 0, for the curve must not fall."""
    columns = np.stack(
        [-np.logaddexp(0.0, -log_odds), np.logaddexp(0.0, log_odds), np.ones_like(log_odds)], axis=1
    )
    for kept in ([0, 1, 2], [0, 2], [1, 2]):
        found = _logistic(columns[:, kept], denied, weight, np.array([1.0, 1.0, 0.0])[kept])
        if found[:-1].min() >= 0:
            numbers = np.zeros(3)
            numbers[kept] = found
            return Curve("beta", tuple(numbers.tolist()))
    return Curve()


def _logistic(columns: Floats, denied: NDArray[np.int8], weight: Floats, start: Floats) -> Floats:
    """Logistic regression by Newton's steps; a hair of a penalty towards `start` keeps it solvable."""
    numbers = start.copy()
    for _ in range(50):
        # Sums over all lines by einsum: a matrix product's last digit would depend on the number of cores.
        p = probability_of(np.einsum("nk,k->n", columns, numbers))
        slope = np.einsum("nk,n->k", columns, weight * (denied - p)) - 1e-6 * (numbers - start)
        curved = columns * (weight * p * (1 - p))[:, None]
        curvature = np.einsum("nj,nk->jk", curved, columns) + 1e-6 * np.eye(len(start))
        step = np.linalg.solve(curvature, slope)
        numbers = numbers + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-10:
            break
    return numbers


def pool_adjacent(height: Floats, weight: Floats) -> list[tuple[float, float, int]]:
    """Isotonic regression: blocks (height, weight, members) that never fall."""
    blocks: list[tuple[float, float, int]] = []
    for h, w in zip(height.tolist(), weight.tolist(), strict=True):
        block = (h, w, 1)
        while blocks and blocks[-1][0] >= block[0]:
            before = blocks.pop()
            total = before[1] + block[1]
            mean = (before[0] * before[1] + block[0] * block[1]) / total
            block = (mean, total, before[2] + block[2])
        blocks.append(block)
    return blocks


def _isotonic(log_odds: Floats, denied: NDArray[np.int8], weight: Floats) -> Curve:
    """Isotonic regression, straight between the blocks' centres, so that it rises wherever it can."""
    order = np.argsort(log_odds, kind="stable")
    blocks = pool_adjacent(denied[order].astype(np.float64), weight[order])
    ends = np.cumsum([n for _, _, n in blocks])
    starts = ends - [n for _, _, n in blocks]
    mass = np.add.reduceat(weight[order], starts)
    centre = np.add.reduceat(log_odds[order] * weight[order], starts) / mass
    # One line of the usual kind in each block: blocks at the ends, all paid or all denied, are no certainties.
    usual = float(np.average(denied, weights=weight))
    height = log_odds_of(np.array([(h * w + usual) / (w + 1) for h, w, _ in blocks]))
    height = np.maximum.accumulate(height)
    keep = np.append(True, np.diff(centre) > 0)
    return Curve("isotonic", (*centre[keep].tolist(), *height[keep].tolist()))


def _payer_shifts(
    log_odds: Floats,
    denied: NDArray[np.int8],
    weight: Floats,
    payer_ids: NDArray[np.object_],
    strength: float,
) -> dict[str, float]:
    """A shift for each payer, shrunk to nothing where it has far fewer lines than `strength`."""
    payers, place = np.unique(np.array([payer or "" for payer in payer_ids]), return_inverse=True)
    shift = np.zeros(len(payers))
    before = probability_of(log_odds)
    prior = strength * float((weight * before * (1 - before)).mean())
    for _ in range(10):
        p = probability_of(log_odds + shift[place])
        spread = weight * p * (1 - p)
        slope = np.bincount(place, weight * (denied - p), len(payers)) - prior * shift
        step = slope / (np.bincount(place, spread, len(payers)) + prior)
        shift = np.clip(shift + step, -MOST_SHIFT, MOST_SHIFT)
    return {str(payer): float(s) for payer, s in zip(payers, shift, strict=True) if payer}
