import numpy as np
import pytest

from models.claim_level import any_line
from models.together import Answered, fit_claim_level, fit_together
from training.metrics import calibration_error


def planted(n_claims: int, wide: tuple[float, ...], seed: int) -> Answered:
    """Claims of one to four lines; each family strikes the whole claim by a part, and its lines by the rest."""
    rng = np.random.default_rng(seed)
    claim = np.repeat(np.arange(n_claims), rng.integers(1, 5, n_claims))
    n = len(claim)
    risk = rng.gamma(1.0, 0.08, (n, len(wide)))
    event = rng.exponential(size=(n_claims, len(wide)))[claim]
    struck = (event < risk * wide) | (rng.exponential(size=risk.shape) < risk * (1 - np.array(wide)))
    total = risk.sum(axis=1)
    denied = struck.any(axis=1)
    return Answered(
        probability=-np.expm1(-total),
        share=risk / total[:, None],
        denied=denied.astype(np.int8),
        hazard=np.where(denied, struck.argmax(axis=1), -1),
        claim=claim * 7,
        payer_ids=np.array(["A", "B"], dtype=object)[claim % 2],
        weight=np.ones(n),
        day=claim,
    )


@pytest.mark.parametrize("wide", [(0.9, 0.1), (0.0, 1.0), (0.5, 0.5)])
def test_how_lines_fall_together_is_found_again(wide: tuple[float, ...]) -> None:
    found = fit_together(planted(20_000, wide, 1))
    np.testing.assert_allclose(found, wide, atol=0.15)


def test_a_family_that_hardly_ever_struck_is_taken_as_all_are() -> None:
    lines = planted(6_000, (0.9, 0.9, 0.9), 2)
    rare = lines.hazard != 2
    few = Answered(
        lines.probability[rare],
        lines.share[rare] * [1, 1, 1e-6],
        lines.denied[rare],
        lines.hazard[rare],
        lines.claim[rare],
        lines.payer_ids[rare],
        lines.weight[rare],
        lines.day[rare],
    )
    assert fit_together(few)[2] >= 0.7


def test_claims_are_calibrated_where_independence_is_not() -> None:
    level = fit_claim_level(planted(20_000, (0.9, 0.6), 3))
    later = planted(20_000, (0.9, 0.6), 4)
    _, claim = np.unique(later.claim, return_inverse=True)
    denied = (np.bincount(claim, later.denied) > 0).astype(np.int8)
    told = level.chances(later.probability, later.share, claim, np.array(["A"] * 20_000, object))
    several = np.bincount(claim) > 1
    before = any_line(later.probability, claim, 20_000)
    now, then = (calibration_error(denied[several], p[several]) for p in (told.any_line, before))
    # Of 750 claims in each bin, chance alone leaves 0.013.
    assert now < 0.02
    assert then > now + 0.015


def test_without_lines_nothing_falls_together() -> None:
    empty = np.zeros(0)
    none = Answered(
        empty,
        np.zeros((0, 2)),
        empty.astype(np.int8),
        empty.astype(np.int64),
        empty.astype(np.int64),
        empty.astype(object),
        empty,
        empty.astype(np.int64),
    )
    assert all(0 <= part <= 1 for part in fit_together(none))
