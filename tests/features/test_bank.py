"""The compiled search against the plainest possible count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.bank import Bank, Ledger
from features.kernel import COUNT, MEAN, RATE, SINCE, mixed

WINDOWS = np.array([0.0, 30.0])
PROGRAM = np.array(
    [(0, COUNT, 0, 0, -1), (0, COUNT, 0, 1, -1), (0, RATE, 1, 0, -1), (0, RATE, 1, 1, 2), (0, MEAN, 1, 0, -1), (0, SINCE, 0, 0, -1)]
)  # fmt: skip
RATES = np.array([(0, 0), (0, 0), (0.1, 20.0), (0.0, 5.0), (0, 0), (0, 0)], dtype=np.float64)

events = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 100), st.integers(0, 1)), max_size=60)


def hashed(key: int) -> int:
    return int(mixed.py_func(np.uint64(key))) if key else 0


def plain(past: list[tuple[int, int, int]], key: int, day: int) -> list[float]:
    if key == 0:
        return [np.nan] * len(PROGRAM)
    before = [(when, denied) for of, when, denied in past if of == key and when < day]
    lately = [(when, denied) for when, denied in before if when >= day - 30]
    n, d, n30, d30 = len(before), sum(x for _, x in before), len(lately), sum(x for _, x in lately)
    rate = (d + 20.0 * 0.1) / (n + 20.0)
    since = day - max(when for when, _ in before) if before else np.nan
    return [n, n30, rate, (d30 + 5.0 * rate) / (n30 + 5.0), d / n if n else np.nan, since]


@given(
    past=events, asked=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 120)), min_size=1, max_size=20)
)
@settings(max_examples=60, deadline=None)
@np.errstate(over="ignore")
def test_the_search_counts_as_a_loop_counts(
    past: list[tuple[int, int, int]], asked: list[tuple[int, int]]
) -> None:
    past = sorted(past, key=lambda event: event[1])
    keys = np.array([hashed(key) for key, _, _ in past], dtype=np.uint64)
    days = np.array([day for _, day, _ in past], dtype=np.int32)
    denied = np.array([flag for _, _, flag in past], dtype=np.int64)
    bank = Bank.of([Ledger.of(keys, days, {"answered": np.ones_like(denied), "denied": denied})])
    row_keys = np.array([[hashed(key) for key, _ in asked]], dtype=np.uint64)
    row_days = np.array([day for _, day in asked], dtype=np.float64)
    found = bank.ask(row_keys, row_days, WINDOWS, PROGRAM, RATES)
    np.testing.assert_array_equal(found, [plain(past, key, day) for key, day in asked])


@pytest.mark.parametrize("n", [0, 1, 1000])
def test_a_ledger_comes_back_from_its_file(n: int, tmp_path: object) -> None:
    from pathlib import Path

    rng = np.random.default_rng(n)
    days = np.sort(rng.integers(0, 50, n)).astype(np.int32)
    keys = rng.integers(1, 20, n).astype(np.uint64)
    ledger = Ledger.of(keys, days, {"answered": np.ones(n, dtype=np.int64)})
    path = Path(str(tmp_path)) / "one.parquet"
    ledger.save(path)
    back = Ledger.load(path)
    np.testing.assert_array_equal(back.keys, ledger.keys)
    np.testing.assert_array_equal(back.days, ledger.days)
    np.testing.assert_array_equal(back.counts, ledger.counts)
    assert back.counts.sum() == n


def test_a_claim_without_a_day_knows_no_past() -> None:
    ledger = Ledger.of(np.array([7], dtype=np.uint64), np.array([1], dtype=np.int32), {"answered": np.array([1]), "denied": np.array([1])})  # fmt: skip
    found = Bank.of([ledger]).ask(
        np.array([[7]], dtype=np.uint64), np.array([np.nan]), WINDOWS, PROGRAM, RATES
    )
    assert found[0, 0] == 0
