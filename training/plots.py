"""The pictures of an evaluation, as matplotlib figures: for the report, and for notebooks. Titles say the finding."""

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.canvas import (
    FAINT,
    GOLD,
    INK,
    PAPER,
    STYLE,
    canvas,
    headed,
    label,
    look,
    percent,
    titled,
    words,
)
from training.evaluate import SHARES, Evaluation
from training.metrics import Reliability, Vector
from training.naming import Confusion
from training.scores import CEILING, CHAMPION

BESIDE = (CHAMPION, "retrained quarterly", "never retrained", "logistic regression", "base rate", CEILING)
"""Who stands beside the scorer judged; more lines than these only hide each other."""
LOWER = 0.7
"""Share of the lines that the closer look shows."""
SHOWN = 0.005
"""Smaller shares of a confusion stay blank."""


def reliability_plot(evaluation: Evaluation) -> Figure:
    """What was said against what happened, in twenty equal groups; on the diagonal they agree.

    Most lines are unlikely to be denied, so the lower groups stand once more beside, larger.
    """
    first = evaluation.scorers[0]
    shown = [n for n in (CEILING, CHAMPION, "never retrained") if n in evaluation.reliability]
    said = evaluation.reliability[first].said
    lower = float(said[min(len(said) - 1, round(LOWER * len(said)))]) if len(said) else 1.0
    with rc_context(fname=STYLE):
        figure, (whole, part) = canvas(2, width=9.0, height=4.3)
        for name in (*shown, first):
            _reliability(whole, name, evaluation.reliability[name], top=1.0)
        _reliability(part, first, evaluation.reliability[first], top=min(1.0, 1.1 * lower))
        off = evaluation.of(first).calibration_error * 100
        below = "share denied (bars: 95 of 100 times)"
        titled(
            whole, f"Said and happened differ by {off:.1f} points on average", x="probability said", y=below
        )
        titled(part, f"The {LOWER:.0%} least risky lines, closer", x="probability said")
        handles, names = whole.get_legend_handles_labels()
        whole.legend(handles[::-1], names[::-1], frameon=False, loc="upper left")
        return figure


def gain_plot(evaluation: Evaluation) -> Figure:
    """Denied dollars, and denied lines, found among the riskiest share of lines."""
    first, at = evaluation.scorers[0], evaluation.capacity
    with rc_context(fname=STYLE):
        figure, (dollars, lines) = canvas(2, width=8.8, height=4.0)
        shown = [first, *(name for name in BESIDE if name in evaluation.scorers and name != first)]
        for axes, gains in ((dollars, evaluation.gain_dollars), (lines, evaluation.gain_lines)):
            for name in reversed(shown):
                colour, dash, _ = look(name)
                thick = 2.2 if name == first else 1.3
                axes.plot(SHARES, gains[name], dash, color=colour, linewidth=thick, label=label(name))
            axes.axvline(at, color=FAINT, linewidth=1.2, zorder=1)
            percent(axes.xaxis, axes.yaxis)
        dollars.plot(
            SHARES,
            evaluation.gain_at_stake,
            ":",
            color=GOLD,
            linewidth=1.8,
            label="same, most at stake first",
        )
        for axes, gains, what in (
            (dollars, evaluation.gain_dollars, "dollars"),
            (lines, evaluation.gain_lines, "lines"),
        ):
            found = _mark(axes, gains[first], at, look(first)[0])
            titled(
                axes,
                f"The riskiest {at:.0%} hold {found:.0%} of the denied {what}",
                x="share of lines reviewed",
            )
        handles, names = dollars.get_legend_handles_labels()
        lines.legend(handles[::-1], names[::-1], frameon=False, loc="lower right")
        return figure


def confusion_plot(evaluation: Evaluation) -> Figure | None:
    """True family of denied lines against the family named first; shares of each row."""
    confusion = evaluation.confusion
    if confusion is None:
        return None
    totals = confusion.counts.sum(axis=1)
    order = np.argsort(-totals, kind="stable")
    counts = confusion.counts[np.ix_(order, order)]
    totals, families = totals[order], [words(confusion.families[k]) for k in order.tolist()]
    shares: Vector = np.divide(counts, totals[:, None], out=np.zeros(counts.shape), where=totals[:, None] > 0)
    with rc_context(fname=STYLE):
        n = len(families)
        figure, (axes,) = canvas(width=3.4 + 0.42 * n, height=2.3 + 0.34 * n)
        axes.grid(visible=False)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        axes.set_xticks(range(n), families, rotation=40, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(n), [f"{f} ({t:,})" for f, t in zip(families, totals, strict=True)])
        for row, column in np.argwhere(shares >= SHOWN):
            colour = PAPER if shares[row, column] > 0.55 else INK
            text = f"{shares[row, column]:.0%}"
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=8)
        headed(figure, _confused(confusion))
        titled(axes, "", x="family named first", y="family of the payer's reason")
        return figure


def _reliability(axes: Axes, name: str, found: Reliability, *, top: float) -> None:
    """One scorer's groups up to a probability, on axes that begin at 0 and have the diagonal."""
    colour, dash, marker = look(name)
    axes.plot([0, top], [0, top], color=FAINT, linewidth=1.2, zorder=1)
    at = found.said <= top
    x, y = found.said[at], found.happened[at]
    high = found.high[at] if len(found.high) else y
    if len(found.low):
        apart = np.abs(np.array([y - found.low[at], high - y]))
        axes.errorbar(x, y, apart, fmt="none", ecolor=colour, elinewidth=1, alpha=0.6)
    axes.plot(x, y, dash, marker=marker, color=colour, markersize=4, label=label(name))
    percent(axes.xaxis, axes.yaxis)


def _mark(axes: Axes, gain: Vector, at: float, colour: str) -> float:
    """Put a dot where the work ends, and return what was found by then."""
    found = float(np.interp(at, SHARES, gain))
    axes.plot([at], [found], "o", color=colour, markersize=6, zorder=5)
    return found


def _confused(confusion: Confusion) -> str:
    """How often the family named first was the right one."""
    total = confusion.counts.sum()
    return f"The right family is named first for {np.trace(confusion.counts) / total:.0%} of denied lines"
