import numpy as np
import pytest

from features.catalog import CATALOG
from features.checks.evidence import OUTPUTS
from models.combine import total_log_odds
from models.denial import DenialModel
from models.explain import KINDS, by_concept, concepts, explain
from models.sample import Sample


@pytest.fixture(scope="module")
def told(model: DenialModel, unseen: Sample):
    prediction = model.predict(unseen.x, unseen.payer_ids)
    return prediction, explain(model, unseen.x, unseen.payer_ids, prediction)


def test_every_line_has_its_families_largest_first(told, model: DenialModel) -> None:
    for explanation in told[1]:
        shares = [share for _, share in explanation.families]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) == pytest.approx(1)
        assert {family for family, _ in explanation.families} == set(model.families)


def test_factors_come_by_kind_and_inside_by_points(told) -> None:
    for explanation in told[1]:
        order = [(KINDS.index(f.kind), -f.points) for f in explanation.factors]
        assert order == sorted(order)
        for factor in explanation.factors:
            assert abs(factor.points) >= 1
            assert (factor.points > 0) == (factor.log_odds > 0)
            assert factor.features
            assert all(
                CATALOG[name].concept == factor.concept for name in factor.features if name not in OUTPUTS
            )
            assert all(CATALOG[name].kind == factor.kind for name in factor.features if name not in OUTPUTS)


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("authorization", {"authorization"}),
        ("timely_filing", {"filing_time"}),
        ("documentation", {"attachment"}),
    ],
)
def test_the_planted_cause_is_the_first_that_can_be_worked_on(
    told, unseen: Sample, family: str, expected: set[str]
) -> None:
    prediction, explanations = told
    lines = np.flatnonzero((unseen.family == family) & (prediction.probability > 0.4))
    named = [
        max((f for f in explanations[i].factors if f.kind != "context"), key=lambda f: f.points, default=None)
        for i in lines
    ]
    assert len(lines) >= 5
    assert np.mean([f is not None and f.concept in expected for f in named]) > 0.7


def test_points_are_what_the_probability_would_lose(told, model: DenialModel, unseen: Sample) -> None:
    prediction, explanations = told
    logits = model.logits(unseen.x)
    for row in range(0, len(unseen), 41):
        for factor in explanations[row].factors:
            without = logits[row : row + 1].copy()
            without[0, model.families.index(factor.family)] -= factor.log_odds
            p = model.calibrator.apply(total_log_odds(without), unseen.payer_ids[row : row + 1])[0]
            assert factor.points == pytest.approx(100 * (prediction.probability[row] - p), abs=1e-9)


def test_crumbs_beside_a_strong_reason_are_not_told(told, model: DenialModel, unseen: Sample) -> None:
    everything = explain(model, unseen.x, unseen.payer_ids, told[0], least_of_strongest=0.0)
    n_left_out = 0
    for chosen, whole in zip(told[1], everything, strict=True):
        strongest: dict[str, float] = {}
        for factor in whole.factors:
            strongest[factor.family] = max(strongest.get(factor.family, 0), factor.log_odds)
        raising = [f for f in whole.factors if f.points > 0]
        wanted = [f for f in raising if f.log_odds >= strongest[f.family] / 4]
        assert [f for f in chosen.factors if f.points > 0] == wanted
        assert set(chosen.factors) <= set(whole.factors)
        n_left_out += len(raising) - len(wanted)
    assert n_left_out > 0


def test_an_explanation_alone_has_the_bits_it_has_among_others(
    told, model: DenialModel, unseen: Sample
) -> None:
    for row in range(0, len(unseen), 101):
        one = unseen.rows(np.arange(len(unseen)) == row)
        prediction = model.predict(one.x, one.payer_ids)
        assert explain(model, one.x, one.payer_ids, prediction) == [told[1][row]]


def test_only_leading_families_are_looked_into(told, model: DenialModel, unseen: Sample) -> None:
    prediction = model.predict(unseen.x, unseen.payer_ids)
    first = explain(model, unseen.x, unseen.payer_ids, prediction, most_families=1, least_points=0.0)
    for explanation in first:
        assert {f.family for f in explanation.factors} == {explanation.families[0][0]}


def test_grouping_by_concept_loses_nothing() -> None:
    names = tuple(CATALOG)
    groups = concepts(names)
    assert sorted(c for g in groups for c in g.columns) == list(range(len(names)))
    values = np.random.default_rng(1).normal(size=(7, len(names)))
    summed = by_concept(values, groups)
    for column, group in enumerate(groups):
        np.testing.assert_allclose(summed[:, column], values[:, list(group.columns)].sum(axis=1), atol=1e-12)


def test_no_lines_no_explanations(model: DenialModel, unseen: Sample) -> None:
    none = unseen.rows(np.zeros(len(unseen), dtype=bool))
    prediction = model.predict(none.x, none.payer_ids)
    assert explain(model, none.x, none.payer_ids, prediction) == []
