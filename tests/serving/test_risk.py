import numpy as np
import pytest

from serving.risk import risk_of, risks_of


@pytest.mark.parametrize(
    ("probability", "word"),
    [(0.0, "low"), (0.0999, "low"), (0.1, "medium"), (0.2999, "medium"), (0.3, "high"), (1.0, "high")],
)
def test_words(probability, word) -> None:
    assert risk_of(probability) == word
    assert risks_of(np.array([probability])).tolist() == [word]
