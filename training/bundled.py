"""From a store to a model's folder on disk, and its run in MLflow: what `cleanclaim train` does."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from data.store import Store
from models.bundle import save
from models.denial import DenialModel
from models.signature import Signer
from training.card import card
from training.fit import Training, choose, grow
from training.pyfunc import write
from training.report import figures_json
from training.run import Place, Record, opening
from training.settings import Settings
from training.watch import Watch


@dataclass(frozen=True, slots=True)
class Trained:
    """A model on disk."""

    model: DenialModel
    training: Training
    run_id: str
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
) -> Trained:
    """Learn what was known by `as_of` (None: the store's newest remit), save it, and write the run down.

    `signer` signs the model; `clock` counts seconds, `milliseconds` is the time since 1970 for the run's record.
    """
    watch, began = Watch(clock), milliseconds()
    # A folder that is no store, or too few labels: both fail here, before anything is made.
    chosen = choose(store, as_of or store.newest_remit_on(), settings, watch)
    with opening(place) as tracking:
        training = grow(chosen, settings, watch, policy=store.policy.title)
        with watch.stage("save"):
            model = save(finished(training), out, signer=signer)
        with watch.stage("run"), TemporaryDirectory() as scratch:
            logged = Path(scratch) / "model"
            write(out, model, logged)
            record = _record(model, training, settings, logged, watch.seconds)
            run_id = tracking.result().log(record, began=began, ended=milliseconds())
    return Trained(model, training, run_id, watch.rounded())


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
        "seconds": dict(trained.seconds),
        "run_id": trained.run_id,
    }


def _slices(training: Training) -> dict[str, object]:
    days = {name: str(day) for name, day in asdict(training.split).items()}
    return {"split": days | {"n_fit": training.n_fit, "n_calibrate": training.n_calibrate}}


def _evaluation(training: Training) -> str:
    """The bundle's evaluation.json: figures on held-out claims, and which those were."""
    held = {"holdout": figures_json(training.holdout), **_slices(training)}
    funnel = {"funnel": [asdict(step) for step in training.cohort.funnel]}
    return json.dumps(held | funnel, indent=1) + "\n"


def _record(
    model: DenialModel, training: Training, settings: Settings, folder: Path, seconds: Mapping[str, float]
) -> Record:
    """What MLflow is told."""
    facts = model.facts
    held = {
        f"holdout_{k}": v for k, v in figures_json(training.holdout).items() if isinstance(v, int | float)
    }
    return Record(
        name=f"{facts.as_of}-{model.version}",
        settings=settings.flat(),
        figures=held
        | {f"seconds_{name.replace(',', '').replace(' ', '_')}": spent for name, spent in seconds.items()}
        | {"n_lines": float(facts.n_lines), "n_denied": float(facts.n_denied)},
        folder=folder,
        tags={
            "as_of": str(facts.as_of),
            "label_policy": facts.policy,
            "model_version": model.version,
            **{name: str(day) for name, day in asdict(training.split).items()},
        },
    )
