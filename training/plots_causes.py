"""The beeswarm: what moves the risk of many lines, a dot a line, a row a concept."""

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from training.canvas import INK, KINDS, STYLE, canvas, headed
from training.causes import Causes
from training.metrics import Vector

MOST = 14
BINS = 120
HIGH = 0.4
"""Half the height of a row that its densest place takes."""
OUTERMOST = 0.2
"""Percent of the dots at either end that stand at the edge: single far ones would press all others together."""


def causes_plot(causes: Causes, *, most: int = MOST) -> Figure:
    """Concepts that move the risk most, the strongest first; right of the middle they raise it."""
    shown = range(min(most, len(causes.concepts)))
    all_effects = causes.effects[:, : len(shown)]
    low, high = np.percentile(all_effects, [OUTERMOST, 100 - OUTERMOST])
    with rc_context(fname=STYLE):
        figure, (axes,) = canvas(width=8.2, height=1.4 + 0.34 * len(shown))
        axes.axvline(0, color=INK, linewidth=1, zorder=1)
        for row in shown:
            effects = np.clip(causes.effects[:, row], low, high)
            colour, _ = KINDS[causes.kinds[row]]
            # Thousands of dots as shapes would make the page slow: they are one picture inside it.
            axes.scatter(
                effects,
                row + _spread(effects, low, high),
                s=7,
                color=colour,
                alpha=0.45,
                linewidths=0,
                rasterized=True,
                zorder=2,
            )
        axes.set_yticks(shown, [causes.words[row] for row in shown])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        headed(figure, f"What moves the risk most: {', '.join(causes.words[row] for row in shown[:3])}")
        axes.set_xlabel(
            "lowers the risk  ←  log-odds of the line  →  raises it",
        )
        seen = {causes.kinds[row] for row in shown}
        keys = [
            Line2D([], [], marker="o", linestyle="", color=colour, label=told)
            for kind, (colour, told) in KINDS.items()
            if kind in seen
        ]
        axes.legend(handles=keys, frameon=False, loc="lower right", title="a dot is a line; the cause")
        return figure


def _spread(effects: Vector, low: float, high: float) -> Vector:
    """[n] How far each dot stands from the middle of its row: the more dots at its place, the farther."""
    place = np.clip(((effects - low) / max(high - low, 1e-9) * BINS).astype(np.int64), 0, BINS)
    many = np.bincount(place, minlength=BINS + 1)
    order = np.argsort(place, kind="stable")
    begun = np.concatenate([[0], np.cumsum(many)[:-1]])
    nth = np.empty(len(effects), np.int64)
    nth[order] = np.arange(len(effects)) - begun[place[order]]
    side = np.where(nth % 2 == 0, 1.0, -1.0) * ((nth + 1) // 2)
    return np.asarray(side / max(float(many.max()), 1.0) * 2 * HIGH, dtype=np.float64)
