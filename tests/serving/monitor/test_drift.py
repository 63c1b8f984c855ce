import numpy as np
import pytest

from features.build import Features
from features.catalog import CATALOG
from models.profile import profile
from serving.monitor.drift import EVERYTHING, REMEMBERED, drifts

AUTH = next(
    name for name, one in CATALOG.items() if one.concept == "authorization" and name not in REMEMBERED
)
UNITS = next(name for name, one in CATALOG.items() if one.concept == "units" and name not in REMEMBERED)
PAST = next(iter(sorted(REMEMBERED)))
NAMES = (AUTH, UNITS, PAST)


def features(n: int, seed: int, *, auth: float = 0.3, past: float = 0.0) -> Features:
    rng = np.random.default_rng(seed)
    columns = (rng.random(n) < auth, rng.integers(1, 4, n), rng.normal(past, 1, n))
    return Features(NAMES, np.column_stack(columns).astype(np.float32))


def found(new: Features, n_old: int = 3000) -> dict[str, object]:
    old = features(n_old, 1)
    made = profile(old, np.zeros(0))
    claims = np.arange(len(old)), 10**6 + np.arange(len(new))
    return {one.concept: one for one in drifts(made, old, new, *claims)}


def test_the_same_claims_have_not_drifted():
    said = found(features(3000, 2))
    assert all(one.psi < 0.02 for one in said.values())
    assert all(0.45 < one.auc < 0.55 for one in said.values())
    assert all(one.by_chance > 1e-3 for one in said.values())


def test_a_concept_that_moved_is_named_and_others_are_not():
    said = found(features(3000, 2, auth=0.8))
    assert said["authorization"].psi > 0.5
    assert said["authorization"].auc > 0.7
    assert said["authorization"].by_chance < 1e-6
    assert said["units"].psi < 0.02
    assert said[EVERYTHING].auc > 0.7


def test_what_is_remembered_of_answers_is_no_drift():
    said = found(features(3000, 2, past=5.0))
    assert CATALOG[PAST].concept not in said or said[CATALOG[PAST].concept].psi < 0.02
    assert said[EVERYTHING].auc < 0.55


def test_values_never_seen_before_are_drift_without_an_infinity():
    new = features(500, 2)
    values = new.values.copy()
    values[:, 1] = np.nan
    said = found(Features(NAMES, values))
    assert said["units"].psi > 1
    assert np.isfinite(said["units"].psi)


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_claims_say_nothing(n):
    said = found(features(n, 2))
    assert np.isnan(said[EVERYTHING].auc)
    assert all(np.isnan(one.psi) for one in said.values())
