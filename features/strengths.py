"""How many lines a wider key's rate is worth, told by the answers themselves (empirical Bayes).

Where keys differ much (one provider is enrolled, another isn't), few lines of a key's own say more than the wider
rate; where they hardly differ, it takes hundreds. How much they differ is what their counts vary beyond chance: under
a beta-binomial law n lines with rate p have the variance n p (1 - p) (1 + (n - 1) r), and the wider rate is worth
1 / r - 1 lines. r is found by moments (Kleinman 1973, doi 10.1080/01621459.1973.10481332), keys weighted by what they
tell of it.

Each estimate holds from a day on and looks at answers known before that day alone, as all of history does.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from data.codes import FAMILIES
from features.columns import Floats, Hashes, Indices, Ints, Lines
from features.key_sets import BY_NAME, KEY_SETS, LONG
from features.outputs import wider_set
from features.shrinkage import ESTIMATED, LEAST, MOST, USUAL, USUAL_STRENGTHS, Shrinkage
from features.sweep import numbered

EPOCH = date(1970, 1, 1)
MONTHS = (1, 7)
"""A new estimate holds from the first day of these months on, and the last one from the day after the state's own."""
MOST_LINES = 50_000
"""So many answers, the newest ones, tell enough."""
SURE = 0.05
"""How far r may lie from that of the usual strength before any key is looked at: few keys change it little."""
GUESS = 20.0
"""Lines that the share of all lines is worth in a wider key's rate."""
NEARLY_ALL = 0.9
"""A key with this share of the lines of its wider key is nearly the same, and says nothing of how keys differ."""
TURNS = 4

NOT_DENIED, UNNAMED = -2, -1
"""What stands for lines that no family denied."""
_SETS = {one.name: place for place, one in enumerate(KEY_SETS)}


def learn(labelled: Lines, keys: Hashes, *, until: float) -> Shrinkage:
    """The strengths that labelled lines tell, by their keys in `KEY_SETS` [sets, n] and answers known by the day `until`.

    Days count from 1970.
    """
    known, label = labelled.number("known_on"), labelled.number("label")
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero(~np.isnan(label) & (known <= until))
    if len(rows) == 0:
        return USUAL
    rows = rows[np.argsort(known[rows], kind="stable")]
    family = labelled.text("family").number(lambda name: float(FAMILIES.index(name)), missing=UNNAMED)
    denied_for = np.where(label > 0, family, NOT_DENIED).astype(np.int64)
    days = (*_first_days(float(known[rows[0]]), until), until + 1.0)
    answered = known[rows]
    eras = []
    for day in days:
        before = rows[: np.searchsorted(answered, day)]
        eras.append(_estimated(before, known[before], day, denied_for, keys))
    return Shrinkage(days, (USUAL_STRENGTHS, *eras))


def _first_days(first: float, last: float) -> tuple[float, ...]:
    """The first days of `MONTHS` behind the first answer and up to the last."""
    years = range((EPOCH + timedelta(first)).year, (EPOCH + timedelta(last)).year + 1)
    days = (float((date(year, month, 1) - EPOCH).days) for year in years for month in MONTHS)
    return tuple(day for day in days if first < day <= last)


def _estimated(rows: Ints, known: Floats, day: float, denied_for: Ints, keys: Hashes) -> tuple[float, ...]:
    """The strengths that hold from a day on, of rows in the order of the days on which their answers became known."""
    strengths = list(USUAL_STRENGTHS)
    for window in {window for _, _, window in ESTIMATED}:
        lately = rows if window == LONG else rows[np.searchsorted(known, day - window) :]
        lately = lately[-MOST_LINES:]
        answers = Answers(keys[:, lately], denied_for[lately])
        for (key_set, of, over), at in ESTIMATED.items():
            if over == window:
                strengths[at] = answers.strength(key_set, of, USUAL_STRENGTHS[at])
    return tuple(strengths)


@dataclass(frozen=True)
class Answers:
    """Answered lines with their keys in `KEY_SETS` [sets, n], and the place of the family that denied each [n]."""

    keys: Hashes
    denied_for: Ints
    groups: dict[str, tuple[Indices, int]] = field(default_factory=dict)
    """What was numbered already."""

    def strength(self, key_set: str, of: str, usual: float) -> float:
        """How many lines the wider key's rate is worth; near the usual where few keys tell."""
        wider = wider_set(BY_NAME[key_set], of)
        own, above = self._group(key_set), self._group(wider.name if wider else key_set)
        is_denied = self.denied_for > NOT_DENIED if of == "denied" else self.denied_for == FAMILIES.index(of)
        return strength_of(own, above, is_denied.astype(np.float64), usual)

    def _group(self, key_set: str) -> tuple[Indices, int]:
        if key_set not in self.groups:
            self.groups[key_set] = numbered(np.ascontiguousarray(self.keys[_SETS[key_set]]))
        return self.groups[key_set]


def strength_of(
    own: tuple[Indices, int], above: tuple[Indices, int], is_denied: Floats, usual: float
) -> float:
    """The strength between keys and wider keys, each as numbers of lines [n] (-1: none) and how many there are."""
    with_both = (own[0] >= 0) & (above[0] >= 0)
    at, over, denied = own[0][with_both], above[0][with_both], is_denied[with_both]
    if len(at) == 0:
        return usual
    n_over = np.bincount(over, minlength=above[1])
    rate = (np.bincount(over, denied, above[1]) + GUESS * denied.mean()) / (n_over + GUESS)
    n = np.bincount(at, minlength=own[1])
    seen = np.maximum(n, 1)
    share = np.bincount(at, 1.0 / n_over[over], own[1]) * n / seen
    told = (n > 1) & (share < NEARLY_ALL)
    expected = np.bincount(at, rate[over], own[1])[told]
    chance = np.bincount(at, (rate * (1.0 - rate))[over], own[1])[told].astype(np.float64)
    n, apart = n[told].astype(np.int64), 1.0 - share[told]
    beyond = (np.bincount(at, denied, own[1])[told] - expected) ** 2 - chance * apart
    return _by_moments(beyond, chance * (n - 1) * apart**2, chance, n, usual)


def _by_moments(beyond: Floats, per_r: Floats, chance: Floats, n: Ints, usual: float) -> float:
    """The strength 1 / r - 1 at which squares lie as far beyond chance as they do; all of shape (keys,).

    `beyond` is expected to be r times `per_r`; how far it scatters follows from r itself, so it goes in turns.
    """
    guess = r = 1.0 / (usual + 1.0)
    for _ in range(TURNS):
        weight = 1.0 / np.maximum(chance + 2.0 * (chance * (1.0 + (n - 1) * r)) ** 2, 1e-12)
        sums = (weight * per_r * beyond).sum() + guess / SURE**2
        r = sums / ((weight * per_r**2).sum() + 1.0 / SURE**2)
        r = min(max(r, 1.0 / (MOST + 1.0)), 1.0 / (LEAST + 1.0))
    return float(min(max(1.0 / r - 1.0, LEAST), MOST))
