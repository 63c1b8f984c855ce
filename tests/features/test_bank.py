"""The compiled search, and banks that grow, against the plainest possible count."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.bank import ARRAYS, MANY, Bank
from features.kernel import CHANGE, COUNT, LOWEST, MEAN, MEDIAN, MOST, NEWEST, RANKED, RATE, SINCE, mixed
from features.ledger import Events, Layout, Ledger, Tally
from features.plan import Asked, Plan

LAYOUTS = {
    "plain": Layout(("answered", "denied"), (1, 3)),
    "tallied": Layout(("answered", "denied"), (1, 3), (Tally("paid"), Tally("lag", is_most=True))),
    "median": Layout(("answered",), (1, 1), keeps="paid"),
}
PLAIN = (
    Asked(0, COUNT, "answered"),
    Asked(0, COUNT, "answered", 30),
    Asked(0, RATE, "denied", 0, prior=0.1, strength=20.0),
    Asked(0, RATE, "denied", 30, parent=2, strength=5.0),
    Asked(0, MEAN, "denied"),
    Asked(0, SINCE),
    Asked(0, CHANGE, parent=3, against=2),
    Asked(0, COUNT, "answered", most=2),
)
TALLIED = (
    *PLAIN,
    Asked(0, MEAN, "paid", 30),
    Asked(0, MEAN, "paid", 0, per="denied"),
    Asked(0, MOST, "lag", sign=-1.0),
)
MEDIANS = (
    Asked(0, COUNT, "answered"),
    Asked(0, MEDIAN, "paid"),
    Asked(0, MEDIAN, "paid", 30),
    *(Asked(0, RANKED, "paid", 30, rank=rank) for rank in (1, 2, 3)),
    Asked(0, RANKED, "paid", rank=2),
    Asked(0, SINCE),
)
ASKED = {"plain": PLAIN, "tallied": TALLIED, "median": MEDIANS}

Event = tuple[int, int, int]
events = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 100), st.integers(0, 1)), max_size=60)
rows = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 120)), min_size=1, max_size=20)


def hashed(key: int) -> int:
    with np.errstate(over="ignore"):
        return int(mixed.py_func(np.uint64(key))) if key else 0


def ledger(past: list[Event], kind: str) -> Ledger:
    past = sorted(past, key=lambda event: event[1])
    of = np.array(past, dtype=np.int64).reshape(-1, 3)
    keys = np.array([hashed(key) for key in of[:, 0].tolist()], dtype=np.uint64)
    lag = np.where(of[:, 2] > 0, -of[:, 1], LOWEST)
    tallied = (("paid", 7 * of[:, 1]), ("lag", lag))
    return Ledger.of(
        keys, Events(of[:, 1].astype(np.uint16), of[:, 2].astype(np.uint8), tallied), LAYOUTS[kind]
    )


def ask(bank: Bank, asked: list[tuple[int, int]], kind: str) -> np.ndarray:
    keys = np.array([[hashed(key) for key, _ in asked]], dtype=np.uint64)
    days = np.array([day for _, day in asked], dtype=np.float64)
    return bank.ask(keys, days, Plan.of(ASKED[kind], [LAYOUTS[kind]]))


def median(events: list[tuple[int, int]]) -> float:
    """Of fewer than `NEWEST` events, in the order of their days."""
    assert len(events) <= NEWEST
    return float(np.median([7 * when for when, _ in events])) if events else np.nan


def ranked(events: list[tuple[int, int]], rank: int) -> float:
    """The greatest different value of this rank."""
    return (
        float(sorted({7 * when for when, _ in events}, reverse=True)[rank - 1 : rank][0])
        if len({when for when, _ in events}) >= rank
        else np.nan
    )


def plain(past: list[Event], key: int, day: int, kind: str) -> list[float]:
    if key == 0:
        return [np.nan] * len(ASKED[kind])
    before = sorted((when, denied) for of, when, denied in past if of == key and when < day)
    lately = [(when, denied) for when, denied in before if when >= day - 30]
    n, d, n30, d30 = len(before), sum(x for _, x in before), len(lately), sum(x for _, x in lately)
    rate = (d + 20.0 * 0.1) / (n + 20.0)
    recent = (d30 + 5.0 * float(np.float32(rate))) / (n30 + 5.0)
    if kind == "median":
        return [
            n,
            median(before),
            median(lately),
            *(ranked(lately, rank) for rank in (1, 2, 3)),
            ranked(before, 2),
            day - before[-1][0] if before and before[-1][0] else np.nan,
        ]
    since = day - max(when for when, _ in before) if any(when for when, _ in before) else np.nan
    told = [n, n30, rate, recent, d / n if n else np.nan, since, recent / rate, min(n, 2)]
    if kind == "plain":
        return told
    paid, paid30 = sum(7 * when for when, _ in before), sum(7 * when for when, _ in lately)
    lag = min((when for when, denied in before if denied), default=np.nan)
    return [*told, paid30 / n30 if n30 else np.nan, paid / d if d else np.nan, lag]


@pytest.mark.parametrize("kind", LAYOUTS)
@given(past=events, asked=rows)
@settings(max_examples=60, deadline=None)
def test_the_search_counts_as_a_loop_counts(
    kind: str, past: list[Event], asked: list[tuple[int, int]]
) -> None:
    found = ask(Bank.of([ledger(past, kind)]), asked, kind)
    np.testing.assert_array_equal(found, [plain(past, key, day, kind) for key, day in asked])


@pytest.mark.parametrize("kind", LAYOUTS)
@given(past=events, new=events)
@settings(max_examples=60, deadline=None)
def test_a_bank_grown_by_new_events_is_the_bank_made_of_all(
    kind: str, past: list[Event], new: list[Event]
) -> None:
    grown = Bank.of([ledger(past, kind)]).updated([ledger(new, kind)])
    whole = Bank.of([ledger(past + new, kind)])
    for name in (*ARRAYS, "sizes", "sets", "buckets"):
        np.testing.assert_array_equal(getattr(grown, name), getattr(whole, name), err_msg=name)


def many(n: int, n_keys: int, kind: str) -> Ledger:
    rng = np.random.default_rng(n)
    days = np.sort(rng.integers(0, 50, n))
    pool = np.array([hashed(key) for key in range(1, n_keys + 1)], dtype=np.uint64)
    codes = rng.integers(0, 2, n).astype(np.uint8)
    tallied = (("paid", rng.integers(0, 9, n)), ("lag", rng.integers(0, 9, n)))
    return Ledger.of(
        pool[rng.integers(0, n_keys, n)], Events(days.astype(np.uint16), codes, tallied), LAYOUTS[kind]
    )


newest = st.lists(st.tuples(st.integers(0, 9), st.integers(-1, 30)), max_size=200)


def valued(past: list[tuple[int, int]]) -> Ledger:
    """One key with a value a day, -1 for one that nobody told."""
    of = np.array(sorted(past, key=lambda event: event[0]), dtype=np.int64).reshape(-1, 2)
    days, none = of[:, 0].astype(np.uint16), np.zeros(len(of), dtype=np.uint8)
    keys = np.full(len(of), hashed(1), dtype=np.uint64)
    return Ledger.of(keys, Events(days, none, (("paid", of[:, 1]),)), LAYOUTS["median"])


def middle_of_newest(past: list[tuple[int, int]], day: int) -> float:
    """Of the newest values, the oldest day's middle ones where it holds too many."""
    left, taken = NEWEST, []
    for when in sorted({when for when, _ in past if when < day}, reverse=True):
        rising = sorted(value for of, value in past if of == when)
        for place in range(max(len(rising) - left, 0)):
            rising = rising[:-1] if place % 2 else rising[1:]  # the least first, then the greatest
        taken += rising
        left -= len(rising)
    told = [value for value in taken if value >= 0]
    return float(np.median(told)) if told else np.nan


