"""What a scorer says of lines: the input of everything that judges."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.metrics import Vector

MODEL, CEILING, CHAMPION = "model", "ceiling", "champion"
CLAIM_CEILING = "ceiling, claim alone"
"""What can be foretold of a simulated line from its claim, with nothing beside it."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What one scorer says of n lines: probability [n]; where it can also hazards, shares and reasons.

    `hazards` [n, F] are the families' own, in the order of `hazard_families`; `shares` [n, F] say how likely a denial
    of the line carries a reason of each family; `reasons` [n, k] are codes, likeliest first.
    """

    probability: Vector
    hazards: Vector = field(default_factory=lambda: np.empty((0, 0)))
    shares: Vector = field(default_factory=lambda: np.empty((0, 0)))
    hazard_families: tuple[str, ...] = ()
    reasons: NDArray[np.str_] = field(default_factory=lambda: np.empty((0, 0), np.str_))
    claim_probability: Vector = field(default_factory=lambda: np.empty(0))
    """[n] That of the line's claim, the same for all its lines; empty: the scorer speaks of lines alone."""

    @property
    def families(self) -> NDArray[np.str_]:
        """[n, F] Families from the likeliest down."""
        order = np.argsort(-self.shares, axis=1, kind="stable")
        return np.asarray(self.hazard_families, dtype=np.str_)[order]
