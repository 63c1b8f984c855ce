"""What a store works out from its claims, remits and policy: links and outcomes. Never stored without its source."""

from collections.abc import Mapping

import pyarrow as pa

from data.denial_policy import DenialPolicy
from data.label import QUARANTINED, adjudicate
from data.link import AMBIGUOUS, LINKED, UNMATCHED, link
from data.rejection import UNPLACED, reject
from data.schema import OUTCOMES, REJECTIONS, ClaimTables, RemitTables

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
