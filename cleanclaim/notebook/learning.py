"""What teaches: chosen lines, their features, and a model of them."""

import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cleanclaim.notebook.files import Claims
from cleanclaim.notebook.frames import Day, day, frame, table
from cleanclaim.notebook.model import FEATURE, Model, book_of, context_of
from cleanclaim.notebook.store import Store
from data.maturity import Maturity
from data.policy import PolicyBook
from data.schema import LABELLED, LINE_TABLE
from data.wide import line_table
from features.build import build
from features.catalog import CATALOG
from features.state import FeatureState
from training import bundled, study
from training.cohort import cohort as choose
from training.cohort import labelled_lines
from training.fit import Training, grow
from training.fit import choose as choose_lines
from training.run import Place
from training.settings import Settings
from training.tune import tuner_of
from training.watch import Watch

Told = dict[str, dict[str, object]]
"""Settings as the tables of a TOML file: {"cohort": {"months": 18}, "models": {"trees": 200}}."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cohort:
    """The lines that may teach a model on a day, and how they were chosen."""

    lines: pd.DataFrame
    """One row a line, as `Store.lines`, with `weight`: how many lines of its age and kind an early answer stands for."""
    funnel: pd.DataFrame
    """One row a rule: `step` in words, `n_lines` left after it."""

    def __repr__(self) -> str:
        """How many, in a line."""
        return f"<Cohort: {len(self.lines):,} of {self.funnel['n_lines'].max():,} lines>"


def cohort(
    store: Store, as_of: Day | None = None, *, settings: Settings | Told | Path | str | None = None
) -> Cohort:
    """First submissions whose answer was known by `as_of` (default: the newest remit), each with its weight.

    Raises `StoreError` for a store without remits.
    """
    until, told = day(as_of) or store.kept.newest_remit_on(), settings_of(settings).cohort
    labelled = labelled_lines(store.kept, until)
    usual = Maturity.measure(labelled, until)
    chosen = choose(labelled, until, usual, most_weight=told.most_weight, months=told.months)
    lines = frame(chosen.lines.select(LABELLED.names)).assign(weight=chosen.weight)
    steps = [(step.step, step.n_lines) for step in chosen.funnel]
    return Cohort(lines, pd.DataFrame(steps, columns=["step", "n_lines"]))


def build_features(
    lines: pd.DataFrame | Claims,
    *,
    store: Store,
    as_of: Day | None = None,
    context: pd.DataFrame | Path | str | None = None,
    policy: PolicyBook | Path | str | None = None,
) -> pd.DataFrame:
    """The features that a model sees: one row a line with the index of `lines`, one column a feature.

    Numbers are floats and NaN is "unknown"; codes are categories. `lines` comes from `Store.lines`, `cohort`, or
    `read_claims` (then `context` may be given beside it). History is the store's, for each line only what was known
    before its claim was sent, and never later than `as_of` (default: the newest remit). `policy` is a folder of
    payers' lists; without one, the policy book that the store keeps.
    """
    until = day(as_of) or store.kept.newest_remit_on()
    known = store.kept.lines(until)
    book = store.kept.policy_book() if policy is None else book_of(policy)
    state = FeatureState.fit(known, as_of=until, policy=book)
    if isinstance(lines, Claims):
        given, index = line_table(lines.tables(), context_of(context)), None
    else:
        given, index = table(lines, LINE_TABLE, thing="lines"), lines.index
    made = build(pa.concat_tables([given, _rest_of_claims(given, known)]), state).to_pandas()
    return made.iloc[: given.num_rows].set_axis(index if index is not None else range(given.num_rows), axis=0)


def feature_catalog() -> pd.DataFrame:
    """What a model may look at: one row a feature, in the order of `build_features`' columns.

    `meaning` in words, `concept` and `kind` (fix_now, check, context: can it be changed before sending?), `owner`,
    `unit`, `source` and the claim's `field` that it speaks of.
    """
    return pd.DataFrame([asdict(feature) for feature in CATALOG.values()], columns=FEATURE)


def train(
    store: Store,
    as_of: Day | None = None,
    settings: Settings | Told | Path | str | None = None,
    *,
    out: Path | str | None = None,
    trials: int | None = None,
    minutes: float | None = None,
    tracking: str | None = None,
) -> Model:
    """A model of what was known by `as_of` (default: the newest remit).

    `settings` is a TOML file, its tables, or None for the defaults. With `trials` or `minutes` better settings of the
    trees are looked for first: `Model.tuning` says what came of it. With `out` the model is written there, its run is
    logged to MLflow and it is registered as the challenger, as `cleanclaim train` does: in a database beside it, or on
    the server `tracking` (default: MLFLOW_TRACKING_URI). Without, it is in memory alone until `Model.save`.

    Raises `NotEnoughData` where labels are too few, `InvalidPolicy` for settings that nobody knows.
    """
    until, told = day(as_of), settings_of(settings).tuned(trials=trials, minutes=minutes)
    if out is None:
        return Model(bundled.finished(_in_memory(store, until or store.kept.newest_remit_on(), told)))
    place = Place.beside(Path(out), uri=tracking or os.environ.get("MLFLOW_TRACKING_URI"))
    written = bundled.train(
        store.kept,
        Path(out),
        as_of=until,
        settings=told,
        place=place,
        clock=time.perf_counter,
        milliseconds=lambda: int(datetime.now(UTC).timestamp() * 1000),
    )
    return Model(written.model)


def _in_memory(store: Store, until: date, told: Settings) -> Training:
    watch = Watch(time.perf_counter)
    chosen = choose_lines(store.kept, until, told, watch)
    tuner = tuner_of(told, study.Place(), "in memory", time.perf_counter)
    return grow(chosen, told, watch, policy=store.kept.policy.title, tuner=tuner)


def settings_of(told: Settings | Told | Path | str | None) -> Settings:
    """Settings from whatever they are told as; raises `InvalidPolicy` naming the nearest known key."""
    if isinstance(told, Settings):
        return told
    return (
        Settings.from_mapping(told) if isinstance(told, dict) else Settings.load(Path(told) if told else None)
    )


def _rest_of_claims(given: pa.Table, known: pa.Table) -> pa.Table:
    """Lines of the same claims that were not given: some features look at a claim's other lines."""
    same = known.filter(pc.is_in(known["claim_key"], pc.unique(given["claim_key"]))).select(LINE_TABLE.names)
    have = set(zip(given["claim_key"].to_pylist(), given["line"].to_pylist(), strict=True))
    pairs = zip(same["claim_key"].to_pylist(), same["line"].to_pylist(), strict=True)
    return same.filter(pa.array([pair not in have for pair in pairs], pa.bool_()))
