"""Pictures of parts of the lines: where a model is strong or weak, where it lost against the champion, who bears errors."""

from collections.abc import Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.canvas import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    SOFT,
    STYLE,
    canvas,
    even,
    headed,
    label,
    look,
    percent,
    titled,
    words,
)
from training.evaluate import Evaluation
from training.fairness import ALL
from training.intervals import Interval
from training.scores import CEILING
from training.slices import SliceDifference

MOST = 12
MOST_DIFFERENCES = 26
ROW = 0.28
"""Inches that a row takes."""


def cut_plot(evaluation: Evaluation, cut: str, *, most: int = MOST) -> Figure:
    """AUC of model and ceiling for each value of a cut, the largest first; months in their order."""
    first = evaluation.scorers[0]
    rows = [r for r in evaluation.rows if r.cut == cut and r.scorer in (first, CEILING)]
    sizes = {r.value: r.figures.n_denied if cut == "family" else r.figures.n for r in rows}
    in_order = sorted(sizes) if cut in ("month", "origin") else sorted(sizes, key=lambda v: -sizes[v])[:most]
    auc = {(r.scorer, r.value): r.figures.auc for r in rows}
    values = [value for value in in_order if np.isfinite(auc.get((first, value), np.nan))]
    with rc_context(fname=STYLE):
        figure, (axes,) = canvas(width=4.9, height=1.25 + ROW * max(len(values), 2))
        for place, value in enumerate(values):
            ends = [auc[name, value] for name in (first, CEILING) if (name, value) in auc]
            axes.plot(ends, [place] * len(ends), color=FAINT, linewidth=2, zorder=1)
        for name in (CEILING, first):
            where = [n for n, value in enumerate(values) if (name, value) in auc]
            if where:
                colour, _, marker = look(name)
                axes.plot(
                    [auc[name, values[n]] for n in where], where, marker, color=colour, label=label(name)
                )
        counted = "denied" if cut == "family" else "lines"
        axes.set_yticks(range(len(values)), [f"{words(v)} ({sizes[v]:,})" for v in values])
        axes.set_ylim(max(len(values), 1) - 0.4, -0.6)
        headed(figure, _weakest(cut, {v: auc[first, v] for v in values}))
        axes.set_xlabel(f"AUC; 0.5 is chance ({counted} in brackets)")
        even(axes.xaxis)
        if any(name == CEILING for name, _ in auc):
            figure.legend(
                *axes.get_legend_handles_labels(), frameon=False, loc="outside lower right", ncols=2
            )
        return figure


def difference_plot(differences: Sequence[SliceDifference]) -> Figure:
    """Log-loss of a model less the champion's on each part, with intervals: those that moved most."""
    whole, *parts = differences
    moved = sorted(parts, key=lambda d: -abs(d.difference.at))[: MOST_DIFFERENCES - 1]
    shown = [whole, *sorted(moved, key=lambda d: d.difference.at)]
    with rc_context(fname=STYLE):
        figure, (axes,) = canvas(width=7.6, height=1.2 + 0.24 * len(shown))
        axes.axvline(0, color=INK, linewidth=1)
        for place, part in enumerate(shown):
            colour = ORANGE if part.is_worse else BLUE if part.is_better else SOFT
            _whisker(axes, part.difference, place, colour, "s" if part.is_worse else "o")
        axes.set_yticks(range(len(shown)), [f"{d.name} ({d.n:,})" for d in shown])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        worse = sum(d.is_worse for d in parts)
        found = (
            f"Clearly worse than the champion on {worse} of {len(parts)} parts"
            if worse
            else (f"Clearly worse than the champion on none of {len(parts)} parts")
        )
        headed(figure, found)
        axes.set_xlabel("log-loss less the champion's; left of 0 is better")
        return figure


def fairness_plot(evaluation: Evaluation) -> Figure:
    """False alarms, misses and calibration by age band and sex, with intervals."""
    groups = evaluation.fairness
    with rc_context(fname=STYLE):
        figure, axes = canvas(3, width=9.2, height=1.1 + 0.27 * len(groups))
        told = (
            ("False alarms", "of the undenied lines", [g.false_alarms for g in groups]),
            ("Missed", "of the denied lines", [g.missed for g in groups]),
            ("Said less happened", "of all lines", [g.off for g in groups]),
        )
        for n, (title, about, intervals) in enumerate(told):
            axes[n].axvline(intervals[0].at if n < 2 else 0, color=FAINT, linewidth=1.5, zorder=1)
            for place, (group, interval) in enumerate(zip(groups, intervals, strict=True)):
                colour = INK if group.trait == ALL else ORANGE if n == 2 and group.stands_out else BLUE
                _whisker(axes[n], interval, place, colour, "o")
            names = [f"{g.group} ({g.n:,})" if n == 0 else "" for g in groups]
            axes[n].set_yticks(range(len(groups)), names)
            axes[n].set_ylim(len(groups) - 0.4, -0.6)
            titled(axes[n], title, x=about)
            percent(axes[n].xaxis)
        even(axes[2].xaxis)
        axes[2].xaxis.set_major_formatter(
            lambda share, _: f"{share * 100:+.0f}" if abs(share) >= 0.005 else "0"
        )
        axes[2].set_xlabel("points, of all lines")
        return figure


def _whisker(axes: Axes, interval: Interval, place: int, colour: str, marker: str) -> None:
    axes.plot([interval.low, interval.high], [place, place], color=colour, linewidth=1.4, alpha=0.7)
    axes.plot([interval.at], [place], marker, color=colour, markersize=4.5)


def _weakest(cut: str, auc: dict[str, float]) -> str:
    if len(auc) < 2:
        return f"AUC by {cut}"
    worst = min(auc, key=lambda value: auc[value])
    return f"By {cut}: weakest is {words(worst)} ({auc[worst]:.2f})"
