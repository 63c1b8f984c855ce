"""How often each payer used to deny for each family of reasons, by kind of procedure: its habit before the model's day.

A model keeps up with much of what payers change: it hears of their newest answers, and of the policy book. That is what it is for, but
then nothing that it foretold is surprised by a new rule. Whether a payer has changed is therefore asked against its own
past too, which hears of nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.codes import FAMILIES
from serving.monitor.lines import Watched

Floats = NDArray[np.float64]

STRENGTH = 10.0
"""Lines of all payers in a kind of procedure that stand beside a payer's own."""
SURE = 1.3
"""Standard deviations that a rate of few lines may lie higher than it was seen."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Rates [families] of denied lines, by payer and kind of procedure, as high as they may well have been."""

    rates: Mapping[tuple[str, str], Floats]
    usual: Mapping[str, Floats]
    """By kind of procedure, of all payers; "" stands for all kinds."""

    @classmethod
    def measure(cls, past: Watched) -> "Habits":
        """From answered lines of claims sent before the model's day."""
        told = past.where(past.answered)
        struck = (told.kind[:, None] == 1 + np.arange(len(FAMILIES))).astype(np.float64)
        everywhere = _rate(struck, np.zeros(len(FAMILIES)), 0.0)
        usual = {"": everywhere}
        rates: dict[tuple[str, str], Floats] = {}
        for group in np.unique(told.group).tolist():
            inside = told.group == group
            usual[group] = _rate(struck[inside], everywhere, STRENGTH)
            for payer in np.unique(told.payer_id[inside]).tolist():
                own = struck[inside & (told.payer_id == payer)]
                rates[payer, group] = _highest(_rate(own, usual[group], STRENGTH), len(own) + STRENGTH)
        return cls(rates, usual)

    def chances(self, lines: Watched) -> Floats:
        """[n, 1 + `FAMILIES`] For each line, of no denial, then of one for each family; a row sums to 1."""
        keys = list(zip(lines.payer_id.tolist(), lines.group.tolist(), strict=True))
        found = {key: self._of(*key) for key in set(keys)}
        told = np.array([found[key] for key in keys]).reshape(len(keys), len(FAMILIES))
        return np.column_stack([1 - told.sum(axis=1), told])

    def _of(self, payer_id: str, group: str) -> Floats:
        own = self.rates.get((payer_id, group))
        rates = _highest(self.usual.get(group, self.usual[""]), STRENGTH) if own is None else own
        return np.asarray(rates * min(1.0, 0.98 / max(float(rates.sum()), 1e-9)))


def _rate(struck: Floats, usual: Floats, strength: float) -> Floats:
    return np.asarray((struck.sum(axis=0) + strength * usual) / max(len(struck) + strength, 1.0))


def _highest(rate: Floats, n: float) -> Floats:
    return np.asarray(rate + SURE * np.sqrt(rate * (1 - rate) / n))
