"""One hazard for each family of reasons: how likely this family stops a line that nothing else has stopped.

A line denied for another family says nothing about this one (its payer stopped reading there), so it is left out of
this family's lines: censored, not counted as fine. Families too rare to learn from share one hazard, named `pooled`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from data.errors import NotEnoughData
from features.build import Features
from models.settings import ModelSettings
from models.trees import Forest, model_text, read_forest

POOLED = "pooled"
_PAID = -1
_UNKNOWN = -2
"""Numbers of lines that no hazard struck: paid, or denied for something that no hazard knows."""
_SMALL = 256
"""Rows below which a second thread costs more than it saves."""


@dataclass(frozen=True)
class Hazards:
    """The fitted hazards: log-odds of each family, from one matrix of features."""

    families: tuple[str, ...]
    pooled: tuple[str, ...]
    """Families that share the hazard named `pooled`."""
    features: tuple[str, ...]
    forests: tuple[Forest, ...]
    offsets: tuple[float, ...]
    """Log-odds to add, a family each: what thinning its paid lines took away."""
    threads: int = 2

    def family_of(self, family: str) -> str:
        """The hazard that a reason family belongs to: itself, or `pooled`."""
        return POOLED if family in self.pooled else family

    def logits(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds [n, families] of lines given as a matrix [n, features], in the order of `features`."""
        threads = 1 if len(values) < _SMALL else self.threads
        raw = self._together.predict(values, raw_score=True, num_threads=threads)
        return np.asarray(raw, dtype=np.float64).reshape(len(values), len(self.families)) + np.array(
            self.offsets
        )

    def contributions(self, values: NDArray[np.float64], family: str) -> tuple[float, NDArray[np.float64]]:
        """What each feature adds to one family's log-odds: the base and [n, features]; they sum to `logits`."""
        place = self.families.index(family)
        booster = self._alone[place]
        if len(values) == 0:
            return self.offsets[place], np.zeros((0, len(self.features)))
        threads = 1 if len(values) < 8 else self.threads
        out = np.asarray(booster.predict(values, pred_contrib=True, num_threads=threads), dtype=np.float64)
        return float(out[0, -1]) + self.offsets[place], out[:, :-1]

    @cached_property
    def bases(self) -> NDArray[np.float64]:
        """Log-odds [families] of a line of which nothing is known: what contributions are counted from."""
        nothing = np.full((1, len(self.features)), np.nan)
        return np.array([self.contributions(nothing, family)[0] for family in self.families])

    @cached_property
    def _together(self) -> lgb.Booster:
        """All families in one model: one call scores them all."""
        return lgb.Booster(model_str=model_text(self.features, [forest.trees for forest in self.forests]))

    @cached_property
    def _alone(self) -> tuple[lgb.Booster, ...]:
        """A model a family: contributions are asked for one family at a time."""
        return tuple(lgb.Booster(model_str=forest.text()) for forest in self.forests)


def fit_hazards(
    x: Features,
    family: NDArray[np.object_],
    denied: NDArray[np.int8],
    weight: NDArray[np.float64],
    settings: ModelSettings,
    *,
    later: NDArray[np.bool_] | None = None,
    columns: Mapping[str, Sequence[str]] | None = None,
) -> Hazards:
    """Hazards learnt from labelled lines.

    `family` [n] is the reason family of denied lines and "" elsewhere, `denied` [n] is 0 or 1, `weight` [n] > 0.
    `later` marks the newest lines: how many trees a family gets is chosen on them (they are learnt from as well);
    without it a fifth of the lines is drawn. `columns` names the features of a family where it shall not see all.
    Raises `NotEnoughData` where there is nothing to learn from.
    """
    group, names, pooled = _groups(family, denied, settings.min_positives)
    lines = _Lines(
        x, group, np.asarray(weight, dtype=np.float64), _later(later, len(group), settings.seed), settings
    )
    fitted = [lines.fit(i, name, (columns or {}).get(name, x.names)) for i, name in enumerate(names)]
    return Hazards(
        families=names,
        pooled=pooled,
        features=x.names,
        forests=tuple(forest for forest, _ in fitted),
        offsets=tuple(offset for _, offset in fitted),
        threads=settings.threads,
    )


def refit_hazards(
    hazards: Hazards,
    x: Features,
    family: NDArray[np.object_],
    denied: NDArray[np.int8],
    weight: NDArray[np.float64],
    settings: ModelSettings,
    *,
    columns: Mapping[str, Sequence[str]] | None = None,
) -> Hazards:
    """The same hazards, with as many trees each, grown again on other (more) lines; arguments as in `fit_hazards`.

    Denials of a family that the hazards don't know are left out, as those of other families are.
    """
    group = np.where(np.asarray(denied) == 1, _places(hazards, family), _PAID)
    everything = np.zeros(len(group), dtype=bool)
    lines = _Lines(x, group, np.asarray(weight, dtype=np.float64), everything, settings)
    fitted = [
        lines.fit(i, name, (columns or {}).get(name, x.names), n_trees=len(forest.trees))
        for i, (name, forest) in enumerate(zip(hazards.families, hazards.forests, strict=True))
    ]
    return replace(
        hazards,
        features=x.names,
        forests=tuple(forest for forest, _ in fitted),
        offsets=tuple(offset for _, offset in fitted),
    )


def _places(hazards: Hazards, family: NDArray[np.object_]) -> NDArray[np.int64]:
    """Number of the hazard that each denied line's family belongs to."""
    known = {name: i for i, name in enumerate(hazards.families)}
    names, which = np.unique(np.where(family == "", "other", family).astype(str), return_inverse=True)
    places = [known.get(hazards.family_of(str(name)), _UNKNOWN) for name in names]
    return np.array(places, dtype=np.int64)[which]


