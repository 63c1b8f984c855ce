"""277CA in, statuses of claims out: taken in or turned away before anybody adjudicated them.

Where a field stands is the table `LAYOUT`. A status without the number of its claim (TRN02) is rejected and listed, as
nothing could be done with it. What stands above the claims, for a whole batch, is read by `answers`.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.readers.x12 import codes as c
from data.readers.x12 import decode, select
from data.readers.x12.placed import Placed
from data.readers.x12.reader import Reader
from data.readers.x12.rules import (
    BILLING_LEVEL,
    CONTEXT,
    ENVELOPE,
    LINE,
    MANY,
    OWN,
    PATIENT_LEVEL,
    SUBSCRIBER_LEVEL,
    Layout,
    Slot,
)
from data.readers.x12.select import Spans
from data.readers.x12.tokenize import Ints
from data.readers.x12.view import Finding, View, reject
from data.schema import STATUSES

CLAIM, BOTH = (c.STATUS,), (c.STATUS, c.STATUS_SERVICE)

LAYOUT = Layout(
    (
        *ENVELOPE,
        Slot("BHT", CONTEXT, "BHT", (c.STATUS_HEADER,)),
        Slot("source", CONTEXT, "NM1", (c.STATUS_SOURCE,), level=BILLING_LEVEL),
        Slot("source batch", CONTEXT, "TRN", (c.STATUS_SOURCE,), level=BILLING_LEVEL),
        Slot("receiver", CONTEXT, "NM1", (c.STATUS_RECEIVER,), level=SUBSCRIBER_LEVEL),
        Slot("receiver batch", CONTEXT, "TRN", (c.STATUS_RECEIVER,), level=SUBSCRIBER_LEVEL),
        Slot("billing", CONTEXT, "NM1", (c.STATUS_PROVIDER,), ("85",), SUBSCRIBER_LEVEL),
        Slot("billing batch", CONTEXT, "TRN", (c.STATUS_PROVIDER,), level=SUBSCRIBER_LEVEL),
        Slot("patient", CONTEXT, "NM1", (c.STATUS_PATIENT,), ("QC", "IL"), PATIENT_LEVEL),
        Slot("TRN", OWN, "TRN", CLAIM),
        Slot("payer control", OWN, "REF", BOTH, ("1K",)),
        Slot("clearinghouse control", OWN, "REF", BOTH, ("D9",)),
        Slot("served", OWN, "DTP", CLAIM, ("472",)),
        Slot("SVC", LINE, "SVC", (c.STATUS_SERVICE,)),
        Slot("line control", LINE, "REF", (c.STATUS_SERVICE,), ("FJ",)),
        Slot("line served", LINE, "DTP", (c.STATUS_SERVICE,), ("472",)),
        Slot("STC", MANY, "STC", BOTH),
    )
)

PARTS = (1, 10, 11)
"""STC tells up to three statuses, each a composite of category, status and entity."""


@dataclass(frozen=True, slots=True)
class StatusBlock:
    """The statuses of one window, what could not be read of them, and how many claims (2200D) there were."""

    statuses: pa.Table
    findings: tuple[Finding, ...]
    n_statuses: int


def read_statuses(placed: Placed, *, file_key: int, first: int) -> StatusBlock:
    """The statuses of a window; `first` is the number of claims (2200D) in the file before it."""
    owners = placed.owners(c.KIND_STATUSES)
    if not owners.size:
        return StatusBlock(STATUSES.empty_table(), (), 0)
    services = placed.lines(c.KIND_STATUSES)
    everything = View(placed, LAYOUT, owners, services)
    gone = ~everything.of("TRN", 2).present
    missing = Finding(everything.rows("TRN")[gone], "a status without the claim_id that it is of (TRN02)")
    reject(placed, owners[gone], np.empty(0, np.int32))
    view = View(placed, LAYOUT, owners[~gone], services[~gone[everything.owner_of_line]])
    ordinals = first + np.searchsorted(owners, view.owners)
    reader = Reader(view, np.int64(file_key) + ordinals.astype(np.int64))
    table = _statuses(reader) if view.owners.size else STATUSES.empty_table()
    return StatusBlock(table, (missing, *reader.findings), owners.size)


def _statuses(reader: Reader) -> pa.Table:
    view, content = reader.view, reader.content
    every, owner_of = view.many("STC", c.KIND_STATUSES)
    silent = np.setdiff1d(np.arange(view.owners.size), owner_of)
    reader.findings.append(Finding(view.rows("TRN")[silent], "a claim of which no status is told (STC)"))
    entry, element = select.explode(view.table, every, PARTS)
    rows, owner = every[entry], owner_of[entry]
    line = _lines(reader, rows)
    columns = {
        **_told(reader, rows, element),
        **_claim(reader, owner),
        **_line(reader, owner, line),
        "position": pa.array((np.arange(owner.size) - np.searchsorted(owner, owner) + 1).astype(np.int32)),
    }
    sent = decode.days(content, view.of("BHT", 4).take(owner).or_else(select.spans(view.table, rows, 2)))
    columns["known_on"] = sent.column(pa.date32())
    return pa.Table.from_arrays([columns[name] for name in STATUSES.names], schema=STATUSES)


def _lines(reader: Reader, rows: Ints) -> Ints:
    """Of each segment the position of its service among the view's, -1 where it speaks of the claim as a whole."""
    position = np.full(reader.view.placed.places.line_owner.size + 1, -1, np.int32)
    position[reader.view.lines] = np.arange(reader.view.lines.size, dtype=np.int32)
    lines: Ints = position[reader.view.placed.line[rows]]
    return lines


