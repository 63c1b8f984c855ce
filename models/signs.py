"""What is seen on a line tells which of its family's codes comes: a missing number is told otherwise than a wrong one.

Under one family lie several faults, each with its own code, and which of them a line has can be seen on it: by the
family's checks above all. So each family has a small tree of questions, learnt from its denials; where a line ends in it
is the line's *sign*. A sign makes some of the codes that a payer has for the family so many times likelier, and others
less likely, whoever the payer is. (Measured on a world of 60,000 claims, the family given: the code is told first in 99%
of the denials, and without signs in 84%.)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.combine import Floats

Values = NDArray[np.float64] | NDArray[np.float32]
Places = NDArray[np.int64]
Marked = NDArray[np.bool_]
STRENGTH = 1.0
"""Denials that speak for no change: what is seen a few times only changes little."""
GAIN_OF_CHECK, GAIN_OF_OTHER = 6.0, 20.0
"""Nats of log-likelihood that a question must bring: a check, or any other feature. There are up to fifty checks of a
family and a thousand cuts of other features: what says nothing brings as much by chance in few families."""
LEAST_LINES = 5
"""Denied lines that each answer to a question must have."""
DEEPEST = 8
MOST_LINES = 20_000
"""Denied lines of a family, spread evenly, that its tree is learnt from."""


@dataclass(frozen=True, slots=True)
class Question:
    """One place in a family's tree: a question with the two places that follow, or, without a feature, a sign."""

    feature: str
    cut: float
    """The answer is yes where the feature is greater; what is unknown is not."""
    no: int
    yes: int
    """Places among all questions; a sign names itself."""
    lift: tuple[float, ...]
    """[codes] At a sign, how many times likelier each code of the family is, and 1 for codes of other families."""


@dataclass(frozen=True)
class Signs:
    """The trees of all families."""

    each: tuple[Question, ...] = ()
    roots: tuple[tuple[int, int], ...] = ()
    """Families that have a tree, as their place among the hazards, and where it begins."""

    def of(self, values: Values, columns: Places, n_families: int) -> Places:
        """[n, families] Each line's sign as its row of `lifts`, of `values` [n, features]; 0 where a family has none.

        `columns` says where among them the questions' features stand (`columns` below).
        """
        out = np.zeros((len(values), n_families), dtype=np.int64)
        if not self.roots:
            return out
        questions, cuts, follow = self._asked
        yes = (values[:, columns] > cuts).astype(np.int64)
        families, first = self._begin
        standing = np.repeat(first[None, :], len(values), axis=0)
        line = np.arange(len(values))[:, None]
        for _ in range(self._depth):
            standing = follow[standing, yes[line, questions[standing]]]
        out[:, families] = standing + 1
        return out

    def columns(self, place: Mapping[str, int]) -> Places:
        """Where each question's feature stands among all; `KeyError` for one that doesn't."""
        return np.array([place[one.feature] for one in self.each if one.feature], dtype=np.int64)

    @cached_property
    def lifts(self) -> Floats:
        """[1 + questions, codes] First a row of ones for families without signs."""
        width = len(self.each[0].lift) if self.each else 0
        return np.array([(1.0,) * width, *(question.lift for question in self.each)])

    @cached_property
    def _depth(self) -> int:
        """Most questions on a way to a sign; what follows a question stands behind it."""
        deep = [0] * len(self.each)
        for place, one in enumerate(self.each):
            if one.feature:
                for after in (one.no, one.yes):
                    deep[after] = max(deep[after], deep[place] + 1)
        return max(deep)

    @cached_property
    def _begin(self) -> tuple[Places, Places]:
        return (
            np.array([family for family, _ in self.roots], dtype=np.int64),
            np.array([first for _, first in self.roots], dtype=np.int64),
        )

    @cached_property
    def _asked(self) -> tuple[Places, Floats, Places]:
        """For each place which question it is; the questions' cuts; what follows a no, and a yes."""
        asked = [place for place, one in enumerate(self.each) if one.feature]
        questions = np.zeros(len(self.each), dtype=np.int64)
        questions[asked] = np.arange(len(asked))
        follow = np.array([(one.no, one.yes) for one in self.each], dtype=np.int64)
        return questions, np.array([self.each[place].cut for place in asked]), follow


@dataclass(frozen=True, slots=True)
class Struck:
    """Denied lines of one family; every array has an entry a line."""

    values: Values
    """[n, features]"""
    features: tuple[str, ...]
    """What may be asked."""
    checks: frozenset[str]
    """Those that are checks."""
    payer: Places
    code: Places
    weight: Floats


