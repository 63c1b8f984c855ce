import numpy as np
import pytest
from sklearn.metrics import f1_score

from training.metrics import macro_f1
from training.naming import reason_row
from training.scores import Scores

FAMILIES = ("authorization", "coding")


@pytest.mark.parametrize("seed", range(4))
def test_macro_f1_is_that_of_an_independent_library(seed):
    rng = np.random.default_rng(seed)
    true, named = rng.choice(list("abc"), 50), rng.choice(list("abcd"), 50)
    wanted = f1_score(true, named, labels=np.unique(true), average="macro", zero_division=0)
    assert macro_f1(named, true) == pytest.approx(wanted)


def test_reasons_named(labelled, denied):
    lines = labelled([denied, {**denied, "reason": "4", "family": "coding"}, {}])
    shares = np.array([[0.9, 0.1], [0.8, 0.2], [0.5, 0.5]])
    told = Scores(np.full(3, 0.5), shares, shares, FAMILIES, np.array([["197", "4"]] * 3))
    row = reason_row("model", told, lines)
    assert row is not None
    assert (row.n, row.top_1, row.top_3, row.family_top_1, row.family_top_3) == (2, 0.5, 1.0, 0.5, 1.0)
    assert row.macro_f1 == pytest.approx(1 / 3)
    assert reason_row("base rate", Scores(np.full(3, 0.5)), lines) is None
