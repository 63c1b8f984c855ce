import numpy as np
import pytest

from features.build import Features
from models.baseline import BaseRate, ChecksOnly, LogisticRegression, PayerProcedureRate
from models.calibration import log_loss

N = 4_000
KINDS = (BaseRate, PayerProcedureRate, LogisticRegression)


def planted(seed: int = 1):
    rng = np.random.default_rng(seed)
    payer, procedure = rng.integers(0, 4, N), rng.integers(0, 5, N)
    signal = rng.normal(size=N)
    values = np.stack(
        [payer.astype(float), np.where(rng.random(N) < 0.2, np.nan, signal), np.full(N, np.nan)], axis=1
    )
    values[rng.random(N) < 0.05, 0] = np.nan
    chance = 1 / (1 + np.exp(-(-2 + (payer == 1) * 2 + (procedure == 2) + signal)))
    x = Features(("payer_id", "signal", "never_known"), values, ("payer_id",))
    ids = np.array(["A", "B", "C", None], object)[payer]
    return x, (rng.random(N) < chance).astype(np.int8), np.ones(N), ids, procedure.astype(str).astype(object)


def losses() -> list[float]:
    x, denied, weight, payers, procedures = planted()
    fresh, later, _, new_payers, new_procedures = planted(seed=2)
    fitted = [kind.fit(x, denied, weight, payers, procedures) for kind in KINDS]
    p = [model.predict_probability(fresh, new_payers, new_procedures) for model in fitted]
    assert all(each.shape == (N,) and np.all((each > 0) & (each < 1)) for each in p)
    return [log_loss(later, each, np.ones(N)) for each in p]


def test_each_baseline_beats_the_simpler_one() -> None:
    found = losses()
    assert found[0] > found[1] > found[2]


def test_rates_are_shrunk_and_unknown_pairs_fall_back() -> None:
    _, _, _, payers, procedures = planted()
    denied = (payers == "B").astype(np.int8)
    x = Features((), np.zeros((N, 0)))
    rate = PayerProcedureRate.fit(x, denied, np.ones(N), payers, procedures)
    p = rate.predict_probability(
        x, np.array(["B", "A", "B", "new"], object), np.array(["1", "1", "?", "1"], object)
    )
    assert p == pytest.approx([1, 0, 1, denied.mean()], abs=0.05)


def test_the_base_rate_is_weighted() -> None:
    none = np.array([], object)
    x = Features((), np.zeros((2, 0)))
    rate = BaseRate.fit(x, np.array([1, 0], np.int8), np.array([3.0, 1.0]), none, none)
    assert rate.predict_probability(x, np.array(["A", "B"], object), none) == pytest.approx([0.75, 0.75])


def test_the_checks_alone_see_only_checks() -> None:
    x, denied, weight, payers, procedures = planted()
    named = Features(("payer_id", "check_signal", "never_known"), x.values, ("payer_id",))
    only = ChecksOnly.fit(named, denied, weight, payers, procedures)
    moved = Features(named.names, named.values * [0, 1, 1], named.categorical)
    same = [only.predict_probability(each, payers, procedures) for each in (named, moved)]
    assert np.array_equal(same[0], same[1])
    assert same[0].std() > 0.05


def test_without_checks_the_checks_say_the_base_rate() -> None:
    x, denied, weight, payers, procedures = planted()
    only = ChecksOnly.fit(x, denied, weight, payers, procedures)
    rate = BaseRate.fit(x, denied, weight, payers, procedures)
    assert np.array_equal(*(m.predict_probability(x, payers, procedures) for m in (only, rate)))
