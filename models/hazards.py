"""One hazard for each family of reasons: how likely this family stops a line that nothing else has stopped.

A line denied for another family says nothing about this one (its payer stopped reading there), so it is left out of
this family's lines: censored, not counted as fine. Families too rare to learn from share one hazard, named `pooled`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from data.codes import FAMILIES
from data.errors import NotEnoughData
from features.build import Features
from features.catalog import CATALOG
from models.flat import FlatForest, flat
from models.grow import PAID, UNKNOWN, Grower, Grown, Task
from models.settings import ModelSettings
from models.trees import Forest
from models.treeshap import Shares
from models.walk import Walk

POOLED = "pooled"
Values = NDArray[np.float64] | NDArray[np.float32]
BLOCK = 16_384
"""Lines scored in one go: of a thousand features, 130 MB."""


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
    threads: int = field(default=2, compare=False)
    """How many answer side by side: no part of what is answered, nor of the model's folder."""

    def family_of(self, family: str) -> str:
        """The hazard that a reason family belongs to: itself, or `pooled`."""
        return POOLED if family in self.pooled else family

    def logits(self, values: Values) -> NDArray[np.float64]:
        """Log-odds [n, families] of lines given as a matrix [n, features], in the order of `features`.

        The matrix may be float32: trees compare in float64, a block of lines at a time, never a copy of all.
        """
        if len(values) <= BLOCK:
            return np.asarray(self._walk.scores(_wide(values), threads=self.threads) + self._offsets)
        out = np.empty((len(values), len(self.families)))
        for rows in _blocks(len(values)):
            out[rows] = self._walk.scores(_wide(values[rows]), threads=self.threads)
        return np.asarray(out + self._offsets)

    def contributions(self, values: Values, family: str) -> tuple[float, NDArray[np.float64]]:
        """What each feature adds to one family's log-odds: the base and [n, features]; they sum to `logits`."""
        place = self.families.index(family)
        out = np.empty(values.shape)
        for rows in _blocks(len(values)):
            out[rows] = self._shares[place].contributions(_wide(values[rows]), threads=self.threads)
        return float(self.bases[place]), out

    @cached_property
    def bases(self) -> NDArray[np.float64]:
        """Log-odds [families] that contributions are counted from: the mean over the lines learnt from."""
        return np.asarray(np.array([shares.base for shares in self._shares]) + np.array(self.offsets))

    @cached_property
    def _offsets(self) -> NDArray[np.float64]:
        return np.array(self.offsets)

    @cached_property
    def _flat(self) -> tuple[FlatForest, ...]:
        return tuple(flat(forest) for forest in self.forests)

    @cached_property
    def _walk(self) -> Walk:
        """All families together: one call scores them all."""
        return Walk.of(self._flat)

    @cached_property
    def _shares(self) -> tuple[Shares, ...]:
        """A family each: contributions are asked for one family at a time."""
        return tuple(Shares.of(forest) for forest in self._flat)


def fit_hazards(
    x: Features,
    family: NDArray[np.object_],
    denied: NDArray[np.int8],
    weight: NDArray[np.float64],
    settings: ModelSettings,
    *,
    later: NDArray[np.bool_] | None = None,
    columns: Mapping[str, Sequence[str]] | None = None,
    at: NDArray[np.int64] | None = None,
) -> Hazards:
    """Hazards learnt from labelled lines.

    `family` [n] is the reason family of denied lines and "" elsewhere, `denied` [n] is 0 or 1, `weight` [n] > 0.
    `later` marks newer lines that only say how many trees each family gets; they are not learnt from. Without it a
    fifth of the lines, drawn by the seed, says so, and the trees are then grown on all. `columns` names the features
    that a family may learn from; by default the catalogue does. With `at` [n] line i is row `at[i]` of `x`, which
    isn't copied; else `x` has these n lines.
    Raises `NotEnoughData` where there is nothing to learn from.
    """
    if later is None:
        drawn = np.random.default_rng(settings.seed).random(len(denied)) < 0.2
        first = fit_hazards(x, family, denied, weight, settings, later=drawn, columns=columns, at=at)
        return refit_hazards(first, x, family, denied, weight, settings, columns=columns, at=at)
    group, names, pooled = groups_of(family, denied, settings)
    asked = columns or {name: columns_of(name, x.names, pooled) for name in names}
    grower = Grower(
        x, group, np.asarray(weight, dtype=np.float64), np.asarray(later, dtype=bool), settings, at
    )
    counts, least = np.bincount(group[group >= 0]), settings.least_of(int((group >= 0).sum()))
    tasks = [
        Task(i, name, asked.get(name, x.names), is_rare=bool(counts[i] < least))
        for i, name in enumerate(names)
    ]
    return _hazards(names, pooled, x.names, grower.all(tasks), settings)


