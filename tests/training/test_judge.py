import numpy as np
import pytest

from training.judge import joined
from training.scores import Scores


def told(probability, families):
    hazards = np.full((len(probability), len(families)), 0.1)
    reasons = np.full((len(probability), 2), ["197", "50"]) if families else np.empty((0, 0), np.str_)
    p = np.array(probability)
    return Scores(p, hazards, hazards, tuple(families), reasons, p / 2)


def test_scores_stand_one_after_another_and_unknown_families_have_no_hazard():
    found = joined([{"model": told([0.1, 0.2], ["coding"])}, {"model": told([0.3], ["bundling", "coding"])}])
    model = found["model"]
    assert model.probability.tolist() == [0.1, 0.2, 0.3]
    assert model.hazard_families == ("coding", "bundling")
    assert model.hazards.tolist() == [[0.1, 0.0], [0.1, 0.0], [0.1, 0.1]]
    assert model.claim_probability == pytest.approx([0.05, 0.1, 0.15])
    assert model.reasons.shape == (3, 2)


def test_who_did_not_judge_every_part_is_left_out():
    base = told([0.2], [])
    found = joined([{"model": told([0.1], []), "checks only": base}, {"model": told([0.3], [])}])
    assert list(found) == ["model"]
