from dataclasses import replace

import numpy as np
import pytest

from training.scores import Scores
from training.whole_claims import claim_level, of_claims


def test_a_claim_is_denied_when_any_line_is():
    keys = np.array([7, 3, 7, 3, 5])
    lines = np.array([0, 0, 1, 0, 0], np.int8)
    alone = Scores(np.array([0.5, 0.1, 0.5, 0.1, 0.2]))
    denied, probability = claim_level(keys, lines, alone)
    assert denied.tolist() == [0, 0, 1]
    assert probability == pytest.approx([0.19, 0.2, 0.75])
    told = replace(alone, claim_probability=np.array([0.6, 0.1, 0.6, 0.1, 0.2]))
    assert claim_level(keys, lines, told)[1] == pytest.approx([0.1, 0.2, 0.6])


def test_money_of_lines_adds_up_in_the_order_of_claims():
    assert of_claims(np.array([7, 3, 7]), np.array([1.0, 2.0, 3.0])).tolist() == [2.0, 4.0]
