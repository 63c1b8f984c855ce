"""What is written as X12 is read again as it was: columns to bytes to columns."""

from datetime import date, timedelta

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.readers.x12 import read_x12
from data.schema import (
    ADJUSTMENTS,
    CLAIMS,
    DIAGNOSES,
    LINES,
    MODIFIERS,
    POINTERS,
    REMARKS,
    REMITS,
    SERVICES,
    ClaimTables,
    RemitTables,
)
from data.writers.claim837 import write_claims
from data.writers.remit835 import write_remits

CODE = st.text("ABCXYZ0189", min_size=1, max_size=8)
NAME = st.text("ABC XYZÄé&-'.", min_size=1, max_size=20).map(str.strip).filter(bool)
CENTS = st.integers(-(10**11), 10**11)
DAY = st.dates(date(1990, 1, 1), date(2060, 1, 1))
UNITS = st.integers(0, 10**6).map(lambda n: n / 100)
MAYBE = st.none()
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def maybe(values):
    return MAYBE | values


@st.composite
def one_line(draw, claim, number):
    first = draw(DAY)
    said = {
        name: claim[name] for name in ("attachment_type", "attachment_transmission", "attachment_control")
    }
    if draw(st.booleans()):
        said = {**said, "attachment_type": draw(CODE), "attachment_control": draw(CODE)}
    return {
        **dict.fromkeys(LINES.names),
        **dict(zip(MODIFIERS, draw(st.lists(maybe(CODE), max_size=4)), strict=False)),
        **dict(zip(POINTERS, draw(st.lists(st.integers(1, 12), max_size=4)), strict=False)),
        **said,
        "line": number,
        "line_control": draw(maybe(CODE)),
        "procedure": draw(CODE),
        "procedure_qualifier": "HC",
        "charge_cents": draw(CENTS),
        "units": draw(UNITS),
        "unit_code": draw(maybe(st.sampled_from(["UN", "MJ"]))),
        "place_of_service": draw(st.just(claim["place_of_service"]) | CODE),
        "service_from": first,
        "service_to": first + timedelta(draw(st.sampled_from([0, 0, 3]))),
        "rendering_npi": claim["rendering_npi"] or draw(maybe(CODE)),
        "referring_npi": draw(CODE) if claim["referring_npi"] else None,
        "ordering_npi": draw(maybe(CODE)),
        "auth_number": draw(CODE) if draw(st.booleans()) else claim["auth_number"],
    }


@st.composite
def one_claim(draw):
    codes = draw(st.lists(CODE, max_size=12))
    n_other = draw(st.integers(0, 3))
    free = {f.name: draw(maybe(CODE)) for f in CLAIMS if f.type == pa.string()}
    days = {f.name: draw(maybe(DAY)) for f in CLAIMS if f.type == pa.date32()}
    return {
        **dict.fromkeys(CLAIMS.names),
        **free,
        **days,
        **dict.fromkeys(DIAGNOSES),
        **dict(zip(DIAGNOSES, codes, strict=False)),
        "claim_id": draw(CODE),
        "transaction": "837P",
        "version": "005010X222A1",
        "submitted_on": draw(DAY),
        "payer_name": draw(maybe(NAME)),
        "billing_name": draw(maybe(NAME)),
        "relationship": draw(st.sampled_from([None, "18", "19", "01"])),
        "birth_year": draw(maybe(st.integers(1900, 2024))),
        "charge_cents": draw(maybe(CENTS)),
        "attachment_type": draw(CODE),
        "has_note": draw(st.booleans()),
        "n_other_payers": n_other,
        "other_payer_id": draw(CODE) if n_other else None,
        "other_payer_paid_cents": draw(maybe(CENTS)) if n_other else None,
        "patient_paid_cents": draw(maybe(CENTS)),
        "n_diagnoses": len(codes),
    }


@st.composite
def claim_tables(draw):
    claims = draw(st.lists(one_claim(), max_size=4))
    lines = []
    for key, claim in enumerate(claims):
        own = [draw(one_line(claim, number)) for number in range(1, draw(st.integers(1, 3)) + 1)]
        claim |= {"claim_key": key, "offset": 0, "n_lines": len(own)}
        claim |= {
            "service_from": min(x["service_from"] for x in own),
            "service_to": max(x["service_to"] for x in own),
        }
        lines += [{**line, "claim_key": key, "offset": 0} for line in own]
    return ClaimTables(pa.Table.from_pylist(claims, CLAIMS), pa.Table.from_pylist(lines, LINES))


