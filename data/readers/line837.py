"""The service lines of an 837: SV1, SV2, and what a claim says for all its lines."""

import numpy as np
import pyarrow as pa

from data.readers.x12 import decode
from data.readers.x12.decode import Read
from data.readers.x12.reader import Columns, Reader
from data.readers.x12.select import Spans
from data.readers.x12.tokenize import Ints
from data.readers.x12.view import Finding
from data.schema import MAX_MODIFIERS, MODIFIERS, POINTERS


def line_columns(reader: Reader, own_days: dict[str, Read]) -> Columns:
    """The columns of LINES; `own_days` are the claims' own first and last day of service."""
    view = reader.view
    is_837i = view.has("SV2")
    rows = np.where(is_837i, view.rows("SV2"), view.rows("SV1"))
    return {
        "claim_key": pa.array(reader.keys[reader.owner]),
        "line": _line_numbers(reader),
        "offset": pa.array(view.offsets(rows)),
        "line_control": reader.text("line control", 2),
        **_service(reader, rows),
        **_line_days(reader, own_days),
        **_inherited(reader),
    }


def _line_numbers(reader: Reader) -> pa.Array:
    """LX01; for a claim where one of them is missing or repeated, the order of its lines."""
    n = reader.view.lines.size
    read = decode.counts(reader.content, reader.view.of("LX", 1), least=1, most=999_999)
    numbers = np.where(read.valid, read.values, 0).astype(np.int64)
    at = np.argsort((reader.owner.astype(np.int64) << 32) + numbers, kind="stable")
    repeated = np.zeros(n, np.bool_)
    repeated[at[1:]] = (reader.owner[at[1:]] == reader.owner[at[:-1]]) & (numbers[at[1:]] == numbers[at[:-1]])
    unsound = (
        np.bincount(reader.owner, weights=repeated | (numbers == 0), minlength=reader.view.owners.size) > 0
    )
    order = np.arange(n) - np.searchsorted(reader.owner, reader.owner) + 1
    return pa.array(np.where(unsound[reader.owner], order, numbers), pa.int32())


def _service(reader: Reader, rows: Ints) -> Columns:
    """SV1, or SV2 of an 837I, where the same things stand one element later."""
    view, content = reader.view, reader.content

    def of(element: int, component: int = -1) -> Spans:
        return view.of("SV1", element, component).or_else(view.of("SV2", element + 1, component))

    charge = reader.checked(decode.cents(content, of(2)), rows, "charge_cents", "an amount")
    if (charge.state == decode.ABSENT).any():
        reader.findings.append(Finding(rows[charge.state == decode.ABSENT], "charge_cents is missing"))
    units = reader.checked(decode.numbers(content, of(4)), rows, "units", "a number")
    place = view.of("SV1", 5).or_else(view.of("CLM", 5, 0).take(reader.owner))
    modifiers = {MODIFIERS[k]: decode.texts(content, of(1, 2 + k)) for k in range(MAX_MODIFIERS)}
    return {
        "procedure": decode.texts(content, of(1, 1)),
        "procedure_qualifier": decode.texts(content, of(1, 0)),
        **modifiers,
        "charge_cents": charge.column(pa.int64()),
        "units": units.column(pa.float64()),
        "unit_code": decode.texts(content, of(3)),
        "revenue_code": decode.texts(content, view.of("SV2", 1)),
        "place_of_service": decode.texts(content, place),
        **{name: _pointer(reader, rows, k) for k, name in enumerate(POINTERS)},
    }


def _pointer(reader: Reader, rows: Ints, k: int) -> pa.Array:
    read = decode.counts(reader.content, reader.view.of("SV1", 7, k), least=1, most=99)
    return reader.checked(read, rows, POINTERS[k], "a diagnosis number").column(pa.int8())


def _line_days(reader: Reader, own_days: dict[str, Read]) -> Columns:
    columns: Columns = {}
    for side in ("from", "to"):
        name = f"service_{side}"
        read = reader.day("line served", 3, name, last=side == "to")
        absent, claim = read.state == decode.ABSENT, own_days[side]
        values = np.where(absent, claim.values[reader.owner], read.values)
        columns[name] = decode.column(
            values, np.where(absent, claim.valid[reader.owner], read.valid), pa.date32()
        )
    return columns


def _inherited(reader: Reader) -> Columns:
    """What a line says for itself, else what its claim says for all lines."""
    view, content, owner = reader.view, reader.content, reader.owner

    def either(line: Spans, claim: Spans) -> pa.StringArray:
        return decode.texts(content, line.or_else(claim.take(owner)))

    has_own = view.has("line attachment")
    columns: Columns = {
        f"attachment_{name}": decode.texts(
            content, view.of("line attachment", e).where(has_own, view.of("attachment", e).take(owner))
        )
        for name, e in (("type", 1), ("transmission", 2), ("control", 6))
    }
    return {
        **columns,
        "rendering_npi": either(reader.npi("line rendering"), reader.npi("rendering")),
        "referring_npi": either(reader.npi("line referring"), reader.npi("referring")),
        "ordering_npi": decode.texts(content, reader.npi("line ordering")),
        "auth_number": either(view.of("line authorization", 2), view.of("authorization", 2)),
    }
