"""Which rows are one claim (one remit): those with the same values in the columns of the key."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.keys import Ints, codes_of, grouped
from data.readers.tables.mapping import TableMapping
from data.readers.tables.raw import RawTable

KEYS = {
    "claims": ("claim_id", "submitted_on", "frequency", "original_control"),
    "remits": ("claim_id", "known_on", "trace", "payer_control", "status"),
}
"""Where a mapping names no key: a claim sent again is another claim, and a second answer another remit."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows that belong together; groups are numbered from 0 in the order in which they first stand in the file."""

    heads: Ints
    """[n groups] the first row of each: what it says of the whole counts."""
    rows: Ints
    """[n pieces] the rows of the pieces, group by group, in the order of their file."""
    owner: Ints
    """[n pieces] the group of each."""
    orphans: Ints
    """Rows of a second file that belong to no group."""


def key_columns(mapping: TableMapping) -> tuple[str, ...]:
    """The columns of theirs that tell one claim (remit) from another."""
    if mapping.key:
        return mapping.key
    cells = (mapping.whole.get(name) for name in KEYS[mapping.kind])
    return tuple(cell.columns[0] for cell in cells if cell and cell.columns)


def group(raw: RawTable, rows: Ints, key: Sequence[str]) -> Groups:
    """One file: every row is a piece, and its first row stands for the whole. Only `rows` are looked at."""
    chosen = raw.take(rows)
    numbers, heads = _in_order(grouped(*codes_of_all(chosen, key))) if len(rows) else (rows, rows)
    order = np.argsort(numbers, kind="stable")
    return Groups(rows[heads], rows[order], numbers[order], rows[:0])


def join(raw: RawTable, rows: Ints, key: Sequence[str], second: RawTable, others: Sequence[str]) -> Groups:
    """Two files: rows of the first are wholes, rows of the second their pieces, where the keys are the same."""
    chosen = raw.take(rows)
    pairs = [
        codes_of(chosen.columns[one], second.columns[other]) for one, other in zip(key, others, strict=True)
    ]
    together = grouped(*(np.concatenate(pair) for pair in pairs))
    numbers, heads = _in_order(together[: len(rows)]) if len(rows) else (rows, rows)
    number_of = np.full(int(together.max(initial=-1)) + 1, -1, np.int64)
    number_of[together[: len(rows)]] = numbers
    owner = number_of[together[len(rows) :]]
    order = np.argsort(owner, kind="stable")
    order = order[owner[order] >= 0]
    return Groups(rows[heads], order, owner[order], np.flatnonzero(owner < 0))


def codes_of_all(raw: RawTable, names: Sequence[str]) -> list[Ints]:
    """The same number for the same text, column by column."""
    return [codes_of(raw.columns[name])[0] for name in names]


def _in_order(numbers: Ints) -> tuple[Ints, Ints]:
    """The same groups numbered by where they first stand, and the first row of each."""
    _, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return place[inverse], first[order]
