"""Law 5: base + contributions = raw score, to 1e-9; and so are their sums by concept."""

import numpy as np
import pytest

from models.denial import DenialModel
from models.explain import by_concept, concepts, effects
from models.sample import Sample
from tests.models.made_world import fitted, planted, sample_of


@pytest.fixture(scope="module")
def model() -> DenialModel:
    return fitted(planted(800))


@pytest.fixture(scope="module")
def lines(model: DenialModel) -> Sample:
    return sample_of(planted(300, seed=31), model.state)


def test_base_and_contributions_are_the_raw_score(model: DenialModel, lines: Sample) -> None:
    logits = model.logits(lines.x)
    for place, family in enumerate(model.families):
        part = model.contributions(lines.x, family)
        raw = part.base + part.values.sum(axis=1)
        np.testing.assert_allclose(raw, logits[:, place], rtol=0, atol=1e-9)


def test_concepts_add_up_to_the_same(model: DenialModel, lines: Sample) -> None:
    groups = concepts(model.hazards.features)
    logits = model.logits(lines.x)
    for place, family in enumerate(model.families):
        part = model.contributions(lines.x, family)
        raw = part.base + by_concept(part.values, groups).sum(axis=1)
        np.testing.assert_allclose(raw, logits[:, place], rtol=0, atol=1e-9)
        told = effects(model.hazards, lines.x.values, family)
        np.testing.assert_allclose(part.base + told.summed.sum(axis=1), logits[:, place], rtol=0, atol=1e-9)


def test_the_risk_splits_into_families(model: DenialModel, lines: Sample) -> None:
    prediction = model.predict(lines.x, lines.payer_ids)
    risk = -np.log1p(-prediction.hazards)
    np.testing.assert_allclose(prediction.share * risk.sum(axis=1)[:, None], risk, rtol=0, atol=1e-9)


def test_every_line_starts_from_the_same_base(model: DenialModel, lines: Sample) -> None:
    for place, family in enumerate(model.families):
        assert model.contributions(lines.x, family).base == pytest.approx(
            model.hazards.bases[place], abs=1e-12
        )


def test_unknown_values_have_contributions_too(model: DenialModel, lines: Sample) -> None:
    nothing = np.full((3, len(lines.x.names)), np.nan)
    for place, family in enumerate(model.families):
        base, values = model.hazards.contributions(nothing, family)
        np.testing.assert_allclose(
            base + values.sum(axis=1), model.hazards.logits(nothing)[:, place], atol=1e-9
        )
