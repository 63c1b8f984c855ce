"""A study: every try so far and what came of it, in a database, so that a search goes on where it was interrupted.

The tries are proposed by Optuna (TPE), and given up by the median of the tries before. A study is one process's at a
time. Its name holds a hash of all that a try's figures depend on: other data, other folds or other fixed settings are
another study.
"""

import fcntl
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import CleanclaimError
from training.provenance import lasting
from training.settings import Settings
from training.space import SPACE, Value

if TYPE_CHECKING:
    import optuna

AT_RANDOM = 8
"""Tries drawn at random before proposals follow what was learnt."""
BEFORE_GIVING_UP = 4
"""Whole tries before one may be given up early."""
FREE = {"trials", "minutes"}
"""Settings of the search that say only how long it goes on."""


class TuningFailed(CleanclaimError):
    """The search's database can't be used, or another process is at it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where studies are kept: a database file, or None: in memory alone."""

    file: Path | None = None

    @classmethod
    def beside(cls, model: Path) -> "Place":
        """A database in the folder that the model lies in."""
        return cls(model.resolve().parent / "tuning.db")


@dataclass(frozen=True, slots=True)
class Compared:
    """How much less a try loses a line than the given settings, how unsure that is, and on how many folds."""

    gain: float
    error: float
    folds_better: int


@dataclass(frozen=True, slots=True)
class Tried:
    """One finished try: its settings, and what they lose a line (up to where it was given up)."""

    number: int
    values: Mapping[str, Value]
    loss: float
    is_given_up: bool
    compared: Compared


@dataclass(frozen=True)
class Try:
    """A try that is being made; `number` 0 is the given settings."""

    study: "optuna.Study"
    trial: "optuna.Trial"
    number: int
    values: Mapping[str, Value]

    def is_hopeless(self, loss: float, n_folds: int) -> bool:
        """Tell what was lost a line on the first folds; whether most tries were better there."""
        self.trial.report(loss, n_folds)
        return bool(self.trial.should_prune())

    def give_up(self) -> None:
        """Not worth the other folds."""
        from optuna.trial import TrialState

        self.study.tell(self.trial, state=TrialState.PRUNED)

    def done(self, loss: float, compared: Compared) -> None:
        """All folds are through."""
        for name, value in asdict(compared).items():
            self.trial.set_user_attr(name, value)
        self.study.tell(self.trial, loss)


@dataclass(frozen=True)
class Study:
    """All tries so far."""

    kept: "optuna.Study"
    seed: int

    @property
    def name(self) -> str:
        """It names what is learnt from, by hash."""
        return self.kept.study_name

    @property
    def n_tried(self) -> int:
        """How many tries are finished."""
        return len(_ended(self.kept))

    def ask(self, given: Mapping[str, Value]) -> Try:
        """The next try: the given settings first, then what the tries so far suggest."""
        from optuna.pruners import MedianPruner
        from optuna.samplers import TPESampler
        from optuna.trial import TrialState

        n = self.n_tried
        # A proposal depends on the finished tries and on this seed alone: an interruption changes nothing.
        self.kept.sampler = TPESampler(seed=self.seed + n, n_startup_trials=AT_RANDOM)
        self.kept.pruner = MedianPruner(n_startup_trials=BEFORE_GIVING_UP)
        if not n and not self.kept.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
            self.kept.enqueue_trial(dict(given))
        trial = self.kept.ask()
        return Try(self.kept, trial, n, {name: _proposed(trial, name) for name in SPACE})

    def finished(self) -> Sequence[Tried]:
        """The finished tries, in their order."""
        return [_tried(number, trial) for number, trial in enumerate(_ended(self.kept))]


@contextmanager
def open_study(place: Place, settings: Settings, *, data: str) -> Iterator[Study]:
    """The study of these data and settings, begun or gone on with; `data` stands for what is learnt from, and by which code."""
    # In a notebook without widgets, the progress bars that it brings along would complain of that.
    warnings.filterwarnings("ignore", message="IProgress not found")
    import optuna
    from optuna.exceptions import StorageInternalError
    from optuna.storages import InMemoryStorage, RDBStorage
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    name = f"trees-{_digest(settings, data)}"
    with _alone(place):
        storage: RDBStorage | InMemoryStorage | None = None
        try:
            storage = RDBStorage(f"sqlite:///{place.file}") if place.file else InMemoryStorage()
            kept = optuna.create_study(study_name=name, storage=storage, load_if_exists=True)
            _end_what_was_interrupted(kept)
            yield Study(kept, settings.tune.seed)
        except (SQLAlchemyError, StorageInternalError) as error:
            found = str(error).splitlines()[0]
            raise TuningFailed(
                f"study in {place.file}", found=found, wanted="a database of studies"
            ) from error
        finally:
            if isinstance(storage, RDBStorage):
                storage.remove_session()
                storage.engine.dispose()


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Only one process at a time goes on with the studies of a database: two would mistake each other's tries."""
    if place.file is None:
        yield
        return
    lock = place.file.with_suffix(".lock")
    try:
        place.file.parent.mkdir(parents=True, exist_ok=True)
        held = lock.open("a")
    except OSError as error:
        raise TuningFailed(
            f"study in {place.file}", found=error.strerror, wanted="a folder to write in"
        ) from None
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            wanted = "one search at a time"
            raise TuningFailed(f"study in {place.file}", found="a search going on", wanted=wanted) from None
        yield


def _end_what_was_interrupted(kept: "optuna.Study") -> None:
    """A try that nobody goes on with any more is no try; it will be proposed again."""
    from optuna.trial import TrialState

    for trial in kept.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        kept.tell(trial.number, state=TrialState.FAIL)


def _ended(kept: "optuna.Study") -> "list[optuna.trial.FrozenTrial]":
    from optuna.trial import TrialState

    return kept.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))


def _proposed(trial: "optuna.Trial", name: str) -> Value:
    ends = SPACE[name]
    if ends.whole:
        return trial.suggest_int(name, int(ends.low), int(ends.high), log=ends.log)
    return trial.suggest_float(name, ends.low, ends.high, log=ends.log)


def _tried(number: int, trial: "optuna.trial.FrozenTrial") -> Tried:
    told = {f.name: trial.user_attrs.get(f.name, 0) for f in fields(Compared)}
    given_up = "gain" not in trial.user_attrs
    loss = trial.value if trial.value is not None else float("nan")
    return Tried(number, trial.params, loss, given_up, Compared(**told))


def _digest(settings: Settings, data: str) -> str:
    """Of all that a try's figures depend on; how long the search goes on is none of it."""
    tune = {f.name: getattr(settings.tune, f.name) for f in fields(settings.tune) if f.name not in FREE}
    space = {name: asdict(ends) for name, ends in SPACE.items()}
    told = [data, lasting(settings), tune, space]
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]