def _told(reader: Reader, rows: Ints, element: Ints) -> dict[str, pa.Array]:
    """What STC says."""
    view, content = reader.view, reader.content
    parts = ("category", "status", "entity")
    days = decode.days(content, select.spans(view.table, rows, 2))
    charges = decode.cents(content, select.spans(view.table, rows, 4))
    reader.findings.append(Finding(np.unique(rows[days.wrong]), "status_on is not a date"))
    reader.findings.append(Finding(np.unique(rows[charges.wrong]), "charge_cents is not an amount"))
    return {
        **{
            name: decode.texts(content, select.spans(view.table, rows, element, k))
            for k, name in enumerate(parts)
        },
        "offset": pa.array(view.offsets(rows)),
        "action": decode.texts(content, select.spans(view.table, rows, 3)),
        "status_on": days.column(pa.date32()),
        "charge_cents": charges.column(pa.int64()),
    }


def _claim(reader: Reader, owner: Ints) -> dict[str, pa.Array]:
    """What is said of the claim, and above it."""
    view = reader.view

    def of(slot: str, element: int) -> pa.StringArray:
        return decode.texts(reader.content, view.of(slot, element).take(owner))

    return {
        "status_key": pa.array(reader.keys[owner]),
        "claim_id": of("TRN", 2),
        "payer_control": of("payer control", 2),
        "clearinghouse_control": of("clearinghouse control", 2),
        "source_id": of("source", 9),
        "source_role": of("source", 1),
        "billing_npi": decode.texts(reader.content, reader.npi("billing").take(owner)),
        "member_id": of("patient", 9),
    }


def _line(reader: Reader, owner: Ints, line: Ints) -> dict[str, pa.Array]:
    """What is said of the line, where it is one that is spoken of; the days of service are else the claim's."""
    view, content = reader.view, reader.content

    def of(slot: str, element: int, component: int = -1) -> Spans:
        rows = np.append(view.rows(slot), np.int32(-1))[line]
        return select.spans(view.table, rows, element, component)

    served = of("line served", 3).or_else(view.of("served", 3).take(owner))
    first, last = decode.days(content, served), decode.days(content, served, last=True)
    is_wrong = first.wrong | last.wrong
    told = np.unique(view.rows("TRN")[owner[is_wrong]])
    reader.findings.append(Finding(told, "the days of service are not dates"))
    return {
        "line_control": decode.texts(content, of("line control", 2)),
        "procedure": decode.texts(content, of("SVC", 1, 1)),
        "service_from": first.column(pa.date32()),
        "service_to": last.column(pa.date32()),
    }
