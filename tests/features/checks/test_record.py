"""The record of checks: counted by hand, in one go or day by day, it is the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.codes import FAMILIES
from features.checks.catalog import CHECKS
from features.checks.record import STRENGTH, YEAR, EvidenceBank
from features.columns import MISSING, stable_hash
from features.key_sets import FIRST_GUESS

PAYERS = ("P1", "P2", None)
HASHES = np.array([MISSING if payer is None else stable_hash(payer) for payer in PAYERS], dtype=np.uint64)
THREE = CHECKS[:3]


def events(lines):
    """Answered lines as `learn` takes them: payer, which checks are tripped, day known, label, family."""
    payers, values, days, denied, family = zip(*lines, strict=True) if lines else ((), (), (), (), ())
    return (
        np.array(values, dtype=np.float64).reshape(-1, len(THREE)),
        HASHES[np.array(payers, dtype=np.int64)],
        np.array(days, dtype=np.float64),
        np.array(denied, dtype=np.float64),
        np.array(family, dtype=np.int64),
    )


line = st.tuples(
    st.integers(0, 2),
    st.tuples(*[st.sampled_from([0.0, 1.0, np.nan])] * 3),
    st.one_of(st.integers(19000, 20000).map(float), st.just(np.nan)),
    st.sampled_from([0.0, 1.0, np.nan]),
    st.integers(-1, len(FAMILIES) - 1),
)


def by_hand(lines, payer, check, day, within):
    """Answered and denied lines of a payer (None: all) that tripped a check (None: any line) before a day."""
    since = -np.inf if within is None else day - within
    alike = [
        one
        for one in lines
        if since <= one[2] < day
        and not np.isnan(one[3])
        and (payer is None or one[0] == payer)
        and (check is None or one[1][check] == 1)
    ]
    return len(alike), sum(one[3] == 1 for one in alike)


@settings(max_examples=60, deadline=None)
@given(st.lists(line, max_size=40), st.integers(19000, 20001), st.sampled_from([YEAR, None]))
def test_it_tells_what_is_counted_by_hand(lines, day, within):
    bank = EvidenceBank.learn(*events(lines), checks=THREE)
    for place, payer in enumerate(PAYERS):
        for n, check in enumerate(THREE):
            told = bank.tell(payer, check.id, day, within=within)
            assert (told.answered, told.denied) == by_hand(lines, place, n, day, within)
            every, every_denied = by_hand(lines, None, None, day, within)
            base = every_denied / every if every else FIRST_GUESS
            wide, wide_denied = by_hand(lines, None, n, day, within)
            toward = (wide_denied + STRENGTH * base) / (wide + STRENGTH)
            assert told.smoothed == pytest.approx(
                (told.denied + STRENGTH * toward) / (told.answered + STRENGTH)
            )


@settings(max_examples=40, deadline=None)
@given(st.lists(line, max_size=30), st.integers(0, 30))
def test_a_days_answers_added_equal_all_learnt_at_once(lines, cut):
    whole = EvidenceBank.learn(*events(lines), checks=THREE)
    grown = EvidenceBank.learn(*events(lines[:cut]), checks=THREE).updated(*events(lines[cut:]), checks=THREE)
    for one, other in zip(parts(whole), parts(grown), strict=True):
        np.testing.assert_array_equal(one, other)


def parts(bank):
    """All arrays of a bank."""
    rows = bank.rows
    return rows.payers, rows.checks, rows.days, rows.counts, bank.base_days, bank.base_counts


def test_it_is_saved_and_read_back(tmp_path):
    lines = [(n % 3, (n % 2, 1, np.nan), 19500.0 + n % 7, n % 4 == 0, n % 5 - 1) for n in range(200)]
    bank = EvidenceBank.learn(*events(lines), checks=THREE)
    bank.save(tmp_path)
    for one, other in zip(parts(bank), parts(EvidenceBank.load(tmp_path, THREE)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_check_that_is_gone_is_left_out_and_a_new_one_knows_nothing(tmp_path):
    lines = [(0, (1, 1, 0), 19500.0, 1, 0)] * 5
    EvidenceBank.learn(*events(lines), checks=THREE).save(tmp_path)
    now = EvidenceBank.load(tmp_path, (CHECKS[3], THREE[1]))
    assert now.tell("P1", THREE[1].id, 19600).answered == 5
    assert now.tell("P1", CHECKS[3].id, 19600).answered == 0
    with pytest.raises(KeyError):
        now.tell("P1", THREE[0].id, 19600)


def test_nothing_known_tells_nothing():
    told = EvidenceBank.empty(THREE).tell("P1", THREE[0].id, 19600)
    assert (told.answered, told.denied, told.smoothed, told.usual) == (0, 0, FIRST_GUESS, FIRST_GUESS)
