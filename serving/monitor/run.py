"""All that there is to say of a served model and the store beside it: what `cleanclaim monitor` does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.codes import FAMILIES
from data.errors import NotEnoughData
from data.keys import Ints, ints
from data.maturity import Maturity
from data.rejection import with_turned_away
from data.store import Store
from features.build import Features, build
from features.state import FeatureState
from models.denial import DenialModel
from serving.monitor.advice import Advice, advise
from serving.monitor.alerts import Alert, of_all_lines, of_drift, of_model, of_new, of_payers
from serving.monitor.drift import ConceptDrift, drifts
from serving.monitor.estimate import Performance, realised
from serving.monitor.figures import Figures, by_month, by_payer
from serving.monitor.flagged import Flag, Flagged, flagged
from serving.monitor.habits import Habits
from serving.monitor.lines import EPOCH, NEVER, Floats, Watched, answering, by_hazard, scored, told_lines
from serving.monitor.money import Ledger, Money
from serving.monitor.months import Month, is_ripe, months
from serving.monitor.novel import New, novelties
from serving.monitor.settings import MonitorSettings
from serving.monitor.surprise import Expected, Null, Raised, surprises

HABIT_DAYS = 365
"""A payer's habit is that of the year before the model's day."""
LEAST_PAST = 500
"""Answered lines of that year below which there is no habit to speak of."""
MOST_LINES = 6_000
"""Lines of either side whose features are compared: enough to see what matters."""


@dataclass(frozen=True, slots=True)
class Monitored:
    """What was found, ready to be told."""

    model_version: str
    as_of: date
    """Nothing known after this day was used to make the model."""
    today: date
    """The newest answer in the store."""
    n_lines: int
    """Lines watched: sent after the model's day."""
    n_answered: int
    advice: Advice
    alerts: tuple[Alert, ...]
    ripe: Performance
    """Realised, of all ripe lines."""
    promised: Performance
    """What the scores of the same lines said."""
    months: tuple[Month, ...]
    drift: tuple[ConceptDrift, ...]
    new: tuple[New, ...]
    figures_by_month: tuple[Figures, ...]
    figures_by_payer: tuple[Figures, ...]
    money_by_month: tuple[Money, ...]
    money_by_payer: tuple[Money, ...]
    reviewed: Flagged


def monitor(
    model: DenialModel,
    store: Store,
    settings: MonitorSettings,
    first_answers: Mapping[tuple[str, str], Flag] | None = None,
) -> Monitored:
    """Watch a model by all that its store knows by now; `first_answers` are those of the journal of scores.

    Raises `NotEnoughData` where no claim was sent after the model's day.
    """
    labelled = with_turned_away(store.lines(), store.table("rejections"))
    as_of, today = model.facts.as_of or store.newest_remit_on(), store.newest_remit_on()
    later = labelled.filter(pc.fill_null(pc.greater(labelled["submitted_on"], as_of), False))
    if not later.num_rows:
        wanted = "claims sent after the model's day"
        raise NotEnoughData("lines to watch", found=f"no claim sent after {as_of}", wanted=wanted)
    book = store.policy_book()
    state = model.state.with_policy(book) if book.n_entries else model.state
    ledger = Ledger.of(labelled, store.table("later"), store.replacements())
    seen = _Seen(labelled, later, state.with_history(labelled), as_of, today, ledger)
    return _watch(model, seen, settings, first_answers or {})


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the store knows, and the days that matter."""

    labelled: pa.Table
    later: pa.Table
    """Lines sent after the model's day."""
    state: FeatureState
    as_of: date
    today: date
    ledger: Ledger

    @property
    def day(self) -> int:
        """The model's day, counted since 1970."""
        return (self.as_of - EPOCH).days

    @property
    def earlier(self) -> pa.Table:
        """Lines sent up to the model's day."""
        sent = self.labelled["submitted_on"]
        return self.labelled.filter(pc.fill_null(pc.less_equal(sent, self.as_of), False))


