"""Law 1: a claim built alone equals its rows in any batch, to the bit."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.few import FewLines
from features import bank
from features.build import build, build_parts
from features.state import FeatureState
from tests.features.made_lines import labelled, lines_of, same_bits
from tests.laws.small_world import SmallWorld, differing, shaken, varied

TABLE = labelled(400)
LINES = lines_of(TABLE)
KEYS = TABLE.column("claim_key").to_numpy()


@pytest.fixture(scope="module")
def state() -> FeatureState:
    return FeatureState.fit(TABLE, as_of=date(2025, 6, 30))


@pytest.fixture(scope="module")
def whole(state: FeatureState) -> np.ndarray:
    return build(LINES, state).values


@given(claim=st.integers(0, 399))
@settings(max_examples=40, deadline=None)
def test_a_claim_alone_equals_its_rows_in_the_batch(
    claim: int, state: FeatureState, whole: np.ndarray
) -> None:
    rows = np.flatnonzero(np.unique(KEYS)[claim] == KEYS)
    alone = build(LINES.take(pa.array(rows)), state)
    assert same_bits(alone.values, whole[rows])


@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 400))
@settings(max_examples=15, deadline=None)
def test_any_batch_in_any_order_gives_the_same_rows(
    seed: int, size: int, state: FeatureState, whole: np.ndarray
) -> None:
    rng = np.random.default_rng(seed)
    claims = rng.permutation(np.unique(KEYS))[:size]
    rows = np.concatenate([np.flatnonzero(claim == KEYS) for claim in claims])
    assert same_bits(build(LINES.take(pa.array(rows)), state).values, whole[rows])


def test_chunks_make_no_difference(state: FeatureState, whole: np.ndarray) -> None:
    chunked = pa.concat_tables([LINES.slice(start, 50) for start in range(0, LINES.num_rows, 50)])
    assert same_bits(build(chunked, state).values, whole)


@pytest.mark.parametrize("most", [1, 7, 100, 5000])
def test_parts_make_no_difference(most: int, state: FeatureState, whole: np.ndarray) -> None:
    parts = list(build_parts(LINES, state, most=most))
    assert [first for first, _ in parts] == np.cumsum([0, *(len(part) for _, part in parts[:-1])]).tolist()
    assert same_bits(np.concatenate([part.values for _, part in parts]), whole)
    assert len(parts) == 1 or max(len(part) for _, part in parts) < most + 4


def test_a_few_lines_as_values_are_the_lines_of_the_table(state: FeatureState, whole: np.ndarray) -> None:
    few = FewLines.of_rows(LINES.slice(0, 300).to_pylist())
    last = int(np.flatnonzero(KEYS[:299] != KEYS[299])[-1]) + 1
    assert same_bits(build(few, state).values[:last], whole[:last])


def test_going_through_time_finds_what_searching_finds(
    state: FeatureState, whole: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank, "MANY", 1)  # from here on even these few lines are answered by the sweep
    assert same_bits(build(LINES, state).values, whole)


@given(seed=st.integers(0, 2**32 - 1), claim=st.floats(0, 1, exclude_max=True))
@settings(max_examples=25, deadline=None)
def test_of_a_simulated_world_a_claim_alone_equals_its_rows(
    seed: int, claim: float, small_world: SmallWorld
) -> None:
    lines = shaken(small_world.lines, seed) if seed % 3 else small_world.lines
    claims = np.unique(small_world.keys)
    rows = np.flatnonzero(claims[int(claim * len(claims))] == small_world.keys)
    alone = build(lines.take(pa.array(rows)), small_world.state)
    assert differing(alone.values, build(lines, small_world.state).values[rows]) == []


@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 450), is_swept=st.booleans())
@settings(max_examples=20, deadline=None)
def test_of_a_simulated_world_any_batch_in_any_order_gives_the_same_rows(
    seed: int, size: int, is_swept: bool, small_world: SmallWorld
) -> None:
    rng = np.random.default_rng(seed)
    lines = shaken(small_world.lines, seed) if seed % 3 else small_world.lines
    claims = rng.permutation(np.unique(small_world.keys))[:size]
    rows = np.concatenate([rng.permutation(np.flatnonzero(claim == small_world.keys)) for claim in claims])
    whole = build(lines, small_world.state).values
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bank, "MANY", 1 if is_swept else bank.MANY)  # through time, or a search a row
        batch = build(lines.take(pa.array(rows)), small_world.state).values
    assert differing(batch, whole[rows]) == []


def test_hardly_a_feature_stands_still(small_world: SmallWorld) -> None:
    """The law would hold of features that say the same of every line."""
    states = [build(shaken(small_world.lines, seed), small_world.state).values for seed in range(1, 20)]
    silent = set(small_world.built.names) - varied(small_world.built.values, *states)
    assert silent == set()
