"""Which candidates are worth telling: the risk falls by five points or more, and lines like that fare surely better."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from models.fixing.candidate import LEAST_DROP, Candidate

MOST_TOLD = 3
"""Single fixes told of a line."""
MOST_PAIRED = 5
"""The best single fixes that are tried together, two at a time."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a line, or a claim, is denied, between which ends, and what became of lines like it.

    `interval` speaks of this very line, and most of what it doesn't know is the same before a fix and after it.
    `alike` speaks of the held-out lines of that probability (Venn-Abers): by it one can tell that lines like the one
    after fare better than lines like the one before.
    """

    probability: float
    interval: tuple[float, float]
    alike: tuple[float, float]

    def is_well_below(self, other: "Chance", by: float = LEAST_DROP, share: float = 0.0) -> bool:
        """Lower by five points (or so many) or more, by that share of the other, and the intervals of lines alike part."""
        least = max(by, share * other.probability)
        return other.probability - self.probability >= least and self.alike[1] < other.alike[0]


@dataclass(frozen=True, slots=True)
class Tried:
    """A candidate, and what the model says of its claim."""

    candidate: Candidate
    after: Chance

    def is_worth_telling(self, before: Chance) -> bool:
        """Whether the risk falls by as much as this kind of change must bring."""
        return self.after.is_well_below(before, self.candidate.least_drop, self.candidate.least_share)

    @property
    def rank(self) -> tuple[bool, float, int]:
        """What needs no support of the record is told first, then what lowers the risk most."""
        return self.candidate.needs_record_support, self.after.probability, len(self.candidate.edits)


def proven(tried: Iterable[Tried], before: Chance) -> list[Tried]:
    """Those that lower the risk well, the lowest first; of several ways to do one thing the best."""
    well = (one for one in tried if one.is_worth_telling(before))
    low = sorted(well, key=lambda one: one.after.probability)
    best: dict[str, Tried] = {}
    for one in low:
        best.setdefault(one.candidate.way.partition("_")[0], one)
    return sorted(best.values(), key=lambda one: one.after.probability)


def pairs(singles: Sequence[Tried]) -> list[Candidate]:
    """The best single fixes two at a time, where both can be done."""
    joined = (one.candidate.beside(two.candidate) for one, two in combinations(singles[:MOST_PAIRED], 2))
    return [pair for pair in joined if pair is not None]


def told(singles: Sequence[Tried], paired: Sequence[Tried], before: Chance) -> list[Tried]:
    """The best singles, and the best pair where it is well worth doing both."""
    chosen = sorted(singles[:MOST_TOLD], key=lambda one: one.rank)
    worth = [
        one
        for one in paired
        if one.after.is_well_below(before)
        and singles[0].after.probability - one.after.probability >= LEAST_DROP
    ]
    return [*chosen, *sorted(worth, key=lambda one: one.after.probability)[:1]]
