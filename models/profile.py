"""How features and scores were spread when a model was made: what later claims are held against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from features.build import Features, Values
from models.combine import Floats
from models.sample import Sample

_SHARES = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
_PARTS = np.arange(1, 10) / 10
MOST_LINES = 50_000
"""Lines that quantiles and bins are counted over: all of a smaller cohort."""
MOST_WORDS = 15
"""Words of a column that are counted one by one; the others together."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How a column's values fall into bins: one below each edge (and on it), one above all, the last for unknown.

    A column of words has its most frequent words' places as `words`, a bin each; then one for other words, and unknown.
    """

    edges: tuple[float, ...] = ()
    words: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()
    """Of the lines in each bin; they sum to 1."""

    def places(self, values: Values | Floats) -> NDArray[np.int64]:
        """The bin of each of these values [n]."""
        unknown = np.isnan(values)
        known = np.where(unknown, 0.0, values).astype(np.float64)
        if self.words:
            words = np.array(self.words)
            at = np.minimum(np.searchsorted(words, known), len(words) - 1)
            at = np.where(words[at] == known, at, len(words))
        else:
            at = np.searchsorted(np.array(self.edges), known, side="left")
        last = len(self.words or self.edges) + 1
        return np.where(unknown, last, at).astype(np.int64)

    def counts(self, values: Values | Floats) -> NDArray[np.int64]:
        """How many of these values [n] fall into each bin."""
        return np.bincount(self.places(values), minlength=len(self.words or self.edges) + 2)


@dataclass(frozen=True, slots=True)
class Profile:
    """How features and scores were spread when the model was made: what drift is measured against."""

    shares: tuple[float, ...] = _SHARES
    features: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Quantiles at `shares` of each feature's known values, over the lines learnt from."""
    unknown: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Share of lines on which a feature is unknown."""
    scores: tuple[float, ...] = ()
    """Quantiles at `shares` of the calibrated probability."""
    spreads: Mapping[str, Spread] = field(default_factory=lambda: MappingProxyType({}))
    """Each feature in bins, over the newest of those lines: what comes next is held against what came last."""
    n_lines: int = 0
    """How many lines `spreads` were counted over."""


def spaced(lines: Sample) -> Features:
    """Features of at most `MOST_LINES` of the lines, evenly spaced: a quantile needs no more."""
    return lines.whole.taken(lines.at[:: -(-len(lines) // MOST_LINES) or 1])


def profile(x: Features, probability: Floats, newest: Features | None = None) -> Profile:
    """Quantiles of each feature of `x` and of the scores; bins over `newest` (all of `x` where it isn't given)."""
    features, unknown = {}, {}
    for place, name in enumerate(x.names):
        column = x.values[:, place]
        known = column[~np.isnan(column)]
        unknown[name] = float(1 - len(known) / max(len(column), 1))
        features[name] = _quantiles(known)
    held = x if newest is None or not len(newest) else newest
    return Profile(
        _SHARES,
        MappingProxyType(features),
        MappingProxyType(unknown),
        _quantiles(probability),
        MappingProxyType({name: spread(held, name) for name in held.names}),
        len(held),
    )


def spread(x: Features, name: str) -> Spread:
    """One feature in bins: tenths of its known values, or its most frequent words."""
    values = x.column(name)
    known = values[~np.isnan(values)].astype(np.float64)
    if name in x.categorical:
        places, n = np.unique(known, return_counts=True)
        often = np.sort(places[np.argsort(-n, kind="stable")[:MOST_WORDS]])
        bare = Spread(words=tuple(often.tolist()))
    else:
        # Where many lines have one value, several tenths end on it: one edge is enough.
        cuts = np.unique(np.quantile(known, _PARTS, method="nearest")) if len(known) else np.empty(0)
        bare = Spread(edges=tuple(cuts[cuts < known.max()].tolist()) if len(known) else ())
    counts = bare.counts(values)
    return Spread(bare.edges, bare.words, tuple((counts / max(len(values), 1)).tolist()))


def _quantiles(values: Values | Floats) -> tuple[float, ...]:
    if len(values) == 0:
        return ()
    return tuple(float(v) for v in np.quantile(values, _SHARES, method="nearest"))
