from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from data.errors import NotEnoughData
from data.maturity import Maturity
from data.rejection import with_turned_away
from data.schema import REJECTIONS
from training.cohort import cohort, ripe_cohort

AS_OF = date(2024, 6, 30)


def steps(found):
    return {step.step: step.n_lines for step in found.funnel}


def test_the_funnel_counts_what_each_rule_leaves_out(labelled, denied, unanswered):
    lines = labelled(
        [
            {},
            denied,
            {"frequency": None, "payer_sequence": None},
            {"submitted_on": date(2024, 7, 1)},
            {"frequency": "7"},
            {"frequency": "8"},
            {"payer_sequence": "S"},
            {"charge_cents": 0},
            unanswered,
            {"known_on": date(2024, 7, 1)},
            {"outcome": "unreliable", "label": None},
            {"outcome": "pended", "label": None},
        ]
    )
    found = cohort(lines, AS_OF, Maturity.measure(lines, AS_OF))
    assert list(steps(found).values()) == [11, 9, 8, 8, 6, 5, 4, 4]
    assert found.denied.tolist() == [0, 1, 0, 0]
    assert found.family.tolist() == ["", "authorization", "", ""]
    assert found.reason.tolist() == ["", "197", "", ""]


def test_a_claim_turned_away_at_the_door_teaches_nothing(labelled):
    lines = labelled([{}, {}, {}, {}])
    rejections = pa.Table.from_pylist(
        [
            {"claim_key": 0, "line": 0, "is_rejected": True, "known_on": date(2024, 3, 2)},
            {"claim_key": 1, "line": 0, "is_rejected": False, "known_on": date(2024, 3, 2)},
            {"claim_key": 2, "line": 1, "is_rejected": True, "known_on": date(2024, 3, 2)},
            {"claim_key": 3, "line": 0, "is_rejected": True, "known_on": AS_OF + timedelta(days=1)},
        ],
        schema=REJECTIONS,
    )
    found = cohort(with_turned_away(lines, rejections), AS_OF, Maturity.measure(lines, AS_OF))
    assert found.lines["claim_id"].to_pylist() == ["c1", "c2", "c3"]
    assert steps(found)["not turned away before anybody adjudicated it (277CA)"] == 3


def test_an_unanswered_line_is_unknown_and_never_paid(labelled, unanswered):
    lines = labelled([unanswered] * 5)
    assert cohort(lines, AS_OF, Maturity.measure(lines, AS_OF)).lines.num_rows == 0


def test_early_answers_stand_for_those_to_come(labelled):
    # Half of this payer's answers take 10 days, half 40.
    first = date(2023, 6, 1)
    rows = [
        {
            "submitted_on": first + timedelta(days=d),
            "known_on": first + timedelta(days=d + (10 if d % 2 else 40)),
        }
        for d in range(395)
    ]
    lines = labelled(rows)
    found = cohort(lines, AS_OF, Maturity.measure(lines, AS_OF), most_weight=3.0)
    age = (np.datetime64(AS_OF) - found.lines["submitted_on"].to_numpy()).astype(int)
    assert found.weight[age >= 45] == pytest.approx(1.0, abs=0.06)
    young = found.weight[(age >= 15) & (age < 35)]
    assert young == pytest.approx(2.0, abs=0.2)
    # Together they count for all lines that were sent, answered or not.
    assert young.sum() == pytest.approx(20, abs=2.5)


def test_slow_denials_do_not_look_as_if_they_died_out(labelled, denied):
    # One line in five is denied, after a month; the others are paid after 10 days.
    first, rng = date(2023, 6, 1), np.random.default_rng(2)
    rows = [
        {
            "submitted_on": first + timedelta(days=n // 20),
            "known_on": first
            + timedelta(days=n // 20 + int(rng.integers(8, 12) if n % 5 else rng.integers(24, 37))),
            **({} if n % 5 else denied),
        }
        for n in range(395 * 20)
    ]
    lines = labelled(rows)
    found = cohort(lines, AS_OF, Maturity.measure(lines, AS_OF))
    age = (np.datetime64(AS_OF) - found.lines["submitted_on"].to_numpy()).astype(int)
    assert 28 <= age.min() <= 31
    young = age < 36
    assert found.denied[young].mean() < 0.18
    assert np.average(found.denied[young], weights=found.weight[young]) == pytest.approx(0.2, abs=0.03)


def test_no_answer_counts_for_more_than_the_cap(history):
    maturity = Maturity.measure(history, AS_OF)
    assert cohort(history, AS_OF, maturity, most_weight=1.5).weight.max() <= 1.5


def test_only_the_last_months_are_learnt_from_when_asked(history):
    found = cohort(history, AS_OF, Maturity.measure(history, AS_OF), months=3)
    assert min(found.lines["submitted_on"].to_pylist()) == date(2024, 3, 31)


def test_judging_takes_ripe_labels_only(history):
    maturity = Maturity.measure(history, AS_OF)
    found = ripe_cohort(history, AS_OF, maturity, sent_after=date(2024, 1, 31))
    sent = {payer: [] for payer in ("P1", "P2")}
    for row in found.lines.select(["payer_id", "submitted_on"]).to_pylist():
        sent[row["payer_id"]].append(row["submitted_on"])
    assert min(sent["P1"]) == min(sent["P2"]) == date(2024, 2, 1)
    assert max(sent["P1"]) == AS_OF - timedelta(days=20)
    assert max(sent["P2"]) == AS_OF - timedelta(days=60)
    assert (found.weight == 1).all()


@pytest.mark.parametrize(("n_lines", "n_denied"), [(100_000, 1), (1, 100_000)])
def test_too_few_labels_are_told(history, n_lines, n_denied):
    found = cohort(history, AS_OF, Maturity.measure(history, AS_OF))
    with pytest.raises(
        NotEnoughData, match=r"labels known by 2024-06-30: found \d+ labelled lines, \d+ of them denied"
    ):
        found.require(n_lines=n_lines, n_denied=n_denied)
