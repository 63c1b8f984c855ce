"""835 in, remits, services, adjustments and remarks out.

Where a field stands is the table `LAYOUT`. A remit without a claim_id is rejected and listed; anything else is kept; a value that can't be
read becomes null and is listed.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.readers.x12 import codes as c
from data.readers.x12 import decode, select
from data.readers.x12.placed import Placed
from data.readers.x12.reader import Columns, Reader
from data.readers.x12.rules import CONTEXT, ENVELOPE, LINE, MANY, OWN, Layout, Slot
from data.readers.x12.select import Spans
from data.readers.x12.tokenize import Ints
from data.readers.x12.view import Finding, View, reject
from data.schema import ADJUSTMENTS, MAX_MODIFIERS, MODIFIERS, REMARKS, REMITS, SERVICES, RemitTables

PAID_LOOPS = (c.REMIT, c.SERVICE)

LAYOUT = Layout(
    (
        *ENVELOPE,
        Slot("BPR", CONTEXT, "BPR", (c.REMIT_HEADER,)),
        Slot("TRN", CONTEXT, "TRN", (c.REMIT_HEADER,)),
        Slot("produced", CONTEXT, "DTM", (c.REMIT_HEADER,), ("405",)),
        Slot("payer", CONTEXT, "N1", (c.REMIT_PAYER,), ("PR",)),
        Slot("payer number", CONTEXT, "REF", (c.REMIT_PAYER,), ("2U",)),
        Slot("payee", CONTEXT, "N1", (c.REMIT_PAYEE,), ("PE",)),
        Slot("CLP", OWN, "CLP", (c.REMIT,)),
        Slot("insured", OWN, "NM1", (c.REMIT,), ("IL",)),
        Slot("patient", OWN, "NM1", (c.REMIT,), ("QC",)),
        Slot("rendering", OWN, "NM1", (c.REMIT,), ("82",)),
        Slot("served from", OWN, "DTM", (c.REMIT,), ("232",)),
        Slot("served to", OWN, "DTM", (c.REMIT,), ("233",)),
        Slot("received", OWN, "DTM", (c.REMIT,), ("050",)),
        Slot("SVC", LINE, "SVC", (c.SERVICE,)),
        Slot("line control", LINE, "REF", (c.SERVICE,), ("6R",)),
        Slot("served", LINE, "DTM", (c.SERVICE,), ("472",)),
        Slot("served first", LINE, "DTM", (c.SERVICE,), ("150",)),
        Slot("allowed", LINE, "AMT", (c.SERVICE,), ("B6",)),
        Slot("CAS", MANY, "CAS", PAID_LOOPS),
        Slot("LQ", MANY, "LQ", (c.SERVICE,), ("HE",)),
        Slot("MIA", MANY, "MIA", PAID_LOOPS),
        Slot("MOA", MANY, "MOA", PAID_LOOPS),
    )
)

CAS_FIRSTS = (2, 5, 8, 11, 14, 17)
"""Where the up to six triplets of a CAS begin: reason, amount, quantity."""
MIA_REMARKS = (5, 20, 21, 22, 23)
MOA_REMARKS = (3, 4, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class RemitBlock:
    """The remits of one block, what could not be read of them, and how many CLPs there were."""

    tables: RemitTables
    findings: tuple[Finding, ...]
    n_remits: int


def read_remits(placed: Placed, *, file_key: int, first: int) -> RemitBlock:
    """The remits of a block; `first` is the number of CLPs in the file before it."""
    owners = placed.owners(c.KIND_REMITS)
    if not owners.size:
        return RemitBlock(RemitTables(), (), 0)
    services = placed.lines(c.KIND_REMITS)
    everything = View(placed, LAYOUT, owners, services)
    gone = ~everything.of("CLP", 1).present
    findings = (Finding(everything.rows("CLP")[gone], "a remit without a claim_id (CLP01)"),)
    reject(placed, owners[gone], np.empty(0, np.int32))
    view = View(placed, LAYOUT, owners[~gone], services[~gone[everything.owner_of_line]])
    ordinals = first + np.searchsorted(owners, view.owners)
    reader = Reader(view, np.int64(file_key) + ordinals.astype(np.int64))
    tables = _tables(reader) if view.owners.size else RemitTables()
    return RemitBlock(tables, (*findings, *reader.findings), owners.size)


def _tables(reader: Reader) -> RemitTables:
    number = _service_numbers(reader)
    services = _services(reader, number)
    remits = _remits(reader, services)
    return RemitTables(
        pa.Table.from_arrays([remits[name] for name in REMITS.names], schema=REMITS),
        pa.Table.from_arrays([services[name] for name in SERVICES.names], schema=SERVICES),
        _adjustments(reader, number),
        _remarks(reader, number),
    )


def _service_numbers(reader: Reader) -> Ints:
    """1, 2, ... within each remit."""
    first = np.searchsorted(reader.owner, reader.owner)
    numbers: Ints = (np.arange(reader.owner.size) - first + 1).astype(np.int32)
    return numbers


def _remits(reader: Reader, services: Columns) -> Columns:
    return {**_claim(reader), **_parties(reader), **_remit_days(reader, services)}


def _claim(reader: Reader) -> Columns:
    """What CLP says."""
    amounts = {"charge_cents": 3, "paid_cents": 4, "patient_cents": 5}
    columns: Columns = {name: reader.cents("CLP", e, name).column(pa.int64()) for name, e in amounts.items()}
    for name in ("charge_cents", "paid_cents"):
        missing = (
            columns[name].is_null().to_numpy(zero_copy_only=False)
            & ~reader.view.of("CLP", amounts[name]).present
        )
        reader.note(reader.view.rows("CLP"), missing, f"{name} is missing")
    return {
        **columns,
        "remit_key": pa.array(reader.keys),
        "offset": pa.array(reader.view.offsets(reader.view.rows("CLP"))),
        "claim_id": reader.text("CLP", 1),
        "status": reader.text("CLP", 2),
        "plan_type": reader.text("CLP", 6),
        "payer_control": reader.text("CLP", 7),
        "frequency": reader.text("CLP", 9),
    }


def _parties(reader: Reader) -> Columns:
    view, content = reader.view, reader.content
    payer = view.of("payer", 4).or_else(view.of("payer number", 2))
    reader.note(view.rows("CLP"), ~payer.present, "payer_id is missing")
    payee = view.of("payee", 4).only(reader.equals("payee", 3, "XX"))
    return {
        "payer_id": decode.texts(content, payer),
        "payer_name": reader.text("payer", 2),
        "payee_npi": decode.texts(content, payee),
        "payee_name": reader.text("payee", 2),
        "member_id": decode.texts(content, view.of("insured", 9).or_else(view.of("patient", 9))),
        "rendering_npi": decode.texts(content, reader.npi("rendering")),
        "trace": reader.text("TRN", 2),
    }


def _remit_days(reader: Reader, services: Columns) -> Columns:
    view = reader.view
    known = decode.days(reader.content, view.of("BPR", 16).or_else(view.of("produced", 2)))
    served = services["service_on"]
    first, last = reader.day("served from", 2, "service_from"), reader.day("served to", 2, "service_to")
    return {
        "known_on": reader.checked(known, view.rows("CLP"), "known_on", "a date").column(pa.date32()),
        "received_on": reader.day("received", 2, "received_on").column(pa.date32()),
        "service_from": reader.first_known((first,), served, last=False),
        "service_to": reader.first_known((last, first), served, last=True),
    }


def _services(reader: Reader, number: Ints) -> Columns:
    view, content = reader.view, reader.content
    units = reader.number("SVC", 5, "units")
    served = decode.days(content, view.of("served", 2).or_else(view.of("served first", 2)))
    ones = np.where(units.state == decode.ABSENT, 1.0, units.values)
    modifiers = {MODIFIERS[k]: reader.text("SVC", 1, 2 + k) for k in range(MAX_MODIFIERS)}
    return {
        "remit_key": pa.array(reader.keys[reader.owner]),
        "service": pa.array(number),
        "line_control": reader.text("line control", 2),
        "procedure": reader.text("SVC", 1, 1),
        **modifiers,
        "submitted_procedure": reader.text("SVC", 6, 1),
        "charge_cents": reader.cents("SVC", 2, "charge_cents").column(pa.int64()),
        "paid_cents": reader.cents("SVC", 3, "paid_cents").column(pa.int64()),
        "units": decode.column(ones, ~units.wrong, pa.float64()),
        "service_on": reader.checked(served, view.rows("SVC"), "service_on", "a date").column(pa.date32()),
        "allowed_cents": reader.cents("allowed", 2, "allowed_cents").column(pa.int64()),
    }


def _positions(owner: Ints, service: Ints) -> Ints:
    """1, 2, ... among what has the same remit and service, in the order of the file."""
    key = (owner.astype(np.int64) << 32) + service
    at = np.argsort(key, kind="stable")
    positions = np.empty(key.size, np.int32)
    positions[at] = np.arange(key.size) - np.searchsorted(key[at], key[at]) + 1
    return positions


def _service_of(reader: Reader, rows: Ints, number: Ints) -> Ints:
    """The number of the service that each segment stands in, 0 for none."""
    lines = reader.view.placed.line[rows]
    of_line = np.zeros(reader.view.placed.places.line_owner.size + 1, np.int32)
    of_line[reader.view.lines] = number
    service: Ints = np.where(lines < 0, 0, of_line[lines]).astype(np.int32)
    return service


def _adjustments(reader: Reader, number: Ints) -> pa.Table:
    table = reader.view.table
    rows, owner = reader.view.many("CAS", c.KIND_REMITS)
    entry, element = select.explode(table, rows, CAS_FIRSTS, 3)
    rows, owner = rows[entry], owner[entry]
    service = _service_of(reader, rows, number)
    amounts = decode.cents(reader.content, select.spans(table, rows, element + 1))
    reader.checked(amounts, rows, "amount_cents", "an amount")
    reader.note(rows, amounts.state == decode.ABSENT, "amount_cents is missing")
    quantity = decode.numbers(reader.content, select.spans(table, rows, element + 2))
    return pa.Table.from_arrays(
        [
            pa.array(reader.keys[owner]),
            pa.array(service),
            pa.array(_positions(owner, service)),
            decode.texts(reader.content, select.spans(table, rows, 1)),
            decode.texts(reader.content, select.spans(table, rows, element)),
            amounts.column(pa.int64()),
            reader.checked(quantity, rows, "quantity", "a number").column(pa.float64()),
        ],
        schema=ADJUSTMENTS,
    )


def _remarks(reader: Reader, number: Ints) -> pa.Table:
    """Remark codes of services (LQ*HE) and of the remit as a whole (MIA, MOA), in the order of the file."""
    view = reader.view
    found: list[tuple[Ints, Ints, Ints, Ints]] = []
    for slot, elements in (("LQ", (2,)), ("MIA", MIA_REMARKS), ("MOA", MOA_REMARKS)):
        rows, owner = view.many(slot, c.KIND_REMITS)
        entry, element = select.explode(view.table, rows, elements)
        service = _service_of(reader, rows[entry], number) if slot == "LQ" else np.zeros(entry.size, np.int32)
        found.append((rows[entry], owner[entry], element, service))
    rows, owner, element, service = (np.concatenate(column) for column in zip(*found, strict=True))
    at = np.argsort(rows, kind="stable")
    rows, owner, element, service = rows[at], owner[at], element[at], service[at]
    code: Spans = select.spans(view.table, rows, element)
    return pa.Table.from_arrays(
        [
            pa.array(reader.keys[owner]),
            pa.array(service),
            pa.array(_positions(owner, service)),
            decode.texts(reader.content, code),
        ],
        schema=REMARKS,
    )
