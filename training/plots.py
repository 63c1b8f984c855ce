"""The pictures of an evaluation, as matplotlib figures: for the report, and for notebooks.

Every scorer keeps its colour in every picture, told apart by dash and marker too, for readers who don't see colours.
"""

from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.evaluate import SHARES, Evaluation
from training.metrics import Vector
from training.scores import CEILING, MODEL

INK, PAPER, FAINT = "#1f2933", "#ffffff", "#d5dbe1"
STYLE = Path(__file__).with_name("plots.mplstyle")
LOOKS = {
    MODEL: ("#0b6e99", "-", "o"),
    CEILING: ("#1f2933", "--", "D"),
    "logistic regression": ("#c2571a", "-.", "s"),
    "payer x procedure rate": ("#6f8f2f", ":", "^"),
    "base rate": ("#8a94a0", ":", "x"),
}
LABELS = {CEILING: "ceiling (the truth itself)"}


def reliability_plot(evaluation: Evaluation) -> Figure:
    """What was said against what happened, in twenty equal groups; on the diagonal they agree."""
    with rc_context(fname=STYLE):
        figure, (axes,) = _canvas(1, width=4.9, height=4.4)
        shown = [n for n in (MODEL, "logistic regression", CEILING) if n in evaluation.reliability]
        top = max(
            float(max(b.said.max(), b.happened.max())) for b in (evaluation.reliability[n] for n in shown)
        )
        axes.plot([0, top], [0, top], color=FAINT, linewidth=1.2)
        for name in shown:
            colour, dash, marker = _look(name)
            bins = evaluation.reliability[name]
            axes.plot(
                bins.said, bins.happened, dash, marker=marker, color=colour, markersize=4, label=_label(name)
            )
        axes.set(title="Does 20% mean 20%?", xlabel="probability said", ylabel="share denied")
        _percent(axes, x=True, y=True)
        axes.legend(frameon=False, loc="upper left")
        return figure


def gain_plot(evaluation: Evaluation) -> Figure:
    """Denied dollars, and denied lines, found among the riskiest share of lines."""
    with rc_context(fname=STYLE):
        figure, (lines, dollars) = _canvas(2, width=8.6, height=3.9)
        for axes, gains, what in (
            (lines, evaluation.gain_lines, "lines"),
            (dollars, evaluation.gain_dollars, "dollars"),
        ):
            for name, gain in gains.items():
                colour, dash, _ = _look(name)
                axes.plot(SHARES, gain, dash, color=colour, label=_label(name))
            axes.set(title=f"Denied {what} caught", xlabel="share of lines reviewed, riskiest first")
            _percent(axes, x=True, y=True)
        lines.legend(frameon=False, loc="lower right")
        return figure


def cut_plot(evaluation: Evaluation, cut: str, *, most: int = 16) -> Figure:
    """AUC of model and ceiling for each value of a cut, the largest first; months in their order."""
    rows = [r for r in evaluation.rows if r.cut == cut and r.scorer in (MODEL, CEILING)]
    sizes = {r.value: r.figures.n_denied if cut == "family" else r.figures.n for r in rows}
    values = sorted(sizes) if cut == "month" else sorted(sizes, key=lambda v: -sizes[v])[:most]
    with rc_context(fname=STYLE):
        figure, (axes,) = _canvas(1, width=4.9, height=1.2 + 0.28 * max(len(values), 4))
        for name in (CEILING, MODEL):
            at = {r.value: r.figures.auc for r in rows if r.scorer == name}
            if at:
                colour, _, marker = _look(name)
                where = [n for n, value in enumerate(values) if value in at]
                axes.plot([at[values[n]] for n in where], where, marker, color=colour, label=_label(name))
        axes.set_yticks(range(len(values)), [f"{_words(value)} ({sizes[value]:,})" for value in values])
        axes.set(title=f"AUC by {cut}", xlabel="AUC (0.5 is chance)", ylim=(len(values) - 0.4, -0.6))
        axes.legend(
            frameon=False,
            loc="upper center",
            bbox_to_anchor=(0.4, -0.12 - 0.5 / max(len(values), 4)),
            ncols=2,
        )
        return figure


def confusion_plot(evaluation: Evaluation) -> Figure | None:
    """True family of denied lines against the family named first; shares of each row."""
    confusion = evaluation.confusion
    if confusion is None:
        return None
    totals = confusion.counts.sum(axis=1, keepdims=True)
    shares: Vector = np.divide(
        confusion.counts, totals, out=np.zeros(confusion.counts.shape), where=totals > 0
    )
    with rc_context(fname=STYLE):
        n = len(confusion.families)
        figure, (axes,) = _canvas(1, width=3.2 + 0.42 * n, height=2.2 + 0.36 * n)
        axes.grid(visible=False)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        axes.set_xticks(range(n), [_words(f) for f in confusion.families], rotation=40, ha="right")
        names = [f"{_words(f)} ({t:,})" for f, t in zip(confusion.families, totals[:, 0], strict=True)]
        axes.set_yticks(range(n), names)
        for row, column in np.argwhere(shares >= 0.005):
            colour = PAPER if shares[row, column] > 0.55 else INK
            axes.text(
                column, row, f"{shares[row, column]:.0%}", ha="center", va="center", color=colour, fontsize=8
            )
        axes.set(title="Why denied (rows), named first (columns)")
        return figure


def _canvas(n: int, *, width: float, height: float) -> tuple[Figure, list[Axes]]:
    # A Figure of its own, never pyplot's: nothing global is left behind, and no window is asked for.
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, [figure.add_subplot(1, n, k + 1) for k in range(n)]


def _look(name: str) -> tuple[str, str, str]:
    return LOOKS.get(name, ("#7b5ea7", "-", "v"))


def _label(name: str) -> str:
    return LABELS.get(name, name)


def _words(family: str) -> str:
    return family.replace("_", " ")


def _percent(axes: Axes, *, x: bool, y: bool) -> None:
    for wanted, axis in ((x, axes.xaxis), (y, axes.yaxis)):
        if wanted:
            axis.set_major_formatter(lambda share, _: f"{share:.0%}")
