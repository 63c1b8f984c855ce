"""How every picture of a report looks: canvas, colours, words; and how it becomes part of a page.

A scorer keeps its colour in every picture (Okabe and Ito's, which colour-blind readers tell apart), and has a dash and a
marker of its own for those who see no colour.
"""

import io
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from training.scores import CEILING, CHAMPION, CLAIM_CEILING, MODEL

INK, PAPER, FAINT, SOFT = "#1f2933", "#ffffff", "#d5dbe1", "#5b6672"
STYLE = Path(__file__).with_name("plots.mplstyle")
BLUE, ORANGE, GREEN, PINK, SKY, GOLD = "#0072b2", "#d55e00", "#009e73", "#aa3377", "#56b4e9", "#b88700"
LOOKS = {
    MODEL: (BLUE, "-", "o"),
    CEILING: (INK, "--", "D"),
    CLAIM_CEILING: (SOFT, "--", "d"),
    CHAMPION: (ORANGE, "-", "s"),
    "retrained quarterly": (GREEN, "-", "^"),
    "never retrained": (ORANGE, "-", "s"),
    "logistic regression": (PINK, "-.", "v"),
    "checks only": (GOLD, "-.", "P"),
    "payer x procedure rate": (GREEN, ":", "^"),
    "base rate": (SOFT, ":", "x"),
}
LABELS = {
    CEILING: "ceiling (the truth itself)",
    MODEL: "this model",
    "payer x procedure rate": "payer × procedure",
}
KINDS = {
    "fix_now": (BLUE, "can be put right"),
    "check": (ORANGE, "must be looked up"),
    "context": (SOFT, "stands"),
}


def canvas(n: int = 1, *, width: float, height: float, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """A figure of `rows` x `n` axes; never pyplot's: nothing global is left behind, and no window is asked for."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, [figure.add_subplot(rows, n, k + 1) for k in range(n * rows)]


def look(name: str) -> tuple[str, str, str]:
    """Colour, dash and marker of a scorer."""
    return LOOKS.get(name, (SKY, "-", "v"))


def label(name: str) -> str:
    """A scorer's name in a legend."""
    return LABELS.get(name, name)


def words(name: str) -> str:
    """A family's or concept's name as words."""
    return "rare ones together" if name == "pooled" else name.replace("_", " ")


def percent(*axes: Axis) -> None:
    """Shares as whole percents."""
    for axis in axes:
        even(axis)
        axis.set_major_formatter(lambda share, _: f"{share * 100:.3g}%")


def headed(figure: Figure, finding: str) -> None:
    """A title over the whole figure, from its left edge: for pictures whose rows have long names."""
    with_style = {"fontsize": 10.5, "fontweight": "bold", "color": INK}
    figure.suptitle(finding, x=0.01, ha="left", **with_style)


def even(axis: Axis) -> None:
    """Few ticks at round values."""
    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))


def titled(axes: Axes, finding: str, *, x: str = "", y: str = "") -> None:
    """A title that says what is to be seen, and the axes' names."""
    axes.set_title(finding, wrap=False)
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def svg(figure: Figure) -> str:
    """The figure as part of a page. Without a date, and names from a fixed salt, the same figures give the same page."""
    drawn = io.StringIO()
    with rc_context(fname=STYLE):
        figure.savefig(drawn, format="svg", dpi=180, metadata={"Date": None, "Creator": None})
    text = drawn.getvalue()
    return text[text.index("<svg") :]
