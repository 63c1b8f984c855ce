"""What a store works out from its claims, remits and policy: links and outcomes. Never stored without its source."""

from collections.abc import Mapping

import pyarrow as pa

from data.denial_policy import DenialPolicy
from data.label import QUARANTINED, adjudicate
from data.link import AMBIGUOUS, LINKED, UNMATCHED, link
from data.schema import OUTCOMES, ClaimTables, RemitTables

DERIVED = {
    "outcomes": OUTCOMES,
    "later": OUTCOMES,
    "linked": LINKED,
    "ambiguous": AMBIGUOUS,
    "unmatched": UNMATCHED,
    "quarantined": QUARANTINED,
}


def derive(claims: ClaimTables, remits: RemitTables, policy: DenialPolicy) -> Mapping[str, pa.Table]:
    """The tables of `DERIVED`: a pure function of what was read and of the policy, whatever the order of files."""
    links = link(claims, remits)
    said = adjudicate(claims, remits, links, policy)
    return {
        "outcomes": said.first,
        "later": said.later,
        "linked": links.linked,
        "ambiguous": links.ambiguous,
        "unmatched": links.unmatched,
        "quarantined": said.quarantined,
    }
