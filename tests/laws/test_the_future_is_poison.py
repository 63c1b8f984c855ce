"""Law 2: changing any outcome known on or after day t changes no feature of a claim submitted on or before t."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from data.codes import FAMILIES
from data.rejection import TURNED_AWAY_ON
from features.build import build
from features.catalog import CATALOG
from features.state import FeatureState
from tests.features.made_lines import FIRST_DAY, labelled, lines_of, same_bits
from tests.laws.small_world import SmallWorld, differing, shaken

TABLE = labelled(300, n_days=300)
EPOCH = date(1970, 1, 1)
AS_OF = date(2025, 6, 30)
PLAIN = build(lines_of(TABLE), FeatureState.fit(TABLE, as_of=AS_OF))


def poisoned(table: pa.Table, day: int, seed: int) -> pa.Table:
    """Every outcome known on or after the day drawn anew: other answers, other days (never before), or none."""
    rng = np.random.default_rng(seed)
    known = table.column("known_on").cast(pa.int32()).to_numpy()
    late = np.isnan(known) | (known >= day)
    n = table.num_rows
    label, none = rng.integers(0, 2, n), rng.random(n) < 0.2
    denied = late & (label > 0) & ~none
    anew = {
        "label": pa.array(label.astype(np.int8), mask=none),
        "family": pa.array(np.array(FAMILIES, dtype=object)[rng.integers(0, len(FAMILIES), n)], mask=~denied),
        "known_on": pa.array((day + rng.integers(0, 90, n)).astype(np.int32), mask=none).cast(pa.date32()),
    }
    for name, values in anew.items():
        place = table.schema.get_field_index(name)
        kept = pa.compute.if_else(pa.array(late), values, table.column(name).combine_chunks())
        table = table.set_column(place, table.schema.field(name), kept)
    return _turned_away(table, day, rng) if TURNED_AWAY_ON in table.column_names else table


def _turned_away(table: pa.Table, day: int, rng: np.random.Generator) -> pa.Table:
    """Every claim that was turned away on or after the day taken in, or turned away on another; others likewise."""
    away = table.column(TURNED_AWAY_ON).cast(pa.int32()).to_numpy()
    place, n = table.schema.get_field_index(TURNED_AWAY_ON), table.num_rows
    late = np.isnan(away) | (away >= day)
    anew = np.where(late, day + rng.integers(0, 60, n), away)
    is_none = late & (rng.random(n) < 0.5)
    kept = pa.array(np.nan_to_num(anew).astype(np.int32), mask=is_none).cast(pa.date32())
    return table.set_column(place, table.schema.field(place), kept)


@given(after=st.integers(0, 320), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_no_later_answer_reaches_a_feature(after: int, seed: int) -> None:
    day = FIRST_DAY + after
    changed = poisoned(TABLE, day, seed)
    built = build(lines_of(changed), FeatureState.fit(changed, as_of=AS_OF))
    before = TABLE.column("submitted_on").cast(pa.int32()).to_numpy() <= day
    assert same_bits(built.values[before], PLAIN.values[before])


@given(after=st.integers(30, 320))
@settings(max_examples=10, deadline=None)
def test_a_state_as_of_a_day_gives_what_the_later_state_gives(after: int) -> None:
    """The vocabulary aside, which grows with what was sent."""
    day = EPOCH + timedelta(days=FIRST_DAY + after)
    early = FeatureState.fit(TABLE, as_of=AS_OF).with_history(TABLE, as_of=day)
    before = TABLE.column("submitted_on").cast(pa.int32()).to_numpy() <= FIRST_DAY + after
    assert same_bits(build(lines_of(TABLE), early).values[before], PLAIN.values[before])


def test_an_earlier_answer_does_reach_later_claims() -> None:
    """The law would hold of features that never look at answers at all."""
    changed = poisoned(TABLE, FIRST_DAY, 1)
    built = build(lines_of(changed), FeatureState.fit(changed, as_of=AS_OF))
    assert not same_bits(built.values, PLAIN.values)


@given(share=st.floats(0, 1), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_of_a_simulated_world_no_later_answer_reaches_a_feature(
    share: float, seed: int, small_world: SmallWorld
) -> None:
    first, last = int(small_world.sent.min()), (small_world.newest - EPOCH).days
    day = first + round(share * (last - first))
    changed = poisoned(small_world.labelled, day, seed)
    state = FeatureState.fit(changed, as_of=small_world.newest, policy=small_world.book)
    before = small_world.sent <= day
    assert differing(build(small_world.lines, state).values[before], small_world.known.values[before]) == []


@given(share=st.floats(0.1, 1), days=st.lists(st.integers(1, 60), max_size=4), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_of_a_simulated_world_a_state_grown_by_days_tells_what_the_whole_one_tells(
    share: float, days: list[int], seed: int, small_world: SmallWorld
) -> None:
    first, last = int(small_world.sent.min()), (small_world.newest - EPOCH).days
    day = first + round(share * (last - first))
    table = small_world.labelled.take(
        pa.array(np.random.default_rng(seed).permutation(len(small_world.keys)))
    )
    grown = small_world.state.with_history(table, as_of=EPOCH + timedelta(days=day))
    for more in days:
        day += more
        grown = grown.updated(table, as_of=EPOCH + timedelta(days=day))
    whole = small_world.state.with_history(small_world.labelled, as_of=EPOCH + timedelta(days=day))
    lines = shaken(small_world.lines, seed)
    assert differing(build(lines, grown).values, build(lines, whole).values) == []


def test_of_a_simulated_world_an_earlier_answer_does_reach_later_claims(small_world: SmallWorld) -> None:
    changed = poisoned(small_world.labelled, int(small_world.sent.min()), 1)
    state = FeatureState.fit(changed, as_of=small_world.newest, policy=small_world.book)
    reached = differing(build(small_world.lines, state).values, small_world.known.values)
    sources = {CATALOG[name].source.partition(":")[0] for name in reached}
    assert {"history", "evidence", "earlier submissions"} <= sources
