"""Which code a payer writes, given the family of its reason: counted for each payer, shrunk towards all payers.

A line's reason is found in two steps: the families' shares of its risk (`combine.shares`: the probability that its
denial carries a reason of that family), then how this payer spells that family on a line that shows such a sign
(`models.signs`). Both are probabilities, so are their products, and over all codes they sum to 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from data.codes import reason_family
from features.build import Features, places_of
from features.checks.catalog import CHECKS
from models.combine import Floats
from models.signs import Places, Question, Signs, Struck, fit_signs

CHECK_COLUMNS = frozenset(check.column for check in CHECKS)
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
    signs: Signs = field(default_factory=Signs)

    def probabilities(
        self, share: Floats, payer_ids: Sequence[str | None] | Codes, signs: Places | None = None
    ) -> Floats:
        """P(code | denied) [n, codes] from the families' shares [n, families] and the lines' signs (`Signs.of`).

        Without signs a family is spelt as the payer spells it on the whole.
        """
        known = self._known
        payer = np.array([known.get(one or "", 0) for one in payer_ids], dtype=np.int64)
        shown = np.zeros((len(payer), 1), dtype=np.int64) if signs is None else signs[:, self._places]
        return np.asarray(share[:, self._places] * self._spelt[payer[:, None], shown, self._every])

    def best(self, probability: Floats, top: int) -> tuple[Codes, Floats]:
        """The `top` codes and their probabilities [n, top], likeliest first; None and 0 where there are fewer."""
        order = np.argsort(-probability, axis=1, kind="stable")[:, :top]
        codes = self._codes[order]
        chance = probability[np.arange(len(order))[:, None], order]
        missing = top - order.shape[1]
        if missing > 0:
            codes = np.pad(codes, ((0, 0), (0, missing)), constant_values=None)  # type: ignore[call-overload]
            chance = np.pad(chance, ((0, 0), (0, missing)))
        codes[chance <= 0] = None
        return codes, chance

    def given(self, share: Floats, payer_ids: Codes, reason: Codes, signs: Places | None = None) -> Floats:
        """[n] The probability given to the code that came; 0 for a code that was never counted."""
        place = {code: i for i, code in enumerate(self.codes)}
        came = np.array([place.get(str(code), -1) for code in reason], dtype=np.int64)
        probability = self.probabilities(share, payer_ids, signs)
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

    @cached_property
    def _known(self) -> dict[str, int]:
        """Where each payer stands in `_spelt`; who is not known is spelt like all payers together."""
        return {payer: place for place, payer in enumerate(self.payers, start=1)}

    @cached_property
    def _spelt(self) -> Floats:
        """[payers, signs, codes] P(code | its hazard, payer, sign of that hazard); sums to 1 within a hazard."""
        spelling = np.array([self.everyone, *self.payers.values()])[:, None, :]
        lifted = spelling * self.signs.lifts if self.signs.each else spelling
        within = np.zeros((*lifted.shape[:2], len(self.families)))
        for code, place in enumerate(self.places):
            within[:, :, place] += lifted[:, :, code]
        whole = within[:, :, self._places]
        return np.asarray(np.divide(lifted, whole, out=np.zeros_like(lifted), where=whole > 0))

    @cached_property
    def _every(self) -> Places:
        return np.arange(len(self.codes))

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        return np.array(self.places, dtype=np.int64)

    @cached_property
    def _codes(self) -> Codes:
        return np.array(self.codes, dtype=object)


def fit_reasons(
    families: tuple[str, ...],
    hazard: NDArray[np.object_],
    reason: NDArray[np.object_],
    payer_ids: NDArray[np.object_],
    weight: Floats,
    *,
    strength: float = 5.0,
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


def with_signs(
    bare: Reasons,
    x: Features,
    at: Places,
    hazard: Codes,
    reason: Codes,
    payer_ids: Codes,
    weight: Floats,
    columns: Mapping[str, Sequence[str]],
) -> Reasons:
    """The same reasons, told apart by what is seen on a line: row `at` [n] of `x` has the features of each denied line counted.

    `columns` names the features that may be asked for each hazard; words are not.
    """
    place = {pair: number for number, pair in enumerate(zip(bare.places, bare.codes, strict=True))}
    spelling = np.array([bare.everyone, *bare.payers.values()])
    family = np.array([bare.families.index(name) for name in hazard.tolist()], dtype=np.int64)
    code = np.array(
        [place[pair] for pair in zip(family.tolist(), reason.tolist(), strict=True)], dtype=np.int64
    )
    payer = np.array([bare._known.get(one or "", 0) for one in payer_ids], dtype=np.int64)
    column, each, roots = places_of(x.names), list[Question](), list[tuple[int, int]]()
    for number, name in enumerate(bare.families):
        own = np.array(bare.places) == number
        if own.sum() < 2:
            continue
        rows = family == number
        asked = tuple(one for one in columns[name] if one not in x.categorical)
        values = x.values[at[rows][:, None], [column[one] for one in asked]]
        struck = Struck(values, asked, CHECK_COLUMNS, payer[rows], code[rows], weight[rows])
        grown = fit_signs(struck, spelling * own, len(each))
        roots += [(number, len(each))] if grown else []
        each += grown
    return replace(bare, signs=Signs(tuple(each), tuple(roots)))


def _within(counts: Floats, places: NDArray[np.int64], n: int) -> Floats:
    """Counts as shares of their hazard's."""
    return np.asarray(counts / np.bincount(places, counts, n)[places])
