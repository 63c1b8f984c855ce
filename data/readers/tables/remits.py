"""Rows of a posting export to remits, their services, adjustments and remarks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import Column, Ints, codes_of, grouped
from data.readers.tables.cells import Filled
from data.readers.tables.fields import LISTS
from data.readers.tables.group import codes_of_all
from data.readers.tables.mapping import Cell, Cells, TableMapping
from data.readers.tables.raw import Faults, RawTable, where
from data.readers.tables.rows import Columns, Sorted, edge, either, place_in, sort_rows, total
from data.schema import (
    ADJUSTMENTS,
    CODE,
    MODIFIERS,
    REMARKS,
    REMITS,
    SERVICES,
    RemitTables,
)

GROUPED = re.compile(r"(CO|PR|OA|PI|CR)[ -]?([A-Z]{0,2}\d{1,3})", re.ASCII | re.IGNORECASE)
"""A group code and a CARC written as one: CO-45, PR1."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Which service each row of a posting belongs to."""

    service: Ints
    """[n rows] 1, 2, ... within its remit; 0: the remit as a whole."""
    first: Ints
    """The first row of each service, in their order."""


def read_remits(
    raw: RawTable, second: RawTable | None, mapping: TableMapping, file_key: int, faults: Faults
) -> RemitTables:
    """The remits of a table; keys count them from `file_key` up, in the order in which they first stand there."""
    rows = sort_rows(raw, second, mapping, faults)
    placed = _place(rows, mapping)
    services = _services(rows, placed, file_key)
    remits = _remits(rows, rows.owner[placed.first], services, file_key)
    return RemitTables(
        pa.Table.from_arrays([remits[name] for name in REMITS.names], schema=REMITS),
        pa.Table.from_arrays([services[name] for name in SERVICES.names], schema=SERVICES),
        _adjustments(rows, placed, mapping, file_key),
        _remarks(rows, placed, mapping.remarks, file_key),
    )


