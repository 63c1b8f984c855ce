import numpy as np
import pytest

from models.bands import Bands, fit_bands


@pytest.mark.parametrize(
    ("rate", "medium", "high"),
    [
        (0.001, 0.05, 0.3),
        (0.04, 0.05, 0.3),
        (0.09, 0.1, 0.3),
        (0.10, 0.1, 0.3),
        (0.11, 0.1, 0.3),
        (0.125, 0.1, 0.4),
        (0.16, 0.15, 0.5),
        (0.4, 0.2, 0.6),
    ],
)
def test_bands_follow_the_usual_rate_in_steps(rate: float, medium: float, high: float) -> None:
    denied = (np.arange(1000) < rate * 1000).astype(np.int8)
    assert fit_bands(denied, np.ones(1000)) == Bands(medium, high)


def test_training_again_on_much_the_same_lines_changes_no_word() -> None:
    rng = np.random.default_rng(1)
    found = {fit_bands((rng.random(20_000) < 0.105).astype(np.int8), np.ones(20_000)) for _ in range(20)}
    assert len(found) == 1


def test_without_lines_there_are_defaults() -> None:
    assert fit_bands(np.zeros(0, np.int8), np.zeros(0)) == Bands()
