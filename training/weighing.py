"""Two models weighed against each other before one takes the other's place: which claims judge, and all gates.

Claims judge that were sent after the newest answer that either model could have learnt from, and whose labels are ripe
by now. A model of today has none yet: it is told when it will, or from which earlier day one could be judged now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.denial_policy import DenialPolicy
from data.errors import NotEnoughData
from data.store import Store
from models.denial import DenialModel
from training.cohort import Cohort, labelled_lines
from training.gates import Gate, judged
from training.judge import Bench
from training.scored import features_of, model_scores
from training.scores import Scores
from training.split import days
from training.stages import Gates

DEFAULTS = Gates()
LABELS, GOLDEN, UNSEEN = "labels", "golden claims", "unseen claims"
LONG_AGO = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Window:
    """The claims that judged: first and last day sent, lines, and how many were denied."""

    first: date
    last: date
    n_lines: int
    n_denied: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every gate, and what stood before them."""

    challenger: str
    champion: str
    """Versions of the two models' folders; empty where there is no champion."""
    gates: tuple[Gate, ...]
    window: Window | None

    @property
    def passed(self) -> bool:
        """Whether every gate is open."""
        return all(gate.passed for gate in self.gates)

    @property
    def refused_by(self) -> tuple[str, ...]:
        """Names of the gates that are shut."""
        return tuple(gate.name for gate in self.gates if not gate.passed)

    def as_json(self) -> dict[str, object]:
        """For machines."""
        w = self.window
        return {
            "challenger": self.challenger,
            "champion": self.champion,
            "passed": self.passed,
            "window": None
            if w is None
            else {"first": str(w.first), "last": str(w.last), "lines": w.n_lines, "denied": w.n_denied},
            "gates": [gate.as_json() for gate in self.gates],
        }


def weigh(
    challenger: DenialModel, champion: DenialModel | None, store: Store, settings: Gates = DEFAULTS
) -> Verdict:
    """Put a model before the gates; both models are as `models.bundle.load` gave them, golden claims replayed."""
    bench = Bench.of(labelled_lines(store), store.newest_remit_on())
    return weigh_on(bench, challenger, champion, store.policy, settings)


def weigh_on(
    bench: Bench,
    challenger: DenialModel,
    champion: DenialModel | None,
    policy: DenialPolicy,
    settings: Gates = DEFAULTS,
) -> Verdict:
    """The same on lines that were read already; `policy` made their labels."""
    sides = [challenger] if champion is None else [challenger, champion]
    gates = [_golden(challenger), _labels(challenger, policy.title)]
    test = newest_unseen(bench, sides, settings)
    gates.append(_unseen(bench, sides, test, settings))
    if gates[-1].passed:
        said = [scores_of(bench, model, test) for model in sides]
        rate = challenger.facts.n_denied / max(challenger.facts.n_lines, 1)
        gates += judged(said[0], said[1] if champion else None, test.lines, settings, rate=rate)
    return Verdict(challenger.version, champion.version if champion else "", tuple(gates), _window(test))


def scores_of(bench: Bench, model: DenialModel, test: Cohort) -> Scores:
    """What a model says of lines, each with the history that it had when it was sent."""
    x = features_of(bench.labelled, test, model.state.with_history(bench.labelled))
    return model_scores(model, x, test.lines)


def newest_unseen(bench: Bench, sides: Sequence[DenialModel], settings: Gates = DEFAULTS) -> Cohort:
    """Ripe lines sent after all models were made: those of the last `window_days`, or the newest `window_lines` if more."""
    ripe = _ripe(bench)
    sent = days(ripe.lines["submitted_on"])
    seen = (_seen_until(bench, sides) - date(1970, 1, 1)).days
    return ripe.where(sent > max(seen, window_from(sent, settings)))


def window_from(sent: NDArray[np.int64], settings: Gates) -> int:
    """The day after which lines judge, of lines sent on days [n]: a day counts whole."""
    if not len(sent):
        return 0
    newest_first = -np.sort(-sent)
    enough = int(newest_first[min(settings.window_lines, len(sent)) - 1])
    return min(int(newest_first[0]) - settings.window_days, enough - 1)


def _seen_until(bench: Bench, sides: Sequence[DenialModel]) -> date:
    """The last day that any of the models could have learnt from; one that doesn't say may have seen everything."""
    return max(side.facts.as_of or bench.newest for side in sides)


def _ripe(bench: Bench) -> Cohort:
    try:
        return bench.test_lines(sent_after=LONG_AGO)
    except NotEnoughData as error:
        raise NotEnoughData(
            "claims to judge models by", found=f"none that is ripe on {bench.newest}", wanted="ripe answers"
        ) from error


def _golden(challenger: DenialModel) -> Gate:
    n = challenger.papers.golden.num_rows
    wanted = "golden claims that are scored as they were when the model was saved"
    # Whoever has a loaded model has replayed them: any difference refuses to load.
    return Gate(GOLDEN, n > 0, f"{n} lines replayed alike" if n else "none", wanted, {"lines": float(n)})


def _labels(challenger: DenialModel, title: str) -> Gate:
    found = challenger.facts.policy
    wanted = f"denial policy {title}, by which the store is labelled"
    return Gate(LABELS, found == title, f"taught under denial policy {found or 'unnamed'}", wanted)


def _unseen(bench: Bench, sides: Sequence[DenialModel], test: Cohort, settings: Gates) -> Gate:
    n, denied = test.lines.num_rows, int(test.denied.sum())
    enough = n >= settings.least_lines and denied >= settings.least_denied
    until = _seen_until(bench, sides)
    found = f"{n:,} ripe lines sent after {until}, {denied:,} of them denied"
    if not enough:
        found += f" (answers in the store until {bench.newest})"
    wanted = f"{settings.least_lines:,} or more, {settings.least_denied:,} of them denied"
    return Gate(
        UNSEEN,
        enough,
        found,
        wanted if enough else f"{wanted}: {_advice(bench, until, settings)}",
        {"lines": float(n), "denied": float(denied)},
    )


def _advice(bench: Bench, until: date, settings: Gates) -> str:
    """What to do where too few claims can judge: wait for answers, or train as of a day that leaves some."""
    day = _judged_from(bench, settings)
    if day is None or day >= until:
        return f"ingest newer answers, claims sent since {until} ripen with time"
    return f"wait until more answers are ripe, or judge a model trained with --as-of {day} or earlier"


def _judged_from(bench: Bench, settings: Gates) -> date | None:
    """The newest day that leaves enough ripe lines sent after it."""
    ripe = _ripe(bench)
    order = np.argsort(-days(ripe.lines["submitted_on"]), kind="stable")
    sent, denied = days(ripe.lines["submitted_on"])[order], np.cumsum(ripe.denied[order])
    enough = (np.arange(len(sent)) + 1 >= settings.least_lines) & (denied >= settings.least_denied)
    if not enough.any():
        return None
    return date(1970, 1, 1) + timedelta(days=int(sent[np.argmax(enough)]) - 1)


def _window(test: Cohort) -> Window | None:
    if not test.lines.num_rows:
        return None
    sent = test.lines["submitted_on"]
    return Window(pc.min(sent).as_py(), pc.max(sent).as_py(), test.lines.num_rows, int(test.denied.sum()))
