"""Looking for better settings of the trees: tried on days in the past, kept in a database, taken only beyond luck.

Every try is learnt anew on each fold (`training.folds`) and judged by log-loss on the claims sent after it, as the
whole model would have been. Try 0 is the settings that were given. A try that is worse after a fold than most tries
were there is given up. The best try replaces the given settings only if it is better by more than luck would give the
best of so many, and better on most folds: on a small store the given settings are rarely beaten, and stay.

Tries are kept in a study whose name holds a hash of all they depend on. Interrupted, the same command goes on where it
stopped; each try's proposals are drawn by its number, so the end is the same as without the interruption.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import NormalDist

import numpy as np

from features.build import Features
from features.state import FeatureState
from models.denial import fit_denial
from models.settings import ModelSettings
from training.fit import Chosen, Tuner
from training.folds import Fold, claims_of, folds
from training.metrics import Vector, losses
from training.settings import Settings
from training.space import Value, told, with_values
from training.study import Compared, Place, Study, Tried, open_study

LEVEL = 0.05
"""How often luck alone may pass for a better setting, over all tries of a study together."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """What came of it: the settings to go by, and why."""

    settings: ModelSettings
    study: str
    n_tried: int
    n_given_up: int
    loss_given: float
    """Log-loss of the given settings, mean over the folds."""
    loss_best: float
    gain: float
    """How much less the best try loses a line than the given settings (0 where these are the best)."""
    luck: float
    """What the best of so many tries might gain by luck."""
    folds_better: int
    n_folds: int
    values: Mapping[str, Value]
    """What was looked for, as chosen."""

    @property
    def is_taken(self) -> bool:
        """Whether the best try replaces the given settings."""
        return self.gain > self.luck and 2 * self.folds_better > self.n_folds

    @property
    def sentence(self) -> str:
        """The same for a person."""
        tries = f"{self.n_tried} settings tried, {self.n_given_up} of them given up early"
        given = f"log-loss {self.loss_given:.4f} with the given ones"
        if self.gain <= 0:
            return f"{tries}: none was better than the given ones ({given})."
        best = f"{self.loss_best:.4f} with the best, {self.gain:.4f} less where luck may give {self.luck:.4f}"
        end = "the best are taken" if self.is_taken else "the given ones stay"
        return f"{tries}: {given}, {best}; {end}."


@dataclass(frozen=True)
class Bench:
    """What tries are made on: the folds' lines and their features."""

    folds: Sequence[Fold]
    state: FeatureState
    x: Features

    def lost(self, settings: ModelSettings, fold: Fold) -> Vector:
        """[lines judged] What these settings lose on each line of a fold, times the line's weight."""
        model = fit_denial(fold.learn(self.x), fold.calibrate(self.x), self.state, settings)
        payers = np.array(fold.judged.lines["payer_id"].to_pylist(), dtype=object)
        p = model.predict(fold.judge(self.x), payers).probability
        return fold.judged.weight * losses(fold.judged.denied, p)

    def mean(self, lost: Sequence[Vector]) -> float:
        """Loss a line over the first folds."""
        weights = sum(fold.judged.weight.sum() for fold in self.folds[: len(lost)])
        return float(sum(each.sum() for each in lost) / weights)

    def compared(self, given: Sequence[Vector], tried: Sequence[Vector]) -> Compared:
        """A try beside the given settings, on the same lines of all folds."""
        saved = [one - other for one, other in zip(given, tried, strict=True)]
        weight = sum(fold.judged.weight.sum() for fold in self.folds)
        # Lines of a claim fall together: what luck does is measured by claims.
        by_claim = np.concatenate(
            [
                np.bincount(claims_of(fold.judged.lines), each)
                for fold, each in zip(self.folds, saved, strict=True)
            ]
        )
        error = np.sqrt(len(by_claim)) * by_claim.std() / weight
        better = sum(bool(each.sum() > 0) for each in saved)
        return Compared(float(by_claim.sum() / weight), float(error), better)


Told = Callable[[Study], None]
"""Hears of the study after each try."""


@dataclass(frozen=True)
class Search:
    """The tries of one study."""

    bench: Bench
    settings: Settings
    study: Study
    clock: Callable[[], float]

    def run(self, tell: Told = lambda _: None) -> None:
        """Try until the tries or the minutes are spent."""
        tune, began = self.settings.tune, self.clock()
        while not self._is_spent(began, tune.minutes, tune.trials):
            self._try()
            tell(self.study)

    def _is_spent(self, began: float, minutes: float, trials: int) -> bool:
        n = self.study.n_tried
        late = minutes > 0 and self.clock() - began >= 60 * minutes
        return (trials > 0 and n >= trials) or (late and n > 0)

    def _try(self) -> None:
        now = self.study.ask(told(self.settings.models))
        lost: list[Vector] = []
        for fold, given in zip(self.bench.folds, self.given, strict=True):
            is_given = now.number == 0
            models = with_values(self.settings.models, now.values)
            lost.append(given if is_given else self.bench.lost(models, fold))
            hopeless = now.is_hopeless(self.bench.mean(lost), len(lost))
            if hopeless and not is_given and len(lost) < len(self.bench.folds):
                return now.give_up()
        return now.done(self.bench.mean(lost), self.bench.compared(self.given, lost))

    @cached_property
    def given(self) -> tuple[Vector, ...]:
        """What the given settings lose on each fold's lines."""
        return tuple(self.bench.lost(self.settings.models, fold) for fold in self.bench.folds)


def tuner_of(
    settings: Settings, place: Place, data: str, clock: Callable[[], float], tell: Told = lambda _: None
) -> Tuner | None:
    """What `training.fit.grow` asks for better settings; None where `settings.tune` wants none looked for."""
    if not settings.tune.wanted:
        return None
    return lambda made, state, x: tune(
        made, state, x, settings, place=place, data=data, clock=clock, tell=tell
    )


def tune(
    made: Chosen,
    state: FeatureState,
    x: Features,
    settings: Settings,
    *,
    place: Place,
    data: str,
    clock: Callable[[], float],
    tell: Told = lambda _: None,
) -> Tuned:
    """Look for better settings of the trees as `settings.tune` says; `data` stands for what is learnt from, and
    by which code: with another, another study is begun.

    Raises `NotEnoughData` where there are too few claims for the folds, `TuningFailed` where the study can't be kept.
    """
    bench = Bench(folds(made, settings), state, x)
    with open_study(place, settings, data=data) as study:
        Search(bench, settings, study, clock).run(tell)
        return decided(study.finished(), settings, study.name, len(bench.folds))


def decided(tried: Sequence[Tried], settings: Settings, name: str, n_folds: int) -> Tuned:
    """Which settings to go by, from the finished tries (the given settings first)."""
    whole = [each for each in tried if not each.is_given_up]
    given, best = whole[0], min(whole, key=lambda each: each.loss)
    # One of so many is best by luck: each may pass by luck that many times more rarely.
    rare = NormalDist().inv_cdf(1 - LEVEL / max(len(tried) - 1, 1))
    found = Tuned(
        settings=settings.models,
        study=name,
        n_tried=len(tried),
        n_given_up=len(tried) - len(whole),
        loss_given=given.loss,
        loss_best=best.loss,
        gain=best.compared.gain,
        luck=rare * best.compared.error,
        folds_better=best.compared.folds_better,
        n_folds=n_folds,
        values=told(settings.models),
    )
    if not found.is_taken:
        return found
    return replace(found, settings=with_values(settings.models, best.values), values=best.values)
