from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from data.errors import NotEnoughData
from training.fit import choose
from training.folds import claims_of, folds
from training.settings import Settings
from training.stages import Cohorting, Tuning
from training.watch import Watch

AS_OF = date(2024, 8, 31)
SMALL = Settings(cohort=Cohorting(least_lines=50, least_denied=5), tune=Tuning(folds=3, fold_days=30))


@pytest.fixture(scope="module")
def made(history):
    return choose(history, AS_OF, SMALL, Watch(lambda: 0.0))


def test_folds_follow_each_other_back_in_time(made):
    found = folds(made, SMALL)
    assert [fold.day for fold in found] == [found[0].day - timedelta(days=30 * n) for n in range(3)]
    newest = max(made.cohort.lines["submitted_on"].to_pylist())
    assert found[0].day == newest - timedelta(days=30)


def test_a_fold_learns_what_was_known_on_its_day_and_is_judged_by_what_was_sent_after(made):
    for fold in folds(made, SMALL):
        for taught in (fold.early, fold.late):
            assert max(taught.lines["known_on"].to_pylist()) <= fold.day
            assert taught.lines.equals(made.labelled.take(taught.rows))
        sent = fold.judged.lines["submitted_on"].to_pylist()
        assert min(sent) > fold.day
        assert max(sent) <= fold.day + timedelta(days=30)
        assert fold.judged.lines.equals(made.labelled.take(fold.judged.rows))


def test_of_many_lines_whole_claims_are_drawn(made):
    few = replace(SMALL, tune=replace(SMALL.tune, most_lines=500, folds=2))
    doubled = replace(made, labelled=made.labelled)
    for fold, whole in zip(folds(doubled, few), folds(made, SMALL), strict=False):
        n = len(fold.early.rows) + len(fold.late.rows)
        assert n <= len(whole.early.rows) + len(whole.late.rows)
        assert set(fold.early.rows) <= set(whole.early.rows)
    assert [f.early.rows.tolist() for f in folds(made, few)] == [
        f.early.rows.tolist() for f in folds(made, few)
    ]


def test_claims_are_numbered(made):
    keys = made.cohort.lines["claim_key"].to_pylist()
    numbers = claims_of(made.cohort.lines)
    assert len(set(zip(keys, numbers.tolist(), strict=True))) == len(set(keys)) == numbers.max() + 1
    assert np.array_equal(np.unique(numbers), np.arange(numbers.max() + 1))


@pytest.mark.parametrize(("n", "days"), [(12, 30), (2, 300)])
def test_too_short_a_past_is_told(made, n, days):
    far = replace(SMALL, tune=Tuning(folds=n, fold_days=days))
    with pytest.raises(NotEnoughData, match=rf"fold of .* to tune by: .*for {n} folds of {days} days"):
        folds(made, far)
