"""How far a line's own chance may lie from the probability said, where few answers like it are known further still.

Nobody can see a real line's own chance: it was denied or not, once. In simulated worlds it is known, so the reach was
measured there (`benchmarks/bench_certainty.py`): between the two ends lies the true chance of nine lines in ten, in
worlds other than those it was measured in. It is a property of such worlds, handed on with that warning. It is
widest in the middle: a line at 40% is often one of two kinds, almost surely paid and almost surely denied, that
nothing in the claim tells apart. Of all pairs of distances that do so the one with the narrowest interval is taken: a few
of the lines that look safe are truly risky, and to hold them too would make the interval of all the others wide.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from features.build import Features, places_of
from features.catalog import NAMES
from features.history import answered_name
from models.combine import Floats, log_odds_of, probability_of

PROMISE = 0.9
"""Share of lines whose true chance lies between the ends."""
AT = (0.018, 0.026, 0.038, 0.058, 0.082, 0.12, 0.17, 0.25, 0.35, 0.5, 0.65, 0.75)
"""Probabilities at which the reach was measured; between them it goes straight, in log-odds."""
DOWN = (0.51, 0.7, 1.17, 1.48, 1.99, 2.51, 2.96, 3.35, 3.93, 4.53, 1.05, 0.64)
UP = (0.43, 0.4, 0.4, 0.4, 0.4, 1.67, 1.68, 1.99, 1.54, 0.9, 1.42, 1.9)
"""How far down and up, in log-odds."""

COUNTED = ("payer", "payer_procedure", "rendering")
"""Whose answered lines of the year before say how well a line is known: by the fewest of them."""
KNOWN_FROM = (1.0, 5.0)
"""Answered lines from which something is no longer new, and known."""
WIDER = (1.2, 1.1, 1.0)
"""How much further the reach goes for lines with something new, little known, and known: never less far for what is less known.

The simulated worlds asked for no more than 1.0; a new payer in life is stranger than one of theirs."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The two distances by probability, and how much wider for what is less known."""

    at: tuple[float, ...] = AT
    down: tuple[float, ...] = DOWN
    up: tuple[float, ...] = UP
    wider: tuple[float, ...] = WIDER

    def of(self, probability: Floats, known: Floats) -> tuple[Floats, Floats]:
        """Lower and upper end [n] for probabilities [n] of lines of which `known` [n] alike are answered."""
        odds = log_odds_of(np.minimum(np.maximum(probability, 1e-12), 1 - 1e-12))
        at, factor = _odds_at(self.at), self.factor(known)
        low = probability_of(odds - factor * np.interp(odds, at, self.down))
        high = probability_of(odds + factor * np.interp(odds, at, self.up))
        return np.minimum(low, probability), np.maximum(high, probability)

    def factor(self, known: Floats) -> Floats:
        """[n] How much wider for lines of which so many alike are answered."""
        return np.array(self.wider)[np.searchsorted(KNOWN_FROM, known, side="right")]


@cache
def _odds_at(at: tuple[float, ...]) -> Floats:
    return log_odds_of(np.array(at))


def known_lines(x: Features) -> Floats:
    """[n] The fewest answered lines of the year before with this payer, this procedure there, this provider.

    What was never seen counts 0; features without a count are taken as well known.
    """
    places = _COUNTED if x.names is NAMES else _counted(x.names)
    if not len(places):
        return np.full(len(x.values), np.inf)
    counts = x.values[:, places].astype(np.float64)
    return np.asarray(np.where(np.isnan(counts), 0.0, counts).min(axis=1))


def _counted(names: tuple[str, ...]) -> NDArray[np.int64]:
    place = places_of(names)
    return np.array(
        [place[answered_name(key)] for key in COUNTED if answered_name(key) in place], dtype=np.int64
    )


_COUNTED = _counted(NAMES)
