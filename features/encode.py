"""A line table as the arrays that programs run on: numbers as floats, words as places among the values that occur."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa

from features.columns import Codes, Floats, Hashes, Indices, Ints
from features.fields import FEW, rows_of
from features.formula import Word
from features.program import Needs
from features.remembered import Traits, WordHashes

Table = tuple[int, Hashes]


@dataclass(frozen=True)
class Encoder:
    """Encodes line tables for the programs that share some needs."""

    needs: Needs
    traits: Mapping[str, Traits] = field(init=False)
    hashed: tuple[tuple[int, WordHashes], ...] = field(init=False)
    """For each hashed word the row of its column, and what was remembered of it."""

    def __post_init__(self) -> None:
        """Remember nothing yet."""
        object.__setattr__(
            self, "traits", {name: Traits(self.needs.traits[name]) for name in self.needs.words}
        )
        rows = self.needs.words
        made = tuple((rows[word.column], WordHashes(word.derive)) for word in self.needs.hashed)
        object.__setattr__(self, "hashed", made)

    @cached_property
    def widths(self) -> Ints:
        """How many traits each word has."""
        return np.array([len(self.needs.traits[name]) for name in self.needs.words], dtype=np.int64)

    def encode(self, table: pa.Table) -> "Encoded":
        """The fields of a line table (schema `LINE_TABLE`) that the programs need."""
        rows = rows_of(table)
        codes, values = rows.words(self.needs.words)
        told = [
            row
            for traits, occur in zip(self.traits.values(), values, strict=True)
            for row in traits.rows(occur)
        ]
        lengths = np.array([1 + len(occur) for occur in values], dtype=np.int64) * self.widths
        return Encoded(
            rows.n,
            rows.numbers(tuple(self.needs.numbers)),
            codes,
            values,
            np.concatenate([*told, np.zeros(1)]),
            np.cumsum(lengths) - lengths,
            self.widths,
            *self._hashes(rows.n, codes, values),
            rows.claims(),
            self.needs,
        )

    def _hashes(
        self, n: int, codes: Indices, values: tuple[tuple[str, ...], ...]
    ) -> tuple[tuple[Table, ...], Hashes | None]:
        """The hashes of the values that occur; of a few rows at once those of each row."""
        if n > FEW:
            return tuple((row, made.table(values[row])) for row, made in self.hashed), None
        places = codes.tolist()
        hashes = []
        for row, made in self.hashed:
            of = made.of(values[row])
            hashes.append([of[place] for place in places[row]])
        return (), np.array(hashes, dtype=np.uint64).reshape(len(self.hashed), n)


@dataclass(frozen=True, slots=True)
class Encoded:
    """Lines as arrays: `numbers` [fields, n], `codes` [words, n] pointing into `values`, -1 where not given."""

    n: int
    numbers: Floats
    codes: Indices
    values: tuple[tuple[str, ...], ...]
    traits: Floats
    trait_at: Ints
    widths: Ints
    tables: tuple[Table, ...]
    """Of many rows: for each hashed word its row in `codes`, and the hash of each value, the missing one last."""
    each_hash: Hashes | None
    """Of a few rows: the hashes of the words that are asked for. Shape (words, n)."""
    claims: Ints
    """Which claim each line belongs to, as numbers from 0. Shape (n,)."""
    needs: Needs

    def hashes(self) -> Hashes:
        """The hashes of the words that are asked for; `MISSING` where not given. Shape (words, n)."""
        if self.each_hash is not None:
            return self.each_hash
        out = np.empty((len(self.tables), self.n), dtype=np.uint64)
        for row, (word, table) in enumerate(self.tables):
            out[row] = table[self.codes[word]]
        return out

    def number(self, name: str) -> Floats:
        """A numeric field; NaN where it isn't given. Shape (n,)."""
        row: Floats = self.numbers[self.needs.numbers[name]]
        return row

    def hash_of(self, word: Word) -> Hashes:
        """The hash of one of the words that are hashed; `MISSING` where it isn't given. Shape (n,)."""
        place = self.needs.hashed[word]
        if self.each_hash is not None:
            own: Hashes = self.each_hash[place]
            return own
        row, table = self.tables[place]
        hashes: Hashes = table[self.codes[row]]
        return hashes

    def word(self, name: str) -> Codes:
        """A word's places and values."""
        row = self.needs.words[name]
        return Codes(self.codes[row], self.values[row])

    def rows(self, first: int, last: int) -> "Encoded":
        """Some of the lines, as views of the same arrays."""
        return Encoded(
            last - first,
            self.numbers[:, first:last],
            self.codes[:, first:last],
            self.values,
            self.traits,
            self.trait_at,
            self.widths,
            self.tables,
            None if self.each_hash is None else self.each_hash[:, first:last],
            self.claims[first:last],
            self.needs,
        )
