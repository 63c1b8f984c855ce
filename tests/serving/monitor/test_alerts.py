from datetime import date

import numpy as np
import pytest

from serving.monitor.advice import advise, keeps_up
from serving.monitor.alerts import Alert, of_all_lines, of_drift, of_model, of_new, of_payers
from serving.monitor.drift import EVERYTHING, ConceptDrift
from serving.monitor.novel import New
from serving.monitor.settings import MonitorSettings
from serving.monitor.surprise import ALL, Raised

SETTINGS = MonitorSettings()
SINCE, UNTIL = date(2025, 3, 1), date(2025, 5, 1)


def raised(**given: object) -> Raised:
    usual: dict[str, object] = {
        "payer_id": "P1",
        "family": "authorization",
        "group": "CT",
        "lacking": False,
        "raised_on": 160,
        "since": 110,
        "n_claims": 40,
        "n_denied": 9,
        "expected": 0.4,
        "by_chance": 0.01,
    }
    return Raised(**(usual | given))  # type: ignore[arg-type]


def test_a_payer_that_changed_is_told_with_what_the_model_foretold(lines):
    (alert,) = of_payers([raised()], lines(100, denied=(np.arange(100) % 5 == 0)))
    assert alert.what == "payer_changed"
    assert (alert.found, alert.expected) == (9.0, 0.4)
    # 41 lines were sent since day 110 and answered by day 160, at 10% of which 70% authorization
    assert alert.foretold == pytest.approx(41 * 0.07)
    assert "P1 denied 9 of 40 claims for CT for authorization, sent since 1970-04-21" in alert.sentence


def test_a_rule_about_lacking_numbers_says_so(lines):
    (alert,) = of_payers([raised(lacking=True)], lines(100, lacks=np.ones((100, 2), np.bool_)))
    assert "without an authorization number" in alert.sentence
    assert alert.foretold == pytest.approx(41 * 0.07)


def test_all_procedures_and_a_family_without_a_hazard(lines):
    (alert,) = of_payers([raised(group=ALL, family="timely_filing")], lines(100))
    assert alert.group is None
    assert np.isnan(alert.foretold)
    assert "the model" not in alert.sentence


def test_where_the_model_is_behind_it_is_told(lines):
    (alert,) = of_model([raised()])
    assert (alert.what, alert.foretold) == ("worse_than_foretold", 0.4)


@pytest.mark.parametrize(
    ("truly", "promised", "what"),
    [(1.0, 0.82, []), (1.6, 0.82, ["off_level"]), (0.5, 0.82, ["off_level"]), (1.0, 0.9, ["lost_sharpness"])],
    ids=["as foretold", "more", "fewer", "less sharp"],
)
def test_all_lines_together_are_held_against_what_was_foretold(lines, truly, promised, what):
    rng = np.random.default_rng(8)
    p = rng.beta(0.6, 4, 6000)
    ripe = lines(6000, probability=p, denied=rng.random(6000) < np.clip(truly * p, 0, 1))
    found = of_all_lines(ripe, promised, SETTINGS, weight=np.ones(6000))
    assert [one.what for one in found] == what


@pytest.mark.parametrize("n", [0, 3])
def test_few_lines_are_no_alert(lines, n):
    assert of_all_lines(lines(n), 0.9, SETTINGS, weight=np.ones(n)) == []


def test_drift_is_told_by_concept_and_not_for_all_together():
    found = [
        ConceptDrift("modifier", 0.4, "modifier_1", 0.55, 0.2),
        ConceptDrift("place", 0.05, "place_of_service", 0.7, 1e-9),
        ConceptDrift("units", 0.05, "units", 0.52, 0.3),
        ConceptDrift(EVERYTHING, 0.4, "modifier_1", 0.8, 1e-9),
    ]
    told = of_drift(found, SETTINGS, since=SINCE, until=UNTIL)
    assert [(one.concept, one.by_chance) for one in told] == [("modifier", None), ("place", 1e-9)]


def test_new_things_with_enough_lines_are_told():
    found = [
        New("payer_id", "P9", SINCE, 300, 100, 30),
        New("procedure", "70450", SINCE, 5, 1, 0),
        New("rendering_npi", "1234567893", SINCE, 500, 100, 3),
    ]
    (alert,) = of_new(found, SETTINGS)
    assert (alert.payer_id, alert.found) == ("P9", 300.0)


def alert(what: str, **given: object) -> Alert:
    return Alert(what, f"The {what}.", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alerts", "today", "retrain", "words"),
    [
        ([], date(2025, 4, 1), False, "answers come as foretold"),
        ([], date(2025, 12, 1), True, "knows nothing after 2025-03-01"),
        ([alert("new")], date(2025, 4, 1), False, "claims look different"),
        ([alert("drifted"), alert("worse_than_foretold")], date(2025, 4, 1), True, "the worse_than_foretold"),
        (
            [alert("payer_changed", payer_id="P1", found=9.0, foretold=7.5)],
            date(2025, 4, 1),
            False,
            "P1 changed",
        ),
        (
            [alert("payer_changed", payer_id="P1", found=9.0, foretold=0.5)],
            date(2025, 4, 1),
            True,
            "the payer_changed",
        ),
        ([alert("lost_sharpness")], date(2025, 4, 1), True, "the lost_sharpness"),
    ],
    ids=["nothing", "old", "new", "behind", "keeps up", "left behind", "less sharp"],
)
def test_advice_is_one_sentence_with_its_reason(alerts, today, retrain, words):
    said = advise(alerts, as_of=SINCE, today=today)
    assert said.retrain is retrain
    assert words in said.reason
    assert said.reason.endswith(".")


@pytest.mark.parametrize(
    ("found", "foretold", "keeps"),
    [(9.0, 8.0, True), (9.0, 3.0, False), (2.0, 0.1, True), (9.0, float("nan"), False), (None, 3.0, False)],
    ids=["as foretold", "more", "two are chance", "unknown", "nothing"],
)
def test_a_model_keeps_up_where_its_chances_hold_the_denials(found, foretold, keeps):
    assert keeps_up(alert("payer_changed", found=found, foretold=foretold)) is keeps
