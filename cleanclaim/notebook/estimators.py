"""The models of this project as scikit-learn estimators on feature frames: the same trees that training grows.

    x = build_features(lines, store=store)
    DenialClassifier().fit(x, lines["label"] == 1).predict_proba(x)[:, 1]

`X` is a DataFrame (categories, words and yes/no columns are used as such; numbers may be missing) or an array of
numbers. The trees are those of `train`; what `train` adds on top (calibration on a later slice, intervals, codes,
fixes) needs days and payers, and is in `train` alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from cleanclaim.notebook.encoding import Encoder
from features.build import Features
from models.designs import Design, fit_among, fit_design
from models.settings import ModelSettings

if TYPE_CHECKING:
    from sklearn.utils import Tags

Matrix: TypeAlias = pd.DataFrame | NDArray[np.float64]
Vector: TypeAlias = NDArray[np.float64]
Words: TypeAlias = Sequence[object] | pd.Series | NDArray[np.object_]

DENIED = "denied"
"""The one family of a classifier that is told no reasons."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Labelled lines, as a design learns from them."""

    whole: Features
    at: NDArray[np.int64]
    """The row of `whole` that each line is."""
    denied: NDArray[np.int8]
    family: NDArray[np.object_]
    weight: Vector

    @property
    def x(self) -> Features:
        """Features of these lines alone."""
        return self.whole.taken(self.at)


