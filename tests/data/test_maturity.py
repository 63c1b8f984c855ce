import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from data.maturity import MAX_AGE, Maturity

START = dt.date(2025, 1, 1)


def labelled(rows):
    """Rows of (payer, day sent, delay in days or None) as the columns that are measured."""
    return pa.table(
        {
            "payer_id": pa.array([payer for payer, _, _ in rows], pa.string()),
            "submitted_on": pa.array([START + dt.timedelta(sent) for _, sent, _ in rows], pa.date32()),
            "known_on": pa.array(
                [None if delay is None else START + dt.timedelta(sent + delay) for _, sent, delay in rows],
                pa.date32(),
            ),
        }
    )


def world(n, seed, as_of):
    """Two payers, quick and slow, over 300 days; what is not answered by `as_of` is not known."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(n):
        payer = "QUICK" if rng.random() < 0.5 else "SLOW"
        sent = int(rng.integers(0, as_of))
        delay = int(rng.poisson(10 if payer == "QUICK" else 40))
        rows.append((payer, sent, delay if sent + delay <= as_of else None))
    return labelled(rows)


def test_young_claims_do_not_make_a_payer_look_quick():
    measured = Maturity.measure(world(8_000, 3, 300), START + dt.timedelta(300))
    # Poisson(40): 95% by day 51; Poisson(10): 95% by day 15
    assert abs(measured.ripe_age("SLOW") - 51) <= 2
    assert abs(measured.ripe_age("QUICK") - 15) <= 1
    half = measured.share_answered(["SLOW", "QUICK"], [40, 10])
    assert np.abs(half - 0.55).max() < 0.06


def test_answers_after_the_day_asked_are_not_used():
    table = labelled([("P", n, 5) for n in range(50)] + [("P", n, 200) for n in range(50)])
    assert Maturity.measure(table, START + dt.timedelta(100)).ripe_age("P") == 5


@pytest.mark.parametrize(("payer", "age"), [("P", -1), ("P", np.nan), ("unheard of", 10), (None, 10_000)])
def test_odd_questions_have_answers(payer, age):
    table = labelled([("P", n, 5) for n in range(50)])
    share = Maturity.measure(table, START + dt.timedelta(100)).share_answered([payer], [age])[0]
    assert np.isnan(share) if np.isnan(age) else 0 <= share <= 1


def test_shares_rise_to_one():
    shares = Maturity.measure(world(500, 5, 200), START + dt.timedelta(200)).shares
    assert shares.shape == (3, MAX_AGE + 1)
    assert (np.diff(shares, axis=1) >= 0).all()
    assert (shares[:, -1] == 1).all()


def test_a_payer_with_few_answers_is_judged_by_what_is_usual():
    table = labelled([("BIG", n, 20) for n in range(90)] * 5 + [("SMALL", 1, 3)])
    assert Maturity.measure(table, START + dt.timedelta(120)).ripe_age("SMALL") == 20


def test_nothing_answered_is_ripe_at_once_and_says_so_for_all():
    empty = Maturity.measure(labelled([("P", 1, None)]), START)
    assert empty.payer_ids == ("P",)
    assert empty.share_answered(["P"], [3])[0] == 1.0