def refit_hazards(
    hazards: Hazards,
    x: Features,
    family: NDArray[np.object_],
    denied: NDArray[np.int8],
    weight: NDArray[np.float64],
    settings: ModelSettings,
    *,
    columns: Mapping[str, Sequence[str]] | None = None,
    where: NDArray[np.bool_] | None = None,
    at: NDArray[np.int64] | None = None,
) -> Hazards:
    """The same hazards, with as many trees each, grown again on other (more) lines; arguments as in `fit_hazards`.

    Denials of a family that the hazards don't know are left out, as those of other families are, and all lines that
    are not marked by `where` (the whole matrix is never copied).
    """
    group = np.where(np.asarray(denied) == 1, _places(hazards, family), PAID)
    group = group if where is None else np.where(where, group, UNKNOWN)
    names, pooled = hazards.families, hazards.pooled
    asked = columns or {name: columns_of(name, x.names, pooled) for name in names}
    nobody = np.zeros(len(group), dtype=bool)
    grower = Grower(x, group, np.asarray(weight, dtype=np.float64), nobody, settings, at)
    tasks = [
        Task(i, name, asked.get(name, x.names), n_trees=len(forest.trees), is_rare=not forest.splits)
        for i, (name, forest) in enumerate(zip(names, hazards.forests, strict=True))
    ]
    return _hazards(names, pooled, x.names, grower.all(tasks), settings)


def columns_of(family: str, names: tuple[str, ...], pooled: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The features, of those named, that concern a family; the pooled hazard sees what any of its families does.

    A feature that the catalogue doesn't know concerns everyone, and everything concerns a family that nobody knows.
    What is about no family in particular, and words, concern none (`Feature.serves` says why).
    """
    families = pooled if family == POOLED else (family,)
    if not any(each in FAMILIES for each in families):
        return names
    return tuple(
        name for name in names if name not in CATALOG or any(CATALOG[name].serves(each) for each in families)
    )


def _blocks(n: int) -> Iterator[slice]:
    return (slice(first, first + BLOCK) for first in range(0, n, BLOCK))


def _wide(values: Values) -> NDArray[np.float64]:
    return np.ascontiguousarray(values, dtype=np.float64)


def _hazards(
    names: tuple[str, ...],
    pooled: tuple[str, ...],
    features: tuple[str, ...],
    grown: Sequence[Grown],
    settings: ModelSettings,
) -> Hazards:
    return Hazards(
        families=names,
        pooled=pooled,
        features=features,
        forests=tuple(each.forest for each in grown),
        offsets=tuple(each.offset for each in grown),
        threads=settings.threads,
    )


def _places(hazards: Hazards, family: NDArray[np.object_]) -> NDArray[np.int64]:
    """Number of the hazard that each denied line's family belongs to."""
    known = {name: i for i, name in enumerate(hazards.families)}
    names, which = np.unique(np.where(family == "", "other", family).astype(str), return_inverse=True)
    places = [known.get(hazards.family_of(str(name)), UNKNOWN) for name in names]
    return np.array(places, dtype=np.int64)[which]


def groups_of(
    family: NDArray[np.object_], denied: NDArray[np.int8], settings: ModelSettings
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
    least = settings.least_of(int(struck.sum()))
    rare = tuple(str(name) for name, n in zip(found, counts, strict=True) if n < least)
    pooled = rare if len(rare) > 1 else ()
    names = tuple(str(name) for name in found if name not in pooled) + ((POOLED,) if pooled else ())
    place = {name: i for i, name in enumerate(names)} | dict.fromkeys(pooled, len(names) - 1) | {"": PAID}
    unique, inverse = np.unique(said, return_inverse=True)
    return np.array([place[str(name)] for name in unique])[inverse], names, pooled