class _Forests(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is written without types
    """What both classifiers share: their settings, and how a frame becomes features."""

    def __init__(
        self,
        *,
        design: str = "hazards",
        trees: int = 400,
        learning_rate: float = 0.08,
        leaves: int = 10,
        min_lines_in_leaf: int = 20,
        column_share: float = 0.4,
        leaf_penalty: float = 5.0,
        patience: int = 25,
        min_positives: int = 100,
        random_state: int = 7,
        n_jobs: int = 2,
    ) -> None:
        """Settings as in `models.settings.ModelSettings`; `random_state` is its seed, `n_jobs` its threads."""
        self.design = design
        self.trees = trees
        self.learning_rate = learning_rate
        self.leaves = leaves
        self.min_lines_in_leaf = min_lines_in_leaf
        self.column_share = column_share
        self.leaf_penalty = leaf_penalty
        self.patience = patience
        self.min_positives = min_positives
        self.random_state = random_state
        self.n_jobs = n_jobs

    def __sklearn_tags__(self) -> "Tags":
        """Missing values and categories are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        return tags

    def _settings(self) -> ModelSettings:
        told = dict(self.get_params(deep=False))
        seed, threads = told.pop("random_state"), told.pop("n_jobs")
        return ModelSettings(**told, seed=seed, threads=threads)

    def _learn_columns(self, X: Matrix, y: Words) -> tuple[Features, NDArray[np.object_]]:
        """Features of the lines, and their labels as one column; what is in a column is learnt here."""
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None")
        X, y = _checked(self, X, y)
        check_classification_targets(y)
        self.encoder_ = Encoder.of(X)
        return self.encoder_.features(X), np.asarray(y)

    def _features(self, X: Matrix) -> Features:
        check_is_fitted(self)
        found: Features = self.encoder_.features(_checked(self, X))
        return found

    def _weights(self, X: Features, sample_weight: Words | None) -> Vector:
        given = np.asarray(
            _check_sample_weight(sample_weight, X.values, dtype=np.float64, ensure_non_negative=True)
        )
        if not given.any():
            raise ValueError("sample_weight: found all of them zero, wanted at least one above 0")
        return given


class DenialClassifier(_Forests):
    """How likely each line is denied: `predict_proba` [n, 2], columns in the order of `classes_` (not denied, denied).

    >>> DenialClassifier(trees=200).fit(x, denied, family=families)  # doctest: +SKIP

    Attributes: `classes_` [2], the second is "denied"; `families_`, the reason families told apart; `n_features_in_`,
    `feature_names_in_`; `design_`, the fitted trees.
    """

    def fit(
        self, X: Matrix, y: Words, sample_weight: Words | None = None, *, family: Words | None = None
    ) -> Self:
        """Learn from n labelled lines: `X` [n, columns], `y` [n] of two values, the greater of which means denied.

        `family` [n] names the reason family of denied lines (what it says of others is ignored): each then has a
        hazard of its own. Without it, there is one hazard for all. Raises `ValueError` where `y` is of one class.
        """
        x, label = self._learn_columns(X, y)
        self.classes_ = np.unique(label)
        if len(self.classes_) != 2:
            found = f"{len(self.classes_)} class" + "es" * (len(self.classes_) != 1)
            kind = "Only binary classification is supported. " if len(self.classes_) > 2 else ""
            raise ValueError(f"{kind}y: found {found}, wanted 2: not denied and denied")
        denied = label == self.classes_[1]
        named = np.where(denied, DENIED if family is None else _words(family, len(label)), "").astype(object)
        lines = _counted(x, denied.astype(np.int8), named, self._weights(x, sample_weight))
        if lines.denied.all() or not lines.denied.any():
            raise ValueError("y: found one class among lines of weight above 0, wanted 2")
        self.design_: Design = fit_design(lines, self._settings())
        return self

    @property
    def families_(self) -> tuple[str, ...]:
        """The reason families told apart, in the order of `predict_share`'s columns."""
        check_is_fitted(self)
        return self.design_.families

    def predict_proba(self, X: Matrix) -> Vector:
        """Probability [n, 2] of not denied and denied, as the trees say it (not calibrated)."""
        x = self._features(X)
        p = self.design_.probability(x)
        return np.column_stack([1 - p, p])

    def predict_share(self, X: Matrix) -> Vector:
        """[n, families] How likely a denial of the line is of each family of `families_`; rows sum to 1."""
        x = self._features(X)
        return self.design_.share(x)

    def predict(self, X: Matrix) -> NDArray[np.object_]:
        """[n] The likelier of the two classes."""
        likely = self.predict_proba(X)[:, 1] > 0.5
        return np.asarray(self.classes_[likely.astype(np.int64)])

    def __sklearn_tags__(self) -> "Tags":
        """Two classes only."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


class ReasonClassifier(_Forests):
    """Which reason a denial carries: `predict_proba` [n, classes] among the reasons seen, in the order of `classes_`.

    `y` holds each line's reason (a family, a code, any label). Lines labelled `paid` (default: "") were not denied:
    they are never predicted, but teach what a denial is to be told from; with them each reason has a hazard of its
    own, as in `train`. Without any, the reasons are told from each other alone.

    Attributes: `classes_`, `n_features_in_`, `feature_names_in_`; `design_`, the fitted trees.
    """

    def __init__(
        self,
        *,
        paid: str = "",
        design: str = "hazards",
        trees: int = 400,
        learning_rate: float = 0.08,
        leaves: int = 10,
        min_lines_in_leaf: int = 20,
        column_share: float = 0.4,
        leaf_penalty: float = 5.0,
        patience: int = 25,
        min_positives: int = 100,
        random_state: int = 7,
        n_jobs: int = 2,
    ) -> None:
        """Settings as in `DenialClassifier`; `paid` is the label of lines that were not denied."""
        super().__init__(
            design=design,
            trees=trees,
            learning_rate=learning_rate,
            leaves=leaves,
            min_lines_in_leaf=min_lines_in_leaf,
            column_share=column_share,
            leaf_penalty=leaf_penalty,
            patience=patience,
            min_positives=min_positives,
            random_state=random_state,
            n_jobs=n_jobs,
        )
        self.paid = paid

    def _settings(self) -> ModelSettings:
        told = dict(self.get_params(deep=False))
        told.pop("paid")
        seed, threads = told.pop("random_state"), told.pop("n_jobs")
        return ModelSettings(**told, seed=seed, threads=threads)

    def fit(self, X: Matrix, y: Words, sample_weight: Words | None = None) -> Self:
        """Learn from n lines: `X` [n, columns], `y` [n] their reasons; `ValueError` where there is but one reason."""
        x, label = self._learn_columns(X, y)
        denied = np.array([value != self.paid for value in label.tolist()], dtype=bool)
        self.classes_, place = np.unique(label[denied], return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y: found {len(self.classes_)} class of denials, wanted 2 or more")
        number = np.full(len(label), "", dtype=object)
        number[denied] = [str(self.classes_[i]) for i in place]
        weights = self._weights(x, sample_weight)
        weight = np.bincount(place, weights[denied], len(self.classes_)).astype(np.float64)
        if (weight > 0).sum() < 2:
            raise ValueError("y: found one class among denials of weight above 0, wanted 2 or more")
        lines = _counted(x, denied.astype(np.int8), number, weights)
        fit = fit_among if denied.all() else fit_design
        self.design_: Design = fit(lines, self._settings())
        self.spread_ = _spread(self.design_, [str(value) for value in self.classes_], weight)
        return self

    def predict_proba(self, X: Matrix) -> Vector:
        """[n, classes] How likely a denial of the line carries each reason; rows sum to 1."""
        x = self._features(X)
        return np.asarray(self.design_.share(x) @ self.spread_)

    def predict(self, X: Matrix) -> NDArray[np.object_]:
        """[n] The likeliest reason."""
        place = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[place])


def _spread(design: Design, names: list[str], weight: Vector) -> Vector:
    """[families, classes] Each class from its own family; those pooled share theirs by how often each came."""
    out = np.zeros((len(design.families), len(names)))
    alone = {name: i for i, name in enumerate(design.families)}
    rest = [c for c, name in enumerate(names) if name not in alone]
    for c, name in enumerate(names):
        if name in alone:
            out[alone[name], c] = 1.0
    if rest and "pooled" in alone and weight[rest].sum():
        out[alone["pooled"], rest] = weight[rest] / weight[rest].sum()
    return out


def _checked(estimator: _Forests, X: Matrix, y: Words | None = None):  # type: ignore[no-untyped-def]
    """X (and y) as scikit-learn wants them checked; a frame stays a frame, an array becomes numbers."""
    reset = y is not None
    asked = {} if y is None else {"y": y}
    if isinstance(X, pd.DataFrame):
        if not X.shape[0]:
            raise ValueError("X: found 0 sample(s), wanted a minimum of 1")
        found = validate_data(estimator, X, **asked, reset=reset, skip_check_array=True)
        return found if y is None else (X, _labels(y, len(X)))
    kinds = [np.float64, np.float32]
    return validate_data(estimator, X, **asked, reset=reset, dtype=kinds, ensure_all_finite="allow-nan")


def _labels(y: Words, n: int) -> NDArray[np.object_]:
    from sklearn.utils import column_or_1d

    label = column_or_1d(y, warn=True)
    if len(label) != n:
        raise ValueError(f"y: found {len(label)} labels, wanted {n}")
    if pd.isna(label).any():
        raise ValueError("y: found NaN, wanted a label for every line")
    return np.asarray(label)


def _words(given: Words, n: int) -> NDArray[np.object_]:
    """Reason families as words; what is missing is "other"."""
    words = pd.Series(given, dtype=object).reset_index(drop=True)
    if len(words) != n:
        raise ValueError(f"family: found {len(words)} words, wanted {n}")
    return words.where(words.notna() & (words != ""), "other").astype(str).to_numpy(dtype=object)


def _counted(x: Features, denied: NDArray[np.int8], family: NDArray[np.object_], weight: Vector) -> Lines:
    """Without lines of weight 0: they are not there."""
    at = np.flatnonzero(weight > 0)
    return Lines(x, at, denied[at], family[at], weight[at])
