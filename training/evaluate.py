"""Figures of one or several scorers on the same lines: a pure function of what was said and what came of it.

At line level a line counts as denied as its label says. At claim level a claim counts as denied when any of its lines
is. Its probability is what the scorer says of it (the model: by `models.claim_level`, the rule that serving uses too);
for scorers that speak of lines alone, as if lines had nothing to do with each other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.errors import NotEnoughData
from training.bounds import Bound, bounds, reliability_bounds
from training.cohort import texts
from training.cuts import Values, cuts, told_of
from training.fairness import Group, fairness
from training.intervals import Draws, Interval
from training.metrics import Figures, Labels, Reliability, Vector, figures, gain, reliability
from training.naming import Confusion, ReasonRow, confusion, reason_row
from training.scores import CEILING, CHAMPION, MODEL, Scores
from training.slices import SliceDifference, compare
from training.thresholds import CAPACITY, Worked, denied_dollars, worked
from training.whole_claims import claim_level

SHARES = tuple(n / 50 for n in range(51))
LEAST_OF_A_CUT = 30
"""Figures of fewer lines than this are chance, and are left out."""


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of one scorer at one level on one cut of the lines."""

    scorer: str
    level: str  # line or claim
    cut: str  # all, payer, plan kind, modality, facility, month, codes or family
    value: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures, and the curves that the report draws. Whoever stands first among the scorers is the one judged."""

    rows: tuple[Row, ...]
    reasons: tuple[ReasonRow, ...]
    bounds: tuple[Bound, ...]
    worked: tuple[Worked, ...]
    fairness: tuple[Group, ...]
    differences: tuple[SliceDifference, ...]
    """The first scorer against the champion, part by part; empty without a champion."""
    reliability: Mapping[str, Reliability]
    gain_lines: Mapping[str, Vector]
    gain_dollars: Mapping[str, Vector]
    gain_at_stake: Vector
    """Denied dollars caught by the first scorer where lines are taken by probability times charge."""
    confusion: Confusion | None
    capacity: float
    """Share of the lines that people have time to look at."""

    def of(self, scorer: str, *, level: str = "line") -> Figures:
        """A scorer's figures on all lines (or claims)."""
        return next(r.figures for r in self.rows if (r.scorer, r.level, r.cut) == (scorer, level, "all"))

    def bound(self, figure: str, scorer: str = MODEL, *, level: str = "line") -> Interval:
        """A figure with its interval (`training.bounds`); KeyError where it has none."""
        for b in self.bounds:
            if (b.figure, b.scorer, b.level) == (figure, scorer, level):
                return b.interval
        raise KeyError(figure, scorer, level)

    @property
    def scorers(self) -> tuple[str, ...]:
        """Who was judged, in order."""
        return tuple(self.reliability)

    @property
    def worse(self) -> tuple[SliceDifference, ...]:
        """The parts on which the first scorer is clearly worse than the champion."""
        return tuple(d for d in self.differences if d.is_worse)


def evaluate(
    scores: Scores | Mapping[str, Scores],
    outcomes: pa.Table,
    truth: Scores | None = None,
    *,
    by: Mapping[str, Values] | None = None,
    capacity: float = CAPACITY,
    seed: int = 0,
) -> Evaluation:
    """Judge scorers on labelled lines (`LABELLED`, every label known), row by row in the same order.

    `scores` is one scorer's or several by name, the first being the one whose reasons, work and fairness are looked
    at; where another is called `champion`, the first is compared with it part by part. `truth` is the ceiling; `by`
    names more cuts, each with a value [n] a line; `capacity` is the share of lines that people have time to look at;
    `seed` draws the claims for the intervals. Raises `NotEnoughData` where there is no line.
    """
    if not outcomes.num_rows:
        raise NotEnoughData("evaluation", found="no labelled line", wanted="labelled lines to judge by")
    named = {MODEL: scores} if isinstance(scores, Scores) else dict(scores)
    if truth is not None:
        named[CEILING] = truth
    denied = np.asarray(outcomes["label"].to_numpy(), dtype=np.int8)
    dollars, struck = denied_dollars(outcomes), denied.astype(np.float64)
    first = next(iter(named.values()))
    values = cuts(outcomes) | dict(by or {})
    reasons = (reason_row(name, s, outcomes) for name, s in named.items())
    return Evaluation(
        rows=tuple(row for name, s in named.items() for row in _rows(name, s, outcomes, denied, values)),
        reasons=tuple(row for row in reasons if row is not None),
        bounds=bounds(named, outcomes, ranked=_models(named), capacity=capacity, seed=seed),
        worked=worked(first, outcomes, capacity=capacity),
        fairness=fairness(first.probability, outcomes, capacity=capacity, seed=seed),
        differences=compare(first, named[CHAMPION], outcomes, by=by, seed=seed) if CHAMPION in named else (),
        reliability=_reliability(named, outcomes, denied, seed),
        gain_lines={n: gain(struck, s.probability, shares=SHARES) for n, s in named.items()},
        gain_dollars={n: gain(dollars, s.probability, shares=SHARES) for n, s in named.items()},
        gain_at_stake=gain(dollars, first.probability * _charge(outcomes), shares=SHARES),
        confusion=confusion(first, outcomes),
        capacity=capacity,
    )


def _models(named: Mapping[str, Scores]) -> frozenset[str]:
    """The scorers that are models, not baselines: they know reasons."""
    return frozenset(name for name, scores in named.items() if scores.hazard_families)


def _charge(outcomes: pa.Table) -> Vector:
    return np.asarray(outcomes["charge_cents"].fill_null(0).to_numpy(), dtype=np.float64)


def _reliability(
    named: Mapping[str, Scores], outcomes: pa.Table, denied: Labels, seed: int
) -> dict[str, Reliability]:
    """Every scorer's; the first one's with intervals."""
    found = {name: reliability(denied, scores.probability) for name, scores in named.items()}
    first = next(iter(named))
    draws = Draws.of(np.asarray(outcomes["claim_key"].to_numpy(), dtype=np.int64), seed=seed)
    return found | {first: reliability_bounds(denied, named[first].probability, draws)}


def _rows(
    name: str, scores: Scores, outcomes: pa.Table, denied: Labels, by: Mapping[str, Values]
) -> Iterator[Row]:
    p = scores.probability
    yield Row(name, "line", "all", "", figures(denied, p))
    keys = np.asarray(outcomes["claim_key"].to_numpy(), dtype=np.int64)
    yield Row(name, "claim", "all", "", figures(*claim_level(keys, denied, scores)))
    for cut, values in by.items():
        for value in np.unique(values):
            of = values == value
            if of.sum() >= LEAST_OF_A_CUT:
                yield Row(name, "line", cut, str(value), figures(denied[of], p[of]))
    family = texts(outcomes["family"])
    for n, of_family in enumerate(scores.hazard_families):
        told = told_of(of_family, denied, family)
        struck = (family == of_family).astype(np.int8)
        if struck.sum() >= LEAST_OF_A_CUT:
            yield Row(name, "line", "family", of_family, figures(struck[told], scores.hazards[told, n]))
