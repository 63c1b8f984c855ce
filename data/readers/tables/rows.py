"""The rows of a table that can be used, grouped; what both kinds of table (claims, remits) are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import Bools, Ints
from data.readers.tables.cells import Filled
from data.readers.tables.fields import DEFAULTS, KINDS
from data.readers.tables.group import Groups, group, join, key_columns
from data.readers.tables.mapping import Cell, Cells, TableMapping
from data.readers.tables.raw import Faults, RawTable, where

Columns = dict[str, pa.Array]


@dataclass(frozen=True, slots=True)
class Sorted:
    """Wholes (claims, remits) and their pieces (lines, services), each as columns of ours to be read."""

    whole: Filled
    """One row a whole."""
    pieces: Filled
    """One row a piece, those of one whole together."""
    owner: Ints
    """[n pieces] the whole of each."""

    @property
    def n(self) -> int:
        """How many wholes."""
        return self.whole.raw.n_rows


def sort_rows(raw: RawTable, second: RawTable | None, mapping: TableMapping, faults: Faults) -> Sorted:
    """The rows that can be used, grouped into wholes and pieces. The others are told among the faults."""
    usual = DEFAULTS.get(KINDS[mapping.kind][1], {}) if mapping.pieces else {}
    wholes = _with(mapping.whole, DEFAULTS.get(KINDS[mapping.kind][0], {}))
    pieces = _with(mapping.pieces, usual)
    named = Filled(raw, wholes, mapping.form, faults).column("claim_id", pa.string()).is_valid()
    is_named = _flags(named)
    faults.lose(
        raw, where(~is_named), f"{_column(mapping.whole['claim_id'])}: found nothing, wanted a claim_id"
    )
    items = second or raw
    is_piece = _pieces(items, mapping, faults, is_named if second is None else None)
    groups = _groups(raw, second, mapping, is_named, is_piece)
    if second:
        faults.lose(
            second, groups.orphans[is_piece[groups.orphans]], "found no claim with this key, wanted one"
        )
        groups = _without(groups, ~is_piece)
    if second and mapping.kind == "claims":
        groups = _not_empty(raw, groups, faults)
    return Sorted(
        Filled(raw.take(groups.heads), wholes, mapping.form, faults),
        Filled(items.take(groups.rows), pieces, mapping.form, faults),
        groups.owner,
    )


def _with(cells: Cells, usual: Mapping[str, str]) -> Cells:
    """What stands in where the mapping says nothing."""
    return {name: Cell(constant=value) for name, value in usual.items()} | dict(cells)


def _column(cell: Cell) -> str:
    return ", ".join(cell.columns) or "the constant"


def _flags(column: pa.Array) -> Bools:
    flags: Bools = column.to_numpy(zero_copy_only=False).astype(bool)
    return flags


def _pieces(items: RawTable, mapping: TableMapping, faults: Faults, is_named: Bools | None) -> Bools:
    """The rows that say what was done. A posting without a service is one of the claim as a whole."""
    ok = np.ones(items.n_rows, bool) if is_named is None else is_named.copy()
    if mapping.kind == "remits":
        return ok
    names = [name for name in ("procedure", "revenue_code") if name in mapping.pieces]
    some = np.zeros(items.n_rows, bool)
    probe = Filled(items, mapping.pieces, mapping.form, Faults())
    for name in names:
        some |= _flags(probe.column(name, pa.string()).is_valid())
    named = ", ".join(_column(mapping.pieces[name]) for name in names)
    faults.lose(items, where(ok & ~some), f"{named}: found nothing, wanted a procedure or revenue code")
    return ok & some


def _groups(
    raw: RawTable, second: RawTable | None, mapping: TableMapping, is_named: Bools, is_piece: Bools
) -> Groups:
    key = key_columns(mapping)
    if second is None or mapping.second is None:
        return group(raw, where(is_piece), key)
    return join(raw, where(is_named), key, second, mapping.second.key)


def _without(groups: Groups, gone: Bools) -> Groups:
    keep = ~gone[groups.rows]
    return replace(groups, rows=groups.rows[keep], owner=groups.owner[keep])


def _not_empty(raw: RawTable, groups: Groups, faults: Faults) -> Groups:
    """Claims of a first file for which the second has no line are told, and left out."""
    n_lines = np.bincount(groups.owner, minlength=len(groups.heads))
    faults.lose(raw, groups.heads[n_lines == 0], "found a claim without lines, wanted one line at least")
    number = np.cumsum(n_lines > 0) - 1
    return replace(groups, heads=groups.heads[n_lines > 0], owner=number[groups.owner])


def either(first: pa.Array, second: pa.Array) -> pa.Array:
    """The first where it says something, else the second."""
    return pc.coalesce(first, second)


def whole_of(column: pa.Array, owner: Ints) -> pa.Array:
    """What a whole says, for each of its pieces."""
    return column.take(pa.array(owner))


def total(column: pa.Array, owner: Ints, n: int) -> pa.Array:
    """The sum over the pieces of each whole; null where a piece has none."""
    sums, missing = np.zeros(n, np.int64), np.zeros(n, bool)
    np.add.at(sums, owner, pc.fill_null(column, 0).to_numpy(zero_copy_only=False).astype(np.int64))
    missing[owner[_flags(column.is_null())]] = True
    return pa.array(sums, pa.int64(), mask=missing)


def edge(days: pa.Array, owner: Ints, n: int, *, last: bool) -> pa.Array:
    """The first (last) day among the pieces of each whole."""
    known = _flags(days.is_valid())
    numbers = days.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)[known]
    ends = np.full(n, np.iinfo(np.int64).min if last else np.iinfo(np.int64).max)
    (np.maximum if last else np.minimum).at(ends, owner[known], numbers)
    none = np.bincount(owner[known], minlength=n) == 0
    return pa.array(np.where(none, 0, ends).astype(np.int32), pa.int32(), mask=none).cast(pa.date32())


def place_in(owner: Ints) -> Ints:
    """1, 2, ... for the pieces of each whole, in their order; pieces of one whole stand together."""
    return np.arange(len(owner)) - np.searchsorted(owner, owner) + 1
