"""A line table seen as numpy arrays: what every feature function takes, for one line or a million.

Words are dictionary-coded by Arrow, so whatever is asked of a code (its modality, its hash) is asked once a distinct
value, never once a row.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]
T = TypeVar("T", bound=np.generic)

MISSING = 0x9E3779B97F4A7C15
"""The hash of a value that isn't there: "no referring provider" is a fact that a rate can be kept for."""


@lru_cache(maxsize=1 << 16)
def stable_hash(value: str) -> int:
    """64 bits of a value that are the same in every process and on every machine."""
    return int.from_bytes(hashlib.blake2b(value.encode(), digest_size=8).digest(), "little")


def in_one_piece(array: npt.NDArray[T]) -> npt.NDArray[T]:
    """An array as compiled code takes it, without gaps and writable: one compiled version, not several."""
    return array if array.flags.carray else np.require(array, requirements=["C", "W"])


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of words: `codes[i]` points into `values`, -1 where the file doesn't say."""

    codes: Indices
    values: tuple[str, ...]

    @property
    def present(self) -> Bools:
        """Where there is a value. Shape (n,)."""
        return self.codes >= 0 if self.values else np.zeros(len(self.codes), dtype=np.bool_)

    def number(self, of: Callable[[str], float], *, missing: float = np.nan) -> Floats:
        """A number for each row, asked once a distinct value. Shape (n,)."""
        table = np.array([*map(of, self.values), missing], dtype=np.float64)
        return table[self.codes]

    def is_in(self, *wanted: str) -> Bools:
        """Where the value is one of these. Shape (n,)."""
        table = [value in wanted for value in self.values]
        if True not in table:
            return np.zeros(len(self.codes), dtype=np.bool_)
        return np.array([*table, False])[self.codes]

    def words(self, of: Callable[[str], str | None]) -> "Codes":
        """Another word for each row (a code's modality, a diagnosis's category); None leaves it missing."""
        index: dict[str, int] = {}
        table = [
            -1 if (word := of(value)) is None else index.setdefault(word, len(index)) for value in self.values
        ]
        return Codes(np.array([*table, -1], dtype=np.int32)[self.codes], tuple(index))

    def hashes(self, of: Callable[[str], int] = stable_hash, *, missing: int = MISSING) -> Hashes:
        """The stable hash of each row's value. Shape (n,)."""
        if len(self.codes) < len(self.values):  # fewer rows than words: ask for what occurs
            asked = [of(self.values[code]) if code >= 0 else missing for code in self.codes.tolist()]
            return np.array(asked, dtype=np.uint64)
        return np.array([*map(of, self.values), missing], dtype=np.uint64)[self.codes]


def chosen(options: Sequence[Codes], which: Ints) -> Codes:
    """One word a row, taken from `options[which]`; missing where `which` points at none of them."""
    index: dict[str, int] = {}
    codes = np.full(len(which), -1, dtype=np.int32)
    for position, option in enumerate(options):
        rows = which == position
        if rows.any():
            table = [index.setdefault(value, len(index)) for value in option.values]
            codes[rows] = np.array([*table, -1], dtype=np.int32)[option.codes[rows]]
    return Codes(codes, tuple(index))


def differ(one: Codes, other: Codes) -> Bools:
    """Where both are given and are not the same. Shape (n,)."""
    return one.present & other.present & ~_equal(one, other)


def same(one: Codes, other: Codes) -> Bools:
    """Where both are given and are the same. Shape (n,)."""
    return one.present & _equal(one, other)


def _equal(one: Codes, other: Codes) -> Bools:
    if not one.values or not other.values:
        return np.zeros(len(one.codes), dtype=np.bool_)
    index = {value: code for code, value in enumerate(one.values)}
    table = np.array([*(index.get(value, -2) for value in other.values), -2], dtype=np.int32)
    equal: Bools = one.codes == table[other.codes]
    return equal


def count_of(flags: Iterable[Bools]) -> Floats:
    """How many of these are so, for each row. Shape (n,)."""
    first, *others = flags
    counts: Floats = first.astype(np.float64)
    for flag in others:
        counts += flag
    return counts


