"""What a store works out from its claims, remits and policy: links and outcomes. Never stored without its source."""

from collections.abc import Mapping

import pyarrow as pa

from data.denial_policy import DenialPolicy
from data.label import QUARANTINED, adjudicate
from data.link import AMBIGUOUS, LINKED, UNMATCHED, link
from data.rejection import UNPLACED, reject
from data.schema import (
    ADJUSTMENTS,
    MODIFIERS,
    OUTCOMES,
    REJECTIONS,
    REMARKS,
    REMITS,
    SERVICES,
    STATUSES,
    ClaimTables,
    RemitTables,
)

RULES = 2
"""Raised when linking or labelling changes: what was derived before is then derived anew by the next ingest."""
DERIVED = {
    "outcomes": OUTCOMES,
    "later": OUTCOMES,
    "linked": LINKED,
    "ambiguous": AMBIGUOUS,
    "unmatched": UNMATCHED,
    "quarantined": QUARANTINED,
    "rejections": REJECTIONS,
    "unplaced": UNPLACED,
}
ANCHOR = {
    "outcomes": "claim_key",
    "later": "claim_key",
    "linked": "claim_key",
    "ambiguous": "remit_key",
    "unmatched": "remit_key",
    "quarantined": "remit_key",
    "rejections": "claim_key",
    "unplaced": "status_key",
}
"""The key that decides a row's place in the store: the month of that claim, remit or status, and the order in it."""
COLUMNS = {
    "claims": (
        *("claim_key", "claim_id", "submitted_on", "payer_id", "payer_name", "payer_sequence", "plan_type"),
        *("billing_npi", "billing_name", "member_id", "charge_cents", "frequency", "rendering_npi"),
        *("original_control", "service_from", "service_to", "n_lines"),
    ),
    "lines": (
        *("claim_key", "line", "line_control", "procedure", "revenue_code", *MODIFIERS),
        *("charge_cents", "units", "service_from", "service_to", "rendering_npi"),
    ),
    "remits": tuple(name for name in REMITS.names if name != "offset"),
    "services": tuple(SERVICES.names),
    "adjustments": tuple(ADJUSTMENTS.names),
    "remarks": tuple(REMARKS.names),
    "statuses": tuple(name for name in STATUSES.names if name != "offset"),
}
"""The tables and columns that this is worked out from: no others are loaded for it. The first is the key."""


def derive(
    claims: ClaimTables, remits: RemitTables, statuses: pa.Table, policy: DenialPolicy
) -> Mapping[str, pa.Table]:
    """The tables of `DERIVED`: a pure function of what was read and of the policy, whatever the order of files.

    Claims, remits and statuses (`STATUSES`) that differ in `data.candidates.claim_number` have nothing to do with
    each other: they can be derived apart, and give the same rows as together.
    """
    turned = reject(claims, statuses)
    links = link(claims, remits, turned.claims)
    said = adjudicate(claims, remits, links, policy)
    return {
        "outcomes": said.first,
        "later": said.later,
        "linked": links.linked,
        "ambiguous": links.ambiguous,
        "unmatched": links.unmatched,
        "quarantined": said.quarantined,
        "rejections": turned.claims,
        "unplaced": turned.unplaced,
    }
