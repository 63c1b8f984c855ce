"""What a day's work catches: at a probability from which people look, or with as many lines as they have time for.

Money is what was denied of the charges. *Riskiest first* orders work by probability; *most at stake first* by
probability times charge, which is how a worklist that is after money is sorted.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from training.metrics import Labels, Vector
from training.scores import Scores
from training.whole_claims import claim_level, of_claims

THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
CAPACITIES = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
CAPACITY = 0.1
"""Share of the lines that people have time to look at, unless told otherwise."""
THRESHOLD, RISKIEST, AT_STAKE = "threshold", "riskiest first", "most at stake first"


@dataclass(frozen=True, slots=True)
class Worked:
    """What looking at some lines (or claims) finds."""

    level: str
    """line or claim"""
    order: str
    """`threshold`: all from that probability on; else the share that there is time for, in this order."""
    threshold: float
    """Lowest probability among those looked at; NaN where they were not taken by probability."""
    n_reviewed: int
    reviewed: float
    """Share of all."""
    precision: float
    """Share of those looked at that was denied."""
    recall: float
    """Share of the denied that was looked at."""
    dollars: float
    """Share of the denied dollars that was looked at."""
    denied_cents: int
    """Denied money among those looked at."""


def worked(scores: Scores, outcomes: pa.Table, *, capacity: float = CAPACITY) -> tuple[Worked, ...]:
    """Every threshold, and every capacity in both orders, by line and by claim; `capacity` is among the latter."""
    shares = tuple(sorted({*CAPACITIES, capacity}))
    return tuple(row for pile in _piles(scores, outcomes) for row in pile.rows(shares))


@dataclass(frozen=True, slots=True)
class _Pile:
    """Lines or claims to be worked: how likely denied, how much at stake, what came of them."""

    level: str
    probability: Vector
    stake: Vector
    denied: Labels
    cents: Vector

    def rows(self, shares: tuple[float, ...]) -> Iterator[Worked]:
        for threshold in THRESHOLDS:
            yield self._of(np.flatnonzero(self.probability >= threshold), THRESHOLD, threshold)
        for order, by in ((RISKIEST, self.probability), (AT_STAKE, self.stake)):
            first = np.argsort(-by, kind="stable")
            for share in shares:
                chosen = first[: round(share * len(first))]
                lowest = self.probability[chosen].min() if order == RISKIEST and len(chosen) else np.nan
                yield self._of(chosen, order, float(lowest))

    def _of(self, chosen: NDArray[np.int64], order: str, threshold: float) -> Worked:
        hits, cents = float(self.denied[chosen].sum()), float(self.cents[chosen].sum())
        return Worked(
            self.level,
            order,
            threshold,
            len(chosen),
            _share(len(chosen), len(self.denied)),
            _share(hits, len(chosen)),
            _share(hits, float(self.denied.sum())),
            _share(cents, float(self.cents.sum())),
            round(cents),
        )


def denied_dollars(outcomes: pa.Table) -> Vector:
    """[n] Denied cents of each labelled line; 0 where it was not denied."""
    label = outcomes["label"].to_numpy()
    return np.asarray(outcomes["denied_cents"].fill_null(0).to_numpy().astype(np.float64) * label)


def _piles(scores: Scores, outcomes: pa.Table) -> Iterator[_Pile]:
    denied = np.asarray(outcomes["label"].to_numpy(), dtype=np.int8)
    charge = outcomes["charge_cents"].fill_null(0).to_numpy().astype(np.float64)
    stake, cents = scores.probability * charge, denied_dollars(outcomes)
    yield _Pile("line", scores.probability, stake, denied, cents)
    keys = np.asarray(outcomes["claim_key"].to_numpy(), dtype=np.int64)
    any_denied, probability = claim_level(keys, denied, scores)
    yield _Pile("claim", probability, of_claims(keys, stake), any_denied, of_claims(keys, cents))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
