"""From a precision that a caller asks for to the probability from which held-out claims had it.

Whoever acts on a warning wants to know how often warnings are right: "warn me only where four of five are denied".
Precision at a threshold is the share of lines (or claims) at or above it that were denied, each counted by its weight.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.combine import Floats

LEAST, MOST = 0.50, 0.99
LEAST_SUPPORT = 50
"""Lines or claims below which a precision is chance: no threshold is taken from fewer."""
_HUNDREDTHS = tuple(range(50, 100))


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which probability on held-out claims had at least the precision asked for."""

    precision: float
    """As it was on held-out claims."""
    probability: float
    support: int
    """How many of them were at or above it."""
    caught: float
    """Share of all denied ones that were."""


@dataclass(frozen=True, slots=True)
class Precision:
    """The threshold for each precision of 50% to 99%, in hundredths; None where none reaches it."""

    thresholds: tuple[Threshold | None, ...] = (None,) * len(_HUNDREDTHS)

    def at(self, wanted: float) -> Threshold | None:
        """The lowest threshold that gave this precision (0.5 to 0.99, taken up to the next hundredth), or None.

        Raises ValueError for a precision outside that range.
        """
        if not LEAST <= wanted <= MOST:
            raise ValueError(f"precision {wanted}, wanted {LEAST} to {MOST}")
        # 0.7 is a hair below 70 hundredths as a float: it must not be taken for 71.
        return self.thresholds[int(np.ceil(round(wanted * 100, 6))) - _HUNDREDTHS[0]]


def fit_precision(
    probability: Floats, denied: NDArray[np.int8], weight: Floats, *, least: int = LEAST_SUPPORT
) -> Precision:
    """The lowest threshold for each precision, from held-out probabilities [n] and what came of them.

    Only thresholds with at least `least` lines (or claims) above them count, and only such as gave the precision by
    a standard error to spare: the lowest of many thresholds is otherwise one that was lucky, and disappoints later.
    """
    found = _steps(probability, denied, weight)
    enough = found.support >= least
    return Precision(tuple(_lowest(found, enough, wanted / 100) for wanted in _HUNDREDTHS))


@dataclass(frozen=True, slots=True)
class _Steps:
    """At each distinct probability, from the highest down: all at or above it."""

    probability: Floats
    precision: Floats
    support: NDArray[np.int64]
    caught: Floats


def _steps(probability: Floats, denied: NDArray[np.int8], weight: Floats) -> _Steps:
    order = np.argsort(-probability, kind="stable")
    p, hits, mass = probability[order], np.cumsum((weight * denied)[order]), np.cumsum(weight[order])
    last = np.flatnonzero(np.append(p[1:] != p[:-1], True)) if len(p) else np.zeros(0, np.int64)
    whole = hits[-1] if len(p) and hits[-1] > 0 else 1.0
    return _Steps(p[last], hits[last] / mass[last], last + 1, hits[last] / whole)


def _lowest(found: _Steps, enough: NDArray[np.bool_], wanted: float) -> Threshold | None:
    spread = np.sqrt(np.maximum(found.precision * (1 - found.precision), 0.0) / found.support)
    good = np.flatnonzero(enough & (found.precision - spread >= wanted))
    if not len(good):
        return None
    place = good[-1]
    return Threshold(
        float(found.precision[place]),
        float(found.probability[place]),
        int(found.support[place]),
        float(found.caught[place]),
    )
