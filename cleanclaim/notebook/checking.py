"""The checks alone, asked from a notebook: no model is needed."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cleanclaim.notebook.files import Claims, read_claims
from cleanclaim.notebook.frames import Day, frame
from cleanclaim.notebook.model import Given, book_of, context_of, today_of
from cleanclaim.notebook.store import Store
from data.policy import PolicyBook
from features.checks.findings_table import findings_table
from features.checks.run import run
from features.state import FeatureState
from training.cohort import labelled_lines


def check(
    claims: Given,
    context: pd.DataFrame | Path | str | None = None,
    policy: PolicyBook | Path | str | None = None,
    *,
    store: Store | None = None,
    states: Sequence[str] = ("tripped",),
    today: Day | None = None,
) -> pd.DataFrame:
    """One row a finding: what is wrong (`sentence`), what to do (`fix`), who does it, the denial that it predicts.

    `claims` as `read_claims` gives them, or paths of files; `line` 0 is the claim as a whole. `context` is a DataFrame
    or a file, `policy` a folder of payers' lists (without one, those that the store keeps); what they don't say is unknown, never fine: `states` may hold
    "unknown" and "passed" too. With a store, checks know what was sent before, `answered` and `denied` count this
    payer's answers on such lines, and `severity_shown` follows them. Claims without a day go out `today`.
    """
    tables = (claims if isinstance(claims, Claims) else read_claims(claims)).tables()
    book = store.kept.policy_book() if policy is None and store is not None else None
    past = FeatureState.empty(book if policy is None else book_of(policy))
    if store is not None:
        past = past.with_history(labelled_lines(store.kept))
    found = run(tables, context_of(context), past=past, today=today_of(today), states=states)
    return frame(findings_table(found))
