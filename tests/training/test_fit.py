from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from data.errors import NotEnoughData
from models.settings import ModelSettings
from training.card import card
from training.fit import fit, known_by, learn
from training.judge import judge
from training.settings import Settings

FIRST = date(2023, 1, 1)
AS_OF = date(2024, 3, 31)
QUICK = Settings(models=ModelSettings(trees=60, learning_rate=0.15, threads=1))


@pytest.fixture(scope="module")
def planted(labelled, denied):
    """Six hundred days of claims, ten a day, two lines each: P2 denies 72148 without an authorization number."""
    rng = np.random.default_rng(5)
    rows = []
    for claim in range(6000):
        sent = FIRST + timedelta(days=claim // 10)
        payer = f"P{1 + int(rng.integers(3))}"
        number = f"A{claim}" if rng.random() < 0.6 else None
        for line in (1, 2):
            procedure = ("72148", "71046", "76700")[rng.integers(3)]
            wanted = payer == "P2" and procedure == "72148" and number is None
            struck = rng.random() < (0.85 if wanted else 0.03)
            rows.append(
                {
                    "claim_key": claim,
                    "claim_id": f"c{claim}",
                    "line": line,
                    "submitted_on": sent,
                    "service_from": sent - timedelta(days=5),
                    "payer_id": payer,
                    "procedure": procedure,
                    "auth_number": number,
                    "member_id": f"M{claim}",
                    "known_on": sent + timedelta(days=int(rng.integers(10, 30))),
                    **(denied if struck else {}),
                }
            )
    return labelled(rows)


@pytest.fixture(scope="module")
def training(planted):
    return learn(planted, AS_OF, QUICK, policy="default 1")


def test_the_planted_rule_is_found(training):
    assert training.holdout.auc > 0.75
    assert training.holdout.calibration_error < 0.05
    assert training.model.families == ("authorization",)


def test_the_holdout_says_how_sure_it_is_and_whether_it_errs_alike(training):
    held = training.judged
    bounds = {bound.figure: bound.interval for bound in held.bounds}
    assert bounds["auc"].low < held.figures.auc < bounds["auc"].high
    assert bounds["log_loss"].at == pytest.approx(held.figures.log_loss)
    assert [group.group for group in held.fairness] == ["all lines", "age not said", "sex not said"]


def test_the_card_tells_it_in_words(training):
    told = card(training)
    assert "## Whether it errs alike by age and sex" in told
    auc = next(b.interval for b in training.judged.bounds if b.figure == "auc")
    assert f"| {auc.low:.3f} to {auc.high:.3f} |" in told
    assert "| sex not said |" in told


@pytest.fixture(scope="module")
def judged(planted, training):
    return judge(training.model, planted, date(2024, 9, 30), champion=training.model)


def test_a_model_held_against_itself_is_nowhere_worse(judged):
    parts = judged.evaluation.differences
    assert parts
    assert all(part.difference.at == 0 and not part.is_worse for part in parts)
    assert judged.causes is not None
    assert judged.causes.concepts[0] in {"authorization", "procedure", "payer_habit"}
    assert {row.value for row in judged.evaluation.rows if row.cut == "codes"} == {"known"}


def test_the_model_keeps_what_it_learnt_from(training):
    facts = training.model.facts
    assert (facts.as_of, facts.policy, facts.n_lines) == (AS_OF, "default 1", training.cohort.lines.num_rows)
    assert facts.learnt_from == FIRST
    assert training.split.fit_until < training.split.calibrate_from
    assert 0 < training.n_fit < training.n_fit + training.n_calibrate <= facts.n_lines
    assert list(training.seconds)[:3] == ["read", "cohort", "features"]
    assert training.model.papers.golden.num_rows


def test_what_became_known_later_changes_nothing(planted, training):
    later = pc.fill_null(pc.greater(planted["known_on"], AS_OF), False)
    label = pc.if_else(later, pc.subtract(pa.scalar(1, pa.int8()), planted["label"]), planted["label"])
    poisoned = planted.set_column(
        planted.schema.get_field_index("label"), planted.schema.field("label"), label
    )
    again = learn(poisoned, AS_OF, QUICK, policy="default 1").model
    assert [f.text() for f in again.hazards.forests] == [f.text() for f in training.model.hazards.forests]
    assert again.calibrator == training.model.calibrator


def test_known_by_hides_later_claims_and_answers(planted):
    then = known_by(planted, AS_OF)
    assert max(then["submitted_on"].to_pylist()) == AS_OF
    assert pc.max(then["known_on"]).as_py() == AS_OF
    unanswered = then.filter(pc.is_null(then["known_on"]))
    assert unanswered.num_rows
    assert unanswered["label"].null_count == unanswered["outcome"].null_count == unanswered.num_rows


def test_a_model_is_judged_on_later_claims(judged):
    assert min(judged.cohort.lines["submitted_on"].to_pylist()) == AS_OF + timedelta(days=1)
    model, rate = judged.evaluation.of("model"), judged.evaluation.of("payer x procedure rate")
    assert model.auc > 0.75
    assert model.log_loss < rate.log_loss
    assert judged.evaluation.of("base rate").auc == pytest.approx(0.5)
    assert {r.scorer for r in judged.evaluation.rows} == {
        "model",
        "champion",
        "logistic regression",
        "payer x procedure rate",
        "checks only",
        "base rate",
    }
    assert judged.evaluation.reasons[0].top_1 == 1.0


def test_nothing_after_the_models_day_is_told(planted, training):
    with pytest.raises(
        NotEnoughData, match=r"wanted a model trained with an earlier --as-of, or --backtest K"
    ):
        judge(training.model, planted, AS_OF)


@pytest.mark.parametrize("as_of", [date(2022, 12, 31), date(2023, 1, 20), date(2023, 1, 30)])
def test_too_few_labels_are_told(planted, as_of):
    with pytest.raises(
        NotEnoughData, match=r"labels known by .*: found .* labelled lines, .* wanted 500 labelled"
    ):
        fit(planted, as_of, QUICK)
