"""The checks alone, with no model: a claim scrubber.

    findings = run(claim, context, policy, today=date(2025, 3, 20))

Without context or policy book, what they would have told is unknown: such checks say so, they never pass.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from data.claim import Claim, claim_tables
from data.context import Context, context_table
from data.keys import ints, row_of
from data.policy import PolicyBook
from data.schema import ClaimTables
from data.wide import line_table
from features.build import build
from features.checks.findings import TRIPPED, UNKNOWN, ClaimChecks, Finding, examined, listed
from features.state import FeatureState

GivenContext: TypeAlias = Context | Sequence[Context] | pa.Table | None


def run(
    claim: Claim | ClaimTables,
    context: GivenContext = None,
    policy: PolicyBook | None = None,
    *,
    past: FeatureState | None = None,
    today: date,
    states: Sequence[str] = (TRIPPED, UNKNOWN),
) -> tuple[Finding, ...]:
    """What the checks find on one claim, or on many: of each claim first (line 0), then line by line.

    `context` is what the form doesn't carry, `policy` what payers want, `past` a fitted state: with it, checks know
    what was sent before, and findings how such lines fared. Claims that don't say when they go out go `today`.
    `states` may hold "passed" too. Raises `StoreError` for a line without its claim.
    """
    tables = claim_tables([claim]) if isinstance(claim, Claim) else claim
    found = check_claims(tables, context, policy, past=past, today=today)
    return tuple(finding for one in found for finding in listed(one, states))


def check_claims(
    tables: ClaimTables,
    context: GivenContext = None,
    policy: PolicyBook | None = None,
    *,
    past: FeatureState | None = None,
    today: date,
) -> list[ClaimChecks]:
    """All checks of each claim that has a line, in their order; arguments as of `run`."""
    dated = sent_by(tables, today)
    state = state_for(past, policy)
    lines = line_table(dated, context_of(context))
    if lines.num_rows == 0:
        return []
    claim = row_of(ints(lines["claim_key"]), ints(dated.claims["claim_key"]))
    return examined(lines, build(lines, state), state, claim, dated.claims.num_rows)


def state_for(past: FeatureState | None, policy: PolicyBook | None) -> FeatureState:
    """What is known beside the claims: a past (or none) and a policy book (the past's own where none is given)."""
    if past is None:
        return FeatureState.empty(policy)
    return past if policy is None else past.with_policy(policy)


def sent_by(tables: ClaimTables, today: date) -> ClaimTables:
    """The same claims, with today's date where they don't say when they were submitted."""
    claims = tables.claims
    place = claims.schema.get_field_index("submitted_on")
    sent = pc.fill_null(claims["submitted_on"], pa.scalar(today, pa.date32()))
    return replace(tables, claims=claims.set_column(place, claims.schema.field(place), sent))


def context_of(given: GivenContext) -> pa.Table | None:
    """Context as a table (`data.schema.CONTEXT`), however it is given."""
    if given is None or isinstance(given, pa.Table):
        return given
    return context_table([given] if isinstance(given, Context) else given)
