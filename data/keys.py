"""Joining tables by their integer keys, as columns: which row of one table belongs to each row of another."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Column: TypeAlias = "pa.ChunkedArray[pa.Scalar[pa.DataType]]"
"""A column of any type; pyarrow's classes take no brackets when the program runs."""
Ints = npt.NDArray[np.int64]
FILE_BITS, ORDINAL_BITS = 41, 22
MOST_IN_A_FILE = 1 << ORDINAL_BITS
"""Claims (or remits) that one file may hold: their keys would run into the next file's."""
LARGEST = 2**62
Bools = npt.NDArray[np.bool_]


def file_key(sha256: str) -> int:
    """Where the keys of a file's claims and remits begin: its hash's first bits, then room for their ordinals."""
    return (int(sha256, 16) >> (256 - FILE_BITS)) << ORDINAL_BITS


def ints(column: Column, *, null: int = 0) -> Ints:
    """A column of whole numbers or days as int64; `null` stands where the file said nothing."""
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    if column.null_count:
        column = pc.coalesce(column, pa.scalar(null, column.type))
    values: Ints = column.to_numpy().astype(np.int64, copy=False)
    return values


def row_of(wanted: Ints, keys: Ints) -> Ints:
    """The row in `keys` that holds each wanted key, -1 where none does; the first one where a key repeats."""
    if len(keys) == 0:
        return np.full(len(wanted), -1, np.int64)
    order = np.argsort(keys, kind="stable")
    at = np.searchsorted(keys[order], wanted)
    row = order[np.minimum(at, len(keys) - 1)]
    return np.where(keys[row] == wanted, row, -1)


def codes_of(*columns: Column) -> tuple[Ints, ...]:
    """The same code for the same text in all the columns given; -1 where the file said nothing."""
    chunks = [chunk.cast(pa.string()) for column in columns for chunk in column.chunks]
    both = pa.chunked_array(chunks, pa.string()).combine_chunks().dictionary_encode()
    codes = ints(pa.chunked_array([both.indices]), null=-1)
    ends = np.cumsum([len(column) for column in columns])[:-1]
    return tuple(np.split(codes, ends))


def ranks_of(column: Column) -> Ints:
    """Each text's place among the texts of the column in their order, -1 where the file said nothing."""
    encoded = column.combine_chunks().dictionary_encode()
    rank = np.empty(len(encoded.dictionary) + 1, np.int64)
    rank[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(len(encoded.dictionary))
    rank[-1] = -1
    return rank[ints(pa.chunked_array([encoded.indices]), null=-1)]


def grouped(*keys: Ints) -> Ints:
    """One number from 0 up for each distinct combination of the keys, the same length as each of them."""
    group, width = _narrow(keys[0])
    for key in keys[1:]:
        code, more = _narrow(key)
        if width * more >= LARGEST:
            group, width = _distinct(group)
        if width * more >= LARGEST:
            code, more = _distinct(code)
        group, width = group * more + code, width * more
    return _distinct(group)[0]


def _narrow(key: Ints) -> tuple[Ints, int]:
    """The key counted from 0, and how many values that leaves room for."""
    if len(key) == 0:
        return key, 1
    low = int(key.min())
    width = int(key.max()) - low + 1
    return (key - low, width) if width < LARGEST else _distinct(key)


def _distinct(key: Ints) -> tuple[Ints, int]:
    """A number from 0 up for each distinct value, in their order, and how many there are."""
    if len(key) == 0:
        return key, 1
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    steps = np.concatenate([[0], np.cumsum(ordered[1:] != ordered[:-1])])
    code = np.empty(len(key), np.int64)
    code[order] = steps
    return code, int(steps[-1]) + 1


def add(group: Ints, cents: Ints, n: int) -> Ints:
    """The sum of each of `n` groups, exact."""
    total = np.zeros(n, np.int64)
    np.add.at(total, group, cents)
    return total


def rank_in(*keys: Ints) -> Ints:
    """0 for the first row of its group, 1 for the second, in the order of the rows."""
    group = grouped(*keys)
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    rank = np.empty(len(group), np.int64)
    rank[order] = np.arange(len(group)) - np.searchsorted(ordered, ordered)
    return rank


def repeat_rows(counts: Ints) -> tuple[Ints, Ints]:
    """For a group of `counts[i]` rows each: the group of every row, and its place in the group from 0 up."""
    group = np.repeat(np.arange(len(counts)), counts)
    return group, np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)


def take_or_null(column: Column, rows: Ints) -> "pa.Array[pa.Scalar[pa.DataType]]":
    """The column's values at `rows`; null where the row is -1."""
    index = pa.array(rows, pa.int64(), mask=rows < 0)
    return column.take(index).combine_chunks()
