"""Days in the past on which a try is learnt anew, each judged on the claims sent after it: the newest fold first.

On its day a fold knows what was known then, and nothing else: its lines, their weights and its split are those that a
model made on that day would have had. Judged are the lines sent from then until the next fold's day, by the answers
that are known by now.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.errors import NotEnoughData
from features.build import Features
from models.sample import Sample
from training.cohort import Cohort
from training.fit import Chosen, choose, known_by
from training.settings import Settings
from training.split import days
from training.watch import Watch


@dataclass(frozen=True, slots=True)
class Fold:
    """One day in the past: what teaches, what calibrates, what judges; rows are those of the table that `x` is of."""

    day: date
    early: Cohort
    late: Cohort
    judged: Cohort

    def learn(self, x: Features) -> Sample:
        """What the trees learn from."""
        return _sample(x, self.early)

    def calibrate(self, x: Features) -> Sample:
        """What says how many trees, and calibrates."""
        return _sample(x, self.late)

    def judge(self, x: Features) -> Features:
        """Features of the judged lines."""
        return x.taken(self.judged.rows)


def folds(made: Chosen, settings: Settings) -> tuple[Fold, ...]:
    """The folds of `settings.tune`, newest first; `NotEnoughData` where the claims don't go back that far."""
    return tuple(_folds(made, settings))


def _folds(made: Chosen, settings: Settings) -> Iterator[Fold]:
    tune, sent = settings.tune, days(made.cohort.lines["submitted_on"])
    newest = date(1970, 1, 1) + timedelta(days=int(sent.max()))
    for number in range(tune.folds):
        until = newest - timedelta(days=number * tune.fold_days)
        day = until - timedelta(days=tune.fold_days)
        judged = made.cohort.where((sent > _day(day)) & (sent <= _day(until)))
        if not judged.lines.num_rows:
            raise _too_few(day, "no labelled line sent after it", settings)
        yield _fold(made, day, judged, settings)


def _fold(made: Chosen, day: date, judged: Cohort, settings: Settings) -> Fold:
    try:
        then = choose(known_by(made.labelled, day), day, settings, Watch(lambda: 0.0))
    except NotEnoughData as error:
        raise _too_few(day, f"{error.found} ({error.thing})", settings) from error
    # The table of that day holds the lines sent by then, in the same order.
    rows = np.flatnonzero(days(made.labelled["submitted_on"]) <= _day(day))
    early, late = (_drawn(of, then, settings) for of in (then.early, then.late))
    return Fold(day, _placed(early, rows), _placed(late, rows), judged)


def _drawn(of: Cohort, then: Chosen, settings: Settings) -> Cohort:
    """Whole claims drawn by the seed, so that about `most_lines` are left of both slices together."""
    n = len(then.early.rows) + len(then.late.rows)
    share = settings.tune.most_lines / max(n, 1)
    if share >= 1:
        return of
    keys = np.asarray(of.lines["claim_key"].to_numpy())
    claims, which = np.unique(keys, return_inverse=True)
    # By the seed alone: the same claims are drawn whatever was tried before.
    return of.where(np.random.default_rng(settings.tune.seed).random(len(claims))[which] < share)


def _placed(of: Cohort, rows: NDArray[np.int64]) -> Cohort:
    return replace(of, rows=rows[of.rows])


def _sample(x: Features, chosen: Cohort) -> Sample:
    return Sample.of(x, chosen.lines, chosen.weight, at=chosen.rows)


def claims_of(lines: pa.Table) -> NDArray[np.int64]:
    """[n] The claim of each line, numbered from 0."""
    return np.unique(lines["claim_key"].to_numpy(), return_inverse=True)[1].astype(np.int64)


def _too_few(day: date, found: str, settings: Settings) -> NotEnoughData:
    tune = settings.tune
    return NotEnoughData(
        f"fold of {day} to tune by",
        found=found,
        wanted=f"labelled claims for {tune.folds} folds of {tune.fold_days} days: fewer or shorter ones, or no tuning",
    )


def _day(on: date) -> int:
    return (on - date(1970, 1, 1)).days
