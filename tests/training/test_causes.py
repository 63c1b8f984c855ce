import numpy as np
import pytest

from features.concepts import CONCEPTS
from models.denial import DenialModel
from models.sample import Sample
from tests.models.made_world import fitted, planted, sample_of
from training.causes import LEAST_SHARE, Causes, causes_of


@pytest.fixture(scope="module")
def model() -> DenialModel:
    return fitted(planted())


@pytest.fixture(scope="module")
def unseen(model: DenialModel) -> Sample:
    return sample_of(planted(300, seed=99), model.state)


@pytest.fixture(scope="module")
def found(model: DenialModel, unseen: Sample) -> Causes:
    return causes_of(model, unseen.x, unseen.payer_ids)


def test_a_line_s_effects_add_up_to_its_families_log_odds(model, unseen, found):
    prediction = model.predict(unseen.x, unseen.payer_ids)
    moved = model.logits(unseen.x) - model.hazards.bases
    share = np.where(prediction.share >= LEAST_SHARE, prediction.share, 0)
    assert found.effects.sum(axis=1) == pytest.approx((moved * share).sum(axis=1), abs=1e-6)
    assert found.probability == pytest.approx(prediction.probability)


def test_what_was_planted_moves_the_risk_most(found):
    assert {"authorization", "filing_time", "attachment"} & set(found.concepts[:4])
    assert list(found.strength) == sorted(found.strength, reverse=True)
    assert set(found.kinds) <= {"fix_now", "check", "context"}
    assert found.words == tuple(CONCEPTS[name].words for name in found.concepts)


def test_of_many_lines_a_part_is_looked_at_spread_evenly(model, unseen):
    few = causes_of(model, unseen.x, unseen.payer_ids, most=50)
    assert few.effects.shape[0] == 50
    again = causes_of(model, unseen.x, unseen.payer_ids, most=50)
    assert (few.effects == again.effects).all()
