"""How much a denial would cost: what the payer would have allowed, not what was charged.

The ratio of allowed to charged is counted over paid lines, by payer and procedure, shrunk towards the payer's own
ratio, and that towards all payers'. Denied lines allow nothing, so they are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.combine import Floats

_STRENGTH = 10.0
"""Lines at which own experience counts for half."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Allowed over charged: of everyone, by payer, by payer and procedure (`payer|procedure`)."""

    everyone: float = 1.0
    payers: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    procedures: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def ratio(self, payer_ids: Sequence[str | None], procedures: Sequence[str | None]) -> Floats:
        """Expected share of the charge [n] that the payer allows."""
        return np.array(
            [
                self.procedures.get(f"{payer}|{procedure}", self.payers.get(payer or "", self.everyone))
                for payer, procedure in zip(payer_ids, procedures, strict=True)
            ],
            dtype=np.float64,
        )


def expected_denied_cents(
    probability: Floats, charge_cents: NDArray[np.int64], ratio: Floats
) -> NDArray[np.int64]:
    """Cents at risk [n]: probability x charge x share of it that would be allowed, to the nearest cent."""
    return np.asarray(np.rint(probability * charge_cents * ratio), dtype=np.int64)


def fit_allowed(
    payer_ids: NDArray[np.object_],
    procedures: NDArray[np.object_],
    charge_cents: NDArray[np.float64],
    allowed_cents: NDArray[np.float64],
) -> Allowed:
    """Ratios from paid lines; lines without an allowed amount (NaN) or a charge are left out.

    Without a single such line every charge counts in full.
    """
    use = np.isfinite(allowed_cents) & (allowed_cents > 0) & (charge_cents > 0)
    if not use.any():
        return Allowed()
    ratio = np.minimum(allowed_cents[use] / charge_cents[use], 1.0)
    payer = np.array([p or "" for p in payer_ids[use]])
    pair = np.array([f"{p}|{q}" for p, q in zip(payer, procedures[use], strict=True)])
    everyone = float(ratio.mean())
    payers = _shrunk(payer, ratio, dict.fromkeys(np.unique(payer).tolist(), everyone))
    towards = {name: payers[name.split("|")[0]] for name in np.unique(pair).tolist()}
    return Allowed(everyone, MappingProxyType(payers), MappingProxyType(_shrunk(pair, ratio, towards)))


def _shrunk(key: NDArray[np.str_], ratio: Floats, towards: Mapping[str, float]) -> dict[str, float]:
    names, place = np.unique(key, return_inverse=True)
    n, total = np.bincount(place), np.bincount(place, ratio)
    return {
        str(name): float((total[i] + _STRENGTH * towards[str(name)]) / (n[i] + _STRENGTH))
        for i, name in enumerate(names)
    }
