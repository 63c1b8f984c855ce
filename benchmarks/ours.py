"""What our tables say, as the tuples that the peers' values are taken as: to be compared, not timed."""

from collections.abc import Collection, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from peers import DETAILS, REMIT_DETAILS, Row, Taken

from data.schema import MODIFIERS, POINTERS, ClaimTables, Reading, RemitTables

CLAIM = [
    "claim_id",
    "charge_cents",
    "place_of_service",
    "frequency",
    "provider_signature",
    "assignment",
    "benefits_assigned",
    "release",
    "submitted_on",
    "payer_id",
    "payer_name",
    "plan_type",
    "payer_sequence",
    "relationship",
    "billing_npi",
    "billing_name",
    "billing_taxonomy",
    "member_id",
    "birth_year",
    "patient_sex",
]
REMIT = [
    "claim_id",
    "status",
    "charge_cents",
    "paid_cents",
    "patient_cents",
    "plan_type",
    "payer_control",
    "frequency",
    "payer_id",
    "payer_name",
    "payee_npi",
    "payee_name",
    "member_id",
    "rendering_npi",
    "known_on",
    "trace",
]
CAS = ["group_code", "carc", "amount_cents", "quantity"]


def taken(reading: Reading) -> Taken:
    """All records of a reading."""
    return Taken(**_claims(reading.claims), **_remits(reading.remits))


def _claims(tables: ClaimTables) -> dict[str, list[Row]]:
    name = dict(zip(*(tables.claims[c].to_pylist() for c in ("claim_key", "claim_id")), strict=True))

    def rows(table: pa.Table, columns: Sequence[str]) -> list[Row]:
        return _rows(table, "claim_key", name, columns)

    where = ["line", "other_payer"]
    payer = ["other_payer", "sequence", "relationship", "plan_type", "payer_id", "payer_name", "paid_cents"]
    detail = [*where, "segment", "qualifier", "value", "amount_cents", "from_on"]
    return {
        "claims": list(zip(*(tables.claims[c].to_pylist() for c in CLAIM), strict=True)),
        "lines": _lines(tables.lines, rows),
        "codes": rows(tables.claim_codes, ["qualifier", "code"]),
        "details": rows(_only(tables.claim_details, DETAILS), detail),
        "providers": rows(tables.claim_providers, [*where, "role", "npi", "taxonomy"]),
        "other_payers": rows(tables.other_payers, payer),
        "other_adjustments": rows(tables.other_adjustments, [*where, *CAS]),
    }


def _lines(table: pa.Table, rows) -> list[Row]:
    before, after = (
        ["line", "line_control", "procedure"],
        ["charge_cents", "units", "unit_code", "place_of_service"],
    )
    plain = zip(
        rows(table, before),
        _several(table, MODIFIERS),
        rows(table, after),
        _several(table, POINTERS),
        table["service_from"].to_pylist(),
        strict=True,
    )
    return [(*a, modifiers, *b[1:], pointers, day) for a, modifiers, b, pointers, day in plain]


def _remits(tables: RemitTables) -> dict[str, list[Row]]:
    name = dict(zip(*(tables.remits[c].to_pylist() for c in ("remit_key", "claim_id")), strict=True))

    def rows(table: pa.Table, columns: Sequence[str]) -> list[Row]:
        return _rows(table, "remit_key", name, columns)

    money = ["charge_cents", "paid_cents", "units", "service_on", "allowed_cents"]
    services = zip(
        rows(tables.services, ["service", "line_control", "procedure"]),
        _several(tables.services, MODIFIERS),
        rows(tables.services, money),
        strict=True,
    )
    paid = ["provider_id", "fiscal_on", "reason", "reference", "amount_cents"]
    return {
        "remits": list(zip(*(tables.remits[c].to_pylist() for c in REMIT), strict=True)),
        "services": [(*head, modifiers, *rest[1:]) for head, modifiers, rest in services],
        "adjustments": rows(tables.adjustments, ["service", *CAS]),
        "remarks": rows(tables.remarks, ["service", "rarc"]),
        "remit_details": rows(
            _only(tables.remit_details, REMIT_DETAILS),
            ["service", "segment", "qualifier", "value", "amount_cents", "on"],
        ),
        "payments": list(zip(*(tables.provider_adjustments[c].to_pylist() for c in paid), strict=True)),
    }


def _rows(table: pa.Table, key: str, name: dict[int, str], columns: Sequence[str]) -> list[Row]:
    keys = [name[k] for k in table[key].to_pylist()]
    return list(zip(keys, *(table[c].to_pylist() for c in columns), strict=True))


def _only(table: pa.Table, segments: Collection[str]) -> pa.Table:
    """The rows of segments that the peers are asked for as well."""
    return table.filter(pc.is_in(table["segment"], value_set=pa.array(sorted(segments))))


def _several(table: pa.Table, columns: Sequence[str]) -> list[Row]:
    """Columns that stand for a list, without what is not said."""
    every = zip(*(table[c].to_pylist() for c in columns), strict=True)
    return [tuple(value for value in row if value is not None) for row in every]
