"""Small drawings of figures, as numbers of an inline SVG 100 units wide: no style attributes, so a strict CSP holds."""

from dataclasses import dataclass

NARROWEST = 1.5
"""A band thinner than this could not be seen."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the band of an interval begins, how wide it is, and where the probability stands, from 0 to 100."""

    start: float
    width: float
    at: float


def interval_mark(probability: float, interval: tuple[float, float]) -> Mark:
    """The drawing of a probability within its interval."""
    low, high = interval
    width = max((high - low) * 100, NARROWEST)
    return Mark(round(min(low * 100, 100 - width), 1), round(width, 1), round(probability * 100, 1))


def share_width(share: float) -> float:
    """The width of a share's bar."""
    return round(max(share * 100, NARROWEST), 1)
