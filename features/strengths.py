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
from numba import njit

from data.codes import FAMILIES
from features.columns import Bools, Floats, Hashes, Indices, Ints, Lines
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
TURNS, TINY = 4, 1e-12

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
        return strength_of(own, above, is_denied, usual)

    def _group(self, key_set: str) -> tuple[Indices, int]:
        if key_set not in self.groups:
            self.groups[key_set] = numbered(np.ascontiguousarray(self.keys[_SETS[key_set]]))
        return self.groups[key_set]


def strength_of(
    own: tuple[Indices, int], above: tuple[Indices, int], is_denied: Bools, usual: float
) -> float:
    """The strength between keys and wider keys, each as numbers of lines [n] (-1: none) and how many there are."""
    per_key = np.zeros((own[1], 5))
    _counted(own[0], above[0], is_denied, np.zeros((above[1], 2)), per_key)
    n, denied, expected, chance, share = per_key[(per_key[:, 0] > 1) & (per_key[:, 4] < NEARLY_ALL)].T
    beyond = (denied - expected) ** 2 - chance * (1.0 - share)
    return float(_by_moments(beyond, chance * (n - 1.0) * (1.0 - share) ** 2, chance, n, usual))


@njit(cache=True, nogil=True, error_model="numpy")
def _counted(own, above, is_denied, wider, per_key):  # type: ignore[no-untyped-def]
    """Fill wider[key] with lines and denied ones, per_key[key] with lines, denied ones, how many were to be expected by
    the wider rate, the variance of that by chance, and the share of the wider key's lines.
    """
    n, n_denied = 0.0, 0.0
    for i in range(own.shape[0]):
        if own[i] >= 0 and above[i] >= 0:
            wider[above[i], 0] += 1.0
            wider[above[i], 1] += is_denied[i]
            n += 1.0
            n_denied += is_denied[i]
    for i in range(own.shape[0]):
        if own[i] >= 0 and above[i] >= 0:
            seen = wider[above[i], 0]
            rate = (wider[above[i], 1] + GUESS * n_denied / n) / (seen + GUESS)
            per_key[own[i], 0] += 1.0
            per_key[own[i], 1] += is_denied[i]
            per_key[own[i], 2] += rate
            per_key[own[i], 3] += rate * (1.0 - rate)
            per_key[own[i], 4] += 1.0 / seen


@njit(cache=True, nogil=True, error_model="numpy")
def _by_moments(beyond, per_r, chance, n, usual):  # type: ignore[no-untyped-def]
    """The strength 1 / r - 1 at which squares lie as far beyond chance as they do; all of shape (keys,).

    `beyond` is expected to be r times `per_r`; how far it scatters follows from r itself, so it goes in turns.
    """
    guess = 1.0 / (usual + 1.0)
    r = guess
    for _ in range(TURNS):
        found, told = guess / SURE**2, 1.0 / SURE**2
        for k in range(n.shape[0]):
            weight = 1.0 / max(chance[k] + 2.0 * (chance[k] * (1.0 + (n[k] - 1.0) * r)) ** 2, TINY)
            found += weight * per_r[k] * beyond[k]
            told += weight * per_r[k] * per_r[k]
        r = min(max(found / told, 1.0 / (MOST + 1.0)), 1.0 / (LEAST + 1.0))
    return min(max(1.0 / r - 1.0, LEAST), MOST)
