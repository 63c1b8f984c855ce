"""Deriving in slices: a remit and a claim can only be linked under one claim number, so numbers are dealt with apart.

A slice holds all claims, remits and statuses of some claim numbers: memory is bounded by the slice, and what came in
since the last time is derived without the rest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from data.denial_policy import DenialPolicy
from data.keys import Bools, Ints, ints
from data.schema import ClaimTables, RemitTables
from data.store.derive import ANCHOR, COLUMNS, DERIVED, derive
from data.store.numbers import numbers_of
from data.store.parts import SCHEMAS, month_of, months_of, read_part

SLICE = 250_000
"""Claim numbers that are dealt with together."""
HEADS = {"claims": "submitted_on", "remits": "known_on", "statuses": "known_on"}
"""Tables that have a claim number, and the day that decides their month."""
BELOW = {"claims": ("lines",), "remits": ("services", "adjustments", "remarks"), "statuses": ()}
INPUTS = tuple(COLUMNS)
"""Tables that links and outcomes are made of."""

Parts = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of the claim numbers: those that are `number` modulo `of`, and only touched ones where they are given."""

    number: int = 0
    of: int = 1
    touched: Ints | None = None
    """sorted"""

    def has(self, numbers: Ints) -> Bools:
        """Whose turn it is."""
        mine: Bools = numbers % self.of == self.number
        return mine if self.touched is None else mine & is_among(numbers, self.touched)


@dataclass(frozen=True, slots=True)
class Months:
    """Of the claims, remits or statuses of a slice their keys, sorted, and the month of each."""

    keys: Ints
    months: Ints

    def of(self, keys: Ints) -> Ints:
        """The month of each key, all of which are there."""
        return self.months[np.searchsorted(self.keys, keys)]


@dataclass(frozen=True, slots=True)
class Said:
    """What a slice gives: the derived tables, and the months of what was looked at, by key column."""

    tables: Mapping[str, pa.Table]
    months: Mapping[str, Months]


def is_among(values: Ints, wanted: Ints) -> Bools:
    """Which values are in the sorted ones wanted."""
    if not len(wanted):
        return np.zeros(len(values), bool)
    at = np.minimum(np.searchsorted(wanted, values), len(wanted) - 1)
    found: Bools = wanted[at] == values
    return found


def touched_by(folder: Path, new: Parts) -> Ints:
    """The claim numbers that occur in these parts, sorted."""
    found = [
        numbers_of(read_part(folder, path, ["claim_id"])["claim_id"])
        for name in HEADS
        for path in new.get(name, ())
    ]
    return np.unique(np.concatenate([np.zeros(0, np.int64), *found]))


def derive_slice(folder: Path, parts: Parts, part: Slice, policy: DenialPolicy) -> Said:
    """Links and outcomes of one slice, from what is stored."""
    read: dict[str, pa.Table] = {}
    months: dict[str, Months] = {}
    for head, day in HEADS.items():
        read[head] = _heads(folder, head, parts.get(head, ()), part)
        key = key_of(head)
        keys = ints(read[head][key])
        order = np.argsort(keys, kind="stable")
        months[key] = Months(keys[order], months_of(read[head][day])[order])
        for below in BELOW[head]:
            read[below] = _below(folder, below, parts.get(below, ()), months[key])
    claims = ClaimTables(read["claims"], read["lines"])
    remits = RemitTables(*(read[name] for name in ("remits", *BELOW["remits"])))
    return Said(derive(claims, remits, read["statuses"], policy), months)


def key_of(head: str) -> str:
    """claim_key, remit_key or status_key."""
    key: str = SCHEMAS[head].names[0]
    return key


def _heads(folder: Path, name: str, paths: Sequence[str], part: Slice) -> pa.Table:
    """The rows of a table whose claim number is of the slice."""
    columns = COLUMNS[name]
    found = [SCHEMAS[name].empty_table().select(columns)]
    for path in paths:
        if part.of == 1 and part.touched is None:
            found.append(read_part(folder, path, columns))
            continue
        keep = part.has(numbers_of(read_part(folder, path, ["claim_id"])["claim_id"]))
        if keep.any():
            found.append(read_part(folder, path, columns).filter(pa.array(keep)))
    return pa.concat_tables(found).combine_chunks()


def _below(folder: Path, name: str, paths: Sequence[str], heads: Months) -> pa.Table:
    """The rows that hang from these claims or remits; they lie in the months of their heads."""
    columns = COLUMNS[name]
    found = [SCHEMAS[name].empty_table().select(columns)]
    wanted = set(np.unique(heads.months).tolist())
    for path in paths:
        if month_number(month_of(path)) not in wanted:
            continue
        table = read_part(folder, path, columns)
        keep = is_among(ints(table[columns[0]]), heads.keys)
        found.append(table if keep.all() else table.filter(pa.array(keep)))
    return pa.concat_tables(found).combine_chunks()


def month_number(name: str) -> int:
    """Months since 1970 of a month's name; -1 of undated."""
    return int(np.datetime64(name, "M").astype(np.int64)) if name[:1].isdigit() else -1


def n_slices(n_numbers: int) -> int:
    """How many slices so many claim numbers make."""
    return max(1, -(-n_numbers // SLICE))


def slices(n_numbers: int) -> Iterator[Slice]:
    """All claim numbers in slices."""
    of = n_slices(n_numbers)
    return (Slice(number, of) for number in range(of))


def derive_all(folder: Path, parts: Parts, n_numbers: int, policy: DenialPolicy) -> dict[str, pa.Table]:
    """The derived tables of a whole store in memory, in the order in which a store keeps them."""
    said = [derive_slice(folder, parts, part, policy) for part in slices(n_numbers)]
    tables = {}
    for name in DERIVED:
        rows = pa.concat_tables(one.tables[name] for one in said)
        months = np.concatenate(
            [one.months[ANCHOR[name]].of(anchors(name, one.tables[name])) for one in said]
        )
        tables[name] = in_order(name, rows, months)[0]
    return tables


def anchors(name: str, table: pa.Table) -> Ints:
    """The keys that decide the month and the place of a derived table's rows."""
    return ints(table[ANCHOR[name]])


def in_order(name: str, table: pa.Table, months: Ints) -> tuple[pa.Table, Ints]:
    """A derived table's rows as a store keeps them, by month and key (undated ones last), and their months.

    All rows of one key come from one slice, in the order that `derive` gave them: that order stays.
    """
    order = np.lexsort((anchors(name, table), np.where(months < 0, np.iinfo(np.int64).max, months)))
    return table.take(pa.array(order)), months[order]