def rows(table):
    """Rows without keys and offsets."""
    return table.drop_columns(
        [n for n in ("claim_key", "remit_key", "offset") if n in table.column_names]
    ).to_pylist()


@SETTINGS
@given(claim_tables(), st.integers(1, 10**9 - 1))
def test_claims(tables, control):
    reading = read_x12(write_claims(tables, control=control), source="written")
    assert rows(reading.claims.claims) == rows(tables.claims)
    assert rows(reading.claims.lines) == rows(tables.lines)
    keys = reading.claims.claims["claim_key"].to_pylist()
    place = {key: n for n, key in enumerate(keys)}
    assert [place[key] for key in reading.claims.lines["claim_key"].to_pylist()] == tables.lines[
        "claim_key"
    ].to_pylist()


@st.composite
def hanging(draw, key, service):
    """Adjustments and remarks of one service (0: of the remit)."""
    adjustments = [
        {
            "remit_key": key,
            "service": service,
            "position": n,
            "group_code": draw(st.sampled_from(["CO", "PR", "OA", "PI", "CR"])),
            "carc": draw(CODE),
            "amount_cents": draw(CENTS),
            "quantity": draw(maybe(UNITS)),
        }
        for n in range(1, draw(st.integers(0, 8)) + 1)
    ]
    remarks = [
        {"remit_key": key, "service": service, "position": n, "rarc": draw(CODE)}
        for n in range(1, draw(st.integers(0, 7)) + 1)
    ]
    return adjustments, remarks


@st.composite
def one_service(draw, key, number):
    return {
        **dict.fromkeys(SERVICES.names),
        **dict(zip(MODIFIERS, draw(st.lists(CODE, max_size=4)), strict=False)),
        "remit_key": key,
        "service": number,
        "line_control": draw(maybe(CODE)),
        "procedure": draw(maybe(CODE)),
        "submitted_procedure": draw(maybe(CODE)),
        "charge_cents": draw(maybe(CENTS)),
        "paid_cents": draw(maybe(CENTS)),
        "units": draw(UNITS),
        "service_on": draw(maybe(DAY)),
        "allowed_cents": draw(maybe(CENTS)),
    }


@st.composite
def one_remit(draw, key):
    free = {f.name: draw(maybe(CODE)) for f in REMITS if f.type == pa.string()}
    first = draw(DAY)
    return {
        **free,
        "remit_key": key,
        "offset": 0,
        "claim_id": draw(CODE),
        "charge_cents": draw(maybe(CENTS)),
        "paid_cents": draw(maybe(CENTS)),
        "patient_cents": draw(maybe(CENTS)),
        "payer_name": draw(maybe(NAME)),
        "payee_name": draw(maybe(NAME)),
        "service_from": first,
        "service_to": first + timedelta(draw(st.integers(0, 3))),
        "received_on": draw(maybe(DAY)),
        "known_on": draw(DAY),
    }


@st.composite
def remit_tables(draw):
    remits, services, adjustments, remarks = [], [], [], []
    for key in range(draw(st.integers(0, 3))):
        remits.append(draw(one_remit(key)))
        for number in range(draw(st.integers(0, 3)) + 1):
            if number:
                services.append(draw(one_service(key, number)))
            more_adjustments, more_remarks = draw(hanging(key, number))
            adjustments += more_adjustments
            remarks += more_remarks
    return RemitTables(
        pa.Table.from_pylist(remits, REMITS),
        pa.Table.from_pylist(services, SERVICES),
        pa.Table.from_pylist(adjustments, ADJUSTMENTS),
        pa.Table.from_pylist(remarks, REMARKS),
    )


@SETTINGS
@given(remit_tables(), st.integers(1, 10**9 - 1))
def test_remits(tables, control):
    read = read_x12(write_remits(tables, control=control), source="written").remits
    for name in ("remits", "services", "adjustments", "remarks"):
        assert rows(getattr(read, name)) == rows(getattr(tables, name))
