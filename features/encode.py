"""Lines as the arrays that programs run on: numbers as floats, words as places among the values that occur.

Many lines are encoded by columns, a few value by value from what was told of each value before; both are the same to
whoever asks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from data.claim import Value
from data.few import Lines
from features.columns import Codes, Floats, Hashes, Indices, Ints
from features.fields import FewRows, ManyRows, rows_of
from features.formula import Word
from features.interned import Interned
from features.program import Group, Needs
from features.remembered import Traits, WordHashes

Table = tuple[int, Hashes]
Raw = tuple[Sequence[Value] | None, ...]


@dataclass(frozen=True)
class Encoder:
    """Encodes lines for the programs that share some needs."""

    needs: Needs
    traits: Mapping[str, Traits] = field(init=False)
    hashed: tuple[tuple[int, WordHashes], ...] = field(init=False)
    """For each hashed word the row of its column, and what was remembered of it."""
    interned: list[Interned] = field(init=False)
    """What was told of the values of a few lines: one, made anew when it is full."""

    def __post_init__(self) -> None:
        """Remember nothing yet."""
        object.__setattr__(
            self, "traits", {name: Traits(self.needs.traits[name]) for name in self.needs.words}
        )
        rows = self.needs.words
        made = tuple((rows[word.column], WordHashes(word.derive)) for word in self.needs.hashed)
        object.__setattr__(self, "hashed", made)
        object.__setattr__(self, "interned", [Interned(self.needs)])

    @cached_property
    def widths(self) -> Ints:
        """How many traits each word has."""
        return np.array([len(self.needs.traits[name]) for name in self.needs.words], dtype=np.int64)

    def encode(self, lines: Lines) -> "Encoded":
        """The fields of lines (schema `LINE_TABLE`) that the programs need."""
        rows = rows_of(lines)
        return self._few(rows) if isinstance(rows, FewRows) else self._many(rows)

    def _few(self, rows: FewRows) -> "Encoded":
        """Every value looked up."""
        if self.interned[0].is_full:
            self.interned[0] = Interned(self.needs)
        interned, given = self.interned[0], rows.all_given(self.needs.words)
        codes = np.array(interned.all_codes(given, rows.n), dtype=np.int32).reshape(len(given), rows.n)
        return Encoded(
            rows.n, rows.numbers(self.needs.numbers), codes, (), interned.records, interned.at, interned.widths,
            (), interned.hashes(codes), rows.claims(), self.needs, given,
        )  # fmt: skip

    def _many(self, rows: ManyRows) -> "Encoded":
        """Every value that occurs asked once."""
        codes, values = rows.words(self.needs.words)
        told = [
            row
            for traits, occur in zip(self.traits.values(), values, strict=True)
            for row in traits.rows(occur)
        ]
        lengths = np.array([1 + len(occur) for occur in values], dtype=np.int64) * self.widths
        tables = tuple((row, made.table(values[row])) for row, made in self.hashed)
        return Encoded(
            rows.n,
            rows.numbers(tuple(self.needs.numbers)),
            codes,
            values,
            np.concatenate([*told, np.zeros(1)]),
            np.cumsum(lengths) - lengths,
            self.widths,
            tables,
            None,
            rows.claims(),
            self.needs,
        )


@dataclass(frozen=True, slots=True)
class Encoded:
    """Lines as arrays: `numbers` [fields, n], `codes` [words, n], -1 where not given.

    Of many lines codes point into `values`; of a few they are numbers of `features.interned`, and `raw` are the values.
    """

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
    raw: Raw | None = None
    """Of a few rows: the values of each word, None where none is given."""

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

    def hashes_of(self, group: Group) -> Hashes:
        """The hashes of a group of words. Shape (words, n)."""
        places = self.needs.places(group)
        if self.each_hash is not None:
            few: Hashes = self.each_hash[places]
            return few
        out = np.empty((len(places), self.n), dtype=np.uint64)
        for row, place in enumerate(places.tolist()):
            word, table = self.tables[place]
            out[row] = table[self.codes[word]]
        return out

    def word(self, name: str) -> Codes:
        """A word's places and values."""
        row = self.needs.words[name]
        if self.raw is None:
            return Codes(self.codes[row], self.values[row])
        index: dict[str, int] = {}
        codes = [-1 if v is None else index.setdefault(str(v), len(index)) for v in self._given(row)]
        return Codes(np.array(codes, dtype=np.int32), tuple(index))

    def told(self, name: str, of: Callable[[str], float], *, missing: float = np.nan) -> Floats:
        """A number for each row, told of its word. Shape (n,)."""
        return (
            self.word(name).number(of, missing=missing) if self.raw is None else self._few(name, of, missing)
        )

    def _few(self, name: str, of: Callable[[str], float], missing: float) -> Floats:
        given = self._given(self.needs.words[name])
        return np.array([missing if v is None else of(v) for v in given], dtype=np.float64)  # type: ignore[arg-type]

    def each(self, name: str) -> Sequence[Value] | None:
        """The values of a word row by row; None where none is given, or where the rows are many."""
        return None if self.raw is None else self.raw[self.needs.words[name]]

    def _given(self, row: int) -> Sequence[Value]:
        given = None if self.raw is None else self.raw[row]
        return [None] * self.n if given is None else given

    def rows(self, first: int, last: int) -> "Encoded":
        """Some of the lines, in one piece: for parts with gaps the machine would be compiled once more."""
        return Encoded(
            last - first,
            np.ascontiguousarray(self.numbers[:, first:last]),
            np.ascontiguousarray(self.codes[:, first:last]),
            self.values,
            self.traits,
            self.trait_at,
            self.widths,
            self.tables,
            None if self.each_hash is None else np.ascontiguousarray(self.each_hash[:, first:last]),
            self.claims[first:last],
            self.needs,
            None if self.raw is None else tuple([one and one[first:last] for one in self.raw]),
        )
