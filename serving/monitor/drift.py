"""Do the claims look different from those that the model learnt from, and in what?

Two questions, by concept. How far have the shares of its values moved: the population stability index (PSI) of each
column against the model's profile. And can new claims be told from old ones by it: a small classifier learns on half of
the claims and is tried on the other half; an AUC of one half means that nobody can tell.

Only what a claim says of itself is asked. What is remembered of earlier answers grows and moves by itself, and its
meaning is watched in the answers; the calendar moves by nature.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erfc, isnan, sqrt

import numpy as np
from numpy.typing import NDArray

from features.build import Features
from features.catalog import CATALOG, GROUPS
from features.novel import SHELF as NOVEL
from features.sequence import SHELF as SEQUENCE
from models.profile import Profile, Spread, spread
from serving.monitor.estimate import weighted_auc

Floats = NDArray[np.float64]
REMEMBERED = frozenset(
    feature.name
    for features in (GROUPS["history"], GROUPS["evidence"], NOVEL.features, SEQUENCE.features)
    for feature in features
)
BY_NATURE = frozenset({"calendar", "patient_history"})
LEAST_LINES = 100
"""Fewer lines than this on either side say nothing about shares."""
RIDGE = 20.0
STEPS = 12
EVERYTHING = "all concepts"


@dataclass(frozen=True, slots=True)
class ConceptDrift:
    """How far one concept has moved."""

    concept: str
    psi: float
    """The largest among its columns, less what chance alone makes of so few lines; NaN where the model has no profile."""
    feature: str
    """The column it is the largest in."""
    auc: float
    """How well this concept alone tells new claims from old ones; 0.5: not at all. NaN where there are too few."""
    by_chance: float
    """How likely such an AUC is where nothing has changed."""


def drifts(
    profile: Profile, old: Features, new: Features, old_claim: NDArray[np.int64], new_claim: NDArray[np.int64]
) -> list[ConceptDrift]:
    """Every concept, the most telling first; then all of them together (`EVERYTHING`).

    `old` [n] and `new` [m] are features of lines learnt from and of the newest ones, with the claims they belong to.
    """
    by_concept = _columns(new.names)
    trial = _Trial.of(old, new, old_claim, new_claim)
    found = [_drift(profile, new, concept, names, trial) for concept, names in by_concept.items()]
    found.sort(key=lambda one: (0.0 if isnan(one.auc) else -one.auc, one.concept))
    every = [name for names in by_concept.values() for name in names]
    return [*found, _drift(profile, new, EVERYTHING, every, trial)]


def _columns(names: Sequence[str]) -> Mapping[str, list[str]]:
    asked: dict[str, list[str]] = {}
    for name in names:
        concept = CATALOG[name].concept
        if name not in REMEMBERED and concept not in BY_NATURE:
            asked.setdefault(concept, []).append(name)
    return asked


def _drift(
    profile: Profile, new: Features, concept: str, names: Sequence[str], trial: "_Trial"
) -> ConceptDrift:
    psi = {
        name: stability(profile.spreads[name], new, name, profile.n_lines)
        for name in names
        if name in profile.spreads
    }
    worst = max((name for name in psi if not isnan(psi[name])), key=lambda name: psi[name], default="")
    auc, by_chance = trial.tell(names)
    return ConceptDrift(concept, psi.get(worst, float("nan")), worst, auc, by_chance)


def stability(then: Spread, new: Features, name: str, n_then: int) -> float:
    """The PSI of a column: sum of (new - old) x log(new / old) over its bins, less its mean where nothing changes; NaN for few lines."""
    counts = then.counts(new.column(name)).astype(np.float64)
    n_new, old = counts.sum(), np.array(then.shares)
    if min(n_new, n_then) < LEAST_LINES:
        return float("nan")
    # Half a line more in each bin: an empty one is no infinity.
    a = (old * n_then + 0.5) / (n_then + 0.5 * len(old))
    b = (counts + 0.5) / (n_new + 0.5 * len(old))
    moved, chance = np.sum((b - a) * np.log(b / a)), (len(old) - 1) * (1 / n_then + 1 / n_new)
    return max(0.0, float(moved - chance))


@dataclass(frozen=True, slots=True)
class _Trial:
    """Old and new lines, half of the claims to learn from and half to be told apart."""

    both: Features
    is_new: Floats
    learns: NDArray[np.bool_]
    spread_of_auc: float
    """Standard deviation of the AUC where nothing can be told; claims count, as their lines go together."""

    @classmethod
    def of(
        cls, old: Features, new: Features, old_claim: NDArray[np.int64], new_claim: NDArray[np.int64]
    ) -> "_Trial":
        values = np.concatenate([old.values, new.values])
        claim = np.concatenate([old_claim, new_claim])
        is_new = np.repeat([0.0, 1.0], [len(old), len(new)])
        # Every other claim, by its key: not by chance, so that the same claims get the same answer.
        _, number = np.unique(claim, return_inverse=True)
        learns = number % 2 == 0
        n_old, n_new = (len(np.unique(claim[~learns & (is_new == side)])) for side in (0, 1))
        deviation = sqrt((n_old + n_new + 1) / (12 * n_old * n_new)) if n_old and n_new else float("nan")
        return cls(Features(new.names, values, new.categorical), is_new, learns, deviation)

    def tell(self, names: Sequence[str]) -> tuple[float, float]:
        """The AUC of a classifier by these columns, and how likely it is by chance."""
        y, learns = self.is_new, self.learns
        if not 0 < y[learns].sum() < learns.sum() or not 0 < y[~learns].sum() < (~learns).sum():
            return float("nan"), 1.0
        columns = np.column_stack([self._evidence(name) for name in names])
        score = columns @ _logistic(columns[learns], y[learns])
        auc = weighted_auc(score[~learns], y[~learns], 1 - y[~learns])
        return auc, 0.5 * erfc((auc - 0.5) / self.spread_of_auc / sqrt(2))

    def _evidence(self, name: str) -> Floats:
        """For each line, how much more often its value stands on new claims than on old ones, as a logarithm."""
        learnt = Features(self.both.names, self.both.values[self.learns], self.both.categorical)
        bins = spread(learnt, name)
        at, y = bins.places(self.both.column(name)), self.is_new
        n = len(bins.shares)
        new = np.bincount(at[self.learns], y[self.learns], n) + 1.0
        old = np.bincount(at[self.learns], 1 - y[self.learns], n) + 1.0
        return np.asarray(np.log(new / new.sum() / (old / old.sum())))[at]


def _logistic(columns: Floats, y: Floats) -> Floats:
    """Weights of a logistic regression without a shift (none is needed to rank), held small by a ridge."""
    weights, base = np.zeros(columns.shape[1]), float(np.log(y.mean() / (1 - y.mean())))
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(columns @ weights + base, -30, 30)))
        slope = columns.T @ (y - p) - RIDGE * weights
        curve = (columns * (p * (1 - p))[:, None]).T @ columns + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return weights
