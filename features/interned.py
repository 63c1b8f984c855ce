"""Every value of a word that was ever seen, with all that is told of it: its traits and hashes, once in one array.

A few lines are encoded by looking their values up here; nothing is told of a value twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numba import njit

from data.claim import Value
from features.columns import MISSING, Floats, Hashes, Indices, Ints, stable_hash
from features.formula import Derive
from features.program import Needs, WordTrait

MOST = 1 << 17
"""Values that are remembered, of all words together; then all is forgotten."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of the values of one word."""

    traits: tuple[WordTrait, ...]
    derives: tuple[Derive | None, ...]

    @property
    def width(self) -> int:
        """Numbers a value."""
        return len(self.traits) + len(self.derives)

    def missing(self) -> Floats:
        """What is told where nothing is said."""
        return _record([trait.missing for trait in self.traits], [MISSING] * len(self.derives))

    def of(self, value: str) -> Floats:
        """What is told of a value."""
        return _record([tell(value) for tell in self.traits], [_hash(made, value) for made in self.derives])


def _hash(derive: Derive | None, value: str) -> int:
    word = value if derive is None else derive(value)
    return MISSING if word is None else stable_hash(word)


def _record(traits: Sequence[float], hashes: Sequence[int]) -> Floats:
    numbers = np.array(traits, dtype=np.float64)
    return np.concatenate((numbers, np.array(hashes, dtype=np.uint64).view(np.float64)))


class Interned:
    """The records of the values of each word. Value number c of word w (-1: nothing said) lies at
    `at[w] + (c + 1) * widths[w]` of `records`: its traits, then its hashes as bits.
    """

    __slots__ = (
        "_count",
        "_end",
        "_known",
        "_lock",
        "_told",
        "at",
        "hashed_at",
        "hashed_of",
        "records",
        "widths",
    )

    def __init__(self, needs: Needs) -> None:
        hashed = list(needs.hashed)
        self._told = [
            Told(tuple(needs.traits[name]), tuple(word.derive for word in hashed if word.column == name))
            for name in needs.words
        ]
        self._known: list[dict[Value, int]] = [
            {None: -1} if told.width else _Unremembered({None: -1}) for told in self._told
        ]
        self._lock = Lock()
        self.widths: Ints = np.array([told.width for told in self._told], dtype=np.int64)
        self.at: Ints = np.concatenate(([0], np.cumsum(self.widths)[:-1])).astype(np.int64)
        self.records: Floats = np.zeros(1 << 14)
        self._end = self._count = 0
        for told in self._told:
            self._put(self._end, told.missing())
        words = list(needs.words)
        self.hashed_of: Ints = np.array([words.index(word.column) for word in hashed], dtype=np.int64)
        """The word of each hash that is asked for."""
        self.hashed_at: Ints = np.array([_place(needs, n) for n in range(len(hashed))], dtype=np.int64)
        """Where it stands in the word's records."""

    @property
    def is_full(self) -> bool:
        """More is remembered than should be."""
        return self._count > MOST

    def codes(self, word: int, values: Sequence[Value]) -> list[int]:
        """The number of each value of a word, -1 for none; what is new is learnt.

        Of a word of which nothing is told (a member id) nothing is remembered either: its number is 0.
        """
        known = self._known[word]
        try:
            return [known[value] for value in values]
        except KeyError:
            for value in values:
                if value not in known:
                    self._learn(word, str(value))
            return [known[value] for value in values]

    def all_codes(self, given: Sequence[Sequence[Value] | None], n: int) -> list[int]:
        """The numbers of the values of all words one behind the other, `n` of each; None where none is given."""
        nothing, out = [-1] * n, []
        for word, (known, values) in enumerate(zip(self._known, given, strict=True)):
            if values is None:
                out += nothing
                continue
            try:
                out += [known[value] for value in values]
            except KeyError:
                out += self.codes(word, values)
        return out

    def _learn(self, word: int, value: str) -> None:
        told = self._told[word]
        record, width = told.of(value), told.width
        with self._lock:
            if value in self._known[word]:
                return
            self._count += 1
            code = -(-(self._end - int(self.at[word])) // width)  # rounded up
            self._put(int(self.at[word]) + code * width, record)
            self._known[word][value] = code - 1

    def _put(self, place: int, record: Floats) -> None:
        end = place + len(record)
        if end > len(self.records):
            larger = np.zeros(2 * end)
            larger[: self._end] = self.records[: self._end]
            self.records = larger
        self.records[place:end] = record
        self._end = end

    def hashes(self, codes: Indices) -> Hashes:
        """The hashes that are asked for, from the codes [words, n] of all words. Shape (hashes, n)."""
        out = np.empty((len(self.hashed_of), codes.shape[1]), dtype=np.uint64)
        _gather(
            codes, self.records.view(np.uint64), self.at, self.widths, self.hashed_of, self.hashed_at, out
        )
        return out


class _Unremembered(dict[Value, int]):
    """Numbers of a word of which nothing is told: every value has the same, and none is kept."""

    def __missing__(self, value: Value) -> int:
        return 0


def _place(needs: Needs, n: int) -> int:
    hashed = list(needs.hashed)
    word = hashed[n]
    before = sum(1 for other in hashed[:n] if other.column == word.column)
    return len(needs.traits[word.column]) + before


@njit(cache=True, nogil=True, error_model="numpy")
def _gather(codes, records, at, widths, hashed_of, hashed_at, out):  # type: ignore[no-untyped-def]
    for h in range(out.shape[0]):
        word = hashed_of[h]
        base, width = at[word] + hashed_at[h], widths[word]
        for i in range(out.shape[1]):
            out[h, i] = records[base + (codes[word, i] + 1) * width]