def _watch(
    model: DenialModel,
    seen: _Seen,
    settings: MonitorSettings,
    first_answers: Mapping[tuple[str, str], Flag],
) -> Monitored:
    watched = scored(model, seen.later, seen.state)
    past = told_lines(seen.earlier, model.families)
    past = past.where(past.known_on <= seen.day)
    reviewed = flagged(watched, first_answers, unreviewed_share=settings.unreviewed_share)
    changed, behind = raised(past, watched, seen.day, _null(settings))
    found, ripe, weight = _months(seen, past, watched, reviewed.weight)
    promised = _promised(ripe, found)
    moved = _drift(model, seen, settings)
    new = novelties(seen.earlier, seen.later)
    alerts = (
        *of_model(behind),
        *of_payers(changed, watched),
        *of_all_lines(ripe, promised.auc, settings, weight=weight),
        *of_new(new, settings),
        *of_drift(moved, settings, since=_since(seen, settings), until=seen.today),
    )
    counted = weight > 0
    return Monitored(
        model_version=model.version,
        as_of=seen.as_of,
        today=seen.today,
        n_lines=len(watched),
        n_answered=int(watched.answered.sum()),
        advice=advise(alerts, as_of=seen.as_of, today=seen.today),
        alerts=alerts,
        ripe=realised(ripe.probability[counted], ripe.denied[counted], weight[counted]),
        promised=promised,
        months=tuple(found),
        drift=tuple(moved),
        new=tuple(new),
        figures_by_month=tuple(by_month(seen.later)),
        figures_by_payer=tuple(by_payer(seen.later)),
        money_by_month=seen.ledger.by_month(since=seen.as_of, today=seen.today),
        money_by_payer=seen.ledger.by_payer(since=seen.as_of, today=seen.today),
        reviewed=reviewed,
    )


def _months(
    seen: _Seen, past: Watched, watched: Watched, weight: Floats
) -> tuple[list[Month], Watched, Floats]:
    """Every month; the ripe lines, and what each of them counts for."""
    now, maturity = (seen.today - EPOCH).days, Maturity.measure(seen.labelled, seen.today)
    times = by_hazard(answering(past, seen.day), watched.hazards)
    found = months(watched, times, maturity, today=now, weight=weight)
    ripe = is_ripe(watched, maturity, today=now) & watched.answered
    return found, watched.where(ripe), weight[ripe]


def raised(past: Watched, watched: Watched, day: int, null: Null) -> tuple[list[Raised], list[Raised]]:
    """Payers that changed, against their habit before `day`; and those that the model is behind, against its scores.

    A store without a past (fewer than `LEAST_PAST` answered lines) knows of no habit, and of nobody who changed.
    """
    times = answering(past, day)
    said = Expected(watched.hazards, watched.foretold, watched.hazard, by_hazard(times, watched.hazards))
    behind = surprises(watched, said, null, since=day)
    year = past.where(past.answered & (past.sent_on > day - HABIT_DAYS))
    if len(year) < LEAST_PAST:
        return [], behind
    used_to = Expected(FAMILIES, Habits.measure(year).chances(watched), watched.kind, times)
    return surprises(watched, used_to, null, since=day), behind


def _null(settings: MonitorSettings) -> Null:
    """Half of the false alarms allowed for either question."""
    return Null(settings.times, settings.more, settings.false_alarms_a_month / 2)


def _promised(ripe: Watched, found: list[Month]) -> Performance:
    """What was foretold of ripe months, weighed by their lines."""
    of = [month.estimated for month in found if month.is_ripe]
    if not of:
        return Performance.none()
    weights = [one.n_lines for one in of]
    means = (
        float(np.average([getattr(one, name) for one in of], weights=weights))
        for name in ("denial_rate", "auc", "log_loss")
    )
    return Performance(len(ripe), *means)


def _since(seen: _Seen, settings: MonitorSettings) -> date:
    """The first day of the newest claims."""
    newest: date = pc.max(seen.labelled["submitted_on"]).as_py()
    return max(seen.as_of, newest - timedelta(days=settings.window_days))


def _drift(model: DenialModel, seen: _Seen, settings: MonitorSettings) -> list[ConceptDrift]:
    """The newest claims against those sent in as many days up to the model's day."""
    sent = ints(seen.labelled["submitted_on"], null=-NEVER)
    since = (_since(seen, settings) - EPOCH).days
    before = (sent <= seen.day) & (sent > seen.day - settings.window_days)
    new, of_new = _features(seen.labelled, sent > since, seen.state)
    old, of_old = _features(seen.labelled, before, seen.state)
    return drifts(model.papers.profile, old, new, of_old, of_new)


def _features(table: pa.Table, chosen: np.ndarray, state: FeatureState) -> tuple[Features, Ints]:
    """Features of some of these lines - whole claims, spread evenly - and the claim of each."""
    keys = ints(table["claim_key"])
    claims = np.unique(keys[chosen])
    step = max(1, -(-int(chosen.sum()) // MOST_LINES))
    rows = np.flatnonzero(chosen & np.isin(keys, claims[::step]))
    return build(table.take(pa.array(rows)), state), keys[rows]
