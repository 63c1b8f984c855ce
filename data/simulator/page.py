"""The table of docs/simulator.md: the usual world's figures beside those of real radiology billing.

Run: python -m data.simulator.page docs/simulator.md (writes the table anew between the page's two marks)
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from data.simulator.calibration import Figure, calibration
from data.simulator.world import draw_world

N_CLAIMS, MONTHS, SEED = 60_000, 24, 7
"""The world that the page speaks of: what `cleanclaim simulate` makes when nothing else is said."""
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def figures_table(figures: Sequence[Figure]) -> str:
    """The figures as a table in Markdown."""
    rows = [f"| {f.name} | {_shown(f, f.value)} | {_wanted(f)} |" for f in figures]
    return "\n".join(["| figure | this world | target |", "|---|---|---|", *rows])


def _shown(figure: Figure, value: float) -> str:
    is_share = not figure.name.startswith(("ceiling", "lines a claim"))
    return f"{value:.1%}" if is_share else f"{value:.3f}"


def _wanted(figure: Figure) -> str:
    if figure.low == figure.high:
        return ""
    if figure.target is not None:
        return f"{_shown(figure, figure.target)} (within 15%)"
    return f"{_shown(figure, figure.low)} to {_shown(figure, figure.high)}"


def with_table(page: str, table: str) -> str:
    """The page with this table between its marks."""
    between = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)
    return between.sub(f"{BEGIN}\n{table}\n{END}", page)


def main() -> None:
    """Write the table of the page that is named."""
    path = Path(sys.argv[1])
    truth = draw_world(n_claims=N_CLAIMS, months=MONTHS, seed=SEED).truth()
    path.write_text(with_table(path.read_text("utf-8"), figures_table(calibration(truth))), "utf-8")


if __name__ == "__main__":
    main()
