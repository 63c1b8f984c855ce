"""A line table as the arrays that programs run on: numbers as floats, words as places among the values that occur.

Whatever is asked of a word (its modality, whether it is one of some, its hash) is asked once a distinct value and
remembered, never once a row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.schema import DIAGNOSES, POINTERS
from features import alike
from features.columns import MISSING, Codes, Floats, Hashes, Indices, Ints, chosen, stable_hash
from features.formula import Derive, Word
from features.program import Needs, WordTrait

FEW = 32
"""Up to so many rows, going through values one by one is faster than starting Arrow's or numpy's machinery."""

DAY = pa.date32()
EPOCH = date(1970, 1, 1).toordinal()
MOST_REMEMBERED = 1 << 17
"""Values of one word that are remembered: codes occur in thousands, and identifiers are asked little."""


class Remembered:
    """The traits of one word: for every value that was seen a row of numbers."""

    __slots__ = ("known", "missing", "tells")

    def __init__(self, traits: Mapping[WordTrait, int]) -> None:
        self.tells = tuple(traits)
        self.missing = np.array([trait.missing for trait in traits])
        self.known: dict[str, Floats] = {}

    def rows(self, values: tuple[str, ...]) -> Floats:
        """The missing value's row, then one a value, end to end."""
        known = self.known
        rows = [self.missing]
        for value in values:
            row = known.get(value)
            rows.append(self._learn(value) if row is None else row)
        return np.concatenate(rows)

    def _learn(self, value: str) -> Floats:
        if len(self.known) >= MOST_REMEMBERED:
            self.known.clear()
        row = self.known[value] = np.array([tell(value) for tell in self.tells])
        return row


class Hashed:
    """The stable hashes of the values of one word, or of what is derived from them."""

    __slots__ = ("derive", "known")

    def __init__(self, derive: Derive | None) -> None:
        self.derive = derive
        self.known: dict[str, int] = {}

    def table(self, values: tuple[str, ...]) -> Hashes:
        """The hash of each value, and at last that of the missing one."""
        if self.derive is None and len(values) > FEW:
            return np.array([*map(stable_hash, values), MISSING], dtype=np.uint64)
        known = self.known
        return np.array([*(known.get(v) or self._learn(v) for v in values), MISSING], dtype=np.uint64)

    def _learn(self, value: str) -> int:
        if len(self.known) >= MOST_REMEMBERED:
            self.known.clear()
        word = value if self.derive is None else self.derive(value)
        found = self.known[value] = MISSING if word is None else stable_hash(word)
        return found


@dataclass(frozen=True, slots=True)
class Encoder:
    """Encodes line tables for the programs that share some needs."""

    needs: Needs
    remembered: Mapping[str, Remembered] = field(init=False)
    hashed: Mapping[Word, Hashed] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "remembered", {name: Remembered(traits) for name, traits in self.needs.traits.items()}
        )
        object.__setattr__(self, "hashed", {word: Hashed(word.derive) for word in self.needs.hashed})

    def encode(self, table: pa.Table) -> "Encoded":
        """The fields of a line table (schema `LINE_TABLE`) that the programs need."""
        columns: Columns = _Few(table) if table.num_rows <= FEW else _Many(table)
        words = [columns.word(name) for name in self.needs.words]
        n = table.num_rows
        numbers = np.empty((len(self.needs.numbers), n))
        for row, name in enumerate(self.needs.numbers):
            numbers[row] = columns.number(name)
        codes = np.empty((len(words), n), dtype=np.int32)
        for row, word in enumerate(words):
            codes[row] = word.codes
        told = [
            self.remembered[name].rows(word.values)
            for name, word in zip(self.needs.words, words, strict=True)
        ]
        widths = np.array([len(self.needs.traits[name]) for name in self.needs.words], dtype=np.int64)
        starts = np.cumsum([0, *map(len, told[:-1])]) if told else np.zeros(0)
        values = tuple(word.values for word in words)
        places = {name: row for row, name in enumerate(self.needs.words)}
        tables = tuple(
            (places[word.column], made.table(values[places[word.column]]))
            for word, made in self.hashed.items()
        )
        return Encoded(
            n,
            numbers,
            codes,
            values,
            np.concatenate([*told, np.zeros(1)]),
            starts.astype(np.int64),
            widths,
            tables,
            columns.claims(),
            self.needs,
        )


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
    tables: tuple[tuple[int, Hashes], ...]
    """For each hashed word its row in `codes`, and the hash of each of its values, the missing one last."""
    claims: Ints
    """Which claim each line belongs to, as numbers from 0. Shape (n,)."""
    needs: Needs

    def hashes(self) -> Hashes:
        """The hashes of the words that are asked for. Shape (words, n)."""
        out = np.empty((len(self.tables), self.n), dtype=np.uint64)
        for row, (word, table) in enumerate(self.tables):
            out[row] = table[self.codes[word]]
        return out

    def number(self, name: str) -> Floats:
        """A numeric field; NaN where it isn't given. Shape (n,)."""
        return self.numbers[self.needs.numbers[name]]

    def hash_of(self, word: Word) -> Hashes:
        """The hash of one of the words that are hashed; `MISSING` where it isn't given. Shape (n,)."""
        row, table = self.tables[self.needs.hashed[word]]
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
            self.claims[first:last],
            self.needs,
        )