@given(past=newest, day=st.integers(0, 12))
@settings(max_examples=150, deadline=None)
def test_a_median_is_that_of_the_newest_values(past: list[tuple[int, int]], day: int) -> None:
    found = ask(Bank.of([valued(past)]), [(1, day)], "median")[0, 1]
    np.testing.assert_array_equal(found, middle_of_newest(past, day))


@given(past=newest, new=newest, seed=st.integers(0, 99))
@settings(max_examples=100, deadline=None)
def test_values_stand_in_an_order_of_their_own(
    past: list[tuple[int, int]], new: list[tuple[int, int]], seed: int
) -> None:
    whole = Bank.of([valued(past + new)])
    shuffled = [(past + new)[i] for i in np.random.default_rng(seed).permutation(len(past + new))]
    np.testing.assert_array_equal(Bank.of([valued(shuffled)]).values, whole.values)
    np.testing.assert_array_equal(Bank.of([valued(past)]).updated([valued(new)]).values, whole.values)


def test_values_of_more_than_one_stream_are_refused() -> None:
    with pytest.raises(ValueError, match="paid: values are kept"):
        Layout(("answered", "denied"), (1, 3), keeps="paid")


@pytest.mark.parametrize(("n", "n_keys", "is_running"), [(1000, 900, False), (1000, 2, True)])
def test_days_that_come_often_stand_once(n: int, n_keys: int, is_running: bool) -> None:
    assert many(n, n_keys, "plain").is_running == is_running


