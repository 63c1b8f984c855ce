from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from serving.journal import Filter
from serving.monitor.flagged import Flag, first_answers, flagged
from serving.set_aside import is_set_aside

NPI = "1234567893"
NOON = datetime(2025, 1, 6, 12, tzinfo=UTC)


def flags(n: int, risk: str = "high", chance: float = 0.1) -> dict[tuple[str, str], Flag]:
    return {(NPI, f"c{i}"): Flag(risk, chance, {1: chance}) for i in range(n)}


def test_without_a_journal_every_line_counts(lines):
    said = flagged(lines(5), {}, unreviewed_share=0.5)
    assert said.weight.tolist() == [1.0] * 5
    assert (said.n_scored, said.n_flagged) == (0, 0)


def test_without_a_share_set_aside_flagged_claims_are_counted_and_told(lines):
    said = flagged(lines(5), flags(3), unreviewed_share=0.0)
    assert said.weight.tolist() == [1.0] * 5
    assert (said.n_scored, said.n_flagged, said.n_changed, said.n_set_aside) == (3, 3, 0, 0)


def test_a_claim_with_other_chances_as_sent_was_changed(lines):
    assert flagged(lines(5), flags(3, chance=0.7), unreviewed_share=0.0).n_changed == 3


def test_those_set_aside_stand_for_all_that_were_flagged(lines):
    n = 4000
    said = flagged(lines(n), flags(n), unreviewed_share=0.25)
    assert said.n_set_aside == pytest.approx(n / 4, rel=0.1)
    assert set(said.weight.tolist()) == {0.0, 4.0}
    assert said.weight.sum() == pytest.approx(n, rel=0.1)


def test_realised_denials_are_put_right_for_claims_that_were_mended(lines):
    """Of the flagged half 60% would be denied; all but those set aside are put right and paid."""
    rng = np.random.default_rng(1)
    n = 8000
    high = np.arange(n) % 2 == 0
    would = rng.random(n) < np.where(high, 0.6, 0.05)
    answers = {(NPI, f"c{i}"): Flag("high" if high[i] else "low", 0.1, {1: 0.1}) for i in range(n)}
    aside = np.array([is_set_aside(f"c{i}", 0.2) for i in range(n)])
    came = would & (~high | aside)
    said = flagged(lines(n, denied=came), answers, unreviewed_share=0.2)
    assert came.mean() < 0.12
    assert np.average(came, weights=said.weight) == pytest.approx(would.mean(), abs=0.03)


def test_what_the_list_leaves_out_is_what_the_monitor_counts(journal, result_of, lines):
    """From end to end: reviewers mend what their list shows of the flagged claims, and those are then paid."""
    rng = np.random.default_rng(2)
    n, share = 3000, 0.2
    high = np.arange(n) % 3 == 0
    would = rng.random(n) < np.where(high, 0.6, 0.05)
    kept = [
        result_of(score_id=f"s{i}", claim_id=f"c{i}", billing_npi=NPI, risk="high" if high[i] else "low")
        for i in range(n)
    ]
    journal.keep(kept, at=NOON)
    shown = journal.page(Filter(risk="high", unreviewed_share=share), number=1, size=n)
    mended = np.isin([r.claim_id for r in kept], [r.claim_id for r in shown.results])
    assert not mended[~high].any()
    came = would & ~mended
    said = flagged(lines(n, denied=came), first_answers(journal), unreviewed_share=share)
    assert said.n_set_aside == shown.n_set_aside
    assert not said.weight[mended].any()
    assert came.mean() < 0.1
    assert np.average(came, weights=said.weight) == pytest.approx(would.mean(), abs=0.03)


def test_the_first_answer_about_a_claim_counts(journal, result_of):
    journal.keep([result_of(score_id="a" * 32, risk="high", denial_probability=0.7)], at=NOON)
    journal.keep(
        [result_of(score_id="b" * 32, risk="low", denial_probability=0.1)], at=NOON + timedelta(hours=1)
    )
    journal.keep([result_of(score_id="c" * 32, claim_id="other", risk="low")], at=NOON)
    found = first_answers(journal)
    assert len(found) == 2
    first = found[NPI, "26407789"]
    assert (first.risk, first.denial_probability, set(first.lines)) == ("high", 0.7, {1})


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (0.05, 30, 75), (1.0, 1000, 1000)])
def test_the_share_set_aside_is_as_asked_and_always_the_same(share, low, high):
    chosen = [is_set_aside(f"claim-{i}", share) for i in range(1000)]
    assert low <= sum(chosen) <= high
    assert chosen == [is_set_aside(f"claim-{i}", share) for i in range(1000)]


def test_a_larger_share_holds_the_smaller_one():
    names = [f"claim-{i}" for i in range(500)]
    assert {n for n in names if is_set_aside(n, 0.05)} <= {n for n in names if is_set_aside(n, 0.2)}
