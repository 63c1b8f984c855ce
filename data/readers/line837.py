"""The service lines of an 837: SV1, SV2, and what a claim says for all its lines."""

import numpy as np
import pyarrow as pa

from data.readers.x12 import decode
from data.readers.x12.decode import ABSENT
from data.readers.x12.fields import CENTS, COUNT, DAY, LAST_DAY, NPI, NUMBER, At, Fields, text, value
from data.readers.x12.gather import Gathered
from data.readers.x12.reader import Columns, Reader
from data.readers.x12.tokenize import Ints
from data.readers.x12.view import Finding
from data.schema import LINES, MAX_MODIFIERS, MODIFIERS, POINTERS

CLAIMS_OWN = ("CLM", "rendering", "referring", "authorization")
"""The segments of a claim that a line inherits from, where it does not say the same for itself."""


def _both(element: int, component: int = -1) -> tuple[At, At]:
    """An element of SV1; in SV2 of an 837I the same stands one element later."""
    return At("SV1", element, component), At("SV2", element + 1, component)


FIELDS = Fields(
    (
        value(COUNT, "line", At("LX", 1), told_at="", most=999_999),
        text("line_control", At("line control", 2)),
        text("procedure", *_both(1, 1)),
        text("procedure_qualifier", *_both(1, 0)),
        *(text(MODIFIERS[k], *_both(1, 2 + k)) for k in range(MAX_MODIFIERS)),
        value(CENTS, "charge_cents", *_both(2), told_at="service"),
        value(NUMBER, "units", *_both(4), told_at="service"),
        text("unit_code", *_both(3)),
        text("revenue_code", At("SV2", 1)),
        text("place_of_service", At("SV1", 5), At("CLM", 5, 0)),
        *(
            value(COUNT, name, At("SV1", 7, k), told_at="service", most=99, wanted="a diagnosis number")
            for k, name in enumerate(POINTERS)
        ),
        value(DAY, "service_from", At("line served", 3)),
        value(LAST_DAY, "service_to", At("line served", 3)),
        text("rendering_npi", At("line rendering", 9, how=NPI), At("rendering", 9, how=NPI)),
        text("referring_npi", At("line referring", 9, how=NPI), At("referring", 9, how=NPI)),
        text("ordering_npi", At("line ordering", 9, how=NPI)),
        text("auth_number", At("line authorization", 2), At("authorization", 2)),
        text("attachment_type", At("attachment", 1)),
        text("attachment_transmission", At("attachment", 2)),
        text("attachment_control", At("attachment", 6)),
    )
)
"""`service` is SV1 or SV2; `attachment` the line's PWK where it has one, else the claim's."""


def line_columns(reader: Reader, claims: Gathered) -> Columns:
    """The columns of LINES; `claims` are those of their claims."""
    found = reader.gather(FIELDS, _rows(reader))
    rows = _service_rows(reader)
    missing = found.missing("charge_cents")
    if missing.any():
        reader.findings.append(Finding(rows[missing], "charge_cents is missing"))
    return {
        **found.columns(LINES),
        "claim_key": pa.array(reader.keys[reader.owner]),
        "line": _line_numbers(reader, found),
        "offset": pa.array(reader.view.offsets(rows)),
        **_line_days(reader, found, claims),
    }


def _rows(reader: Reader) -> dict[str, Ints]:
    view, owner = reader.view, reader.owner
    inherited = {slot: view.rows(slot)[owner] for slot in CLAIMS_OWN}
    own = view.rows("line attachment")
    attachment = np.where(own >= 0, own, view.rows("attachment")[owner])
    return reader.rows(FIELDS, **inherited, attachment=attachment, service=_service_rows(reader))


def _service_rows(reader: Reader) -> Ints:
    rows: Ints = np.where(reader.view.has("SV2"), reader.view.rows("SV2"), reader.view.rows("SV1"))
    return rows


def _line_numbers(reader: Reader, found: Gathered) -> pa.Array:
    """LX01; for a claim where one of them is missing or repeated, the order of its lines."""
    n = reader.view.lines.size
    read = found.value["line"]
    numbers = np.where(read.valid, read.values, 0).astype(np.int64)
    order = np.arange(n) - np.searchsorted(reader.owner, reader.owner) + 1
    if np.array_equal(numbers, order):
        return pa.array(order, pa.int32())
    at = np.argsort((reader.owner.astype(np.int64) << 32) + numbers, kind="stable")
    repeated = np.zeros(n, np.bool_)
    repeated[at[1:]] = (reader.owner[at[1:]] == reader.owner[at[:-1]]) & (numbers[at[1:]] == numbers[at[:-1]])
    unsound = (
        np.bincount(reader.owner, weights=repeated | (numbers == 0), minlength=reader.view.owners.size) > 0
    )
    return pa.array(np.where(unsound[reader.owner], order, numbers), pa.int32())


def _line_days(reader: Reader, found: Gathered, claims: Gathered) -> Columns:
    """A line's own dates, else its claim's."""
    columns: Columns = {}
    for name in ("service_from", "service_to"):
        read, claim = found.value[name], claims.value[name]
        absent = read.state == ABSENT
        values = np.where(absent, claim.values[reader.owner], read.values)
        valid = np.where(absent, claim.valid[reader.owner], read.valid)
        columns[name] = decode.column(values, valid, pa.date32())
    return columns