def fit_signs(lines: Struck, spelling: Floats, first: int) -> tuple[Question, ...]:
    """One family's tree, its root the place `first`; none where nothing tells its codes apart.

    `spelling` [payers, codes] is how each payer spells the family, 0 for codes of other families.
    """
    grown: list[Question] = []
    _grow(_some(lines), spelling, first, grown, np.ones(min(len(lines.code), MOST_LINES), dtype=bool), 0)
    return tuple(grown) if len(grown) > 1 else ()


def _some(lines: Struck) -> Struck:
    """At most `MOST_LINES` of these lines."""
    n = len(lines.code)
    if n <= MOST_LINES:
        return lines
    rows = np.linspace(0, n - 1, MOST_LINES).astype(np.int64)
    of_lines = (lines.payer[rows], lines.code[rows], lines.weight[rows])
    return Struck(lines.values[rows], lines.features, lines.checks, *of_lines)


def _grow(
    lines: Struck, spelling: Floats, first: int, grown: list[Question], rows: Marked, depth: int
) -> int:
    """The place of these lines' tree, which is put behind those that are grown."""
    place = len(grown)
    lift = _lift(_counts(lines, rows, spelling), spelling)
    grown.append(Question("", 0.0, first + place, first + place, tuple(lift.tolist())))
    found = _best(lines, spelling, rows) if depth < DEEPEST else None
    if found is not None:
        column, cut = found
        yes = lines.values[:, column] > cut
        ones = (1.0,) * spelling.shape[1]
        after = [_grow(lines, spelling, first, grown, rows & part, depth + 1) for part in (~yes, yes)]
        grown[place] = Question(lines.features[column], cut, first + after[0], first + after[1], ones)
    return place


def _best(lines: Struck, spelling: Floats, rows: Marked) -> tuple[int, float] | None:
    """The feature and the cut that tell most about the codes of these lines; None where nothing tells enough."""
    whole = _counts(lines, rows, spelling)
    if (whole.sum(axis=0) > 0).sum() < 2:
        return None
    tells, before = _Told(lines, spelling, rows), _told(whole, spelling)
    best, most = None, 0.0
    for column, name in enumerate(lines.features):
        is_check = name in lines.checks
        wanted = before + (GAIN_OF_CHECK if is_check else GAIN_OF_OTHER)
        for cut in _cuts(lines.values[rows, column], is_check=is_check):
            part = tells(lines.values[:, column] > cut)
            gain = -np.inf if part is None else sum(_told(one, spelling) for one in part) - wanted
            if gain > most:
                best, most = (column, cut), gain
    return best


@dataclass(frozen=True, slots=True)
class _Told:
    """Counts of two parts of some lines."""

    lines: Struck
    spelling: Floats
    rows: Marked

    def __call__(self, yes: Marked) -> tuple[Floats, Floats] | None:
        """Those with a no, those with a yes; None where either are too few."""
        some = self.rows & yes
        n = int(some.sum())
        if not LEAST_LINES <= n <= int(self.rows.sum()) - LEAST_LINES:
            return None
        told = _counts(self.lines, some, self.spelling)
        return _counts(self.lines, self.rows & ~yes, self.spelling), told


def _cuts(values: Values, *, is_check: bool) -> list[float]:
    """Where to cut a feature: a check between passed and tripped, others at some of their values."""
    if is_check:
        return [0.5]
    known = values[~np.isnan(values)]
    if len(known) < 2 * LEAST_LINES:
        return []
    cuts = np.unique(np.quantile(known, (0.1, 0.25, 0.5, 0.75, 0.9), method="lower"))
    return [float(cut) for cut in cuts[cuts < known.max()]]


def _counts(lines: Struck, rows: Marked, spelling: Floats) -> Floats:
    """[payers, codes] Denials of these lines."""
    n_payers, n_codes = spelling.shape
    cell = lines.payer[rows] * n_codes + lines.code[rows]
    return np.asarray(np.bincount(cell, lines.weight[rows], n_payers * n_codes).reshape(n_payers, n_codes))


def _told(counts: Floats, spelling: Floats) -> float:
    """Log-likelihood of these counts [payers, codes], once the codes are lifted as they ask for."""
    lifted = spelling * _lift(counts, spelling)
    chance = lifted / np.maximum(lifted.sum(axis=1, keepdims=True), 1e-300)
    return float((counts * np.log(np.where(counts > 0, chance, 1.0))).sum())


def _lift(counts: Floats, spelling: Floats) -> Floats:
    """[codes] How often each code came over how often it was to come; 1 where none was to come."""
    expected = np.einsum("p,pc->c", counts.sum(axis=1), spelling)
    prior = STRENGTH * expected / max(float(expected.sum()), 1e-12)
    seen, same = counts.sum(axis=0) + prior, np.ones_like(expected)
    return np.asarray(np.divide(seen, expected + prior, out=same, where=expected > 0))
