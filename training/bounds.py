"""Between which values the main figures lie: each with an interval from drawing the claims anew."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from training.intervals import LEVEL, Draws, Interval
from training.metrics import Labels, Ranking, Reliability, Vector, bins_of, losses, reliability
from training.scores import CEILING, MODEL, Scores
from training.thresholds import CAPACITY, denied_dollars
from training.whole_claims import claim_level

AUC, PRECISION, DOLLARS = "auc", "average_precision", "dollars_caught"
LOSS, BRIER, RATE, OFF = "log_loss", "brier", "denial_rate", "said_less_happened"
BEHIND = "log_loss_above_model"
RANK_DRAWS = 200
"""Figures of the order of lines are sorted out draw by draw: fewer draws than means get."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One figure of one scorer, with its interval.

    `said_less_happened` is the mean probability less the share denied; `dollars_caught` the share of the denied
    dollars among the riskiest lines there is time for; `log_loss_above_model` how much a scorer's log-loss lies above
    the model's on the very same lines.
    """

    scorer: str
    level: str
    figure: str
    interval: Interval


def bounds(
    named: Mapping[str, Scores],
    outcomes: pa.Table,
    *,
    ranked: frozenset[str] = frozenset(),
    capacity: float = CAPACITY,
    seed: int = 0,
) -> tuple[Bound, ...]:
    """Intervals of every scorer's figures by line and claim; those of the order for the first and for `ranked`."""
    denied = np.asarray(outcomes["label"].to_numpy(), dtype=np.int8)
    keys = np.asarray(outcomes["claim_key"].to_numpy(), dtype=np.int64)
    first = next(iter(named))
    wanted = ranked | {first, MODEL, CEILING}
    dollars = denied_dollars(outcomes)
    found: list[Bound] = []
    by_line = {name: scores.probability for name, scores in named.items()}
    found += _means("line", by_line, first, denied, Draws.of(keys, seed=seed))
    few = Draws.of(keys, draws=RANK_DRAWS, seed=seed)
    for name in (name for name in named if name in wanted):
        found += _of_the_order("line", name, by_line[name], denied, few, dollars, capacity)
    level = {name: claim_level(keys, denied, scores) for name, scores in named.items()}
    any_denied = level[first][0]
    of_claims = Draws.of(np.unique(keys), seed=seed)
    found += _means("claim", {name: p for name, (_, p) in level.items()}, first, any_denied, of_claims)
    few = Draws.of(np.unique(keys), draws=RANK_DRAWS, seed=seed)
    found += _of_the_order("claim", first, level[first][1], any_denied, few, None, capacity)
    return tuple(found)


def reliability_bounds(denied: Labels, probability: Vector, draws: Draws) -> Reliability:
    """The reliability of probabilities [n] with an interval for what happened in each bin."""
    found = reliability(denied, probability)
    of = bins_of(probability, np.ones(len(denied)))
    inside = (of[:, None] == np.arange(len(found.mass))).astype(np.float64)
    drawn = draws.means(np.broadcast_to(denied[:, None].astype(np.float64), inside.shape), inside)
    low, high = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return replace(found, low=low, high=high)


def line_bounds(
    name: str, probability: Vector, denied: Labels, draws: Draws, weight: Vector | None = None
) -> tuple[Bound, ...]:
    """Intervals of one scorer's figures on weighted lines [n], drawn by claim."""
    few = Draws(draws.claim, draws.n_claims, RANK_DRAWS, draws.seed)
    return (
        *_means("line", {name: probability}, name, denied, draws, weight),
        *_of_the_order("line", name, probability, denied, few, None, CAPACITY, weight),
    )


def _means(
    level: str,
    named: Mapping[str, Vector],
    first: str,
    denied: Labels,
    draws: Draws,
    weight: Vector | None = None,
) -> Iterator[Bound]:
    """Figures that are means over lines, of all scorers in one product of matrices."""
    heads, columns = [], []
    for name, p in named.items():
        off = p - denied
        told = {LOSS: losses(denied, p), BRIER: off**2, OFF: off}
        if name == first:
            told[RATE] = denied.astype(np.float64)
        else:
            told[BEHIND] = told[LOSS] - losses(denied, named[first])
        heads += [(name, figure) for figure in told]
        columns += list(told.values())
    values = np.column_stack(columns)
    w = np.ones(len(denied)) if weight is None else weight
    drawn = draws.means(values, np.broadcast_to(w[:, None], values.shape))
    at = np.average(values, axis=0, weights=w)
    for k, (name, figure) in enumerate(heads):
        yield Bound(name, level, figure, Interval.of(float(at[k]), drawn[:, k]))


def _of_the_order(
    level: str,
    name: str,
    probability: Vector,
    denied: Labels,
    draws: Draws,
    dollars: Vector | None,
    capacity: float,
    weight: Vector | None = None,
) -> Iterator[Bound]:
    """Figures of the order in which lines stand, each draw weighing them anew."""
    ranking, w = Ranking.of(probability), np.ones(len(denied)) if weight is None else weight

    def told(each: Vector) -> tuple[float, ...]:
        of_order = (ranking.auc(denied, each), ranking.average_precision(denied, each))
        return of_order if dollars is None else (*of_order, ranking.caught(dollars, each, share=capacity))

    at, drawn = told(w), np.array([told(w * often) for often in draws.lines()])
    for k, figure in enumerate((AUC, PRECISION, DOLLARS)[: len(at)]):
        yield Bound(name, level, figure, Interval.of(at[k], drawn[:, k]))
