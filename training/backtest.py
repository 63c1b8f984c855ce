"""What retraining would have been worth: K models, each of its own day, each judged on the claims sent after it.

Each model knows only what was known on its day; each is used until the next one comes. Whoever had retrained less
often would have gone on with older ones of the same models: every third of them for three months, or the first for
ever. They are judged on the same claims, so what retraining is worth is a difference, with its interval.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from data.errors import NotEnoughData
from data.store import Store
from models.denial import DenialModel
from training.causes import Causes, causes_of
from training.cohort import Cohort, Step, labelled_lines
from training.cuts import CODES, Values
from training.evaluate import evaluate
from training.fit import DEFAULTS, learn
from training.judge import Bench, Judged, joined
from training.scores import CEILING, MODEL, Scores
from training.settings import Settings
from training.split import days
from training.thresholds import CAPACITY

PERIOD_DAYS = 30
ORIGIN = "origin"
QUARTERLY, NEVER = "retrained quarterly", "never retrained"
EVERY: Mapping[str, int] = MappingProxyType({QUARTERLY: 3, NEVER: 1_000_000})
"""How many periods a model is used for, if it is not retrained every month."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A day on which a model is made, and the last day that it is used."""

    as_of: date
    until: date


@dataclass(frozen=True, slots=True)
class _Period:
    """What was said of the lines of one period, and whether their codes had been met by its first day."""

    origin: Origin
    test: Cohort
    said: Mapping[str, Scores]
    codes: Values


def origins(newest_ripe: date, k: int, *, period_days: int = PERIOD_DAYS) -> tuple[Origin, ...]:
    """`k` periods one after another, the last one ending on the newest day whose labels are ripe."""
    ends = [newest_ripe - timedelta(days=period_days * n) for n in reversed(range(k))]
    return tuple(Origin(end - timedelta(days=period_days), end) for end in ends)


def backtest(
    store: Store,
    k: int,
    settings: Settings = DEFAULTS,
    *,
    truth: pa.Table | None = None,
    capacity: float = CAPACITY,
    tell: Callable[[str], None] = lambda _: None,
) -> Judged:
    """`k` retrains, judged together and by origin (the cut `origin`); `tell` hears of each."""
    labelled, newest = labelled_lines(store), store.newest_remit_on()
    bench = Bench.of(labelled, newest, truth)
    made: list[DenialModel] = []
    periods: list[_Period] = []
    causes: Causes | None = None
    plan = origins(_newest_ripe(bench), k)
    for origin in plan:
        test = _test(bench, origin)
        made.append(learn(store, origin.as_of, settings, policy=store.policy.title).model)
        x = bench.features(made[-1], test)
        if origin == plan[-1]:
            causes = causes_of(made[-1], x, np.array(test.lines["payer_id"].to_pylist(), dtype=object))
        said = bench.scores(made[-1], test, x)
        said |= dict(_less_often(bench, made, test, said[MODEL], k=k))
        periods.append(_Period(origin, test, said, bench.codes(origin.as_of, test)))
        tell(f"trained as of {origin.as_of}, judged on {test.lines.num_rows:,} lines until {origin.until}")
    return _together(periods, newest, causes, capacity)


def _less_often(
    bench: Bench, made: list[DenialModel], test: Cohort, newest: Scores, *, k: int
) -> Iterator[tuple[str, Scores]]:
    """What the models say that would still be in use, had one retrained less often; `newest` is the last one's."""
    said = {len(made) - 1: newest}
    for name, every in EVERY.items():
        # A habit that makes as many models as another tells nothing of its own.
        if k > 1 and (name != QUARTERLY or k > every):
            of = (len(made) - 1) // every * every
            if of not in said:
                said[of] = bench.model_scores(made[of], test)
            yield name, said[of]


def _test(bench: Bench, origin: Origin) -> Cohort:
    test = bench.test_lines(sent_after=origin.as_of)
    test = test.where(days(test.lines["submitted_on"]) <= (origin.until - date(1970, 1, 1)).days)
    if not test.lines.num_rows:
        raise NotEnoughData(
            "backtest",
            found=f"no ripe line between {origin.as_of} and {origin.until}",
            wanted="a smaller K",
        )
    return test


def _newest_ripe(bench: Bench) -> date:
    """The day of the newest claims that have ripe labels at every payer."""
    payers = set(bench.labelled["payer_id"].to_pylist())
    return bench.newest - timedelta(days=max(bench.maturity.ripe_age(payer) for payer in payers if payer))


def _together(periods: list[_Period], newest: date, causes: Causes | None, capacity: float) -> Judged:
    said = joined([period.said for period in periods])
    said = {name: said[name] for name in (MODEL, *EVERY) if name in said} | said
    ceiling = said.pop(CEILING, None)
    lines = pa.concat_tables([period.test.lines for period in periods])
    as_of = [str(period.origin.as_of) for period in periods]
    by = {
        ORIGIN: np.repeat(as_of, [period.test.lines.num_rows for period in periods]),
        CODES: np.concatenate([period.codes for period in periods]),
    }
    funnel = tuple(
        Step(f"sent after {p.origin.as_of}, by {p.origin.until}, ripe", p.test.lines.num_rows)
        for p in periods
    )
    rows = np.concatenate([period.test.rows for period in periods])
    judged = Cohort(lines, rows, np.ones(lines.num_rows), funnel, newest)
    return Judged(evaluate(said, lines, ceiling, by=by, capacity=capacity), judged, causes)
