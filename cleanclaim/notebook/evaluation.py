"""What judging gives a notebook: figures as DataFrames, plots as matplotlib figures, the report as a page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from training import evaluate as figures
from training import plots
from training.cohort import Step
from training.intervals import Interval
from training.judge import Judged
from training.plots_causes import causes_plot
from training.plots_parts import cut_plot, difference_plot, fairness_plot
from training.plots_time import time_plot
from training.report import Report, summary

INTERVAL = ["low", "at", "high"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Evaluation:
    """How scorers fared on the same lines: the model, baselines, and with a known truth the ceiling.

    `rows` has one row a scorer, level (line, claim) and cut: `n`, `n_denied`, `denial_rate`, `auc`,
    `average_precision`, `log_loss`, `brier`, `calibration_error`. NaN: has no meaning there. Cuts of fewer than 30
    lines are left out. Columns `low`, `at`, `high` are a figure and between which values it lies 95 times of 100, if
    other claims had come (claims drawn anew, each with all its lines).
    """

    rows: pd.DataFrame
    reasons: pd.DataFrame
    """One row a scorer: how often the payer's reason, or its family, was named first and among the first three."""
    funnel: pd.DataFrame
    """Which lines were judged: one row a rule with the lines left after it."""
    found: figures.Evaluation
    """All of it as it was worked out."""
    judged: Judged | None = None
    """What was judged, and what moves the risk; None of scores that came without a model."""

    @property
    def figures(self) -> pd.DataFrame:
        """Figures of all lines: one row a scorer."""
        return self._all("line")

    @property
    def claim_figures(self) -> pd.DataFrame:
        """Figures of all claims (denied: any of its lines is): one row a scorer."""
        return self._all("claim")

    @property
    def intervals(self) -> pd.DataFrame:
        """One row a scorer, level and figure with `low`, `at`, `high`.

        `said_less_happened`: mean probability less the share denied. `dollars_caught`: share of the denied dollars
        among the riskiest lines that there is time for. `log_loss_above_model`: on the very same lines.
        """
        heads = ("scorer", "level", "figure")
        found = [
            {name: getattr(b, name) for name in heads} | _interval(b.interval) for b in self.found.bounds
        ]
        return pd.DataFrame(found).set_index(list(heads))

    @property
    def work(self) -> pd.DataFrame:
        """What looking at some lines (or claims) finds: from a probability on, or as many as there is time for.

        `order` is `threshold`, `riskiest first` or `most at stake first`; shares are 0 to 1, money is whole cents.
        """
        return pd.DataFrame([asdict(row) for row in self.found.worked]).set_index(["level", "order"])

    @property
    def fairness(self) -> pd.DataFrame:
        """Error rates by age band and sex, each with `_low` and `_high`: one row a group, all lines first.

        `off` is the mean probability less the share denied; an alarm is a line among the riskiest there is time for.
        """
        parts = ("off", "false_alarms", "missed")
        rows = [asdict(g) | _spread({p: getattr(g, p) for p in parts}) for g in self.found.fairness]
        return pd.DataFrame(rows).set_index(["trait", "group"])

    @property
    def differences(self) -> pd.DataFrame:
        """The model less the champion on each part of the lines (log-loss, below zero is better); empty without one."""
        rows = [asdict(part) | _interval(part.difference) for part in self.found.differences]
        names = [
            "cut",
            "value",
            "n",
            "n_denied",
            "challenger",
            "champion",
            *INTERVAL,
            "is_worse",
            "is_better",
        ]
        return pd.DataFrame(rows, columns=names).set_index(["cut", "value"])

    def by(self, cut: str) -> pd.DataFrame:
        """Figures by payer, plan kind, modality, facility, month, codes or family: one row a scorer and value.

        `codes` tells procedures and payers that the model had not met; a backtest has `origin` too, the day that each
        model was made.
        """
        rows = self.rows[self.rows["cut"] == cut]
        return rows.drop(columns=["level", "cut"]).set_index(["scorer", "value"])

    def plot_reliability(self) -> Figure:
        """What was said against what happened; on the diagonal they agree."""
        return plots.reliability_plot(self.found)

    def plot_gain(self) -> Figure:
        """Denied dollars, and lines, found among the riskiest share of lines."""
        return plots.gain_plot(self.found)

    def plot_cut(self, cut: str) -> Figure:
        """AUC for each value of a cut, beside the ceiling's where it is known."""
        return cut_plot(self.found, cut)

    def plot_time(self, cut: str = "month") -> Figure:
        """Denial rate said and happened, AUC and log-loss of each month (of a backtest also `origin`)."""
        return time_plot(self.found, cut)

    def plot_confusion(self) -> Figure | None:
        """True family of denied lines against the family named first; None where the scorer names none."""
        return plots.confusion_plot(self.found)

    def plot_causes(self) -> Figure | None:
        """What moves the risk, a dot a line and a row a concept; None of scores that came without a model."""
        causes = self.judged.causes if self.judged is not None else None
        return causes_plot(causes) if causes is not None else None

    def plot_fairness(self) -> Figure:
        """Error rates by age band and sex."""
        return fairness_plot(self.found)

    def plot_differences(self) -> Figure | None:
        """The model less the champion, part by part; None without a champion."""
        return difference_plot(self.found.differences) if self.found.differences else None

    def report(self, folder: Path | str, *, title: str = "How well denials are foretold") -> Path:
        """Write the page and its JSON into a folder; returns the page, which opens anywhere."""
        told = zip(self.funnel["step"].tolist(), self.funnel["n_lines"].tolist(), strict=True)
        steps = tuple(Step(str(step), int(n_lines)) for step, n_lines in told)
        causes = self.judged.causes if self.judged is not None else None
        Report(title, self.found, {}, steps, causes).write(Path(folder))
        return Path(folder) / "report.html"

    def __repr__(self) -> str:
        """The result in a few sentences."""
        return summary(self.found)

    def _all(self, level: str) -> pd.DataFrame:
        rows = self.rows[(self.rows["cut"] == "all") & (self.rows["level"] == level)]
        return rows.drop(columns=["level", "cut", "value"]).set_index("scorer")


def shown(
    found: figures.Evaluation, funnel: Iterable[tuple[str, int]], judged: Judged | None = None
) -> Evaluation:
    """An evaluation as DataFrames."""
    heads = ("scorer", "level", "cut", "value")
    rows = [{name: getattr(row, name) for name in heads} | asdict(row.figures) for row in found.rows]
    return Evaluation(
        pd.DataFrame(rows),
        pd.DataFrame([asdict(row) for row in found.reasons]),
        pd.DataFrame(list(funnel), columns=["step", "n_lines"]),
        found,
        judged,
    )


def shown_judged(judged: Judged) -> Evaluation:
    """What was judged, with its funnel."""
    steps: Sequence[Step] = judged.cohort.funnel
    return shown(judged.evaluation, [(step.step, step.n_lines) for step in steps], judged)


def _interval(interval: Interval) -> dict[str, float]:
    return {name: float(getattr(interval, name)) for name in INTERVAL}


def _spread(parts: Mapping[str, Interval]) -> dict[str, float]:
    """Each interval as three columns."""
    return {
        key: value
        for name, part in parts.items()
        for key, value in ((name, part.at), (f"{name}_low", part.low), (f"{name}_high", part.high))
    }
