"""Which code a payer writes, given the family of its reason: counted for each payer, shrunk towards all payers.

A line's reason is found in two steps: the families' shares of its risk (`combine.shares`: the probability that its
denial carries a reason of that family), then how this payer spells that family. Both are probabilities, so are their
products, and over all codes they sum to 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from data.codes import reason_family
from models.combine import Floats

Codes = NDArray[np.object_]


@dataclass(frozen=True)
class Reasons:
    """P(code | hazard) of all payers together, and of each payer that has denials."""

    families: tuple[str, ...]
    codes: tuple[str, ...]
    places: tuple[int, ...]
    """The hazard each code belongs to, as its place in `families`."""
    everyone: tuple[float, ...]
    """P(code | its hazard), all payers; sums to 1 within a hazard."""
    payers: Mapping[str, tuple[float, ...]]

    def probabilities(self, share: Floats, payer_ids: Sequence[str | None] | Codes) -> Floats:
        """P(code | denied) [n, codes] from the families' shares [n, families]."""
        spelling = np.stack([self._spelling(payer) for payer in payer_ids]) if len(share) else self._empty
        return np.asarray(share[:, self._places] * spelling)

    def best(self, probability: Floats, top: int) -> tuple[Codes, Floats]:
        """The `top` codes and their probabilities [n, top], likeliest first; None and 0 where there are fewer."""
        order = np.argsort(-probability, axis=1, kind="stable")[:, :top]
        codes = self._codes[order]
        chance = np.take_along_axis(probability, order, axis=1)
        missing = top - order.shape[1]
        if missing > 0:
            codes = np.pad(codes, ((0, 0), (0, missing)), constant_values=None)  # type: ignore[call-overload]
            chance = np.pad(chance, ((0, 0), (0, missing)))
        codes[chance <= 0] = None
        return codes, chance

    def given(self, share: Floats, payer_ids: Codes, reason: Codes) -> Floats:
        """[n] The probability given to the code that came; 0 for a code that was never counted."""
        place = {code: i for i, code in enumerate(self.codes)}
        came = np.array([place.get(str(code), -1) for code in reason], dtype=np.int64)
        probability = self.probabilities(share, payer_ids)
        return np.where(came < 0, 0.0, probability[np.arange(len(came)), np.maximum(came, 0)])

    def smallest_sets(self, probability: Floats, cover: float = 0.9) -> list[tuple[str, ...]]:
        """For each line the fewest codes whose probabilities sum to `cover` or more, likeliest first."""
        order = np.argsort(-probability, axis=1, kind="stable")
        reached = np.cumsum(np.take_along_axis(probability, order, axis=1), axis=1)
        n = np.minimum((reached < cover - 1e-12).sum(axis=1) + 1, len(self.codes))
        return [
            tuple(self.codes[c] for c in row[:k]) for row, k in zip(order.tolist(), n.tolist(), strict=True)
        ]

    def family_of(self, code: str) -> str:
        """The reason family of a code, in the domain's words (never `pooled`)."""
        return reason_family(code)

    @cached_property
    def of_family(self) -> Mapping[str, NDArray[np.int64]]:
        """The places of the codes of each reason family; only families that have one."""
        places: dict[str, list[int]] = {}
        for place, code in enumerate(self.codes):
            places.setdefault(self.family_of(code), []).append(place)
        return MappingProxyType({family: np.array(own) for family, own in places.items()})

    @cached_property
    def family_by_code(self) -> Mapping[str, str]:
        """The reason family of each code."""
        return MappingProxyType({code: self.family_of(code) for code in self.codes})

    def _spelling(self, payer: str | None) -> Floats:
        return self._arrays.get(payer or "", self._arrays[""])

    @cached_property
    def _arrays(self) -> dict[str, Floats]:
        own = {payer: np.array(values) for payer, values in self.payers.items()}
        return own | {"": np.array(self.everyone)}

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        return np.array(self.places, dtype=np.int64)

    @cached_property
    def _codes(self) -> Codes:
        return np.array(self.codes, dtype=object)

    @cached_property
    def _empty(self) -> Floats:
        return np.zeros((0, len(self.codes)))


def fit_reasons(
    families: tuple[str, ...],
    hazard: NDArray[np.object_],
    reason: NDArray[np.object_],
    payer_ids: NDArray[np.object_],
    weight: Floats,
    *,
    strength: float = 20.0,
) -> Reasons:
    """Counts of codes among denied lines: `hazard` [n] names each one's hazard, `reason` [n] its code.

    A payer's own counts weigh n / (n + strength) against all payers', n its denials of that hazard.
    """
    pairs, which = np.unique(
        np.array([f"{h}\t{r}" for h, r in zip(hazard, reason, strict=True)]), return_inverse=True
    )
    places = np.array([families.index(pair.split("\t")[0]) for pair in pairs.tolist()], dtype=np.int64)
    counted = np.asarray(np.bincount(which, weight, len(pairs)), dtype=np.float64)
    everyone = _within(counted, places, len(families))
    payers = {}
    for payer in sorted({payer for payer in payer_ids.tolist() if payer}):
        mine = payer_ids == payer
        counts = np.bincount(which[mine], weight[mine], len(pairs))
        seen = np.bincount(places, counts, len(families))[places]
        payers[payer] = tuple(((counts + strength * everyone) / (seen + strength)).tolist())
    return Reasons(
        families=families,
        codes=tuple(pair.split("\t")[1] for pair in pairs.tolist()),
        places=tuple(places.tolist()),
        everyone=tuple(everyone.tolist()),
        payers=MappingProxyType(payers),
    )


def _within(counts: Floats, places: NDArray[np.int64], n: int) -> Floats:
    """Counts as shares of their hazard's."""
    return np.asarray(counts / np.bincount(places, counts, n)[places])