def _place(rows: Sorted, mapping: TableMapping) -> Placed:
    """Rows without a procedure are of the remit as a whole; the others are a service each, or share one."""
    raw, owner = rows.pieces.raw, rows.owner
    if not mapping.pieces:
        return Placed(np.zeros(len(owner), np.int64), np.zeros(0, np.int64))
    is_service = Filled(raw, mapping.pieces, mapping.form, Faults()).column("procedure", CODE).is_valid()
    at = where(is_service.to_numpy(zero_copy_only=False).astype(bool))
    number = np.arange(len(at))
    if mapping.service and len(at):
        number = grouped(owner[at], *codes_of_all(raw.take(at), mapping.service))
    _, first, inverse = np.unique(number, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    firsts = at[first[order]]
    service = np.zeros(len(owner), np.int64)
    if len(at):
        service[at] = place_in(owner[firsts])[rank[inverse]]
    return Placed(service, firsts)


def _services(rows: Sorted, placed: Placed, file_key: int) -> Columns:
    filled = _rows_of(rows.pieces, placed.first)
    columns = {field.name: filled.column(field.name, field.type) for field in SERVICES}
    kinds = [CODE] * len(MODIFIERS)
    columns |= dict(zip(LISTS["modifiers"], filled.columns("modifiers", kinds), strict=True))
    return columns | {
        "remit_key": pa.array(rows.owner[placed.first] + file_key, pa.int64()),
        "service": pa.array(placed.service[placed.first], pa.int32()),
    }


def _rows_of(filled: Filled, rows: Ints) -> Filled:
    return Filled(filled.raw.take(rows), filled.cells, filled.form, filled.faults)


def _remits(rows: Sorted, owner: Ints, services: Columns, file_key: int) -> Columns:
    whole, n = rows.whole, rows.n
    columns = {field.name: whole.column(field.name, field.type) for field in REMITS}
    first = either(columns["service_from"], edge(services["service_on"], owner, n, last=False))
    last = edge(services["service_on"], owner, n, last=True)
    for name in ("charge_cents", "paid_cents"):
        columns[name] = either(columns[name], total(services[name], owner, n))
    return columns | {
        "remit_key": pa.array(np.arange(n) + file_key, pa.int64()),
        "offset": pa.array(whole.raw.offsets, pa.int64()),
        "service_from": first,
        "service_to": either(either(columns["service_to"], last), first),
    }


def _adjustments(rows: Sorted, placed: Placed, mapping: TableMapping, file_key: int) -> pa.Table:
    """The adjustments of every row, those of one row in the order of the mapping."""
    read = [_adjustment(rows.pieces, cells) for cells in mapping.adjustments]
    found = [(at, columns) for one in read for at, columns in one]
    if not found:
        return ADJUSTMENTS.empty_table()
    at = np.concatenate([at for at, _ in found])
    order = np.lexsort((np.arange(len(at)), at))
    order = order[np.lexsort((np.arange(len(at)), placed.service[at[order]], rows.owner[at[order]]))]
    at = at[order]
    columns = {
        name: pa.concat_arrays([one[name] for _, one in found]).take(pa.array(order)) for name in found[0][1]
    }
    return pa.table(_keyed(rows, placed, at, file_key) | columns, schema=ADJUSTMENTS)


def _keyed(rows: Sorted, placed: Placed, at: Ints, file_key: int) -> Columns:
    owner, service = rows.owner[at], placed.service[at]
    return {
        "remit_key": pa.array(owner + file_key, pa.int64()),
        "service": pa.array(service, pa.int32()),
        "position": pa.array(place_in(owner << 22 | service), pa.int32()),
    }


def _adjustment(filled: Filled, cells: Cells) -> list[tuple[Ints, Columns]]:
    """One adjustment of every row that has one, or several where its columns hold several."""
    split = max((cell.split or "" for cell in cells.values()), default="")
    raw = filled.raw
    if split:
        names = [cell.columns[0] for cell in cells.values() if cell.columns]
        parts = [_parts(raw, names, split, k) for k in range(_widest(raw, names, split))]
    else:
        parts = [raw]
    return [_one(Filled(part, cells, filled.form, filled.faults)) for part in parts]


def _one(filled: Filled) -> tuple[Ints, Columns]:
    codes = filled.column("carc", CODE)
    at = where(codes.is_valid().to_numpy(zero_copy_only=False).astype(bool))
    there = _rows_of(filled, at)
    columns = {
        name: there.column(name, ADJUSTMENTS.field(name).type)
        for name in ("group_code", "carc", "amount_cents", "quantity")
    }
    return at, columns | _apart(columns["group_code"], columns["carc"])


def _apart(groups: pa.Array, carcs: pa.Array) -> Columns:
    """CO-45 as CO and 45, where the group has no column of its own."""
    known = carcs.dictionary_encode()
    matches = [GROUPED.fullmatch(code) for code in known.dictionary.to_pylist()]
    own = pa.array([match[1].upper() if match else None for match in matches], CODE).take(known.indices)
    bare = pa.array([match[2].upper() if match else None for match in matches], CODE).take(known.indices)
    return {"group_code": pc.coalesce(groups, own), "carc": pc.coalesce(bare, carcs)}


def _widest(raw: RawTable, names: Sequence[str], split: str) -> int:
    counts = [pc.max(pc.count_substring(raw.columns[name], split)).as_py() or 0 for name in names]
    return max(counts, default=0) + 1


def _parts(raw: RawTable, names: Sequence[str], split: str, k: int) -> RawTable:
    """The k-th piece of each of the columns, null where there are fewer."""
    columns = dict(raw.columns)
    for name in names:
        known = raw.columns[name].combine_chunks().dictionary_encode()
        pieces = [str(text).split(split) for text in known.dictionary.to_pylist()]
        piece = [(one[k].strip() or None) if k < len(one) else None for one in pieces]
        columns[name] = pa.chunked_array([pa.array(piece, CODE).take(known.indices)])
    return RawTable(raw.source, columns, raw.numbers, raw.offsets)


def _remarks(rows: Sorted, placed: Placed, cells: Sequence[Cell], file_key: int) -> pa.Table:
    """Every remark code of every row, once a service."""
    found: list[tuple[Ints, pa.Array]] = []
    for cell in cells:
        several = Filled(rows.pieces.raw, {"remarks": cell}, rows.pieces.form, rows.pieces.faults)
        for column in several.split(several.texts(cell), cell, "remarks"):
            codes = several.read(cell, column, "rarc", CODE)
            at = where(codes.is_valid().to_numpy(zero_copy_only=False).astype(bool))
            found.append((at, codes.take(pa.array(at))))
    if not found:
        return REMARKS.empty_table()
    at = np.concatenate([at for at, _ in found])
    code = pa.concat_arrays([codes for _, codes in found])
    keep = _first_said(rows.owner[at], placed.service[at], pa.chunked_array([code]))
    order = keep[np.lexsort((keep, at[keep], placed.service[at[keep]], rows.owner[at[keep]]))]
    keyed = _keyed(rows, placed, at[order], file_key)
    return pa.table(keyed | {"rarc": code.take(pa.array(order))}, schema=REMARKS)


def _first_said(owner: Ints, service: Ints, code: Column) -> Ints:
    if not len(owner):
        return owner
    return np.sort(np.unique(grouped(owner, service, codes_of(code)[0]), return_index=True)[1])