class _Few:
    """The columns of a few rows, value by value."""

    def __init__(self, table: pa.Table) -> None:
        batches = table.to_batches()
        self.batch = batches[0] if len(batches) == 1 else table.combine_chunks().to_batches()[0]
        self.n = table.num_rows
        self.places = {name: place for place, name in enumerate(table.column_names)}

    def values(self, name: str) -> list[object] | None:
        """The values of a column; None where none is given."""
        column = self.batch.column(self.places[name])
        return None if column.null_count == self.n else column.to_pylist()

    def number(self, name: str) -> Floats:
        values = self.values(name)
        if values is None:
            return np.full(self.n, np.nan)
        return np.array([_float(value) for value in values])

    def word(self, name: str) -> Codes:
        if name in SYNTHETIC:
            return SYNTHETIC[name](self)
        values = self.values(name)
        if values is None:
            return Codes(np.full(self.n, -1, dtype=np.int32), ())
        index: dict[str, int] = {}
        codes = [-1 if value is None else index.setdefault(str(value), len(index)) for value in values]
        return Codes(np.array(codes, dtype=np.int32), tuple(index))

    def claims(self) -> Ints:
        index: dict[object, int] = {}
        values = self.values("claim_key") or [None] * self.n
        return np.array([index.setdefault(value, len(index)) for value in values], dtype=np.int64)


class _Many:
    """The columns of many rows, through Arrow's dictionaries."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.n = table.num_rows

    def number(self, name: str) -> Floats:
        column = self.table.column(name)
        if column.null_count == len(column):
            return np.full(self.n, np.nan)
        if column.type == DAY:  # days since 1970 as they lie in memory: a cast would take five times as long
            column = pa.chunked_array([chunk.view(pa.int32()) for chunk in column.chunks], pa.int32())
        if column.type == pa.bool_():
            column = column.cast(pa.int8())
        return np.asarray(column.to_numpy(), dtype=np.float64)

    def word(self, name: str) -> Codes:
        if name in SYNTHETIC:
            return SYNTHETIC[name](self)
        array = self.table.column(name).combine_chunks()
        if not pa.types.is_dictionary(array.type):
            array = pc.dictionary_encode(array)
        if isinstance(array, pa.ChunkedArray):
            array = array.unify_dictionaries().combine_chunks()
        indices = array.indices if array.null_count == 0 else pc.fill_null(array.indices, -1)
        codes = indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        return Codes(codes, tuple(array.dictionary.to_pylist()))

    def claims(self) -> Ints:
        keys = self.table.column("claim_key").to_numpy()
        return np.unique(keys, return_inverse=True)[1].astype(np.int64)


Columns = _Few | _Many


def _float(value: object) -> float:
    if value is None:
        return np.nan
    return float(value.toordinal() - EPOCH) if isinstance(value, date) else float(value)  # type: ignore[arg-type]


def _pointed_diagnosis(columns: Columns) -> Codes:
    """The first diagnosis that the line points at; the claim's first where the form has no pointers."""
    first = columns.number(POINTERS[0])
    return _pointed(columns, np.where(np.isnan(first), 1.0, first))


def _further_diagnosis(pointer: str) -> Callable[[Columns], Codes]:
    """Another diagnosis that the line points at."""
    return lambda columns: _pointed(columns, np.nan_to_num(columns.number(pointer), nan=0.0))


def _pointed(columns: Columns, pointer: Floats) -> Codes:
    place = pointer.astype(np.int64) - 1
    highest = min(int(place.max(initial=-1)) + 1, len(DIAGNOSES))
    return chosen([columns.word(name) for name in DIAGNOSES[:highest]], place)


def _beside(columns: Columns) -> Codes:
    """The claim's other procedure whose code is nearest, of the same modality."""
    procedure = columns.word("procedure")
    return Codes(alike.beside(procedure, columns.claims()), procedure.values)


SYNTHETIC: Mapping[str, Callable[[Columns], Codes]] = {
    "pointed_diagnosis": _pointed_diagnosis,
    **{f"pointed_diagnosis_{n}": _further_diagnosis(name) for n, name in enumerate(POINTERS[1:], start=2)},
    "beside": _beside,
}
"""Words that no column holds: chosen from several of them."""
