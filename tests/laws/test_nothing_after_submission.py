"""Law 3: changing any context value dated after `submitted_on` changes no feature."""

from datetime import date

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from data.schema import CLAIMS, CONTEXT, LINES, ClaimTables
from data.wide import line_table
from features.build import build
from features.state import FeatureState
from tests.features.made_lines import labelled, same_bits

N = 60
TABLE = labelled(N)
STATE = FeatureState.fit(TABLE, as_of=date(2025, 6, 30))
DATES = [field.name for field in CONTEXT if pa.types.is_date32(field.type)]


def as_claims(table: pa.Table) -> ClaimTables:
    """The first line of each claim as claims and lines of their own."""
    _, first = np.unique(table.column("claim_key").to_numpy(), return_index=True)
    rows = table.take(pa.array(first))

    def picked(schema: pa.Schema) -> pa.Table:
        columns = [
            rows.column(f.name).cast(f.type) if f.name in rows.column_names else pa.nulls(len(first), f.type)
            for f in schema
        ]
        return pa.table(columns, schema=schema)

    return ClaimTables(picked(CLAIMS), picked(LINES))


TABLES = as_claims(TABLE)
SUBMITTED = TABLES.claims.column("submitted_on").cast(pa.int32()).to_numpy().astype(np.int64)


def context(seed: int, later: int) -> pa.Table:
    """The same early values for every seed; where a date lies after submission, other dates."""
    fixed, free = np.random.default_rng(5), np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {"claim_id": TABLES.claims.column("claim_id").combine_chunks()}
    for name in DATES:
        early, is_late = fixed.integers(0, 60, N), fixed.random(N) < 0.5
        days = np.where(is_late, SUBMITTED + free.integers(1, later + 1, N), SUBMITTED - early)
        columns[name] = pa.array(days.astype(np.int32)).cast(pa.date32())
    return pa.table([columns.get(f.name, pa.nulls(N, f.type)).cast(f.type) for f in CONTEXT], schema=CONTEXT)


@given(seed=st.integers(0, 2**32 - 1), later=st.integers(1, 400))
@settings(max_examples=15, deadline=None)
def test_no_later_context_reaches_a_feature(seed: int, later: int) -> None:
    plain = build(line_table(TABLES, context(1, 1)), STATE)
    changed = build(line_table(TABLES, context(seed, later)), STATE)
    assert same_bits(changed.values, plain.values)
