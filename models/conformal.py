"""Sets of reason codes that hold the payer's code nine times out of ten, whatever the family: class-conditional conformal.

For denied held-out lines of one family, look at the probability that the model gave to the code that came. All but a
tenth of these are above some level; a code of that family is named whenever its probability reaches that level. If new
denials come from the same world, the code that comes is in the set in at least 90% of the denials of each family.
Families with few denials take the level of all. Nothing is drawn by lot: the same line has the same set.

A set of more than three codes says little; it is told as such ("can't tell").
Sadinle, Lei & Wasserman 2019, Least ambiguous set-valued classifiers; Vovk 2012, Conditional validity.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.combine import Floats

COVER = 0.9
LEAST_OF_A_FAMILY = 20
"""Denials below which a family's own level is chance."""
MOST_CODES = 3
"""A set of more codes than these can't tell the reason."""


@dataclass(frozen=True, slots=True)
class SetLevels:
    """From which probability on a code is named."""

    everyone: float = 0.0
    """For codes of families without a level of their own; 0: all codes that are possible at all."""
    families: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, family_by_code: Mapping[str, str], codes: tuple[str, ...]) -> Floats:
        """The level of each code [codes]."""
        return np.array(
            [self.families.get(family_by_code[code], self.everyone) for code in codes], dtype=np.float64
        )


def code_sets(probability: Floats, codes: tuple[str, ...], levels: Floats) -> list[tuple[str, ...]]:
    """For each line the codes whose probability [n, codes] reaches its level [codes], likeliest first.

    The likeliest code is always in it, so that no set is empty; of equals the earlier in `codes` comes first.
    """
    order = np.argsort(-probability, axis=1, kind="stable")
    named = (probability >= levels) & (probability > 0)
    rows = np.arange(len(named))
    if probability.shape[1]:
        named[rows, order[:, 0]] = True
    kept = named[rows[:, None], order]
    return [
        tuple([codes[place] for place in row[keeps].tolist()]) for row, keeps in zip(order, kept, strict=True)
    ]


def fit_levels(given: Floats, family: NDArray[np.str_], *, cover: float = COVER) -> SetLevels:
    """Levels from denied held-out lines: the probability [n] given to the code that came, and its family [n]."""
    if not len(given):
        return SetLevels()
    names, counts = np.unique(family, return_counts=True)
    own = {
        str(name): level(given[family == name], cover)
        for name, n in zip(names, counts, strict=True)
        if n >= LEAST_OF_A_FAMILY
    }
    return SetLevels(level(given, cover), MappingProxyType(own))


def level(given: Floats, cover: float) -> float:
    """The largest level that at least a share `cover` of n + 1 lines reach, the line to come among them; else 0."""
    n = len(given)
    allowed = int(np.floor((n + 1) * (1 - cover) + 1e-9))
    return float(np.sort(given)[allowed - 1]) if allowed >= 1 else 0.0
