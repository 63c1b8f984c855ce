from datetime import date

import numpy as np
import pytest

from data.answering import Answering
from data.codes import FAMILIES
from data.maturity import Maturity
from data.rejection import with_turned_away
from data.store import Store
from serving.monitor.lines import EPOCH, NEVER, by_hazard, told_lines
from training.cohort import ripe_cohort

HAZARDS = ("authorization", "documentation", "pooled")


@pytest.fixture(scope="module")
def labelled(world):
    store = Store(world.store)
    return with_turned_away(store.lines(), store.table("rejections"))


def test_the_lines_watched_are_those_that_a_model_is_judged_by(labelled):
    newest = max(day for day in labelled["known_on"].to_pylist() if day)
    watched = told_lines(labelled, HAZARDS)
    judged = ripe_cohort(labelled, newest, Maturity.measure(labelled, newest), sent_after=date(2024, 1, 1))
    ours = set(
        zip(
            watched.claim_key[watched.answered].tolist(), watched.line[watched.answered].tolist(), strict=True
        )
    )
    theirs = set(zip(judged.lines["claim_key"].to_pylist(), judged.lines["line"].to_pylist(), strict=True))
    assert theirs <= ours
    assert len(theirs) > 0.8 * len(ours)


def test_reasons_are_told_by_family_and_by_the_hazard_that_holds_it(labelled):
    watched = told_lines(labelled, HAZARDS)
    denied = watched.where(watched.denied == 1)
    assert set(np.unique(watched.kind[watched.denied != 1])) == {0}
    for kind, hazard in zip(denied.kind.tolist(), denied.hazard.tolist(), strict=True):
        family = FAMILIES[kind - 1]
        assert HAZARDS[hazard - 1] == (family if family in HAZARDS else "pooled")


def test_an_unanswered_line_is_unknown(labelled):
    watched = told_lines(labelled, HAZARDS)
    assert ((watched.denied < 0) == (watched.known_on == NEVER)).all()
    assert np.isnan(watched.probability).all()
    assert (watched.sent_on >= (date(2024, 1, 1) - EPOCH).days).all()


def test_a_shared_hazard_comes_as_answers_usually_do():
    odds = np.arange(1.0, 2.0 + len(FAMILIES))[:, None] * np.ones((1, 20))
    found = by_hazard(Answering({"": np.empty(0)}, odds), HAZARDS)
    assert found.odds[:, 0].tolist() == [
        1.0,
        2.0 + FAMILIES.index("authorization"),
        2.0 + FAMILIES.index("documentation"),
        1.0,
    ]
