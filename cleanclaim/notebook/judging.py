"""How good a model is: figures as DataFrames, plots as matplotlib figures."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from cleanclaim.notebook.frames import table
from cleanclaim.notebook.learning import Told, settings_of
from cleanclaim.notebook.model import Model
from cleanclaim.notebook.store import Store
from data.errors import NotEnoughData
from data.schema import LABELLED
from data.simulator.truth import TRUTH
from training import evaluate as figures
from training import plots
from training.backtest import backtest as retrain
from training.cohort import labelled_lines
from training.judge import judge
from training.metrics import Vector
from training.report import summary
from training.scored import read_truth, truth_scores
from training.scores import Scores
from training.settings import Settings

Truth = pd.DataFrame | Path | str
PROBABILITY = "denial_probability"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Evaluation:
    """How scorers fared on the same lines: the model, baselines, and with a known truth the ceiling.

    `rows` has one row a scorer, level (line, claim) and cut: `n`, `n_denied`, `denial_rate`, `auc`,
    `average_precision`, `log_loss`, `brier`, `calibration_error`. NaN: has no meaning there. Cuts of fewer than 30
    lines are left out.
    """

    rows: pd.DataFrame
    reasons: pd.DataFrame
    """One row a scorer: how often the payer's reason, or its family, was named first and among the first three."""
    funnel: pd.DataFrame
    """Which lines were judged: one row a rule with the lines left after it."""
    found: figures.Evaluation
    """All of it as it was worked out."""

    @property
    def figures(self) -> pd.DataFrame:
        """Figures of all lines: one row a scorer."""
        return self._all("line")

    @property
    def claim_figures(self) -> pd.DataFrame:
        """Figures of all claims (denied: any of its lines is): one row a scorer."""
        return self._all("claim")

    def by(self, cut: str) -> pd.DataFrame:
        """Figures by payer, modality, month or family (of a backtest also origin): one row a scorer and value."""
        rows = self.rows[self.rows["cut"] == cut]
        return rows.drop(columns=["level", "cut"]).set_index(["scorer", "value"])

    def plot_reliability(self) -> Figure:
        """What was said against what happened; on the diagonal they agree."""
        return plots.reliability_plot(self.found)

    def plot_gain(self) -> Figure:
        """Denied lines, and dollars, found among the riskiest share of lines."""
        return plots.gain_plot(self.found)

    def plot_cut(self, cut: str) -> Figure:
        """AUC for each value of a cut, beside the ceiling's where it is known."""
        return plots.cut_plot(self.found, cut)

    def plot_confusion(self) -> Figure | None:
        """True family of denied lines against the family named first; None where the scorer names none."""
        return plots.confusion_plot(self.found)

    def __repr__(self) -> str:
        """The result in two sentences."""
        return summary(self.found)

    def _all(self, level: str) -> pd.DataFrame:
        rows = self.rows[(self.rows["cut"] == "all") & (self.rows["level"] == level)]
        return rows.drop(columns=["level", "cut", "value"]).set_index("scorer")


def evaluate(
    scores: "Model | pd.DataFrame | pd.Series[float]",
    outcomes: Store | pd.DataFrame,
    truth: Truth | None = None,
) -> Evaluation:
    """Judge a model by a store, or any scores by lines with outcomes.

    A `Model` is judged on the claims sent after its `as_of` whose answers are ripe in the store, beside baselines that
    learnt from the same lines. Scores may be what `Model.score` gave, matched by `claim_id` and `line`, or a Series of
    probabilities with the index of `outcomes` (`Store.lines`); lines without a label are left out. `truth` is what
    `simulate` gave, or its truth.parquet: it adds the ceiling.

    Raises `NotEnoughData` where there is nothing to judge by, or not every line with a label has one score.
    """
    known = _truth(truth)
    if isinstance(scores, Model):
        kept = _store(outcomes).kept
        judged = judge(scores.denial, labelled_lines(kept), kept.newest_remit_on(), truth=known)
        funnel = [(step.step, step.n_lines) for step in judged.cohort.funnel]
        return _shown(judged.evaluation, funnel)
    frame = (outcomes.lines() if isinstance(outcomes, Store) else outcomes).dropna(subset=["label"])
    probability = _aligned(scores, frame) if isinstance(scores, pd.Series) else _matched(scores, frame)
    lines = table(frame, LABELLED, thing="outcomes")
    ceiling = truth_scores(known, lines) if known is not None else None
    found = figures.evaluate(Scores(probability), lines, ceiling)
    return _shown(found, [("with a label", lines.num_rows)])


def backtest(
    store: Store,
    k: int = 6,
    *,
    settings: Settings | Told | Path | str | None = None,
    truth: Truth | None = None,
    tell: Callable[[str], None] = print,
) -> Evaluation:
    """`k` models a month apart, each judged on the claims sent until the next one, as production would have lived it.

    `tell` hears of each as it is done. `.by("origin")` has the figures of each. Raises `NotEnoughData` where the store
    doesn't go back far enough.
    """
    judged = retrain(store.kept, k, settings_of(settings), truth=_truth(truth), tell=tell)
    return _shown(judged.evaluation, [(step.step, step.n_lines) for step in judged.cohort.funnel])


def _shown(found: figures.Evaluation, funnel: list[tuple[str, int]]) -> Evaluation:
    heads = ("scorer", "level", "cut", "value")
    rows = [{name: getattr(row, name) for name in heads} | asdict(row.figures) for row in found.rows]
    return Evaluation(
        pd.DataFrame(rows),
        pd.DataFrame([asdict(row) for row in found.reasons]),
        pd.DataFrame(funnel, columns=["step", "n_lines"]),
        found,
    )


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
