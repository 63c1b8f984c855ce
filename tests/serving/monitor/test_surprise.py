import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.answering import Answering
from data.codes import FAMILIES
from serving.monitor.habits import Habits
from serving.monitor.lines import Watched
from serving.monitor.surprise import ALL, Expected, Null, Raised, surprises

NULL = Null()
SINCE = 100
KINDS = np.array(["CT", "MRI", "PET", "x-ray", "ultrasound", "DXA"])


def asked(watched: Watched, past: Watched, *, until: int = 10**6, null: Null = NULL) -> list[Raised]:
    known = watched.where(watched.known_on <= until)
    times = Answering.unknown(1 + len(FAMILIES))
    habits = Habits.measure(past)
    return surprises(known, Expected(FAMILIES, habits.chances(known), known.kind, times), null, since=SINCE)


@pytest.fixture(scope="module")
def past(lines) -> Watched:
    """A payer that denied 1 of 100 for authorization, whatever the procedure."""
    n = 4200
    return lines(n, sent_on=np.zeros(n), group=KINDS[np.arange(n) % 7 % 6], denied=(np.arange(n) % 100 == 0))


def test_denials_as_before_raise_nothing(lines, past):
    assert asked(lines(600, denied=(np.arange(600) % 100 == 0)), past) == []


def test_a_new_rule_is_raised_with_the_kind_of_procedure_and_its_first_day(lines, past):
    n = 400
    is_mri = np.arange(n) % 4 == 0
    denied = is_mri & (np.arange(n) >= 200) & (np.arange(n) % 8 == 0)
    found = asked(lines(n, group=np.where(is_mri, "MRI", "CT"), denied=denied), past)
    one = found[0]
    assert (one.payer_id, one.family, one.group) == ("P1", "authorization", "MRI")
    assert 290 <= one.since <= 310
    assert 310 <= one.raised_on <= 360
    assert one.n_denied > 3 > one.expected
    assert one.by_chance < 1


def test_a_rule_about_a_lacking_number_is_raised_sooner_by_the_lines_without_it(lines):
    n = 300
    lacks = np.zeros((n, 2), np.bool_)
    lacks[:, 0] = np.arange(n) % 4 == 0
    denied = (np.arange(n) >= 100) & lacks[:, 0] & (np.arange(n) % 8 == 0)
    quiet = lines(800, lacks=np.tile(lacks[:4], (200, 1)), sent_on=np.zeros(800))
    with_papers = asked(lines(n, lacks=lacks, denied=denied), quiet)
    assert with_papers[0].lacking
    without = asked(lines(n, denied=denied), lines(800, sent_on=np.zeros(800)))
    assert with_papers[0].raised_on <= without[0].raised_on


def test_lines_of_one_claim_count_once(lines, past):
    n = 40
    one_claim = lines(n, claim_key=np.zeros(n, np.int64), denied=np.ones(n), sent_on=np.full(n, 150))
    assert asked(one_claim, past) == []


def test_what_shows_everywhere_is_told_of_all_procedures(lines, past):
    n = 300
    found = asked(lines(n, group=KINDS[np.arange(n) % 6], denied=(np.arange(n) % 5 == 0)), past)
    assert found[0].group == ALL


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_asked_weekly_it_raises_the_same_alarms_on_the_same_days(lines, seed):
    rng = np.random.default_rng(seed)
    n = 300
    payers = rng.choice(["P1", "P2", "P3"], n)
    denied = rng.random(n) < np.where((payers == "P2") & (np.arange(n) > 120), 0.3, 0.02)
    sent = np.sort(rng.integers(100, 250, n))
    watched = lines(n, payer_id=payers, denied=denied, sent_on=sent, known_on=sent + rng.integers(3, 40, n))
    past = lines(300, sent_on=np.zeros(300), payer_id=rng.choice(["P1", "P2", "P3"], 300))
    at_the_end = asked(watched, past)
    for day in (140, 234):
        assert asked(watched, past, until=day) == [one for one in at_the_end if one.raised_on <= day]


def test_false_alarms_stay_within_what_is_allowed(lines):
    """Hundreds of months of payers that never change: at most as many alarms as were allowed."""
    rng = np.random.default_rng(5)
    n, days = 5_000, 2500
    null = Null(times=1.0, more=0.0, false_alarms_a_month=0.1)
    alarms = 0
    for _ in range(2):
        sent = np.sort(rng.integers(100, 100 + days, n))
        watched = lines(
            n,
            sent_on=sent,
            known_on=sent + 10,
            denied=rng.random(n) < 0.02,
            payer_id=rng.choice(["A", "B"], n),
        )
        chances = np.zeros((n, 1 + len(FAMILIES)))
        chances[:, 1 + FAMILIES.index("authorization")] = 0.02
        chances[:, 0] = 0.98
        expected = Expected(FAMILIES, chances, watched.kind, Answering.unknown(1 + len(FAMILIES)))
        alarms += len(surprises(watched, expected, null, since=SINCE))
    assert alarms <= 0.1 * 2 * days / 30.4


def test_nothing_answered_raises_nothing(lines, past):
    assert asked(lines(10, denied=np.full(10, -1)), past) == []
