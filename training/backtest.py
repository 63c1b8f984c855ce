"""What retraining would have been worth: K models, each of its own day, each judged on the claims sent after it.

Each model knows only what was known on its day; each is used until the next one comes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from data.errors import NotEnoughData
from data.store import Store
from training.cohort import Cohort, Step, labelled_lines
from training.evaluate import evaluate
from training.fit import DEFAULTS, learn
from training.judge import Bench, Judged, joined
from training.scores import CEILING
from training.settings import Settings
from training.split import days

PERIOD_DAYS = 30


@dataclass(frozen=True, slots=True)
class Origin:
    """A day on which a model is made, and the last day that it is used."""

    as_of: date
    until: date


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
    tell: Callable[[str], None] = lambda _: None,
) -> Judged:
    """`k` retrains, judged together and by origin (the cut `origin`); `tell` hears of each."""
    labelled, newest = labelled_lines(store), store.newest_remit_on()
    bench = Bench.of(labelled, newest, truth)
    plan = origins(_newest_ripe(bench), k)
    tests, parts = [], []
    for origin in plan:
        training = learn(store, origin.as_of, settings)
        test = bench.test_lines(sent_after=origin.as_of)
        test = test.where(days(test.lines["submitted_on"]) <= (origin.until - date(1970, 1, 1)).days)
        if not test.lines.num_rows:
            raise NotEnoughData(
                "backtest",
                found=f"no ripe line between {origin.as_of} and {origin.until}",
                wanted="a smaller K",
            )
        tests.append(test)
        parts.append(bench.scores(training.model, test))
        tell(f"trained as of {origin.as_of}, judged on {test.lines.num_rows:,} lines until {origin.until}")
    said = joined(parts)
    ceiling = said.pop(CEILING, None)
    lines = pa.concat_tables([test.lines for test in tests])
    of = np.repeat([str(origin.as_of) for origin in plan], [test.lines.num_rows for test in tests])
    return Judged(evaluate(said, lines, ceiling, by={"origin": of}), _together(plan, tests, lines, newest))


def _newest_ripe(bench: Bench) -> date:
    """The day of the newest claims that have ripe labels at every payer."""
    payers = set(bench.labelled["payer_id"].to_pylist())
    return bench.newest - timedelta(days=max(bench.maturity.ripe_age(payer) for payer in payers if payer))


def _together(plan: tuple[Origin, ...], tests: list[Cohort], lines: pa.Table, newest: date) -> Cohort:
    funnel = tuple(
        Step(f"sent after {origin.as_of}, by {origin.until}, ripe", test.lines.num_rows)
        for origin, test in zip(plan, tests, strict=True)
    )
    rows = np.concatenate([test.rows for test in tests])
    return Cohort(lines, rows, np.ones(lines.num_rows), funnel, newest)
