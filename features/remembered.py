"""What was once asked of a word's values is remembered: a code's modality, whether it is one of some, its hash."""

from collections.abc import Mapping, Sequence

import numpy as np

from features.columns import MISSING, Floats, Hashes, stable_hash
from features.formula import Derive
from features.program import WordTrait

MOST = 1 << 17
"""Values of one word that are remembered: codes occur in thousands, and identifiers are asked little."""


class Traits:
    """The traits of one word: for every value that was seen a row of numbers."""

    __slots__ = ("known", "missing", "tells")

    def __init__(self, traits: Mapping[WordTrait, int]) -> None:
        self.tells = tuple(traits)
        self.missing = np.array([trait.missing for trait in traits])
        self.known: dict[str, Floats] = {}

    def rows(self, values: Sequence[str]) -> list[Floats]:
        """The missing value's row, then one a value."""
        if not self.tells:
            return []
        known = self.known
        return [self.missing, *(known[value] if value in known else self._learn(value) for value in values)]

    def _learn(self, value: str) -> Floats:
        if len(self.known) >= MOST:
            self.known = {}
        row = self.known[value] = np.array([tell(value) for tell in self.tells])
        return row


class WordHashes:
    """The stable hashes of the values of one word, or of what is derived from them."""

    __slots__ = ("derive", "known")

    def __init__(self, derive: Derive | None) -> None:
        self.derive = derive
        self.known: dict[str, int] = {}

    def of(self, values: Sequence[str]) -> list[int]:
        """The hash of each value, and at last that of the missing one."""
        known = self.known
        return [*(known[value] if value in known else self._learn(value) for value in values), MISSING]

    def table(self, values: Sequence[str]) -> Hashes:
        """The same as an array."""
        return np.array(self.of(values), dtype=np.uint64)

    def _learn(self, value: str) -> int:
        if len(self.known) >= MOST:
            self.known = {}
        word = value if self.derive is None else self.derive(value)
        found = self.known[value] = MISSING if word is None else stable_hash(word)
        return found
