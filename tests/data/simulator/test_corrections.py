"""Denials that are contested: wrong ones more often, and more often with success."""

import numpy as np
import pytest

from data.simulator.causes import CAUSES


@pytest.fixture(scope="module")
def contested(large_world):
    """Denied claims whose answer was taken back, whether the payer had erred on all of it, and whether it gave in."""
    world, back = large_world, large_world.taken_back
    error = np.array([cause.is_error for cause in CAUSES])[world.verdicts.told]
    denied = world.verdicts.denied
    n = len(world.claims)
    n_denied, n_caused = (
        np.bincount(world.claims.lines.claim, weights=lines, minlength=n)
        for lines in (denied, denied & ~error)
    )
    asked = n_denied[back.rows] > 0
    return (n_caused[back.rows] == 0)[asked], back.overturned[asked], (n_denied > 0), (n_caused == 0)


def test_errors_are_contested_more_often(contested, large_world):
    wrong, _, denied, without_cause = contested
    n_wrong, n_caused = (denied & without_cause).sum(), (denied & ~without_cause).sum()
    assert wrong.sum() / n_wrong > 4 * (~wrong).sum() / n_caused


def test_payers_give_in_where_they_erred(contested, large_world):
    wrong, overturned, _, _ = contested
    assert overturned[wrong].mean() > 0.65
    assert overturned[~wrong].mean() < 0.2
    assert 0.4 < overturned.mean() < 0.7


def test_payers_differ_in_how_often_they_err(large_world):
    errors = large_world.policies.errors.mean(axis=1)
    assert errors.max() > 1.5 * errors.min()
