import numpy as np
import pytest

from training.bounds import bounds, line_bounds, reliability_bounds
from training.intervals import Draws
from training.metrics import figures
from training.scores import Scores

N = 1200


@pytest.fixture(scope="module")
def world(labelled, denied):
    rng = np.random.default_rng(6)
    p = rng.beta(1, 4, N)
    struck = rng.random(N) < p
    rows = [{"claim_key": n // 2, "line": n % 2 + 1, **(denied if struck[n] else {})} for n in range(N)]
    return labelled(rows), p, struck.astype(np.int8)


@pytest.fixture(scope="module")
def found(world):
    lines, p, _ = world
    return bounds({"model": Scores(p), "base rate": Scores(np.full(N, p.mean()))}, lines, seed=1)


def of(found, figure, scorer="model", level="line"):
    return next(b.interval for b in found if (b.scorer, b.level, b.figure) == (scorer, level, figure))


@pytest.mark.parametrize("figure", ["auc", "average_precision", "log_loss", "brier", "denial_rate"])
def test_the_middle_is_the_figure_itself(world, found, figure):
    _, p, struck = world
    wanted = getattr(figures(struck, p), figure)
    interval = of(found, figure)
    assert interval.at == pytest.approx(wanted)
    assert interval.low < wanted < interval.high


def test_a_scorer_that_is_worse_lies_above_the_model(found):
    assert of(found, "log_loss_above_model", "base rate").above_zero
    assert {b.level for b in found} == {"line", "claim"}
    assert not [b for b in found if (b.scorer, b.figure) == ("base rate", "auc")]


def test_dollars_caught_lie_within_their_interval(found):
    dollars = of(found, "dollars_caught")
    assert 0.1 < dollars.low < dollars.at < dollars.high < 1


def test_weights_count_lines_that_often(world):
    lines, p, struck = world
    keys = np.asarray(lines["claim_key"].to_numpy())
    twice = line_bounds("model", p, struck, Draws.of(keys, seed=2), np.full(N, 2.0))
    once = line_bounds("model", p, struck, Draws.of(keys, seed=2))
    assert [b.interval.at for b in twice] == pytest.approx([b.interval.at for b in once])
    halved = line_bounds("model", p, struck, Draws.of(keys, seed=2), (np.arange(N) % 2).astype(float))
    assert of(halved, "auc").at == pytest.approx(figures(struck[1::2], p[1::2]).auc)


def test_every_bin_of_a_reliability_has_its_interval(world):
    lines, p, struck = world
    bins = reliability_bounds(struck, p, Draws.of(np.asarray(lines["claim_key"].to_numpy()), seed=3))
    assert len(bins.low) == len(bins.said) == 20
    assert (bins.low <= bins.happened).all()
    assert (bins.happened <= bins.high).all()
    assert ((bins.low <= bins.said) & (bins.said <= bins.high)).sum() >= 16
