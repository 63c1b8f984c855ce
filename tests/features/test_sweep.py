"""Going through time finds to the bit what the search finds: with a bank or without, from few keys or many."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.bank import Bank
from features.kernel import CHANGE, COUNT, MEAN, MEDIAN, MOST, RANKED, RATE, SINCE, mixed
from features.ledger import Events, Layout, Ledger, Tally
from features.plan import Asked, Plan
from features.sweep import rolling

WIDE = Layout(("answered", "denied"), (1, 3, 1))
NARROW = Layout(("answered", "denied", "late"), (1, 3, 5), (Tally("paid"), Tally("lag", is_most=True)))
VALUED = Layout(("answered",), (1, 1, 1), keeps="lag")
LAYOUTS = (WIDE, WIDE, NARROW, VALUED)
ASKED = (
    Asked(0, COUNT, "answered", 30),
    Asked(0, RATE, "denied", 30, prior=0.1, strength=20.0),
    Asked(0, RATE, "denied", 0, prior=0.3, strength=2.0),
    Asked(1, RATE, "denied", 10, parent=1, strength=5.0),
    Asked(2, RATE, "denied", 30, parent=1, strength=5.0),
    Asked(2, RATE, "late", 10, parent=3, strength=4.0),
    Asked(2, RATE, "late", 10, parent=5, strength=4.0),
    Asked(2, CHANGE, parent=6, against=4),
    Asked(2, COUNT, "answered", 0, most=3.0),
    Asked(2, SINCE),
    Asked(2, MEAN, "paid", 30),
    Asked(2, MEAN, "paid", 0, per="late"),
    Asked(2, MOST, "lag", sign=-1.0),
    Asked(3, COUNT, "answered", 30),
    Asked(3, MEDIAN, "lag", 10),
    Asked(3, MEDIAN, "lag"),
    Asked(3, RANKED, "lag", 10),
    Asked(3, RANKED, "lag", rank=2),
)
PLAN = Plan.of(ASKED, LAYOUTS)

worlds = st.tuples(
    st.integers(1, 60),  # rows
    st.integers(1, 12),  # keys of the narrow set
    st.integers(1, 60),  # days
    st.integers(0, 2**32 - 1),
)


def hashed(keys: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.array([int(mixed.py_func(np.uint64(key))) if key else 0 for key in keys], dtype=np.uint64)


def made(world: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray, Events, np.ndarray]:
    """Keys and days of rows, what became known of some of them, and of which."""
    n, n_keys, n_days, seed = world
    rng = np.random.default_rng(seed)
    keys = np.stack(
        [hashed(rng.integers(low, high, n)) for low, high in ((1, 2), (0, 3), (0, n_keys + 1), (0, 4))]
    )
    days = rng.integers(0, n_days, n).astype(np.float64)
    known = days + rng.integers(1, 9, n)
    of = np.flatnonzero(rng.random(n) < 0.8)
    of = of[np.argsort(known[of], kind="stable")]
    tallied = (("paid", rng.integers(-5, 90, len(of))), ("lag", rng.integers(-40, 9, len(of))))
    events = Events(known[of].astype(np.uint16), rng.integers(0, 3, len(of)).astype(np.uint8), tallied)
    days[rng.random(n) < 0.1] = np.nan
    return keys, days, events, of


def bank_of(keys: np.ndarray, events: Events, of: np.ndarray) -> Bank:
    return Bank.of([Ledger.of(keys[place, of], events, layout) for place, layout in enumerate(LAYOUTS)])


@given(world=worlds, later=st.integers(-70, 70))
@settings(max_examples=150, deadline=None)
def test_the_sweep_finds_what_the_search_finds(world: tuple[int, int, int, int], later: int) -> None:
    keys, days, events, of = made(world)
    bank = bank_of(keys, events, of)
    swept, searched = np.zeros((2, len(days), PLAN.width))
    bank.sweep(keys, days + later, PLAN, swept)
    bank.search(keys, days + later, PLAN, searched)
    np.testing.assert_array_equal(swept, searched)


@given(world=worlds)
@settings(max_examples=100, deadline=None)
def test_rolling_without_a_bank_finds_the_same(world: tuple[int, int, int, int]) -> None:
    keys, days, events, of = made(world)
    searched = np.zeros((len(days), PLAN.width))
    bank_of(keys, events, of).search(keys, days, PLAN, searched)
    np.testing.assert_array_equal(rolling(keys, days, events, of, LAYOUTS, PLAN), searched)


@pytest.mark.parametrize(
    "day", [-1e9, -1.0, 0.0, 65_535.0, 65_536.0, 65_560.0, 70_000.0, 1e9, np.nan], ids=str
)
def test_odd_days_see_what_the_search_sees(day: float) -> None:
    keys, days, events, of = made((40, 4, 30, 1))
    known = np.sort(np.append(events.days[:-2], [65_530, 65_535])).astype(np.uint16)
    bank = bank_of(keys, Events(known, events.codes, events.tallied), of)
    swept, searched = np.zeros((2, len(days), PLAN.width))
    bank.sweep(keys, np.full(len(days), day), PLAN, swept)
    bank.search(keys, np.full(len(days), day), PLAN, searched)
    np.testing.assert_array_equal(swept, searched)


def test_single_precision_is_double_precision_rounded() -> None:
    keys, days, events, of = made((900, 9, 50, 7))
    bank = bank_of(keys, events, of)
    wide = np.zeros((len(days), PLAN.width))
    matrix = np.zeros((len(days), PLAN.width + 3), dtype=np.float32)
    bank.sweep(keys, days, PLAN, wide)
    bank.sweep(keys, days, PLAN, matrix[:, 1:-2])
    np.testing.assert_array_equal(matrix[:, 1:-2], wide.astype(np.float32))
    assert not matrix[:, 0].any()
    assert not matrix[:, -2:].any()
