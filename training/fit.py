"""Learn a denial model from what was known on a day.

Twice. First on the older claims: how many trees a family wants, and - on newer claims that the trees have not seen -
how good they are. Then the trees are grown again, as many as before, on everything known by that day: the newest
answers hold the payers' newest rules. How scores turn into probabilities is learnt from the newest claims too, scored
by trees grown without them.

Features of every line are those of its own submission: its history ends the day before.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.maturity import Maturity
from data.policy import PolicyBook
from data.schema import OUTCOMES
from data.store import Store
from features.build import Features, build
from features.state import FeatureState
from models.denial import DenialModel, fit_denial, refit_denial
from models.golden import golden_lines
from models.papers import Facts
from models.sample import Sample
from training.cohort import Cohort, cohort, labelled_lines
from training.holdout import Holdout, judge_holdout
from training.metrics import Figures
from training.settings import Settings
from training.split import Split, days, split
from training.watch import Watch

if TYPE_CHECKING:
    from training.tune import Tuned

DEFAULTS = Settings()
OUTCOME_COLUMNS = tuple(name for name in OUTCOMES.names if name not in {"claim_key", "line"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """The lines that may teach on a day, and those among them for the first trees and for the calibration."""

    labelled: pa.Table
    as_of: date
    cohort: Cohort
    split: Split
    early: Cohort
    late: Cohort
    book: PolicyBook
    """What payers want, as far as the store knows it."""


@dataclass(frozen=True, slots=True)
class Training:
    """A fitted model, and what there is to say about its making."""

    model: DenialModel
    cohort: Cohort
    split: Split
    n_fit: int
    """Lines that the first trees were grown on."""
    n_calibrate: int
    judged: Holdout
    """On the newest part of the calibration slice, by a calibrator fitted on the part before."""
    seconds: Mapping[str, float]
    settings: Settings = DEFAULTS
    """What it was made with: those given, or better ones that were found."""
    tuned: "Tuned | None" = None
    """What came of looking for better settings, where any were looked for."""

    @property
    def holdout(self) -> Figures:
        """The figures alone."""
        return self.judged.figures


class Tuner(Protocol):
    """Looks for better settings of the trees before they are grown (`training.tune`)."""

    def __call__(self, made: Chosen, state: FeatureState, x: Features) -> "Tuned":
        """What came of it; `x` are the features of all lines that were known on the day."""


def fit(
    source: Store | pa.Table, as_of: date, settings: Settings = DEFAULTS, *, policy: str = ""
) -> DenialModel:
    """The model that could have been made on `as_of`; raises `NotEnoughData` where labels are too few."""
    return learn(source, as_of, settings, policy=policy).model


def learn(
    source: Store | pa.Table,
    as_of: date,
    settings: Settings = DEFAULTS,
    *,
    policy: str = "",
    clock: Callable[[], float] = time.perf_counter,
) -> Training:
    """The same, with the cohort, the split, the holdout's figures and the seconds of each stage.

    `source` is a store, or a `LABELLED` table; nothing known after `as_of` is looked at either way.
    """
    watch = Watch(clock)
    return grow(choose(source, as_of, settings, watch), settings, watch, policy=policy)


def choose(source: Store | pa.Table, as_of: date, settings: Settings, watch: Watch) -> Chosen:
    """Who may teach, and when; raises `NotEnoughData` where labels are too few."""
    with watch.stage("read"):
        labelled = labelled_lines(source, as_of) if isinstance(source, Store) else known_by(source, as_of)
    with watch.stage("cohort"):
        maturity = Maturity.measure(labelled, as_of)
        chosen = cohort(
            labelled,
            as_of,
            maturity,
            most_weight=settings.cohort.most_weight,
            months=settings.cohort.months,
        )
        chosen.require(n_lines=settings.cohort.least_lines, n_denied=settings.cohort.least_denied)
        cut = split(
            chosen.lines,
            until=as_of,
            gap_days=_gap(chosen, settings),
            calibrate_share=settings.split.calibrate_share,
        )
        early = _early(labelled, cut, settings)
        late = chosen.where(cut.calibrates(chosen.lines))
    book = source.policy_book() if isinstance(source, Store) else PolicyBook.empty()
    return Chosen(labelled, as_of, chosen, cut, early, late, book)


def grow(
    made: Chosen, settings: Settings, watch: Watch, *, policy: str = "", tuner: Tuner | None = None
) -> Training:
    """Features, trees, calibration, and the trees again on everything; `tuner` may find better settings before."""
    with watch.stage("features"):
        state = FeatureState.fit(made.labelled, as_of=made.as_of, policy=made.book)
        x = build(made.labelled, state)
    tuned = None
    if tuner is not None:
        with watch.stage("tuning"):
            tuned = tuner(made, state, x)
        settings = replace(settings, models=tuned.settings)
    late = _sample(x, made.late)
    facts = _facts(made.cohort, made.as_of, policy)
    with watch.stage("first trees, calibration"):
        first = fit_denial(_sample(x, made.early), late, state, settings.models, facts=facts)
        strength = settings.models.payer_strength
        holdout = judge_holdout(first, late, made.late.lines, made.split, payer_strength=strength)
    with watch.stage("trees on everything"):
        model = refit_denial(first, _sample(x, made.cohort), settings.models)
    with watch.stage("golden claims"):
        golden = golden_lines(_whole_claims(made.labelled, made.cohort))
        model = replace(model, papers=replace(model.papers, golden=golden))
    n_fit, n_calibrate = len(made.early.rows), len(made.late.rows)
    return Training(
        model, made.cohort, made.split, n_fit, n_calibrate, holdout, watch.rounded(), settings, tuned
    )


def known_by(labelled: pa.Table, as_of: date) -> pa.Table:
    """A `LABELLED` table as it stood on a day: later claims are gone, later answers unknown."""
    sent = labelled.filter(pc.less_equal(labelled["submitted_on"], as_of))
    known = pc.fill_null(pc.less_equal(sent["known_on"], as_of), False)
    for name in OUTCOME_COLUMNS:
        kept = pc.if_else(known, sent[name], pa.scalar(None, sent.schema.field(name).type))
        sent = sent.set_column(sent.schema.get_field_index(name), sent.schema.field(name), kept)
    return sent


def _early(labelled: pa.Table, cut: Split, settings: Settings) -> Cohort:
    """What could have been learnt on the eve of the calibration slice, weighted as it would have been then."""
    eve = cut.calibrate_from - timedelta(days=1)
    # What became known later must not tell how complete the answers were then.
    maturity = Maturity.measure(labelled, eve)
    told = settings.cohort
    then = cohort(labelled, eve, maturity, most_weight=told.most_weight, months=told.months)
    return then.where(cut.fits(then.lines))


def _gap(chosen: Cohort, settings: Settings) -> int:
    """Days between the slices: as told, else as long as half of the answers take."""
    if settings.split.gap_days >= 0:
        return settings.split.gap_days
    return int(np.median(days(chosen.lines["known_on"]) - days(chosen.lines["submitted_on"])))


def _sample(x: Features, chosen: Cohort) -> Sample:
    return Sample.of(x, chosen.lines, chosen.weight, at=chosen.rows)


def _facts(chosen: Cohort, as_of: date, policy: str) -> Facts:
    sent = chosen.lines["submitted_on"]
    return Facts(
        policy=policy,
        learnt_from=pc.min(sent).as_py(),
        learnt_to=pc.max(sent).as_py(),
        as_of=as_of,
        n_lines=chosen.lines.num_rows,
        n_denied=int(chosen.denied.sum()),
    )


def _whole_claims(labelled: pa.Table, chosen: Cohort) -> pa.Table:
    """All lines of the cohort's claims: some features look at a claim's other lines."""
    return labelled.filter(pc.is_in(labelled["claim_key"], value_set=pc.unique(chosen.lines["claim_key"])))
