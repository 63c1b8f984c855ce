"""What goes with a model beside its numbers: facts of its making, a profile of its features, its card."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from data.schema import LINE_TABLE
from features.build import Features, Values
from models.combine import Floats

_SHARES = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True, slots=True)
class Facts:
    """Where a model comes from."""

    policy: str = ""
    """Name and version of the denial policy that made its labels."""
    learnt_from: date | None = None
    learnt_to: date | None = None
    """First and last day of submission among the lines learnt from."""
    as_of: date | None = None
    """Nothing known after this day was used."""
    n_lines: int = 0
    n_denied: int = 0
    version: str = ""
    """Given when it is saved."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How features and scores were spread when the model was made: what drift is measured against."""

    shares: tuple[float, ...] = _SHARES
    features: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Quantiles at `shares` of each feature's known values."""
    unknown: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Share of lines on which a feature is unknown."""
    scores: tuple[float, ...] = ()
    """Quantiles at `shares` of the calibrated probability."""


@dataclass(frozen=True)
class Papers:
    """A model's profile, its golden lines, its card (Markdown) and its evaluation (JSON text)."""

    profile: Profile = field(default_factory=Profile)
    golden: pa.Table = field(default_factory=LINE_TABLE.empty_table)
    card: str = ""
    evaluation: str = "{}"

    @classmethod
    def of(cls, x: Features, probability: Floats) -> "Papers":
        """Papers with the profile of these features and scores."""
        return cls(profile=profile(x, probability))


def profile(x: Features, probability: Floats) -> Profile:
    """Quantiles of each feature and of the scores."""
    features, unknown = {}, {}
    for place, name in enumerate(x.names):
        column = x.values[:, place]
        known = column[~np.isnan(column)]
        unknown[name] = float(1 - len(known) / max(len(column), 1))
        features[name] = _quantiles(known)
    return Profile(_SHARES, MappingProxyType(features), MappingProxyType(unknown), _quantiles(probability))


def _quantiles(values: Values | Floats) -> tuple[float, ...]:
    if len(values) == 0:
        return ()
    return tuple(float(v) for v in np.quantile(values, _SHARES, method="nearest"))
