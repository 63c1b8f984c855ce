"""837 in, claims and their lines out.

Where a field stands is the table `LAYOUT`; what becomes of it is one small function a group of columns.

A claim without an id, a dental claim, and a claim without one whole service line are rejected and listed. Anything
else is kept, and a value that can't be read becomes null and is listed. So is a claim that the end of a file cuts off:
it is kept once its CLM and one service are whole, with the services read so far, and the break is listed.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.readers.line837 import line_columns
from data.readers.x12 import codes as c
from data.readers.x12 import decode, select
from data.readers.x12.codes import CLAIM_LOOPS, LINE_LOOPS
from data.readers.x12.decode import Read
from data.readers.x12.placed import Placed
from data.readers.x12.reader import Columns, Reader
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
from data.readers.x12.select import Flags, Spans
from data.readers.x12.tokenize import Ints
from data.readers.x12.view import Finding, View, reject
from data.schema import (
    CLAIMS,
    DIAGNOSES,
    LINES,
    MAX_DIAGNOSES,
    ClaimTables,
)

ANY_LOOPS = (*CLAIM_LOOPS, *LINE_LOOPS)

LAYOUT = Layout(
    (
        *ENVELOPE,
        Slot("BHT", CONTEXT, "BHT", (c.HEADER,)),
        Slot("billing", CONTEXT, "NM1", (c.BILLING,), ("85",), BILLING_LEVEL),
        Slot("billing specialty", CONTEXT, "PRV", (c.BILLING,), ("BI",), BILLING_LEVEL),
        Slot("SBR", CONTEXT, "SBR", (c.SUBSCRIBER,), level=SUBSCRIBER_LEVEL),
        Slot("subscriber", CONTEXT, "NM1", (c.SUBSCRIBER,), ("IL",), SUBSCRIBER_LEVEL),
        Slot("subscriber born", CONTEXT, "DMG", (c.SUBSCRIBER, c.PAYER), level=SUBSCRIBER_LEVEL),
        Slot("payer", CONTEXT, "NM1", (c.PAYER,), ("PR",), SUBSCRIBER_LEVEL),
        Slot("PAT", CONTEXT, "PAT", (c.PATIENT,), level=PATIENT_LEVEL),
        Slot("patient", CONTEXT, "NM1", (c.PATIENT,), ("QC",), PATIENT_LEVEL),
        Slot("patient born", CONTEXT, "DMG", (c.PATIENT,), level=PATIENT_LEVEL),
        Slot("CLM", OWN, "CLM", (c.CLAIM,)),
        Slot("rendering", OWN, "NM1", (c.RENDERING,), ("82",)),
        Slot("rendering specialty", OWN, "PRV", (c.RENDERING,), ("PE",)),
        Slot("referring", OWN, "NM1", (c.CLAIM_PROVIDER,), ("DN", "P3")),
        Slot("supervising", OWN, "NM1", (c.CLAIM_PROVIDER,), ("DQ",)),
        Slot("facility", OWN, "NM1", (c.CLAIM_PROVIDER,), ("77", "FA", "LI", "TL")),
        Slot("authorization", OWN, "REF", CLAIM_LOOPS, ("G1",)),
        Slot("referral", OWN, "REF", CLAIM_LOOPS, ("9F",)),
        Slot("original", OWN, "REF", CLAIM_LOOPS, ("F8",)),
        Slot("record", OWN, "REF", CLAIM_LOOPS, ("EA",)),
        Slot("attachment", OWN, "PWK", CLAIM_LOOPS),
        Slot("note", OWN, "NTE", ANY_LOOPS),
        Slot("served", OWN, "DTP", CLAIM_LOOPS, ("472", "434")),
        Slot("admitted", OWN, "DTP", CLAIM_LOOPS, ("435",)),
        Slot("accident", OWN, "DTP", CLAIM_LOOPS, ("439",)),
        Slot("patient paid", OWN, "AMT", CLAIM_LOOPS, ("F5",)),
        Slot("other payer", OWN, "NM1", (c.OTHER_PAYER_NAME,), ("PR",)),
        Slot("LX", LINE, "LX", (c.LINE,)),
        Slot("SV1", LINE, "SV1", (c.LINE,)),
        Slot("SV2", LINE, "SV2", (c.LINE,)),
        Slot("line control", LINE, "REF", LINE_LOOPS, ("6R",)),
        Slot("line authorization", LINE, "REF", LINE_LOOPS, ("G1",)),
        Slot("line attachment", LINE, "PWK", LINE_LOOPS),
        Slot("line served", LINE, "DTP", LINE_LOOPS, ("472",)),
        Slot("line rendering", LINE, "NM1", (c.LINE_PROVIDER,), ("82",)),
        Slot("line referring", LINE, "NM1", (c.LINE_PROVIDER,), ("DN", "P3")),
        Slot("line ordering", LINE, "NM1", (c.LINE_PROVIDER,), ("DK",)),
        Slot("other SBR", MANY, "SBR", (c.OTHER_PAYER,)),
        Slot("other paid", MANY, "AMT", (c.OTHER_PAYER, c.OTHER_PAYER_NAME), ("D",)),
        Slot("HI", MANY, "HI", CLAIM_LOOPS, ("ABK", "BK", "ABF", "BF")),
    )
)


@dataclass(frozen=True, slots=True)
class ClaimBlock:
    """The claims of one block, what could not be read of them, and how many CLMs there were."""

    tables: ClaimTables
    findings: tuple[Finding, ...]
    n_claims: int


def read_claims(placed: Placed, *, file_key: int, first: int) -> ClaimBlock:
    """The claims of a block; `first` is the number of CLMs in the file before it."""
    owners = placed.owners(c.KIND_CLAIMS)
    if not owners.size:
        return ClaimBlock(ClaimTables(), (), 0)
    view, findings = _kept(placed, owners)
    ordinals = first + np.searchsorted(owners, view.owners)
    reader = Reader(view, np.int64(file_key) + ordinals.astype(np.int64))
    if view.owners.size:
        tables = _tables(reader)
    else:
        tables = ClaimTables()
    return ClaimBlock(tables, (*findings, *reader.findings), owners.size)


def _kept(placed: Placed, owners: Ints) -> tuple[View, list[Finding]]:
    """The claims and lines worth reading; the others marked and told."""
    all_lines = placed.lines(c.KIND_CLAIMS)
    view = View(placed, LAYOUT, owners, all_lines)
    has_service = view.has("SV1") | view.has("SV2")
    guide = placed.guide[owners]
    n_lines = np.bincount(view.owner_of_line[has_service], minlength=owners.size)
    reasons = {
        "a claim without a claim_id (CLM01)": ~view.of("CLM", 1).present,
        "a dental claim (837D): not read": guide == c.GUIDE_DENTAL,
        "a claim without one whole service line": n_lines == 0,
    }
    findings, gone = [], np.zeros(owners.size, np.bool_)
    for reason, is_so in reasons.items():
        findings.append(Finding(view.rows("CLM")[is_so & ~gone], reason))
        gone |= is_so
    in_kept = ~gone[view.owner_of_line]
    empty = view.lines[~has_service]
    findings.append(
        Finding(view.rows("LX")[~has_service & in_kept & view.has("LX")], "a line without a service")
    )
    reject(placed, owners[gone], empty)
    return View(placed, LAYOUT, owners[~gone], all_lines[has_service & in_kept]), findings


def _tables(reader: Reader) -> ClaimTables:
    own_days = {"from": _service_day(reader, last=False), "to": _service_day(reader, last=True)}
    lines = line_columns(reader, own_days)
    claims = _claim_columns(reader, own_days, lines)
    return ClaimTables(
        pa.Table.from_arrays([claims[name] for name in CLAIMS.names], schema=CLAIMS),
        pa.Table.from_arrays([lines[name] for name in LINES.names], schema=LINES),
    )


def _service_day(reader: Reader, *, last: bool) -> Read:
    return reader.day("served", 3, f"service_{'to' if last else 'from'}", last=last)


def _claim_columns(reader: Reader, own_days: dict[str, Read], lines: Columns) -> Columns:
    return {
        **_identity(reader),
        **_people(reader),
        **_form(reader),
        **_providers(reader),
        **_numbers(reader),
        **_claim_days(reader, own_days, lines),
        **_other_payers(reader),
        **_diagnoses(reader),
    }


def _identity(reader: Reader) -> Columns:
    view, n = reader.view, reader.view.owners.size
    guide = view.placed.guide[view.owners]
    # A version that names no guide: the first line's segment tells.
    first = np.searchsorted(reader.owner, np.arange(n))
    unknown_is_837i = view.has("SV2")[first]
    is_837i = np.where(guide == c.GUIDE_NONE, unknown_is_837i, guide == c.GUIDE_INSTITUTIONAL)
    days = decode.days(reader.content, view.of("BHT", 4).or_else(view.of("GS", 4)).or_else(view.of("ISA", 9)))
    return {
        "claim_key": pa.array(reader.keys),
        "claim_id": reader.text("CLM", 1),
        "offset": pa.array(view.offsets(view.rows("CLM"))),
        "transaction": pa.array(["837P", "837I"]).take(pa.array(is_837i.astype(np.int8))),
        "version": decode.texts(reader.content, view.of("ST", 3).or_else(view.of("GS", 8))),
        "submitted_on": reader.checked(days, view.rows("CLM"), "submitted_on", "a date").column(pa.date32()),
        "n_lines": decode.column(np.bincount(reader.owner, minlength=n), np.ones(n, np.bool_), pa.int16()),
    }


def _people(reader: Reader) -> Columns:
    """Payer, billing provider and patient. Of the patient: sex, year of birth, member number, relationship."""
    view, content = reader.view, reader.content
    is_dependent = view.has("PAT") | view.has("patient")
    born = view.of("patient born", 2).where(is_dependent, view.of("subscriber born", 2))
    sex = view.of("patient born", 3).where(is_dependent, view.of("subscriber born", 3))
    payer = view.of("payer", 9)
    if not payer.present.all():
        reader.findings.append(Finding(view.rows("CLM")[~payer.present], "payer_id is missing"))
    years = reader.checked(decode.years(content, born), view.rows("CLM"), "birth_year", "a year")
    return {
        "payer_id": decode.texts(content, payer),
        "payer_name": reader.text("payer", 3),
        "plan_type": reader.text("SBR", 9),
        "payer_sequence": reader.text("SBR", 1),
        "billing_npi": decode.texts(content, reader.npi("billing")),
        "billing_name": reader.text("billing", 3),
        "billing_taxonomy": reader.text("billing specialty", 3),
        "member_id": decode.texts(content, view.of("patient", 9).or_else(view.of("subscriber", 9))),
        "birth_year": years.column(pa.int16()),
        "patient_sex": decode.texts(content, sex),
        "relationship": decode.texts(content, view.of("PAT", 1).or_else(view.of("SBR", 2))),
    }


def _form(reader: Reader) -> Columns:
    """What CLM says."""
    charge = reader.cents("CLM", 2, "charge_cents")
    missing = reader.view.rows("CLM")[charge.state == decode.ABSENT]
    if missing.size:
        reader.findings.append(Finding(missing, "charge_cents is missing"))
    return {
        "charge_cents": charge.column(pa.int64()),
        "place_of_service": reader.text("CLM", 5, 0),
        "frequency": reader.text("CLM", 5, 2),
        "provider_signature": reader.text("CLM", 6),
        "assignment": reader.text("CLM", 7),
        "benefits_assigned": reader.text("CLM", 8),
        "release": reader.text("CLM", 9),
        "related_cause": reader.text("CLM", 11, 0),
        "delay_reason": reader.text("CLM", 20),
    }


def _providers(reader: Reader) -> Columns:
    roles = ("rendering", "referring", "supervising", "facility")
    columns: Columns = {f"{role}_npi": decode.texts(reader.content, reader.npi(role)) for role in roles}
    return {**columns, "rendering_taxonomy": reader.text("rendering specialty", 3)}


def _numbers(reader: Reader) -> Columns:
    return {
        "auth_number": reader.text("authorization", 2),
        "referral_number": reader.text("referral", 2),
        "original_control": reader.text("original", 2),
        "record_number": reader.text("record", 2),
        "attachment_type": reader.text("attachment", 1),
        "attachment_transmission": reader.text("attachment", 2),
        "attachment_control": reader.text("attachment", 6),
        "has_note": pa.array(reader.view.has("note"), pa.bool_()),
        "patient_paid_cents": reader.cents("patient paid", 2, "patient_paid_cents").column(pa.int64()),
    }


def _claim_days(reader: Reader, own_days: dict[str, Read], lines: Columns) -> Columns:
    """The claim's own service dates, else the first and last of its lines."""
    return {
        "admitted_on": reader.day("admitted", 3, "admitted_on").column(pa.date32()),
        "accident_on": reader.day("accident", 3, "accident_on").column(pa.date32()),
        "service_from": reader.first_known((own_days["from"],), lines["service_from"], last=False),
        "service_to": reader.first_known((own_days["to"],), lines["service_to"], last=True),
    }


