"""835 in, remits, services, adjustments and remarks out.

Where a field stands is the table `LAYOUT`. A remit without a claim_id is rejected and listed; anything else is kept; a value that can't be
read becomes null and is listed.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from data.keys import MOST_IN_A_FILE
from data.readers.details835 import mark_used, remit_details
from data.readers.plb835 import provider_adjustments
from data.readers.x12 import codes as c
from data.readers.x12 import decode, select
from data.readers.x12.collect import numbered
from data.readers.x12.fields import CENTS, DAY, NPI, NUMBER, SHIFTED, At, Fields, text, value
from data.readers.x12.gather import Gathered
from data.readers.x12.placed import Placed
from data.readers.x12.reader import Columns, Reader
from data.readers.x12.rules import CONTEXT, ENVELOPE, LINE, MANY, OWN, Layout, Slot
from data.readers.x12.tokenize import Ints
from data.readers.x12.view import Finding, View, reject
from data.schema import ADJUSTMENTS, MAX_MODIFIERS, MODIFIERS, REMARKS, REMITS, SERVICES, RemitTables

TOO_MANY = f"past the {MOST_IN_A_FILE:,} remits that one file may hold: split it"
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

FIELDS = Fields(
    (
        text("claim_id", At("CLP", 1)),
        text("status", At("CLP", 2)),
        value(CENTS, "charge_cents", At("CLP", 3)),
        value(CENTS, "paid_cents", At("CLP", 4)),
        value(CENTS, "patient_cents", At("CLP", 5)),
        text("plan_type", At("CLP", 6)),
        text("payer_control", At("CLP", 7)),
        text("frequency", At("CLP", 9)),
        text("payer_id", At("payer", 4), At("payer number", 2)),
        text("payer_name", At("payer", 2)),
        text("payee_npi", At("payee by NPI", 4)),
        text("payee_name", At("payee", 2)),
        text("member_id", At("insured", 9), At("patient", 9)),
        text("rendering_npi", At("rendering", 9, how=NPI)),
        value(DAY, "service_from", At("served from", 2)),
        value(DAY, "service_to", At("served to", 2)),
        value(DAY, "received_on", At("received", 2)),
        value(DAY, "known_on", At("BPR", 16), At("produced", 2), told_at="CLP"),
        text("trace", At("TRN", 2)),
    )
)
"""`payee by NPI` is the payee where N103 says XX."""

SERVICE_FIELDS = Fields(
    (
        text("line_control", At("line control", 2)),
        text("procedure", At("SVC", 1, 1)),
        *(text(MODIFIERS[k], At("SVC", 1, 2 + k)) for k in range(MAX_MODIFIERS)),
        text("submitted_procedure", At("SVC", 6, 1)),
        value(CENTS, "charge_cents", At("SVC", 2)),
        value(CENTS, "paid_cents", At("SVC", 3)),
        value(NUMBER, "units", At("SVC", 5)),
        value(DAY, "service_on", At("served", 2), At("served first", 2), told_at="SVC"),
        value(CENTS, "allowed_cents", At("allowed", 2)),
    )
)

ADJUSTMENT_FIELDS = Fields(
    (
        text("group_code", At("CAS", 1)),
        text("carc", At("CAS", 0, -1, SHIFTED)),
        value(CENTS, "amount_cents", At("CAS", 1, -1, SHIFTED)),
        value(NUMBER, "quantity", At("CAS", 2, -1, SHIFTED)),
    )
)
"""Of one triplet of a CAS: reason, amount, quantity."""

REMARK_FIELDS = Fields((text("rarc", At("remark", 0, -1, SHIFTED)),))
"""`remark` is an LQ, MIA or MOA."""

CAS_FIRSTS = (2, 5, 8, 11, 14, 17)
"""Where the up to six triplets of a CAS begin: reason, amount, quantity."""
MIA_REMARKS = (5, 20, 21, 22, 23)
MOA_REMARKS = (3, 4, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class RemitBlock:
    """The remits of one block, what could not be read of them, and how many CLPs and pairs of PLBs there were."""

    tables: RemitTables
    findings: tuple[Finding, ...]
    n_remits: int
    n_pairs: int


def read_remits(
    placed: Placed, *, file_key: int, first: int, first_pair: int = 0, details: bool = True
) -> RemitBlock:
    """The remits of a block; `first` is the number of CLPs in the file before it, `first_pair` that of pairs of PLBs.

    Without `details` the tables of all that a remit says more than once stay empty.
    """
    pairs = provider_adjustments(placed, file_key=file_key, first=first_pair, keep=details)
    owners = placed.owners(c.KIND_REMITS)
    if not owners.size:
        return RemitBlock(RemitTables(provider_adjustments=pairs.table), pairs.findings, 0, pairs.n)
    view, findings = _kept(placed, owners, first)
    ordinals = first + np.searchsorted(owners, view.owners)
    reader = Reader(view, np.int64(file_key) + ordinals.astype(np.int64))
    tables = _tables(reader, details=details) if view.owners.size else RemitTables()
    tables = replace(tables, provider_adjustments=pairs.table)
    return RemitBlock(tables, (*findings, *reader.findings, *pairs.findings), owners.size, pairs.n)


def _kept(placed: Placed, owners: Ints, first: int) -> tuple[View, list[Finding]]:
    """The remits worth reading; the others marked and told."""
    services = placed.lines(c.KIND_REMITS)
    everything = View(placed, LAYOUT, owners, services)
    nameless = ~everything.of("CLP", 1).present
    too_many = first + np.arange(owners.size) >= MOST_IN_A_FILE
    findings = [
        Finding(everything.rows("CLP")[nameless], "a remit without a claim_id (CLP01)"),
        Finding(everything.rows("CLP")[too_many & ~nameless], TOO_MANY),
    ]
    gone = nameless | too_many
    reject(placed, owners[gone], np.empty(0, np.int32))
    return View(placed, LAYOUT, owners[~gone], services[~gone[everything.owner_of_line]]), findings


def _tables(reader: Reader, *, details: bool) -> RemitTables:
    number = numbered(reader.owner)
    found = reader.gather(SERVICE_FIELDS, reader.rows(SERVICE_FIELDS))
    services = {**found.columns(SERVICES), **_service_identity(reader, found, number)}
    remits = _remits(reader, services)
    tables = RemitTables(
        pa.Table.from_arrays([remits[name] for name in REMITS.names], schema=REMITS),
        pa.Table.from_arrays([services[name] for name in SERVICES.names], schema=SERVICES),
        _adjustments(reader, number),
        _remarks(reader, number),
    )
    if not details:
        mark_used(reader)
        return tables
    return replace(tables, remit_details=remit_details(reader, number))


def _service_identity(reader: Reader, found: Gathered, number: Ints) -> Columns:
    units = found.value["units"]
    ones = np.where(units.state == decode.ABSENT, 1.0, units.values)
    return {
        "remit_key": pa.array(reader.keys[reader.owner]),
        "service": pa.array(number),
        "units": decode.column(ones, ~units.wrong, pa.float64()),
    }


def _remits(reader: Reader, services: Columns) -> Columns:
    view = reader.view
    claim = view.rows("CLP")
    is_npi = reader.equals("payee", 3, "XX")
    payee = np.where(is_npi, view.rows("payee"), -1)
    found = reader.gather(FIELDS, reader.rows(FIELDS, **{"payee by NPI": payee}))
    for name in ("charge_cents", "paid_cents", "payer_id"):
        reader.note(claim, found.missing(name), f"{name} is missing")
    first, last = found.value["service_from"], found.value["service_to"]
    served = services["service_on"]
    return {
        **found.columns(REMITS),
        "remit_key": pa.array(reader.keys),
        "offset": pa.array(view.offsets(claim)),
        "service_from": reader.first_known((first,), served, last=False),
        "service_to": reader.first_known((last, first), served, last=True),
    }


def _service_of(reader: Reader, rows: Ints, number: Ints) -> Ints:
    """The number of the service that each segment stands in, 0 for none."""
    service: Ints = reader.spread(number)[reader.view.placed.line[rows]]
    return service


def _adjustments(reader: Reader, number: Ints) -> pa.Table:
    rows, owner = reader.view.many("CAS", c.KIND_REMITS)
    entry, element = select.explode(reader.view.table, rows, CAS_FIRSTS, 3)
    rows, owner = rows[entry], owner[entry]
    service = _service_of(reader, rows, number)
    found = reader.gather(ADJUSTMENT_FIELDS, {"CAS": rows}, element)
    reader.note(rows, found.missing("amount_cents"), "amount_cents is missing")
    columns = found.columns(ADJUSTMENTS) | {
        "remit_key": pa.array(reader.keys[owner]),
        "service": pa.array(service),
        "position": pa.array(numbered(owner, service)),
    }
    return pa.Table.from_arrays([columns[name] for name in ADJUSTMENTS.names], schema=ADJUSTMENTS)


def _positions(owner: Ints, service: Ints) -> Ints:
    """1, 2, ... among what has the same remit and service: a MOA may stand behind services."""
    key = (owner.astype(np.int64) << 32) + service
    at = np.argsort(key, kind="stable")
    positions = np.empty(key.size, np.int32)
    positions[at] = numbered(owner[at], service[at])
    return positions


def _remarks(reader: Reader, number: Ints) -> pa.Table:
    """Remark codes of services (LQ*HE) and of the remit as a whole (MIA, MOA), in the order of the file."""
    view = reader.view
    found: list[tuple[Ints, ...]] = []
    for slot, elements in (("LQ", (2,)), ("MIA", MIA_REMARKS), ("MOA", MOA_REMARKS)):
        rows, owner = view.many(slot, c.KIND_REMITS)
        entry, element = select.explode(view.table, rows, elements)
        service = _service_of(reader, rows[entry], number) if slot == "LQ" else np.zeros(entry.size, np.int32)
        found.append((rows[entry], owner[entry], element, service))
    rows, owner, element, service = (np.concatenate(column) for column in zip(*found, strict=True))
    at = np.argsort(rows, kind="stable")
    rows, owner, element, service = rows[at], owner[at], element[at], service[at]
    columns = reader.gather(REMARK_FIELDS, {"remark": rows}, element).text | {
        "remit_key": pa.array(reader.keys[owner]),
        "service": pa.array(service),
        "position": pa.array(_positions(owner, service)),
    }
    return pa.Table.from_arrays([columns[name] for name in REMARKS.names], schema=REMARKS)
