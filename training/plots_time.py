"""Pictures of figures over time: how a model ages, and what retraining is worth."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.canvas import INK, STYLE, canvas, even, label, look, percent, titled
from training.evaluate import Evaluation
from training.metrics import Figures
from training.scores import CEILING, CHAMPION

BESIDE = (CHAMPION, "retrained quarterly", "never retrained", CEILING)


Times = Mapping[str, Mapping[str, Figures]]
"""By scorer, then by month (or day): its figures."""


def time_plot(evaluation: Evaluation, cut: str = "month") -> Figure:
    """Denial rate said and happened, AUC and log-loss of each month (or `origin`, the models' own days)."""
    first = evaluation.scorers[0]
    shown = [first, *(name for name in BESIDE if name in evaluation.scorers and name != first)]
    found = {name: _over_time(evaluation, name, cut) for name in shown}
    times = sorted(found[first])
    with rc_context(fname=STYLE):
        figure, (rate, auc, loss) = canvas(3, width=9.2, height=3.3)
        _said_and_happened(rate, first, [found[first][at] for at in times])
        _scorers(auc, found, times, "auc", "AUC (higher is better)")
        _scorers(loss, found, times, "log_loss", "Log-loss (lower is better)")
        for axes in (rate, auc, loss):
            _some_times(axes, times)
        handles, names = auc.get_legend_handles_labels()
        figure.legend(handles[::-1], names[::-1], frameon=False, loc="outside lower center", ncols=len(names))
        return figure


def _said_and_happened(axes: Axes, scorer: str, rows: Sequence[Figures]) -> None:
    """The share denied of each time beside the mean of what a scorer said of it."""
    places = np.arange(len(rows))
    happened, said = [row.denial_rate for row in rows], [row.mean_probability for row in rows]
    axes.plot(places, happened, "--", marker="D", markersize=4, color=INK, label="happened")
    colour, dash, marker = look(scorer)
    axes.plot(places, said, dash, marker=marker, markersize=4, color=colour, label="said")
    axes.set_ylim(0, 1.15 * max((*happened, *said), default=0.0) + 1e-3)
    percent(axes.yaxis)
    titled(axes, "Share denied")
    axes.legend(frameon=False, loc="lower left")


def _scorers(axes: Axes, found: Times, times: Sequence[str], figure: str, title: str) -> None:
    """One figure of every scorer over the times; the first scorer is drawn last, above the others."""
    for name in reversed(list(found)):
        colour, dash, marker = look(name)
        at = [k for k, time in enumerate(times) if time in found[name]]
        values = [getattr(found[name][times[k]], figure) for k in at]
        axes.plot(at, values, dash, marker=marker, markersize=4, color=colour, label=label(name))
    titled(axes, title)
    even(axes.yaxis)


def _some_times(axes: Axes, times: Sequence[str]) -> None:
    """At most eight of the times below the axis, slanted."""
    few = range(0, len(times), max(1, -(-len(times) // 8)))
    axes.set_xticks(list(few), [times[k] for k in few], rotation=35, ha="right", rotation_mode="anchor")


def _over_time(evaluation: Evaluation, scorer: str, cut: str) -> dict[str, Figures]:
    return {r.value: r.figures for r in evaluation.rows if (r.scorer, r.cut) == (scorer, cut)}