def _other_payers(reader: Reader) -> Columns:
    view, n = reader.view, reader.view.owners.size
    _, owner = view.many("other SBR", c.KIND_CLAIMS)
    rows, payer_of = view.many("other paid", c.KIND_CLAIMS)
    paid = decode.cents(reader.content, select.spans(view.table, rows, 2))
    reader.checked(paid, rows, "other_payer_paid_cents", "an amount")
    total = np.zeros(n, np.int64)
    np.add.at(total, payer_of[paid.valid], paid.values[paid.valid])
    has_paid = np.bincount(payer_of[paid.valid], minlength=n) > 0
    return {
        "n_other_payers": decode.column(np.bincount(owner, minlength=n), np.ones(n, np.bool_), pa.int16()),
        "other_payer_id": reader.text("other payer", 9),
        "other_payer_paid_cents": decode.column(total, has_paid, pa.int64()),
    }


Q_PRINCIPAL = (c.pack("ABK"), c.pack("BK"))
Q_DIAGNOSES = (*Q_PRINCIPAL, c.pack("ABF"), c.pack("BF"))


def _diagnoses(reader: Reader) -> Columns:
    """Principal diagnoses first, then the others, as many as there are columns; more are only counted."""
    view, n = reader.view, reader.view.owners.size
    rows, owner = view.many("HI", c.KIND_CLAIMS)
    entry, element = select.explode(view.table, rows, range(1, 13))
    kind = select.packs(reader.content, select.spans(view.table, rows[entry], element, 0))
    entry, element = entry[np.isin(kind, Q_DIAGNOSES)], element[np.isin(kind, Q_DIAGNOSES)]
    is_other = ~np.isin(kind[np.isin(kind, Q_DIAGNOSES)], Q_PRINCIPAL)
    code = select.spans(view.table, rows[entry], element, 1)
    if not code.present.all():
        reader.findings.append(Finding(np.unique(rows[entry[~code.present]]), "a diagnosis without its code"))
    of, code, is_other = (
        owner[entry][code.present],
        code.take(np.flatnonzero(code.present)),
        is_other[code.present],
    )
    return _ranked(reader, of, is_other, code, n)


def _ranked(reader: Reader, owner: Ints, is_other: Flags, code: Spans, n: int) -> Columns:
    order = np.argsort(owner * 2 + is_other, kind="stable")
    owner, code = owner[order], code.take(order)
    rank = np.arange(owner.size) - np.searchsorted(owner, owner)
    n_found = np.bincount(owner, minlength=n)
    many = n_found > MAX_DIAGNOSES
    reader.note(
        reader.view.rows("CLM"), many, f"more than {MAX_DIAGNOSES} diagnoses: the others are only counted"
    )
    columns: Columns = {}
    for k, name in enumerate(DIAGNOSES):
        begin, end, here = np.zeros(n, np.int64), np.zeros(n, np.int64), rank == k
        begin[owner[here]], end[owner[here]] = code.begin[here], code.end[here]
        columns[name] = decode.texts(reader.content, Spans(begin, end), without=".")
    return {**columns, "n_diagnoses": decode.column(n_found, np.ones(n, np.bool_), pa.int16())}