def _groups(
    family: NDArray[np.object_], denied: NDArray[np.int8], least: int
) -> tuple[NDArray[np.int64], tuple[str, ...], tuple[str, ...]]:
    """Number of each line's hazard (-1: not denied), the hazards' names, and the families that were pooled."""
    struck = np.asarray(denied) == 1
    said = np.where(struck, np.where(family == "", "other", family), "").astype(str)
    found, counts = np.unique(said[struck], return_counts=True)
    if len(found) == 0 or struck.all():
        n = int(struck.sum())
        raise NotEnoughData(
            "labelled lines", found=f"{n} denied of {len(said)}", wanted="denied and paid lines"
        )
    rare = tuple(str(name) for name, n in zip(found, counts, strict=True) if n < least)
    pooled = rare if len(rare) > 1 else ()
    names = tuple(str(name) for name in found if name not in pooled) + ((POOLED,) if pooled else ())
    place = {name: i for i, name in enumerate(names)} | dict.fromkeys(pooled, len(names) - 1) | {"": _PAID}
    unique, inverse = np.unique(said, return_inverse=True)
    return np.array([place[str(name)] for name in unique])[inverse], names, pooled


def _later(later: NDArray[np.bool_] | None, n: int, seed: int) -> NDArray[np.bool_]:
    return np.random.default_rng(seed).random(n) < 0.2 if later is None else np.asarray(later, dtype=bool)


@dataclass(frozen=True)
class _Lines:
    """Labelled lines, and how one family is fitted to them."""

    x: Features
    group: NDArray[np.int64]
    weight: NDArray[np.float64]
    later: NDArray[np.bool_]
    settings: ModelSettings

    def fit(
        self, number: int, name: str, columns: Sequence[str], *, n_trees: int | None = None
    ) -> tuple[Forest, float]:
        """One family's forest over all features, and its offset; with `n_trees` none are chosen anew."""
        struck = np.flatnonzero(self.group == number)
        paid, offset = self._thinned(len(struck))
        rows = np.sort(np.concatenate([struck, paid]))
        labels = (self.group[rows] == number).astype(np.float64)
        data = self._dataset(rows, labels, columns)
        parameters = self._parameters(name, columns, len(struck), len(rows))
        n_trees = n_trees or self._n_trees(data, labels, self.later[rows], parameters)
        booster = lgb.train(parameters, data, num_boost_round=n_trees)
        # Predicting through the text that is saved: the model in memory and the one on disk are the same.
        forest = read_forest(booster.model_to_string(), thing=f"the trees of {name}")
        return forest.renumbered(self.x.names), offset

    @cached_property
    def _shuffled(self) -> NDArray[np.int64]:
        return np.random.default_rng(self.settings.seed).permutation(np.flatnonzero(self.group == _PAID))

    def _thinned(self, n_struck: int) -> tuple[NDArray[np.int64], float]:
        """Paid lines to learn beside the denied ones, and the log-odds that leaving out the others took away."""
        paid = self._shuffled
        kept = min(
            len(paid), max(self.settings.min_negatives, self.settings.negatives_per_positive * n_struck)
        )
        return paid[:kept], float(np.log(kept / len(paid)))

    def _dataset(
        self, rows: NDArray[np.int64], labels: NDArray[np.float64], columns: Sequence[str]
    ) -> lgb.Dataset:
        places = np.array([self.x.names.index(name) for name in columns])
        whole = len(places) == len(self.x.names)
        values = self.x.values[rows] if whole else self.x.values[np.ix_(rows, places)]
        data = lgb.Dataset(
            values,
            label=labels,
            weight=self.weight[rows],
            feature_name=list(columns),
            categorical_feature=[name for name in self.x.categorical if name in set(columns)],
            free_raw_data=True,
            params={"verbosity": -1, "feature_pre_filter": False, "num_threads": self.settings.threads},
        )
        return data.construct()

    def _parameters(self, name: str, columns: Sequence[str], n_struck: int, n: int) -> dict[str, object]:
        s = self.settings
        rare = n_struck < s.min_positives
        parameters: dict[str, object] = {
            "objective": "binary",
            "learning_rate": s.learning_rate,
            "num_leaves": s.leaves,
            # Too few denials even when pooled: one leaf, the plain rate.
            "min_data_in_leaf": n + 1 if rare else s.min_lines_in_leaf,
            "feature_fraction": s.column_share,
            "lambda_l2": s.leaf_penalty,
            "seed": s.seed,
            "num_threads": s.threads,
            # By columns each sum is made by one thread in the order of lines: equal on any number of cores.
            "deterministic": True,
            "force_col_wise": True,
            "verbosity": -1,
        }
        signs = s.monotone.get(name, {})
        if any(column in signs for column in columns):
            parameters["monotone_constraints"] = [signs.get(column, 0) for column in columns]
        return parameters

    def _n_trees(
        self,
        data: lgb.Dataset,
        labels: NDArray[np.float64],
        later: NDArray[np.bool_],
        parameters: dict[str, object],
    ) -> int:
        """How many trees the newest lines want of a model that has not seen them."""
        enough = min(int(labels[later].sum()), int(labels[~later].sum()))
        if enough < 10:
            return max(1, self.settings.trees // 8)
        early = data.subset(np.flatnonzero(~later))
        late = data.subset(np.flatnonzero(later))
        stop = lgb.early_stopping(self.settings.patience, verbose=False)
        booster = lgb.train(
            parameters, early, num_boost_round=self.settings.trees, valid_sets=[late], callbacks=[stop]
        )
        return max(1, booster.best_iteration)
