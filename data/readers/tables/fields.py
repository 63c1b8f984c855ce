"""What a mapping may fill: our columns, section by section, and the lists that stand for several of them."""

from collections.abc import Mapping

import pyarrow as pa

from data.schema import (
    ADJUSTMENTS,
    CLAIMS,
    CODE,
    DIAGNOSES,
    LINES,
    MODIFIERS,
    POINTERS,
    REMARKS,
    REMITS,
    SERVICES,
)

LISTS: Mapping[str, tuple[str, ...]] = {
    "diagnoses": DIAGNOSES,
    "modifiers": MODIFIERS,
    "pointers": POINTERS,
}
"""A list fills its columns in turn: from several columns of theirs, or from one that holds several codes."""

OURS = {"claim_key", "remit_key", "offset", "service", "position", "n_lines", "n_diagnoses"}
"""Columns that follow from the others: no mapping fills them."""


def _fields(schema: pa.Schema, *lists: str) -> Mapping[str, pa.DataType]:
    plain = {field.name: field.type for field in schema if field.name not in OURS}
    return plain | dict.fromkeys(lists, CODE)


SECTIONS: Mapping[str, Mapping[str, pa.DataType]] = {
    "claims": _fields(CLAIMS, "diagnoses"),
    "lines": _fields(LINES, "modifiers", "pointers"),
    "remits": _fields(REMITS),
    "services": _fields(SERVICES, "modifiers"),
    "adjustments": _fields(ADJUSTMENTS),
    "remarks": _fields(REMARKS),
}
"""Section of a mapping -> the columns it may fill, with their types."""

KINDS: Mapping[str, tuple[str, str]] = {"claims": ("claims", "lines"), "remits": ("remits", "services")}
"""Kind of a table -> the section of the whole, and that of its pieces."""

NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "claims": (("claim_id",), ("submitted_on",)),
    "lines": (("procedure", "revenue_code"), ("charge_cents",)),
    "remits": (("claim_id",), ("known_on",)),
    "services": (("procedure",), ("charge_cents",), ("paid_cents",)),
    "adjustments": (("carc",), ("amount_cents",)),
    "remarks": (("rarc",),),
}
"""Without these nothing can be made of a table; one of each group is enough."""

WISHED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "claims": (
        ("payer_id", "payers can't be told apart, and no answer finds its claim"),
        ("billing_npi", 'no answer finds its claim; { constant = "..." } where it is always the same'),
        ("member_id", "a claim and its answer are matched with less to go by"),
        ("diagnoses", "nothing is known of medical necessity"),
        ("auth_number", "a missing authorisation can't be seen"),
        ("frequency", "every claim is taken for a first submission"),
        ("payer_sequence", "every payer is taken for the primary one"),
    ),
    "lines": (
        ("modifiers", "nothing is known of side, component and distinct services"),
        ("units", "every line is taken for one unit"),
        ("service_from", "timely filing can't be told"),
        ("place_of_service", "the place of service is unknown"),
        ("line_control", "lines are matched with less to go by"),
    ),
    "remits": (
        ("payer_id", "no answer finds its claim"),
        ("payee_npi", 'no answer finds its claim; { constant = "..." } where it is always the same'),
        ("status", "reversals can't be told from payments"),
        ("payer_control", "a reversal is matched with less to go by"),
    ),
    "services": (
        ("line_control", "lines are matched with less to go by"),
        ("service_on", "lines are matched with less to go by"),
        ("allowed_cents", "what a line would have paid is less well known"),
    ),
}
"""What a table had better hold, and what is lost without it."""

DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "claims": {"frequency": "1", "payer_sequence": "P"},
    "lines": {"units": "1", "unit_code": "UN", "procedure_qualifier": "HC"},
    "services": {"units": "1"},
}
"""What stands in where a mapping doesn't fill a column, as for a claim that comes in as JSON."""
