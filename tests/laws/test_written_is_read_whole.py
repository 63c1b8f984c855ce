"""What the long tables hold is written as X12 and read again: details, codes, providers, other payers, remit details."""

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.readers.x12 import read_x12
from data.schema import (
    CLAIM_CODES,
    CLAIM_DETAILS,
    CLAIM_PROVIDERS,
    CLAIMS,
    DIAGNOSES,
    LINES,
    MODIFIERS,
    OTHER_ADJUSTMENTS,
    OTHER_PAYERS,
    OTHER_SERVICES,
    PROVIDER_ADJUSTMENTS,
    REMIT_DETAILS,
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
QUANTITY = st.integers(-(10**6), 10**6).map(lambda n: n / 100)
SETTINGS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CLAIM_TABLES = {
    "claims": CLAIMS,
    "lines": LINES,
    "claim_details": CLAIM_DETAILS,
    "claim_codes": CLAIM_CODES,
    "claim_providers": CLAIM_PROVIDERS,
    "other_payers": OTHER_PAYERS,
    "other_services": OTHER_SERVICES,
    "other_adjustments": OTHER_ADJUSTMENTS,
}
REMIT_TABLES = {
    "remits": REMITS,
    "services": SERVICES,
    "remit_details": REMIT_DETAILS,
    "provider_adjustments": PROVIDER_ADJUSTMENTS,
}
KEYS = ("claim_key", "remit_key", "adjustment_key", "offset")


def maybe(values):
    return st.none() | values


def some(values, most=3):
    return st.lists(values, max_size=most)


@st.composite
def detail(draw, segments):
    """What a segment says that no column of the claim, line, remit or service holds."""
    segment = draw(st.sampled_from(segments))
    first = draw(DAY)
    said = {
        "REF": {"qualifier": draw(st.sampled_from(["D9", "X4", "P4", "G3", "1K"])), "value": draw(CODE)},
        "DTP": {
            "qualifier": draw(st.sampled_from(["454", "431"])),
            "from_on": first,
            "to_on": first + timedelta(draw(st.integers(0, 2))),
        },
        "DTM": {"qualifier": "036", "on": first},
        "AMT": {"qualifier": draw(st.sampled_from(["T", "AU", "EAF"])), "amount_cents": draw(CENTS)},
        "QTY": {"qualifier": "PT", "quantity": draw(QUANTITY)},
        "K3": {},
        "NM1": {"qualifier": draw(st.sampled_from(["TT", "PR"])), "value": draw(maybe(CODE))},
        "MOA": {"qualifier": "02", "amount_cents": draw(CENTS)},
        "MIA": {"qualifier": "01", "quantity": draw(QUANTITY)},
        "OI": {"qualifier": "03", "value": draw(st.sampled_from("YN"))},
    }
    return {"segment": segment, **said[segment]}


CODES = st.fixed_dictionaries(
    {
        "qualifier": st.sampled_from(["ABK", "ABF", "ABF", "BE", "BH", "APR", "DR"]),
        "code": CODE,
        "amount_cents": maybe(CENTS),
        "quantity": maybe(QUANTITY),
        "present_on_admission": maybe(st.sampled_from("YNUW")),
        "days": maybe(st.tuples(DAY, st.integers(0, 2))),
    }
)


@st.composite
def provider(draw, roles, *, specialised=True):
    number = draw(st.sampled_from(["npi", "other_id", "none"]))
    return {
        "role": draw(st.sampled_from(roles)),
        **({number: draw(CODE)} if number != "none" else {}),
        "taxonomy": draw(maybe(CODE)) if specialised else None,
    }


ADJUSTMENT = st.fixed_dictionaries(
    {
        "group_code": st.sampled_from(["CO", "PR", "OA"]),
        "carc": CODE,
        "amount_cents": CENTS,
        "quantity": maybe(QUANTITY),
    }
)
PAYER = st.fixed_dictionaries(
    {
        "sequence": maybe(st.sampled_from("PST")),
        "relationship": maybe(CODE),
        "plan_type": maybe(CODE),
        "payer_id": maybe(CODE),
        "payer_name": maybe(NAME),
        "paid_cents": maybe(CENTS),
        "known_on": maybe(DAY),
    }
)
SERVICE = st.fixed_dictionaries(
    {
        "payer_id": CODE,
        "paid_cents": maybe(CENTS),
        "procedure": maybe(CODE),
        "revenue_code": maybe(CODE),
        "units": maybe(QUANTITY),
        "bundled_line": maybe(st.integers(1, 99)),
        "known_on": maybe(DAY),
    }
)


class Rows:
    """Rows of all tables, as they come."""

    def __init__(self, schemas):
        self.schemas = schemas
        self.rows = {name: [] for name in schemas}

    def add(self, name, **values):
        self.rows[name].append({**dict.fromkeys(self.schemas[name].names), **values})

    def tables(self, make):
        return make(**{n: pa.Table.from_pylist(self.rows[n], s) for n, s in self.schemas.items()})


@st.composite
def claim_tables(draw):
    rows = Rows(CLAIM_TABLES)
    for key in range(draw(st.integers(1, 3))):
        add_claim(draw, rows, key)
    return rows.tables(ClaimTables)


def add_claim(draw, rows, key):
    position = iter(range(1, 1000))
    n_lines = draw(st.integers(1, 2))
    codes, payers = draw(some(CODES, 15)), draw(some(PAYER))
    diagnoses = [c["code"] for q in ("ABK", "ABF") for c in codes if c["qualifier"] == q]
    paid = [p["paid_cents"] for p in payers if p["paid_cents"] is not None]
    rows.add(
        "claims",
        claim_key=key,
        claim_id=draw(CODE),
        offset=0,
        transaction="837P",
        version="005010X222A1",
        submitted_on=draw(DAY),
        has_note=False,
        n_other_payers=len(payers),
        other_payer_id=payers[0]["payer_id"] if payers else None,
        other_payer_paid_cents=sum(paid) if paid else None,
        n_lines=n_lines,
        n_diagnoses=len(diagnoses),
        **dict(zip(DIAGNOSES, diagnoses, strict=False)),
    )
    for place, said in enumerate(codes, 1):
        first, n_days = said.pop("days") or (None, 0)
        last = first and first + timedelta(n_days)
        rows.add("claim_codes", claim_key=key, position=place, from_on=first, to_on=last, **said)

    def hang(line, other, roles, segments):
        for said in draw(some(detail(segments))):
            rows.add(
                "claim_details", claim_key=key, line=line, other_payer=other, position=next(position), **said
            )
        for said in draw(some(provider(roles, specialised=not other), 2) if roles else st.just([])):
            rows.add(
                "claim_providers",
                claim_key=key,
                line=line,
                other_payer=other,
                position=next(position),
                **said,
            )
        for place, said in enumerate(draw(some(ADJUSTMENT, 8)) if other else [], 1):
            rows.add("other_adjustments", claim_key=key, line=line, other_payer=other, position=place, **said)

    hang(0, 0, ["71", "72", "ZZ"], ["REF", "DTP", "AMT", "QTY", "K3"])
    for other, said in enumerate(payers, 1):
        rows.add("other_payers", claim_key=key, other_payer=other, **said)
        hang(0, other, ["DN", "82", "85"], draw(st.sampled_from([["AMT", "OI", "MOA"], ["REF", "DTP"]])))
    for line in range(1, n_lines + 1):
        rows.add("lines", claim_key=key, line=line, offset=0, procedure=draw(CODE), procedure_qualifier="HC")
        hang(line, 0, ["QB", "DQ"], ["REF", "DTP", "AMT", "QTY", "K3"])
        for other, said in enumerate(draw(some(SERVICE, 2)), 1):
            modifiers = dict(zip(MODIFIERS, draw(some(CODE, 4)) if said["procedure"] else [], strict=False))
            rows.add("other_services", claim_key=key, line=line, other_payer=other, **said, **modifiers)
            hang(line, other, [], ["REF", "DTP", "AMT"])


@st.composite
def remit_tables(draw):
    rows = Rows(REMIT_TABLES)
    for key in range(draw(st.integers(1, 3))):
        payment = {
            "payer_id": draw(CODE),
            "payee_npi": draw(maybe(CODE)),
            "known_on": draw(DAY),
            "trace": f"T{key}",
        }
        rows.add("remits", remit_key=key, offset=0, claim_id=draw(CODE), paid_cents=draw(CENTS), **payment)
        position = iter(range(1, 1000))
        for service in range(draw(st.integers(0, 2)) + 1):
            if service:
                rows.add("services", remit_key=key, service=service, procedure=draw(CODE), units=1.0)
            kinds = ["REF", "DTM", "AMT", "QTY"] if service else ["REF", "DTM", "AMT", "NM1", "MOA", "MIA"]
            for said in draw(some(detail(kinds))):
                rows.add("remit_details", remit_key=key, service=service, position=next(position), **said)
        for said in draw(some(PLB, 8)):
            rows.add(
                "provider_adjustments",
                adjustment_key=len(rows.rows["provider_adjustments"]),
                **payment,
                **said,
            )
    return rows.tables(RemitTables)


PLB = st.fixed_dictionaries(
    {
        "provider_id": st.sampled_from("AB"),
        "fiscal_on": DAY,
        "reason": CODE,
        "reference": maybe(CODE),
        "amount_cents": CENTS,
    }
)


def said(table, *without):
    """Rows without keys and offsets."""
    return table.drop_columns([n for n in (*KEYS, *without) if n in table.column_names]).to_pylist()


def is_within(few, many):
    """Whether some rows stand among others in the same order."""
    left = iter(many)
    return all(any(row == other for other in left) for row in few)


@SETTINGS
@given(claim_tables())
def test_claims(tables):
    read = read_x12(write_claims(tables, control=1), source="written").claims
    assert said(read.claims) == said(tables.claims)
    assert said(read.lines) == said(tables.lines)
    for name in ("claim_codes", "other_payers", "other_services", "other_adjustments"):
        assert said(getattr(read, name)) == said(getattr(tables, name)), name
    # What the columns hold stands there too.
    for name in ("claim_details", "claim_providers"):
        assert is_within(said(getattr(tables, name), "position"), said(getattr(read, name), "position")), name
    again = read_x12(write_claims(read, control=1), source="written").claims
    for name in CLAIM_TABLES:
        assert (
            getattr(again, name)
            .drop_columns(["claim_key"])
            .equals(getattr(read, name).drop_columns(["claim_key"]))
        ), name


@SETTINGS
@given(remit_tables())
def test_remits(tables):
    read = read_x12(write_remits(tables, control=1), source="written").remits
    assert said(read.remits, "service_from", "service_to") == said(
        tables.remits, "service_from", "service_to"
    )
    assert said(read.services) == said(tables.services)
    assert said(read.provider_adjustments) == said(tables.provider_adjustments)
    assert is_within(said(tables.remit_details, "position"), said(read.remit_details, "position"))
    again = read_x12(write_remits(read, control=1), source="written").remits
    for name in REMIT_TABLES:
        assert said(getattr(again, name)) == said(getattr(read, name)), name


@pytest.mark.parametrize("name", ["claim_details", "claim_codes", "claim_providers", "other_payers"])
def test_rows_of_no_claim_are_refused(name):
    rows = Rows(CLAIM_TABLES)
    rows.add("claims", claim_key=1, claim_id="A", transaction="837P", submitted_on=date(2025, 1, 1), offset=0)
    rows.add("lines", claim_key=1, line=1, offset=0)
    rows.add(name, **{n: 2 for n in ("claim_key", "line", "other_payer") if n in CLAIM_TABLES[name].names})
    with pytest.raises(Exception, match="no claim"):
        write_claims(rows.tables(ClaimTables), control=1)
