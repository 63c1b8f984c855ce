"""Learn from answered claims how lines of one claim fall together, and calibrate the claim's own probability."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.calibration import fit_calibrator
from models.claim_level import ClaimLevel, Places, cumulative, fall
from models.combine import Floats, log_odds_of

Codes = NDArray[np.object_]
GRID = np.linspace(0.0, 1.0, 11)
PRIOR_CLAIMS = 20.0
"""Denied claims of several lines at which a family's own history weighs as much as that of all families."""
_NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Answered:
    """n answered lines: what the model says of them, and what came. All arrays have n entries."""

    probability: Floats
    share: Floats
    """[n, families]"""
    denied: NDArray[np.int8]
    hazard: NDArray[np.int64]
    """The hazard that a denied line fell to, as its place among the families; -1 elsewhere."""
    claim: Places
    """Any number that is the same for all lines of a claim."""
    payer_ids: Codes
    weight: Floats
    day: NDArray[np.int64]
    recent: Floats | None = None
    """How much each counts for the calibration of claims beside its weight."""


def fit_claim_level(lines: Answered, *, payer_strength: float = 100.0) -> ClaimLevel:
    """How lines fall together in each family, then the calibrator of claims of several lines."""
    keys, claim, counts = np.unique(lines.claim, return_inverse=True, return_counts=True)
    together = ClaimLevel(fit_together(lines))
    first = np.unique(claim, return_index=True)[1]
    raw = fall(cumulative(lines.probability), together.wide(lines.share), claim, len(keys)).any_line
    several = counts > 1
    weight = np.bincount(claim, lines.weight, len(keys)) / np.maximum(counts, 1)
    calibrator = fit_calibrator(
        log_odds_of(np.clip(raw[several], _NEAR, 1 - _NEAR)),
        (np.bincount(claim, lines.denied, len(keys)) > 0)[several].astype(np.int8),
        np.asarray(weight[several]),
        lines.payer_ids[first][several],
        lines.day[first][several],
        payer_strength=payer_strength,
        recent=None if lines.recent is None else lines.recent[first][several],
    )
    return ClaimLevel(together.together, calibrator)


def fit_together(lines: Answered) -> tuple[float, ...]:
    """The likeliest share of each family's risk that strikes a claim at once, shrunk towards that of all families."""
    keys, claim = np.unique(lines.claim, return_inverse=True)
    n_claims = len(keys)
    told = [_family_likelihood(lines, claim, n_claims, f) for f in range(lines.share.shape[1])]
    if not told:
        return ()
    all_families = np.sum([likelihood for likelihood, _ in told], axis=0)
    n_denied = sum(n for _, n in told)
    prior = all_families * PRIOR_CLAIMS / max(n_denied, PRIOR_CLAIMS)
    return tuple(round(float(GRID[np.argmax(likelihood + prior)]), 2) for likelihood, _ in told)


def _family_likelihood(lines: Answered, claim: Places, n_claims: int, family: int) -> tuple[Floats, float]:
    """Log-likelihood [GRID] of one family's denials, and in how many claims of several lines it struck.

    Claims with a line denied for another family tell nothing of this one and are left out.
    """
    mine = lines.hazard == family
    other = np.bincount(claim, (lines.denied == 1) & ~mine, n_claims) > 0
    counts = np.bincount(claim, minlength=n_claims)
    kept = (counts > 1) & ~other
    rows = kept[claim]
    place = (np.cumsum(kept) - 1)[claim[rows]]
    n = int(kept.sum())
    risk = cumulative(lines.probability[rows]) * lines.share[rows, family]
    hits = np.asarray(np.bincount(place, mine[rows], n), dtype=np.float64)
    weight = np.asarray(np.bincount(place, lines.weight[rows], n) / counts[kept])
    likelihood = [_log_likelihood(risk, part, place, hits, counts[kept], weight) for part in GRID]
    return np.array(likelihood), float(weight[hits > 0].sum())


def _log_likelihood(
    risk: Floats, part: float, claim: Places, hits: Floats, counts: NDArray[np.int64], weight: Floats
) -> float:
    """Of claims of which none, some or all lines fell, if this part of the risk strikes them at once."""
    chances = fall(risk, np.full(len(risk), part), claim, len(hits))
    chance = np.where(
        hits == 0,
        1 - chances.any_line,
        np.where(hits == counts, chances.all_lines, chances.partly),
    )
    return float((weight * np.log(np.maximum(chance, _NEAR))).sum())
