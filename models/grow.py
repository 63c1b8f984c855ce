"""Growing one family's trees with LightGBM: on its own columns, beside a share of the paid lines."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.build import Features
from features.catalog import most_of
from models.average import mean_of
from models.monotone import signs_of
from models.settings import ModelSettings
from models.trees import Forest, read_forest

if TYPE_CHECKING:
    import lightgbm as lgb

PAID = -1
UNKNOWN = -2
"""Numbers of lines that no hazard struck: paid, or denied for something that no hazard knows."""
ENOUGH_TO_STOP = 10
"""Denials that are needed on either side to choose a number of trees."""

FORESTS = 2
AT_RANDOM: Mapping[str, object] = MappingProxyType({"extra_trees": True})
"""The second forest splits columns at places drawn at random: less by chance where a column tells little, and less
sharp where it tells much. (Measured: on few denials it is better in some families and worse in others by a third;
their mean is nearly as good as the better one in each.)"""


@dataclass(frozen=True, slots=True)
class Task:
    """One family to grow."""

    number: int
    family: str
    columns: Sequence[str]
    n_trees: int = 0
    """Of both forests together; 0: as many as the later lines want."""
    is_rare: bool = False
    """Too few denials to learn from: one leaf, the plain rate."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A family's forest over all features, and the log-odds to add to it."""

    forest: Forest
    offset: float


@dataclass(frozen=True)
class Grower:
    """Labelled lines, and how a family's trees are grown on them."""

    x: Features
    group: NDArray[np.int64]
    """Number of each line's hazard, or `PAID`, or `UNKNOWN`."""
    weight: NDArray[np.float64]
    later: NDArray[np.bool_]
    """Lines that only say when to stop; they are not learnt from."""
    settings: ModelSettings
    at: NDArray[np.int64] | None = None
    """The row of `x` that each line is; None: `x` has these very lines."""

    def all(self, tasks: Sequence[Task]) -> list[Grown]:
        """Grow families side by side, each on one thread: faster than many threads on one, and always equal."""
        with ThreadPoolExecutor(self.settings.threads) as pool:
            return list(pool.map(self.one, tasks))

    def one(self, task: Task) -> Grown:
        """Grow one family: two forests of as many trees each, and their mean."""
        asked = self.settings.asked(task.columns)
        # A family that is left nothing to ask has its plain rate.
        task = replace(task, columns=asked or self.x.names[:1], is_rare=task.is_rare or not asked)
        struck = np.flatnonzero(self.group == task.number)
        paid, offset = self._thinned(len(struck))
        rows = np.sort(np.concatenate([struck, paid]))
        parameters = self._parameters(task, alone_rows=len(rows) if task.is_rare else 0)
        early, late = self._datasets(task, rows, parameters)
        forests = [self._read(self._first(task, early, late, parameters), task)]
        if not task.is_rare:
            forests.append(
                self._read(_grown(early, parameters | dict(AT_RANDOM), len(forests[0].trees)), task)
            )
        return Grown(mean_of(forests), offset)

    def _read(self, booster: "lgb.Booster", task: Task) -> Forest:
        """The forest over all features.

        It is scored through the text that is saved: the model in memory and the one on disk are the same.
        """
        text = booster.model_to_string(num_iteration=booster.best_iteration)
        return read_forest(text, thing=f"the trees of {task.family}").renumbered(self.x.names)

    @cached_property
    def _shuffled(self) -> NDArray[np.int64]:
        return np.random.default_rng(self.settings.seed).permutation(np.flatnonzero(self.group == PAID))

    def _thinned(self, n_struck: int) -> tuple[NDArray[np.int64], float]:
        """Paid lines to learn beside the denied ones, and the log-odds that leaving out the others took away."""
        paid = self._shuffled
        wanted = max(self.settings.min_negatives, self.settings.negatives_per_positive * n_struck)
        kept = min(len(paid), wanted)
        return paid[:kept], float(np.log(kept / len(paid)))

    def _datasets(
        self, task: Task, rows: NDArray[np.int64], parameters: dict[str, object]
    ) -> "tuple[lgb.Dataset, lgb.Dataset | None]":
        """The lines that teach, and those that say when to stop: none where nobody asks, or too few could say it."""
        later = self.later[rows]
        labels = self.group[rows] == task.number
        data = self._dataset(rows, labels, task.columns, parameters)
        early = data.subset(np.flatnonzero(~later).tolist()) if later.any() else data
        stoppable = min(labels[later].sum(), labels[~later].sum()) >= ENOUGH_TO_STOP
        asked = stoppable and not task.n_trees
        return early, data.subset(np.flatnonzero(later).tolist()) if asked else None

    def _first(
        self, task: Task, early: "lgb.Dataset", late: "lgb.Dataset | None", parameters: dict[str, object]
    ) -> "lgb.Booster":
        """The first forest, grown for as long as the later lines gain by it."""
        import lightgbm as lgb  # only growing needs it: what scores goes without, and without its native library

        if late is None:
            told = task.n_trees if task.is_rare else task.n_trees // FORESTS
            return _grown(early, parameters, told or self.settings.trees // 8 + 1)
        stop = lgb.early_stopping(self.settings.patience, verbose=False)
        return lgb.train(parameters, early, self.settings.trees, valid_sets=[late], callbacks=[stop])

    def _dataset(
        self,
        rows: NDArray[np.int64],
        labels: NDArray[np.bool_],
        columns: Sequence[str],
        parameters: dict[str, object],
    ) -> "lgb.Dataset":
        import lightgbm as lgb

        places = np.array([self.x.names.index(name) for name in columns])
        values = self.x.values[np.ix_(rows if self.at is None else self.at[rows], places)]
        # Cut off here alone: a tree that never saw more than the most takes all that is more for the same.
        np.minimum(values, most_of(columns), out=values)
        data = lgb.Dataset(
            values,
            label=labels.astype(np.float64),
            weight=self.weight[rows],
            feature_name=list(columns),
            categorical_feature=[name for name in self.x.categorical if name in set(columns)],
            params=parameters,
        )
        return data.construct()

    def _parameters(self, task: Task, *, alone_rows: int) -> dict[str, object]:
        """LightGBM's parameters; with `alone_rows` (too few denials to learn from) one leaf, the plain rate."""
        s = self.settings
        parameters = growing(s) | {"objective": "binary", "num_threads": 1}
        if alone_rows:
            parameters["min_data_in_leaf"] = alone_rows + 1
        signs = signs_of(task.family, task.columns, s.monotone)
        if any(signs):
            parameters["monotone_constraints"] = list(signs)
        return parameters


def _grown(data: "lgb.Dataset", parameters: dict[str, object], n_trees: int) -> "lgb.Booster":
    import lightgbm as lgb

    return lgb.train(parameters, data, num_boost_round=n_trees)


def growing(settings: ModelSettings) -> dict[str, object]:
    """LightGBM's parameters that every forest here is grown with."""
    return {
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": settings.min_lines_in_leaf,
        "feature_fraction": settings.column_share,
        "lambda_l2": settings.leaf_penalty,
        "feature_pre_filter": False,
        # 30,000 lines place the bins' edges as well as all do, in a fraction of the time.
        "bin_construct_sample_cnt": 30_000,
        "seed": settings.seed,
        "deterministic": True,
        "force_col_wise": True,
        "verbosity": -1,
    }
