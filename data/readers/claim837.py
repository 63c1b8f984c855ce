"""837 in, claims and their lines out.

Where a field stands is the table `LAYOUT`; what becomes of it is one small function a group of columns.

A claim without an id, a dental claim, and a claim without one whole service line are rejected and listed. Anything
else is kept, and a value that can't be read becomes null and is listed. So is a claim that the end of a file cuts off:
it is kept once its CLM and one service are whole, with the services read so far, and the break is listed.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from data.keys import MOST_IN_A_FILE
from data.readers.codes837 import claim_codes, diagnoses
from data.readers.details837 import ClaimDetails, mark_used
from data.readers.line837 import line_columns
from data.readers.x12 import codes as c
from data.readers.x12 import decode, select
from data.readers.x12.codes import CLAIM_LOOPS, LINE_LOOPS
from data.readers.x12.fields import CENTS, DAY, LAST_DAY, NPI, YEAR, At, Fields, text, value
from data.readers.x12.gather import Gathered
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
from data.readers.x12.tokenize import Ints
from data.readers.x12.view import Finding, View, reject
from data.schema import (
    CLAIMS,
    LINES,
    ClaimTables,
)

TOO_MANY = f"past the {MOST_IN_A_FILE:,} claims that one file may hold: split it"
TRANSACTIONS = pa.array(["837P", "837I"])
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
        Slot("HI", MANY, "HI", CLAIM_LOOPS),
    )
)

FIELDS = Fields(
    (
        text("claim_id", At("CLM", 1)),
        text("version", At("ST", 3), At("GS", 8)),
        value(DAY, "submitted_on", At("BHT", 4), At("GS", 4), At("ISA", 9), told_at="CLM"),
        text("payer_id", At("payer", 9)),
        text("payer_name", At("payer", 3)),
        text("plan_type", At("SBR", 9)),
        text("payer_sequence", At("SBR", 1)),
        text("billing_npi", At("billing", 9, how=NPI)),
        text("billing_name", At("billing", 3)),
        text("billing_taxonomy", At("billing specialty", 3)),
        text("member_id", At("patient", 9), At("subscriber", 9)),
        value(YEAR, "birth_year", At("born", 2), told_at="CLM"),
        text("patient_sex", At("born", 3)),
        text("relationship", At("PAT", 1), At("SBR", 2)),
        value(CENTS, "charge_cents", At("CLM", 2)),
        text("place_of_service", At("CLM", 5, 0)),
        text("frequency", At("CLM", 5, 2)),
        text("provider_signature", At("CLM", 6)),
        text("assignment", At("CLM", 7)),
        text("benefits_assigned", At("CLM", 8)),
        text("release", At("CLM", 9)),
        text("related_cause", At("CLM", 11, 0)),
        text("delay_reason", At("CLM", 20)),
        text("rendering_npi", At("rendering", 9, how=NPI)),
        text("rendering_taxonomy", At("rendering specialty", 3)),
        text("referring_npi", At("referring", 9, how=NPI)),
        text("supervising_npi", At("supervising", 9, how=NPI)),
        text("facility_npi", At("facility", 9, how=NPI)),
        text("auth_number", At("authorization", 2)),
        text("referral_number", At("referral", 2)),
        text("original_control", At("original", 2)),
        text("record_number", At("record", 2)),
        text("attachment_type", At("attachment", 1)),
        text("attachment_transmission", At("attachment", 2)),
        text("attachment_control", At("attachment", 6)),
        value(DAY, "service_from", At("served", 3)),
        value(LAST_DAY, "service_to", At("served", 3)),
        value(DAY, "admitted_on", At("admitted", 3)),
        value(DAY, "accident_on", At("accident", 3)),
        text("other_payer_id", At("other payer", 9)),
        value(CENTS, "patient_paid_cents", At("patient paid", 2)),
    )
)
"""`born` is the DMG of the dependant where there is one, else of the subscriber."""


@dataclass(frozen=True, slots=True)
class ClaimBlock:
    """The claims of one block, what could not be read of them, and how many CLMs there were."""

    tables: ClaimTables
    findings: tuple[Finding, ...]
    n_claims: int


def read_claims(placed: Placed, *, file_key: int, first: int, details: bool = True) -> ClaimBlock:
    """The claims of a block; `first` is the number of CLMs in the file before it.

    Without `details` the tables of all that a claim says more than once stay empty: who scores doesn't need them.
    """
    owners = placed.owners(c.KIND_CLAIMS)
    if not owners.size:
        return ClaimBlock(ClaimTables(), (), 0)
    view, findings = _kept(placed, owners, first)
    ordinals = first + np.searchsorted(owners, view.owners)
    reader = Reader(view, np.int64(file_key) + ordinals.astype(np.int64))
    if view.owners.size:
        tables = _tables(reader, details=details)
    else:
        tables = ClaimTables()
    return ClaimBlock(tables, (*findings, *reader.findings), owners.size)


def _kept(placed: Placed, owners: Ints, first: int) -> tuple[View, list[Finding]]:
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
        TOO_MANY: first + np.arange(owners.size) >= MOST_IN_A_FILE,
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


def _tables(reader: Reader, *, details: bool) -> ClaimTables:
    found = reader.gather(FIELDS, reader.rows(FIELDS, born=_born(reader)))
    _note_missing(reader, found)
    lines = line_columns(reader, found)
    claims = {
        **found.columns(CLAIMS),
        **_identity(reader),
        **_service_days(reader, found, lines),
        **_other_payers(reader),
        **diagnoses(reader),
    }
    tables = ClaimTables(
        pa.Table.from_arrays([claims[name] for name in CLAIMS.names], schema=CLAIMS),
        pa.Table.from_arrays([lines[name] for name in LINES.names], schema=LINES),
    )
    if not details:
        mark_used(reader)
        return tables
    more = ClaimDetails(reader, tables.lines["line"].to_numpy()).tables()
    return replace(tables, claim_codes=claim_codes(reader), **more)


def _born(reader: Reader) -> Ints:
    view = reader.view
    is_dependant = view.has("PAT") | view.has("patient")
    born: Ints = np.where(is_dependant, view.rows("patient born"), view.rows("subscriber born"))
    return born


def _note_missing(reader: Reader, found: Gathered) -> None:
    claim = reader.view.rows("CLM")
    reader.note(claim, found.missing("payer_id"), "payer_id is missing")
    reader.note(claim, found.missing("charge_cents"), "charge_cents is missing")


def _identity(reader: Reader) -> Columns:
    view, n = reader.view, reader.view.owners.size
    guide = view.placed.guide[view.owners]
    # A version that names no guide: the first line's segment tells.
    first = np.searchsorted(reader.owner, np.arange(n))
    unknown_is_837i = view.has("SV2")[first]
    is_837i = np.where(guide == c.GUIDE_NONE, unknown_is_837i, guide == c.GUIDE_INSTITUTIONAL)
    return {
        "claim_key": pa.array(reader.keys),
        "offset": pa.array(view.offsets(view.rows("CLM"))),
        "transaction": TRANSACTIONS.take(pa.array(is_837i.astype(np.int8))),
        "has_note": pa.array(view.has("note"), pa.bool_()),
        "n_lines": decode.column(np.bincount(reader.owner, minlength=n), np.ones(n, np.bool_), pa.int16()),
    }


def _service_days(reader: Reader, found: Gathered, lines: Columns) -> Columns:
    """The claim's own service dates, else the first and last of its lines."""
    first, last = found.value["service_from"], found.value["service_to"]
    return {
        "service_from": reader.first_known((first,), lines["service_from"], last=False),
        "service_to": reader.first_known((last,), lines["service_to"], last=True),
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
        "other_payer_paid_cents": decode.column(total, has_paid, pa.int64()),
    }
