"""From a store to a model's folder on disk, its run in MLflow, its version in the registry: `cleanclaim train`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from data.store import Store
from models.bundle import save
from models.denial import DenialModel
from models.signature import Signer
from training import study
from training.card import card
from training.fit import Training, choose, grow
from training.provenance import Data, code_version, lasting
from training.pyfunc import write
from training.registry import Registry
from training.report_json import bound_json, figures_json, group_json
from training.run import Place, Record, opening
from training.settings import Settings
from training.tune import Told, tuner_of
from training.watch import Watch


@dataclass(frozen=True, slots=True)
class Trained:
    """A model on disk."""

    model: DenialModel
    training: Training
    run_id: str
    version: int
    """Its number in the registry."""
    seconds: Mapping[str, float]


def train(
    store: Store,
    out: Path,
    *,
    as_of: date | None,
    settings: Settings,
    place: Place,
    clock: Callable[[], float],
    milliseconds: Callable[[], int],
    signer: Signer | None = None,
    tell: Told = lambda _: None,
) -> Trained:
    """Learn what was known by `as_of` (None: the store's newest remit), save it, and write the run down.

    `signer` signs the model; `clock` counts seconds, `milliseconds` is the time since 1970 for the run's record. Where
    `settings.tune` wants it, better settings are looked for first, in a study beside the model; `tell` hears of each
    try.
    """
    watch, began, data = Watch(clock), milliseconds(), Data.of(store)
    # A folder that is no store, or too few labels: both fail here, before anything is made.
    chosen = choose(store, as_of or store.newest_remit_on(), settings, watch)
    with opening(place) as tracking:
        same = f"{data.digest} {chosen.as_of} {code_version()}"
        tuner = tuner_of(settings, study.Place.beside(out), same, clock, tell)
        training = grow(chosen, settings, watch, policy=store.policy.title, tuner=tuner)
        with watch.stage("save"):
            model = save(finished(training), out, signer=signer)
        with watch.stage("run"), TemporaryDirectory() as scratch:
            logged = Path(scratch) / "model"
            write(out, model, logged)
            record = _record(model, training, data, logged, watch.seconds)
            run_id = tracking.result().log(record, began=began, ended=milliseconds())
            registry = Registry(tracking.result(), place)
            version = registry.register(run_id, model, held_out(training)).number
    return Trained(model, training, run_id, version, watch.rounded())


def finished(training: Training) -> DenialModel:
    """The model with its card and its evaluation, ready to be saved."""
    return training.model.with_papers(card=card(training), evaluation=_evaluation(training))


def summary(trained: Trained, out: Path) -> dict[str, object]:
    """The run's facts and figures as JSON values."""
    training, facts = trained.training, trained.model.facts
    return {
        "model": str(out),
        "model_version": trained.model.version,
        "as_of": str(facts.as_of),
        "denial_policy": facts.policy,
        "lines": facts.n_lines,
        "denied": facts.n_denied,
        "families": list(trained.model.families),
        **_slices(training),
        "funnel": [asdict(step) for step in training.cohort.funnel],
        "holdout": figures_json(training.holdout),
        **_tuning(training),
        "seconds": dict(trained.seconds),
        "run_id": trained.run_id,
        "version": trained.version,
    }


def _slices(training: Training) -> dict[str, object]:
    days = {name: str(day) for name, day in asdict(training.split).items()}
    return {"split": days | {"n_fit": training.n_fit, "n_calibrate": training.n_calibrate}}


def _evaluation(training: Training) -> str:
    """The bundle's evaluation.json: figures on held-out claims, and which those were."""
    judged = training.judged
    beside = {
        "intervals": [bound_json(bound) for bound in judged.bounds],
        "fairness": [group_json(group) for group in judged.fairness],
    }
    held = {"holdout": figures_json(judged.figures), **beside, **_slices(training)}
    funnel = {"funnel": [asdict(step) for step in training.cohort.funnel]}
    made = {"settings": lasting(training.settings)} | _tuning(training)
    return json.dumps(held | funnel | made, indent=1) + "\n"


def _tuning(training: Training) -> dict[str, object]:
    """What came of looking for better settings, where any were looked for."""
    tuned = training.tuned
    if tuned is None:
        return {}
    told = {f.name: getattr(tuned, f.name) for f in fields(tuned) if f.name != "settings"}
    return {"tuning": told | {"values": dict(tuned.values), "is_taken": tuned.is_taken}}


def held_out(training: Training) -> dict[str, float]:
    """Figures on held-out claims, each under `holdout_<name>`."""
    figures = figures_json(training.holdout).items()
    return {f"holdout_{k}": float(v) for k, v in figures if isinstance(v, int | float)}


def _record(
    model: DenialModel, training: Training, data: Data, folder: Path, seconds: Mapping[str, float]
) -> Record:
    """What MLflow is told."""
    from training.portrait import (
        portrait,
    )  # what draws is loaded when it is wanted

    facts = model.facts
    return Record(
        name=f"{facts.as_of}-{model.version}",
        settings=training.settings.flat(),
        figures=held_out(training)
        | {f"seconds_{name.replace(',', '').replace(' ', '_')}": spent for name, spent in seconds.items()}
        | {"n_lines": float(facts.n_lines), "n_denied": float(facts.n_denied)},
        folder=folder,
        tags={
            "as_of": str(facts.as_of),
            "label_policy": facts.policy,
            "model_version": model.version,
            **{name: str(day) for name, day in asdict(training.split).items()},
            "data_sha256": data.digest,
            "code_version": code_version(),
            "seed": str(training.settings.models.seed),
            **({"tuning": training.tuned.sentence, "study": training.tuned.study} if training.tuned else {}),
        },
        texts={
            "settings.json": json.dumps(training.settings.flat(), indent=1),
            "data.json": data.listing,
            "plots/holdout.svg": portrait(training.judged),
        },
    )
