"""How each payer writes its answers: where it puts what it takes off, what it leaves out, whom it passes claims on to."""

from dataclasses import dataclass

import numpy as np

from data.simulator.catalogue import Flags, Numbers
from data.simulator.draw import Streams, chance
from data.simulator.settings import WorldSettings

PLAIN, CLAIM_LEVEL, REPEATED, WITHOUT_SERVICES, SPLITS, UNNUMBERED = range(6)


@dataclass(frozen=True, slots=True)
class Habits:
    """One entry a payer."""

    style: Numbers
    """PLAIN, or the one of the five styles that it has."""
    renames_bundled: Flags
    """A bundled line comes back under the procedure that it is part of (SVC01), with its own beside it (SVC06)."""
    forwards: Flags
    """Medicare: passes paid claims on to a second payer."""
    recovers: Flags
    """Takes back what it paid too much from a later payment."""


def draw_habits(settings: WorldSettings, streams: Streams) -> Habits:
    """Payers in a drawn order get one style after the other, as many as each style's share asks for."""
    rng, rates = streams.stream("habits"), settings.habits
    n = len(settings.payers)
    shares = (rates.claim_level, rates.claim_repeated, rates.without_services, rates.splits, rates.unnumbered)
    counts = [round(share * n) for share in shares]
    styles = np.repeat(np.arange(1, 1 + len(shares)), counts)[:n]
    style = np.full(n, PLAIN)
    style[rng.permutation(n)[: len(styles)]] = styles
    return Habits(
        style=style,
        renames_bundled=chance(rng, rates.renames_bundled, n),
        forwards=np.array([payer.kind == "medicare" for payer in settings.payers]),
        recovers=chance(rng, rates.recovers, n),
    )
