"""What a denial model must beat, all with one face: `fit(...)`, then `predict_probability(x, payer_ids, procedures)`.

The base rate says the same of every line. The payer x procedure rate is what an experienced biller carries in mind.
The checks alone (logistic regression on the columns `check_*`) are what a scrubber knows. Logistic regression sees all
features, but only their separate effects.
"""

# ruff: noqa: ARG002, ARG003 - one face for all: each is told everything and uses what it understands.

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from features.build import Features
from models.combine import Floats
from models.sample import Sample

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

Codes = NDArray[np.object_]
CHECK = "check_"
"""How the features begin that say what a check found."""
CHECKS_ONLY = "checks only"
FEW_LINES = 20_000
_EDGE = 1e-6


class Baseline(Protocol):
    """A model that gives each line a probability of denial."""

    def predict_probability(self, x: Features, payer_ids: Codes, procedures: Codes) -> Floats:
        """Probability of denial [n]."""


@dataclass(frozen=True, slots=True)
class BaseRate:
    """The share of lines denied, for every line."""

    rate: float = 0.0

    @classmethod
    def fit(
        cls, x: Features, denied: NDArray[np.int8], weight: Floats, payer_ids: Codes, procedures: Codes
    ) -> "BaseRate":
        """Count the weighted share of denied lines."""
        return cls(float(np.average(denied, weights=weight)))

    def predict_probability(self, x: Features, payer_ids: Codes, procedures: Codes) -> Floats:
        """Probability of denial [n]."""
        return np.full(len(payer_ids), min(max(self.rate, _EDGE), 1 - _EDGE))


@dataclass(frozen=True, slots=True)
class PayerProcedureRate:
    """The share denied by payer and procedure, shrunk to the payer's, and that to everyone's."""

    everyone: float = 0.0
    payers: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    pairs: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def fit(
        cls,
        x: Features,
        denied: NDArray[np.int8],
        weight: Floats,
        payer_ids: Codes,
        procedures: Codes,
        *,
        strength: float = 20.0,
    ) -> "PayerProcedureRate":
        """Count shares; a payer's or pair's own counts for half once it has `strength` lines."""
        everyone = float(np.average(denied, weights=weight))
        payer = [p or "" for p in payer_ids]
        payers = _shares(payer, denied, weight, dict.fromkeys(payer, everyone), strength)
        pair = _pairs(payer_ids, procedures)
        towards = {key: payers[name] for key, name in zip(pair, payer, strict=True)}
        return cls(
            everyone,
            MappingProxyType(payers),
            MappingProxyType(_shares(pair, denied, weight, towards, strength)),
        )

    def predict_probability(self, x: Features, payer_ids: Codes, procedures: Codes) -> Floats:
        """Probability of denial [n]."""
        pairs = _pairs(payer_ids, procedures)
        chance = [
            self.pairs.get(pair, self.payers.get(payer or "", self.everyone))
            for pair, payer in zip(pairs, payer_ids, strict=True)
        ]
        return np.clip(np.array(chance, dtype=np.float64), _EDGE, 1 - _EDGE)


def _pairs(payer_ids: Codes, procedures: Codes) -> list[str]:
    return [
        f"{payer or ''}|{procedure or ''}" for payer, procedure in zip(payer_ids, procedures, strict=True)
    ]


def _shares(
    keys: list[str], denied: NDArray[np.int8], weight: Floats, towards: Mapping[str, float], strength: float
) -> dict[str, float]:
    """Weighted share denied by key, each shrunk towards its own `towards`."""
    names, place = np.unique(np.array(keys), return_inverse=True)
    mass, hits = np.bincount(place, weight), np.bincount(place, weight * denied)
    return {
        str(name): float((hits[i] + strength * towards[str(name)]) / (mass[i] + strength))
        for i, name in enumerate(names)
    }


@dataclass(frozen=True, slots=True)
class LogisticRegression:
    """Logistic regression over all features: categories one column each, numbers scaled, missing ones marked.

    For comparison only: it is fitted with scikit-learn, is never saved, and never serves.
    """

    pipeline: "Pipeline"

    @classmethod
    def fit(
        cls, x: Features, denied: NDArray[np.int8], weight: Floats, payer_ids: Codes, procedures: Codes
    ) -> "LogisticRegression":
        """Fit the pipeline."""
        pipeline = _pipeline(x)
        pipeline.fit(_narrow(x), denied, classify__sample_weight=weight)
        return cls(pipeline)

    def predict_probability(self, x: Features, payer_ids: Codes, procedures: Codes) -> Floats:
        """Probability of denial [n]."""
        chance = np.asarray(self.pipeline.predict_proba(_narrow(x))[:, 1], dtype=np.float64)
        return np.clip(chance, _EDGE, 1 - _EDGE)


@dataclass(frozen=True, slots=True)
class ChecksOnly:
    """Logistic regression on what the checks say, and nothing else; the base rate where no feature is a check."""

    model: LogisticRegression | BaseRate
    names: tuple[str, ...]

    @classmethod
    def fit(
        cls, x: Features, denied: NDArray[np.int8], weight: Floats, payer_ids: Codes, procedures: Codes
    ) -> "ChecksOnly":
        """Fit the pipeline to the columns `check_*`."""
        names = tuple(name for name in x.names if name.startswith(CHECK))
        kind = LogisticRegression if names else BaseRate
        return cls(kind.fit(x.select(names), denied, weight, payer_ids, procedures), names)

    def predict_probability(self, x: Features, payer_ids: Codes, procedures: Codes) -> Floats:
        """Probability of denial [n]."""
        return self.model.predict_probability(x.select(self.names), payer_ids, procedures)


Fit = Callable[[Sample], Baseline]


def _told(kind: type[BaseRate | PayerProcedureRate | ChecksOnly | LogisticRegression]) -> Fit:
    return lambda lines: kind.fit(lines.x, lines.denied, lines.weight, lines.payer_ids, lines.procedures)


BASELINES: Mapping[str, Fit] = MappingProxyType(
    {
        "logistic regression": _told(LogisticRegression),
        CHECKS_ONLY: _told(ChecksOnly),
        "payer x procedure rate": _told(PayerProcedureRate),
        "base rate": _told(BaseRate),
    }
)
"""How each is fitted to labelled lines, the strongest first."""


def _narrow(x: Features) -> NDArray[np.float32]:
    """The values as float32: themselves where they are it already."""
    return np.asarray(x.values, dtype=np.float32)


def _pipeline(x: Features) -> "Pipeline":
    # scikit-learn is a training tool: what serves never loads it, so it is imported where it is used.
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression as Classifier
    from sklearn.pipeline import Pipeline as Steps
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    words = [i for i, name in enumerate(x.names) if name in x.categorical]
    numbers = [i for i, name in enumerate(x.names) if name not in x.categorical]
    unknown = SimpleImputer(strategy="constant", fill_value=-1.0, keep_empty_features=True)
    known = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    columns = ColumnTransformer(
        [
            (
                "words",
                make_pipeline(
                    unknown, OneHotEncoder(handle_unknown="ignore", min_frequency=20, dtype=np.float32)
                ),
                words,
            ),
            ("numbers", make_pipeline(known, StandardScaler()), numbers),
        ]
    )
    # Newton's steps need 5 where lbfgs needs 150; both end at the same log-loss. With few lines, solving for a thousand
    # columns at once is most of the work: following gradients to each step takes a third of it.
    solver = "newton-cg" if len(x.values) < FEW_LINES else "newton-cholesky"
    return Steps([("columns", columns), ("classify", Classifier(C=0.1, solver=solver))])
