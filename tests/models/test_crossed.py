import numpy as np

from models.crossed import DAYS, FOLDS, NEWEST, newest, unseen_logits
from models.denial import DenialModel
from models.sample import Sample
from tests.models.made_world import QUICK


def test_the_newest_weeks_are_held(unseen: Sample) -> None:
    held = newest(unseen.day)
    assert unseen.day[held].min() > unseen.day[~held].max()
    assert abs(held.mean() - NEWEST) < 0.05


def test_of_one_day_or_of_none_nothing_is_held() -> None:
    assert not newest(np.full(9, 20_000)).any()
    assert len(newest(np.zeros(0, np.int64))) == 0


def test_no_line_is_told_by_trees_that_learnt_from_its_fold(model: DenialModel, unseen: Sample) -> None:
    held = newest(unseen.day)
    told = unseen_logits(model.hazards, unseen, held, QUICK)
    fold = (unseen.day // DAYS) % FOLDS
    first = held & (fold == 0)
    # Other labels in a fold change nothing that is said of this very fold.
    turned = unseen.rows(np.ones(len(unseen), bool))
    turned.denied[first] = 0
    turned.family[first] = ""
    again = unseen_logits(model.hazards, turned, held, QUICK)
    assert np.array_equal(again[first[held]], told[first[held]])
    assert not np.array_equal(again[~first[held]], told[~first[held]])
    assert told.shape == (held.sum(), len(model.families))
