import numpy as np
import pytest

from training.evaluate import evaluate
from training.intervals import Interval
from training.scores import Scores
from training.tables import (
    behind_table,
    bounds_table,
    cut_table,
    differences_table,
    drift_table,
    fairness_table,
    figures_table,
    interval_words,
    origins_table,
    reasons_table,
    threshold_table,
    worked_table,
)

N = 400


@pytest.fixture(scope="module")
def found(labelled, denied):
    rng = np.random.default_rng(3)
    p = rng.beta(1, 4, N)
    lines = labelled([denied if struck else {} for struck in rng.random(N) < p])
    origin = np.where(np.arange(N) < 150, "2024-01-01", "2024-02-01")
    told = {"model": Scores(p), "champion": Scores(np.full(N, 0.2)), "never retrained": Scores(p / 2)}
    return evaluate(told, lines, Scores(p), by={"origin": origin})


@pytest.mark.parametrize(
    "make",
    [
        lambda e: figures_table(e, level="line"),
        lambda e: figures_table(e, level="claim"),
        behind_table,
        bounds_table,
        reasons_table,
        lambda e: cut_table(e, "payer"),
        worked_table,
        lambda e: threshold_table(e, level="claim"),
        origins_table,
        drift_table,
        lambda e: fairness_table(e.fairness),
        lambda e: differences_table(e.differences),
    ],
    ids=[
        *("figures line", "figures claim", "behind", "bounds", "reasons", "payer", "worked", "threshold"),
        *("origins", "drift", "fairness", "differences"),
    ],
)
def test_every_row_has_a_cell_a_column(found, make):
    table = make(found)
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert all(isinstance(cell, str) for row in table.rows for cell in row)


def test_each_origin_is_beside_fewer_retrains_and_the_ceiling(found):
    table = origins_table(found)
    assert table.columns == ("trained on", "lines", "denied", "said", "AUC", "log-loss", "never", "ceiling")
    assert [row[:2] for row in table.rows] == [("2024-01-01", "150"), ("2024-02-01", "250")]
    assert all(row[5] == row[7] for row in table.rows), "the model is the ceiling itself here"


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        (Interval(0.1, 0.2, 0.3), "0.200 (0.100 to 0.300)"),
        (Interval(-0.3, -0.0001, 0.3), "0.000 (-0.300 to 0.300)"),
        (Interval(float("nan"), 0.2, float("nan")), "0.200"),
        (Interval(float("nan"), float("nan"), float("nan")), "-"),
    ],
    ids=["usual", "no minus zero", "no interval", "no meaning"],
)
def test_intervals_in_words(interval, words):
    assert interval_words(interval) == words