class Lines:
    """The columns of a line table (`data.schema.LINE_TABLE`), turned into arrays as they are asked for.

    `sent` holds what earlier submissions tell about each line (see `features.sequence`); without them it is empty.
    """

    __slots__ = ("_claims", "_codes", "_hashes", "_numbers", "n", "sent", "table")

    def __init__(self, table: pa.Table, sent: Mapping[str, Floats] | None = None) -> None:
        self.table = table
        self.n: int = table.num_rows
        self.sent: Mapping[str, Floats] = sent if sent is not None else {}
        self._codes: dict[str, Codes] = {}
        self._numbers: dict[str, Floats] = {}
        self._hashes: dict[bytes, Hashes] = {}
        self._claims: Ints | None = None

    def text(self, name: str) -> Codes:
        """A column of words."""
        if name not in self._codes:
            self._codes[name] = _codes_of(self.table.column(name))
        return self._codes[name]

    def number(self, name: str) -> Floats:
        """A column of counts, cents, days (since 1970) or yes/no (1/0); NaN where the file doesn't say."""
        if name not in self._numbers:
            self._numbers[name] = _floats_of(self.table.column(name))
        return self._numbers[name]

    def derived(self, name: str, make: Callable[["Lines"], Codes]) -> Codes:
        """A column of words made from others, made once."""
        if name not in self._codes:
            self._codes[name] = make(self)
        return self._codes[name]

    def hashed(self, key: bytes, make: Callable[["Lines"], Hashes]) -> Hashes:
        """What is hashed of the lines under a key, made once. Shape (parts, n)."""
        if key not in self._hashes:
            self._hashes[key] = make(self)
        return self._hashes[key]

    def claims(self) -> Ints:
        """Which claim each line belongs to, as numbers from 0. Shape (n,)."""
        if self._claims is None:
            self._claims = _numbered(self.table.column("claim_key"))
        return self._claims

    def with_sent(self, sent: Mapping[str, Floats]) -> "Lines":
        """The same lines, with what earlier submissions tell about them."""
        other = Lines(self.table, sent)
        other._codes, other._numbers = self._codes, self._numbers
        other._hashes, other._claims = self._hashes, self._claims
        return other


DAY = pa.date32()
FEW = 32
"""Up to so many rows, going through values one by one is faster than starting Arrow's or numpy's machinery."""


def _numbered(keys: pa.ChunkedArray) -> Ints:
    """The same number from 0 for the same key."""
    if len(keys) <= FEW:
        index: dict[int, int] = {}
        return np.array([index.setdefault(key, len(index)) for key in keys.to_pylist()], dtype=np.int64)
    return np.unique(keys.to_numpy(), return_inverse=True)[1].astype(np.int64)


def _codes_of(column: pa.ChunkedArray) -> Codes:
    if len(column) <= FEW:
        index: dict[str, int] = {}
        values = column.to_pylist()
        codes = [-1 if value is None else index.setdefault(value, len(index)) for value in values]
        return Codes(np.array(codes, dtype=np.int32), tuple(index))
    array = column.combine_chunks()
    if not pa.types.is_dictionary(array.type):
        array = pc.dictionary_encode(array)
    if isinstance(array, pa.ChunkedArray):
        array = array.unify_dictionaries().combine_chunks()
    indices = array.indices if array.null_count == 0 else pc.fill_null(array.indices, -1)
    return Codes(
        indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False),
        tuple(array.dictionary.to_pylist()),
    )


def _floats_of(column: pa.ChunkedArray) -> Floats:
    if column.null_count == len(column):
        return np.full(len(column), np.nan)
    if column.type == DAY:  # days since 1970 as they lie in memory: a cast would take five times as long
        column = pa.chunked_array([chunk.view(pa.int32()) for chunk in column.chunks], pa.int32())
    if len(column) <= FEW:
        return np.array(column.to_pylist(), dtype=np.float64)
    if column.type == pa.bool_():
        column = column.cast(pa.int8())
    return np.asarray(column.to_numpy(), dtype=np.float64)
