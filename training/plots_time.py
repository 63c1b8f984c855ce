"""Pictures of figures over time: how a model ages, and what retraining is worth."""

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from training.canvas import INK, STYLE, canvas, even, label, look, percent, titled
from training.evaluate import Evaluation
from training.metrics import Figures
from training.scores import CEILING, CHAMPION

BESIDE = (CHAMPION, "retrained quarterly", "never retrained", CEILING)


def time_plot(evaluation: Evaluation, cut: str = "month") -> Figure:
    """Denial rate said and happened, AUC, log-loss and dollars of each month (or `origin`, the models' own days)."""
    first = evaluation.scorers[0]
    shown = [first, *(name for name in BESIDE if name in evaluation.scorers and name != first)]
    found = {name: _over_time(evaluation, name, cut) for name in shown}
    times = sorted(found[first])
    places = np.arange(len(times))
    with rc_context(fname=STYLE):
        figure, (rate, auc, loss) = canvas(3, width=9.2, height=3.3)
        rows = [found[first][at] for at in times]
        rate.plot(
            places, [f.denial_rate for f in rows], "--", marker="D", markersize=4, color=INK, label="happened"
        )
        colour, dash, marker = look(first)
        rate.plot(
            places,
            [f.mean_probability for f in rows],
            dash,
            marker=marker,
            markersize=4,
            color=colour,
            label="said",
        )
        highest = max((max(f.denial_rate, f.mean_probability) for f in rows), default=0.0)
        rate.set_ylim(0, 1.15 * highest + 1e-3)
        percent(rate.yaxis)
        titled(rate, "Share denied")
        rate.legend(frameon=False, loc="lower left")
        for axes, figure_name, title in (
            (auc, "auc", "AUC (higher is better)"),
            (loss, "log_loss", "Log-loss (lower is better)"),
        ):
            for name in reversed(shown):
                colour, dash, marker = look(name)
                at = [k for k in places.tolist() if times[k] in found[name]]
                values = [getattr(found[name][times[k]], figure_name) for k in at]
                axes.plot(at, values, dash, marker=marker, markersize=4, color=colour, label=label(name))
            titled(axes, title)
        even(auc.yaxis)
        even(loss.yaxis)
        for axes in (rate, auc, loss):
            few = places[:: max(1, -(-len(places) // 8))]
            axes.set_xticks(
                few, [times[k] for k in few.tolist()], rotation=35, ha="right", rotation_mode="anchor"
            )
        handles, names = auc.get_legend_handles_labels()
        figure.legend(handles[::-1], names[::-1], frameon=False, loc="outside lower center", ncols=len(names))
        return figure


def _over_time(evaluation: Evaluation, scorer: str, cut: str) -> dict[str, Figures]:
    return {r.value: r.figures for r in evaluation.rows if (r.scorer, r.cut) == (scorer, cut)}
