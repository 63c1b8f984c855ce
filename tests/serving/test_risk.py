import numpy as np
import pytest

from models.bands import Bands
from serving.risk import risk_of, risks_of


@pytest.mark.parametrize(
    ("probability", "word"),
    [(0.0, "low"), (0.0999, "low"), (0.1, "medium"), (0.2999, "medium"), (0.3, "high"), (1.0, "high")],
)
def test_words(probability, word) -> None:
    assert risk_of(probability, Bands()) == word
    assert risks_of(np.array([probability]), Bands()).tolist() == [word]


def test_words_follow_the_bands_that_the_model_learnt() -> None:
    assert risk_of(0.35, Bands(0.2, 0.6)) == "medium"
    assert risks_of(np.array([0.1, 0.35, 0.6]), Bands(0.2, 0.6)).tolist() == ["low", "medium", "high"]
