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
