"""How good a model is, and what retraining is worth, asked from a notebook."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from cleanclaim.notebook.evaluation import Evaluation, shown, shown_judged
from cleanclaim.notebook.frames import table
from cleanclaim.notebook.learning import Told, settings_of
from cleanclaim.notebook.model import Model
from cleanclaim.notebook.store import Store
from data.errors import NotEnoughData
from data.schema import LABELLED
from data.simulator.truth import TRUTH
from training import evaluate as figures
from training.backtest import backtest as retrain
from training.cohort import labelled_lines
from training.judge import judge
from training.metrics import Vector
from training.scored import read_truth, truth_scores
from training.scores import Scores
from training.settings import Settings
from training.thresholds import CAPACITY

Truth = pd.DataFrame | Path | str
PROBABILITY = "denial_probability"


def evaluate(
    scores: "Model | pd.DataFrame | pd.Series[float]",
    outcomes: Store | pd.DataFrame,
    truth: Truth | None = None,
    *,
    champion: Model | None = None,
    capacity: float = CAPACITY,
) -> Evaluation:
    """Judge a model by a store, or any scores by lines with outcomes.

    A `Model` is judged on the claims sent after its `as_of` whose answers are ripe in the store, beside baselines that
    learnt from the same lines. Scores may be what `Model.score` gave, matched by `claim_id` and `line`, or a Series of
    probabilities with the index of `outcomes` (`Store.lines`); lines without a label are left out. `truth` is what
    `simulate` gave, or its truth.parquet: it adds the ceiling. `champion` is the model in use: both are judged on the
    claims sent after the later of their days, part by part (`.differences`). `capacity` is the share of lines that
    people have time to look at (0.1: a tenth).

    Raises `NotEnoughData` where there is nothing to judge by, or not every line with a label has one score.
    """
    known = _truth(truth)
    if isinstance(scores, Model):
        kept = _store(outcomes).kept
        other = champion.denial if champion is not None else None
        newest = kept.newest_remit_on()
        lines = labelled_lines(kept)
        return shown_judged(
            judge(scores.denial, lines, newest, truth=known, champion=other, capacity=capacity)
        )
    if champion is not None:
        raise NotEnoughData("champion", found="scores without a model", wanted="a model to compare it with")
    frame = (outcomes.lines() if isinstance(outcomes, Store) else outcomes).dropna(subset=["label"])
    probability = _aligned(scores, frame) if isinstance(scores, pd.Series) else _matched(scores, frame)
    lines = table(frame, LABELLED, thing="outcomes")
    ceiling = truth_scores(known, lines) if known is not None else None
    found = figures.evaluate(Scores(probability), lines, ceiling, capacity=capacity)
    return shown(found, [("with a label", lines.num_rows)])


def backtest(
    store: Store,
    k: int = 6,
    *,
    settings: Settings | Told | Path | str | None = None,
    truth: Truth | None = None,
    capacity: float = CAPACITY,
    tell: Callable[[str], None] = print,
) -> Evaluation:
    """`k` models a month apart, each judged on the claims sent until the next one, as production would have lived it.

    `tell` hears of each as it is done. `.by("origin")` has the figures of each, `.plot_time("origin")` their picture;
    the scorers `retrained quarterly` and `never retrained` are the same models used for longer. Raises `NotEnoughData` where the store
    doesn't go back far enough.
    """
    told, known = settings_of(settings), _truth(truth)
    return shown_judged(retrain(store.kept, k, told, truth=known, capacity=capacity, tell=tell))


def _store(given: Store | pd.DataFrame) -> Store:
    if isinstance(given, Store):
        return given
    raise NotEnoughData(
        "evaluation", found="a model and lines", wanted="a model and a store, or scores and lines"
    )


def _truth(given: Truth | None) -> pa.Table | None:
    if isinstance(given, pd.DataFrame):
        return table(given, TRUTH, thing="truth")
    return read_truth(Path(given)) if given is not None else None


def _aligned(scores: "pd.Series[float]", lines: pd.DataFrame) -> Vector:
    return _complete(scores.reindex(lines.index))


def _matched(scores: pd.DataFrame, lines: pd.DataFrame) -> Vector:
    """Scores of lines by claim number and line; a claim number scored twice has no one score."""
    of_lines = scores[scores["line"] > 0]
    twice = int(of_lines.duplicated(["claim_id", "line"]).sum())
    if twice:
        raise NotEnoughData("scores", found=f"{twice:,} lines scored twice", wanted="one score a line")
    both = lines[["claim_id", "line"]].merge(of_lines, on=["claim_id", "line"], how="left")
    return _complete(both[PROBABILITY])


def _complete(probability: "pd.Series[float]") -> Vector:
    missing = int(probability.isna().sum())
    if missing:
        found = f"{missing:,} of {len(probability):,} lines with a label have no score"
        raise NotEnoughData("scores", found=found, wanted="a score for each: give their lines alone")
    return np.asarray(probability, dtype=np.float64)
