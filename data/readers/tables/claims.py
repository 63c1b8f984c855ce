"""Rows of an export to claims and their lines."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.claim import INHERITED
from data.keys import Ints, codes_of
from data.readers.tables.cells import Filled
from data.readers.tables.fields import LISTS
from data.readers.tables.mapping import TableMapping
from data.readers.tables.raw import Faults, RawTable, where
from data.readers.tables.rows import Columns, Sorted, edge, either, place_in, sort_rows, total, whole_of
from data.schema import CLAIMS, DIAGNOSES, LINES, MODIFIERS, POINTERS, ClaimTables

STEADY = ("payer_id", "payer_name", "billing_npi", "member_id")
"""What one claim says once: rows of it that say otherwise are told."""


def read_claims(
    raw: RawTable, second: RawTable | None, mapping: TableMapping, file_key: int, faults: Faults
) -> ClaimTables:
    """The claims of a table; keys count them from `file_key` up, in the order in which they first stand there."""
    rows = sort_rows(raw, second, mapping, faults)
    if second is None:
        _tell_unsteady(rows, mapping, faults)
    lines = _lines(rows, file_key)
    claims = _claims(rows, lines, file_key)
    for name in INHERITED:
        lines[name] = either(lines[name], whole_of(claims[name], rows.owner))
    for name in ("service_from", "service_to"):
        lines[name] = either(lines[name], whole_of(claims[name], rows.owner))
    return ClaimTables(
        pa.Table.from_arrays([claims[name] for name in CLAIMS.names], schema=CLAIMS),
        pa.Table.from_arrays([lines[name] for name in LINES.names], schema=LINES),
    )


def _claims(rows: Sorted, lines: Columns, file_key: int) -> Columns:
    whole, owner, n = rows.whole, rows.owner, rows.n
    columns = {field.name: whole.column(field.name, field.type) for field in CLAIMS}
    columns |= _list(whole, "diagnoses", DIAGNOSES, CLAIMS)
    first = either(columns["service_from"], edge(lines["service_from"], owner, n, last=False))
    return columns | {
        "claim_key": pa.array(np.arange(n) + file_key, pa.int64()),
        "offset": pa.array(whole.raw.offsets, pa.int64()),
        "transaction": either(columns["transaction"], _form_of(lines, owner, n)),
        "charge_cents": either(columns["charge_cents"], total(lines["charge_cents"], owner, n)),
        "n_lines": pa.array(np.bincount(owner, minlength=n), pa.int16()),
        "n_diagnoses": _n_diagnoses(columns, n),
        "service_from": first,
        "service_to": either(
            either(columns["service_to"], edge(lines["service_to"], owner, n, last=True)), first
        ),
    }


def _lines(rows: Sorted, file_key: int) -> Columns:
    pieces, owner = rows.pieces, rows.owner
    columns = {field.name: pieces.column(field.name, field.type) for field in LINES}
    columns |= _list(pieces, "modifiers", MODIFIERS, LINES) | _list(pieces, "pointers", POINTERS, LINES)
    _tell_missing(columns["charge_cents"], pieces)
    return columns | {
        "claim_key": pa.array(owner + file_key, pa.int64()),
        "line": _numbers(columns["line"], owner),
        "offset": pa.array(pieces.raw.offsets, pa.int64()),
        "service_to": either(columns["service_to"], columns["service_from"]),
    }


def _list(filled: Filled, plural: str, names: tuple[str, ...], schema: pa.Schema) -> Columns:
    kinds = [schema.field(name).type for name in LISTS[plural]]
    return dict(zip(names, filled.columns(plural, kinds), strict=True))


def _numbers(column: pa.Array, owner: Ints) -> pa.Array:
    """Their line numbers; for a claim where one of them is missing or repeated, the order of its lines."""
    numbers = pc.fill_null(column, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.lexsort((numbers, owner))
    again = (np.diff(owner[order]) == 0) & (np.diff(numbers[order]) == 0)
    unsound = numbers <= 0
    unsound[order[1:][again]] = True
    is_unsound = np.bincount(owner[unsound], minlength=int(owner.max(initial=-1)) + 1) > 0
    return pa.array(np.where(is_unsound[owner], place_in(owner), numbers), pa.int32())


def _form_of(lines: Columns, owner: Ints, n: int) -> pa.Array:
    """An institutional claim is known by its revenue codes."""
    has_revenue = np.bincount(owner[lines["revenue_code"].is_valid().to_numpy(False)], minlength=n) > 0
    return pa.array(["837P", "837I"]).take(pa.array(has_revenue.astype(np.int8)))


def _n_diagnoses(columns: Columns, n: int) -> pa.Array:
    counts = np.zeros(n, np.int64)
    for name in DIAGNOSES:
        counts += columns[name].is_valid().to_numpy(False)
    return pa.array(counts, pa.int16())


def _tell_missing(charges: pa.Array, pieces: Filled) -> None:
    """A line without a charge is kept and told, unless it was told already that its charge can't be read."""
    texts = pieces.texts(pieces.cells["charge_cents"])
    missing = charges.is_null().to_numpy(False) & texts.is_null().to_numpy()
    name = ", ".join(pieces.cells["charge_cents"].columns)
    pieces.faults.add(pieces.raw, where(missing), f"{name}: found nothing, wanted an amount")


def _tell_unsteady(rows: Sorted, mapping: TableMapping, faults: Faults) -> None:
    """Rows of one claim that say another payer, provider or member than its first row, which counts."""
    for name in STEADY:
        cell = mapping.whole.get(name)
        if cell is None or not cell.columns:
            continue
        named = cell.columns[0]
        here, first = codes_of(rows.pieces.raw.columns[named], rows.whole.raw.columns[named])
        other = (here >= 0) & (here != first[rows.owner])
        what = f"{named}: found another than in the first row of its claim, which counts, wanted the same"
        faults.add(rows.pieces.raw, where(other), what)
