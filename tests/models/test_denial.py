import subprocess
import sys

import numpy as np
import pytest

from models.combine import total_log_odds
from models.denial import DenialModel
from models.sample import Sample
from tests.features.made_lines import lines_of
from tests.models.made_world import planted


def test_hazards_combine_to_the_probability_and_shares_are_kept(model: DenialModel, unseen: Sample) -> None:
    p = model.predict(unseen.x, unseen.payer_ids)
    np.testing.assert_allclose(1 - np.prod(1 - p.hazards, axis=1), p.probability, atol=1e-12)
    risk = -np.log1p(-p.hazards)
    np.testing.assert_allclose(risk / risk.sum(axis=1, keepdims=True), p.share, atol=1e-9)
    np.testing.assert_allclose(p.share.sum(axis=1), 1, atol=1e-12)


def test_probabilities_lie_in_their_intervals_and_rise_with_the_raw_score(
    model: DenialModel, unseen: Sample
) -> None:
    p = model.predict(unseen.x, unseen.payer_ids)
    assert np.all((p.low >= 0) & (p.low <= p.probability) & (p.probability <= p.high) & (p.high <= 1))
    for payer in ("60054", "87726"):
        rows = np.flatnonzero(unseen.payer_ids == payer)
        order = np.argsort(p.cumulative[rows])
        assert np.all(np.diff(p.probability[rows][order]) >= 0)


def test_the_planted_rules_are_found(model: DenialModel, unseen: Sample) -> None:
    p = model.predict(unseen.x, unseen.payer_ids)
    struck, paid = p.probability[unseen.denied == 1], p.probability[unseen.denied == 0]
    assert np.mean(struck[:, None] > paid[None, :]) > 0.75
    assert p.probability.mean() == pytest.approx(unseen.denied.mean(), abs=0.05)


def test_the_first_reason_is_right_more_often_than_not(model: DenialModel, unseen: Sample) -> None:
    p = model.predict(unseen.x, unseen.payer_ids)
    table = model.reasons(p, unseen.payer_ids)
    struck = (unseen.denied == 1) & (p.probability > 0.3)
    assert (table.codes[struck, 0] == unseen.reason[struck]).mean() > 0.75
    assert table.families[struck, 0].tolist() == [model.codes.family_of(c) for c in table.codes[struck, 0]]
    held = np.mean(
        [r in s for r, s in zip(unseen.reason[struck], np.array(table.sets, object)[struck], strict=True)]
    )
    assert held > 0.85


def test_a_line_alone_has_the_bits_it_has_among_others(model: DenialModel, unseen: Sample) -> None:
    whole = model.predict(unseen.x, unseen.payer_ids)
    reasons = model.reasons(whole, unseen.payer_ids)
    for row in range(0, len(unseen), 57):
        one = unseen.rows(np.arange(len(unseen)) == row)
        p = model.predict(one.x, one.payer_ids)
        for name in ("probability", "hazards", "share", "cumulative", "low", "high"):
            assert np.array_equal(getattr(p, name)[0], getattr(whole, name)[row]), name
        alone = model.reasons(p, one.payer_ids)
        assert np.array_equal(alone.probabilities[0], reasons.probabilities[row])
        assert alone.sets[0] == reasons.sets[row]


def test_money_at_risk_is_probability_times_what_would_be_allowed(model: DenialModel) -> None:
    table = planted(50, seed=3)
    cents = model.expected_denied_cents(np.full(table.num_rows, 0.5), lines_of(table))
    charge = table.column("charge_cents").to_numpy()
    assert np.all(np.abs(cents - charge * 0.3) <= charge * 0.02 + 2)


def test_other_features_are_refused(model: DenialModel, unseen: Sample) -> None:
    with pytest.raises(ValueError, match="not the ones"):
        model.predict(unseen.x.select(unseen.x.names[:5]), unseen.payer_ids)


def test_raw_scores_are_what_calibration_was_fitted_on(model: DenialModel, unseen: Sample) -> None:
    p = model.predict(unseen.x, unseen.payer_ids)
    total = total_log_odds(model.logits(unseen.x))
    np.testing.assert_allclose(p.cumulative, np.log1p(np.exp(total)), rtol=1e-12)


def test_what_serves_loads_no_training_tool() -> None:
    # LightGBM itself looks for pandas and scikit-learn when it is imported; only what comes on top is ours.
    code = (
        "import sys, lightgbm; before = set(sys.modules)\n"
        "import models.bundle, models.denial, models.explain, models.claim_level\n"
        "loaded = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "assert not loaded & {'sklearn', 'pandas', 'mlflow', 'shap', 'scipy', 'matplotlib'}, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
