"""The picture that goes with every run: how good the model was on the claims held out when it was trained."""

import io

import numpy as np
from matplotlib import rc_context

from training.canvas import BLUE, FAINT, SOFT, STYLE, canvas, percent, titled
from training.holdout import SHARES, Holdout

REVIEWED = 0.1
"""The share of lines that the title speaks of."""


def portrait(held: Holdout) -> str:
    """Said against happened, and denied lines and dollars among the riskiest lines: one SVG; empty of too few lines."""
    bins = held.reliability
    if bins is None:
        return ""
    with rc_context(fname=STYLE):
        figure, (said, caught) = canvas(2, width=8.8, height=4.0)
        top = float(max(bins.said.max(), bins.happened.max()))
        said.plot([0, top], [0, top], color=FAINT, linewidth=1.2)
        said.plot(bins.said, bins.happened, "-o", color=BLUE, markersize=4)
        off = held.figures.calibration_error * 100
        finding = f"Off by {off:.1f} points on average"
        titled(said, finding, x="probability said", y="share denied")
        caught.plot(SHARES, held.caught_dollars, "-", color=BLUE, label="denied dollars")
        caught.plot(SHARES, held.caught_lines, "--", color=SOFT, label="denied lines")
        found = float(np.interp(REVIEWED, SHARES, held.caught_dollars))
        titled(
            caught,
            f"Riskiest {REVIEWED:.0%}: {found:.0%} of denied dollars",
            x="share of lines reviewed",
        )
        caught.legend(frameon=False, loc="lower right")
        percent(said.xaxis, said.yaxis, caught.xaxis, caught.yaxis)
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None})
    return written.getvalue()
