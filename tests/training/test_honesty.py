"""How far off a model is, on lines whose outcomes are made by hand."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from training.honesty import Honesty
from training.stages import Gates

N = 2000
SETTINGS = Gates(draws=200)


@pytest.fixture(scope="module")
def lines(labelled: Callable[..., pa.Table]) -> pa.Table:
    """Lines of claims of two."""
    return labelled([{"claim_key": n // 2} for n in range(N)])


@pytest.mark.parametrize(
    ("said", "rate", "least", "most"),
    [(0.2, 0.2, 0.0, 0.0), (0.4, 0.2, 0.15, 0.2), (0.1, 0.2, 0.06, 0.1), (0.21, 0.2, 0.0, 0.01)],
    ids=["as said", "too high", "too low", "within chance"],
)
def test_off_is_told_by_the_nearer_end(
    lines: pa.Table, said: float, rate: float, least: float, most: float
) -> None:
    denied = (np.arange(N) % 100 < 100 * rate).astype(np.int8)
    found = Honesty.of(denied, np.full(N, said), lines, SETTINGS).whole
    assert least <= found.clearly <= most
    assert (found.said, found.denied) == pytest.approx((said, rate))


def test_the_farthest_tenth_is_found(lines: pa.Table) -> None:
    said = np.linspace(0.01, 0.9, N)
    denied = (np.random.default_rng(1).random(N) < said).astype(np.int8)
    denied[int(0.3 * N) : int(0.4 * N)] = 1
    found = Honesty.of(denied, said, lines, SETTINGS)
    assert found.tenth.denied == 1.0
    assert found.tenth.said == pytest.approx(said[int(0.3 * N) : int(0.4 * N)].mean())
    assert found.figures("_before") == {
        "clearly_off_before": found.whole.clearly,
        "clearly_off_of_a_tenth_before": found.tenth.clearly,
    }
    assert found.tenth.told.startswith("said 32.1%, 100.0% denied (clearly off by 6")
