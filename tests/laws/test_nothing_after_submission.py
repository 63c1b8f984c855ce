"""Law 3: changing any context value dated after `submitted_on` changes no feature."""

from datetime import date

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from data.schema import CLAIMS, CONTEXT, LINES, ClaimTables
from data.wide import DATED_BY, line_table
from features.build import build
from features.state import FeatureState
from tests.features.made_lines import labelled, same_bits
from tests.laws.small_world import SmallWorld, differing

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


def submitted(world: SmallWorld) -> np.ndarray:
    """The day the claim of each context row was sent, as days since 1970; far ahead where there is none. Shape (n,)."""
    claims = world.claims.claims
    sent = claims.column("submitted_on").cast(pa.int32()).to_pylist()
    day = dict(zip(claims.column("claim_id").to_pylist(), sent, strict=True))
    return np.array([day.get(claim, 2**30) for claim in world.context.column("claim_id").to_pylist()])


def spoilt(world: SmallWorld, seed: int, later: int, share: float) -> tuple[pa.Table, pa.Table]:
    """The world's context with a share of its events moved behind submission; and with all that was dated there changed.

    What hangs from such an event (whether the study was complete, what was answered) is drawn anew with it.
    """
    rng, sent = np.random.default_rng(seed), submitted(world)
    one = other = world.context
    for event, told in {name: DATED_BY.get(name, ()) for name in DATES}.items():
        days = one.column(event).cast(pa.int32()).to_numpy(zero_copy_only=False)
        days = np.where(rng.random(len(sent)) < share, sent + rng.integers(1, 30, len(sent)), days)
        with np.errstate(invalid="ignore"):
            late = days > sent
        one = replaced(one, event, days)
        other = replaced(other, event, np.where(late, sent + rng.integers(1, later + 1, len(sent)), days))
        for name in (name for name in told if name != event):
            values = other.column(name).combine_chunks()
            drawn = values.take(pa.array(rng.permutation(len(values))))
            other = other.set_column(
                other.schema.get_field_index(name), name, pa.compute.if_else(pa.array(late), drawn, values)
            )
    return one, other


def replaced(table: pa.Table, name: str, days: np.ndarray) -> pa.Table:
    """With other days since 1970, NaN for none."""
    column = pa.array(np.nan_to_num(days).astype(np.int32), mask=np.isnan(days)).cast(pa.date32())
    return table.set_column(table.schema.get_field_index(name), name, column)


@given(seed=st.integers(0, 2**32 - 1), later=st.integers(1, 400), share=st.floats(0, 1))
@settings(max_examples=20, deadline=None)
def test_of_a_simulated_world_no_later_context_reaches_a_feature(
    seed: int, later: int, share: float, small_world: SmallWorld
) -> None:
    plain, changed = (
        build(line_table(small_world.claims, context), small_world.state).values
        for context in spoilt(small_world, seed, later, share)
    )
    assert differing(plain, changed) == []


def test_of_a_simulated_world_earlier_context_does_reach_features(small_world: SmallWorld) -> None:
    """The law would hold of features that never look at context at all."""
    n = small_world.context.num_rows
    nothing = pa.table(
        [pa.nulls(n, f.type) if f.name != "claim_id" else small_world.context.column(0) for f in CONTEXT],
        schema=CONTEXT,
    )
    plain, without = (
        build(line_table(small_world.claims, context), small_world.state).values
        for context in (small_world.context, nothing)
    )
    assert len(differing(plain, without)) > 50
