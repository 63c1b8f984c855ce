"""A small chart of months: foretold as a line, realised as points; the template draws what stands here."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 430, 190, 48, 24, 26
ROOM = 0.02
"""Above the highest and below the lowest value."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A level with its words."""

    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Places in the picture, in its own units."""

    title: str
    first: str
    last: str
    ticks: tuple[Tick, ...]
    line: str
    """Corners of the line, as SVG takes them."""
    points: tuple[tuple[float, float], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def chart(
    title: str, names: Sequence[str], line: Sequence[float], points: Sequence[float], *, from_zero: bool
) -> Chart:
    """Places of a line and of points over months; NaN is left out."""
    known = [value for value in (*line, *points) if not isnan(value)] or [0.0, 1.0]
    low, high = (0.0 if from_zero else min(known) - ROOM), max(known) + ROOM

    def down(value: float) -> float:
        return round(TOP + (HEIGHT - BOTTOM - TOP) * (high - value) / (high - low), 1)

    def across(n: int) -> float:
        return round(LEFT + (WIDTH - LEFT - 10) * (n + 0.5) / len(names), 1)

    return Chart(
        title,
        names[0],
        names[-1],
        tuple(Tick(down(value), f"{value:.2f}") for value in (low, (low + high) / 2, high)),
        " ".join(f"{across(n)},{down(value)}" for n, value in enumerate(line) if not isnan(value)),
        tuple((across(n), down(value)) for n, value in enumerate(points) if not isnan(value)),
    )