@pytest.mark.parametrize("kind", LAYOUTS)
@pytest.mark.parametrize("n", [0, 1, 1000])
def test_a_bank_comes_back_from_its_files(n: int, kind: str, tmp_path: Path) -> None:
    bank = Bank.of([many(n, 30, kind), many(n, 3, kind)])
    bank.save(tmp_path, "answers")
    back = Bank.load(tmp_path, "answers", bank.layouts)
    for name in (*ARRAYS, "sizes", "sets", "buckets"):
        np.testing.assert_array_equal(getattr(back, name), getattr(bank, name), err_msg=name)


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        ("starts", "tallied"),
        ("firsts", "tallied"),
        ("sizes", "tallied"),
        ("starts", "median"),
        ("sizes", "median"),
    ],
)
def test_files_that_point_beyond_are_refused(array: str, kind: str, tmp_path: Path) -> None:
    bank = Bank.of([many(100, 3, kind)])
    getattr(bank, array)[-1] += 1
    bank.save(tmp_path, "answers")
    with pytest.raises(ValueError, match=r"told|beyond"):
        Bank.load(tmp_path, "answers", bank.layouts)


def test_a_bank_of_other_counts_is_refused(tmp_path: Path) -> None:
    Bank.of([many(100, 3, "plain")]).save(tmp_path, "answers")
    with pytest.raises(ValueError, match="other counts"):
        Bank.load(tmp_path, "answers", [LAYOUTS["tallied"]])


def test_many_rows_are_told_as_each_alone() -> None:
    bank, plan = Bank.of([many(1000, 50, "tallied")]), Plan.of(TALLIED, [LAYOUTS["tallied"]])
    rng = np.random.default_rng(5)
    pool = np.array([hashed(key) for key in range(60)], dtype=np.uint64)
    keys = pool[rng.integers(0, 60, (1, 2 * MANY + 7))]
    days = rng.integers(-5, 70, 2 * MANY + 7).astype(np.float64)
    together = bank.ask(keys, days, plan)
    for row in range(0, 2 * MANY + 7, 997):
        alone = bank.ask(keys[:, row : row + 1], days[row : row + 1], plan)
        np.testing.assert_array_equal(alone.view(np.uint64), together[row : row + 1].view(np.uint64))
    narrow = np.zeros((len(days), plan.width + 3), dtype=np.float32)
    bank.ask(keys, days, plan, narrow[:, 1:-2])
    np.testing.assert_array_equal(narrow[:, 1:-2], together.astype(np.float32))
    assert not narrow[:, 0].any()


def test_a_claim_without_a_day_knows_no_past() -> None:
    bank = Bank.of([ledger([(1, 3, 1)], "plain")])
    found = bank.ask(
        np.array([[hashed(1)]], dtype=np.uint64), np.array([np.nan]), Plan.of(PLAIN, [LAYOUTS["plain"]])
    )
    assert found[0, 0] == 0
    assert np.isnan(found[0, 5])
