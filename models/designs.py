"""Three ways to foretell denial and reason together, with one face: which of them ships was measured.

    hazards     a hazard a family: lines denied for another family are censored, not counted as fine
    multiclass  one model of what became of a line: paid, or denied for one of the families
    plain       one model of denied or paid, and one of the families of denied lines

`hazards` and `multiclass` both end as log-odds of each family against being paid, so both are `Hazards`: they
are scored, explained and saved alike. `plain` is only compared with. (benchmarks/bench_designs.py)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from features.build import Features
from models.classes import grown_classes, negated
from models.combine import Floats, probability_of, shares, total_log_odds
from models.hazards import Hazards, fit_hazards, groups_of, refit_hazards
from models.settings import ModelSettings
from models.trees import Forest

Marked = NDArray[np.bool_]


class Taught(Protocol):
    """What a design learns from: n labelled lines with their features, as `models.sample.Sample` holds them."""

    @property
    def whole(self) -> Features:
        """Features of these lines, and maybe of others."""

    @property
    def at(self) -> NDArray[np.int64]:
        """[n] The row of `whole` that each line is."""

    @property
    def x(self) -> Features:
        """Features of these lines alone."""

    @property
    def denied(self) -> NDArray[np.int8]:
        """[n] 1 denied, 0 not."""

    @property
    def family(self) -> NDArray[np.object_]:
        """[n] Reason family of denied lines, "" elsewhere."""

    @property
    def weight(self) -> Floats:
        """[n] How many lines each stands for."""


class Design(Protocol):
    """What foretells, for each line, whether it is denied and for which family of reasons."""

    @property
    def families(self) -> tuple[str, ...]:
        """The families told apart, in the order of every [n, families] array."""

    def probability(self, x: Features) -> Floats:
        """Probability of denial [n], before any calibration."""

    def share(self, x: Features) -> Floats:
        """[n, families] How likely a denial of the line is of each family; a row sums to 1."""


class Fit(Protocol):
    """How a design is learnt: `later` marks the newer lines that only say how many trees to grow."""

    def __call__(self, lines: Taught, settings: ModelSettings, *, later: Marked | None = None) -> Design:
        """The design learnt; `NotEnoughData` where there is nothing to learn from."""


@dataclass(frozen=True)
class Competing:
    """A design that ends as log-odds of each family against being paid."""

    hazards: Hazards

    @property
    def families(self) -> tuple[str, ...]:
        """The families told apart."""
        return self.hazards.families

    def probability(self, x: Features) -> Floats:
        """Probability of denial [n]: the families' odds add up."""
        return probability_of(total_log_odds(self.hazards.logits(x.values)))

    def share(self, x: Features) -> Floats:
        """[n, families] Each family's part of the odds."""
        return shares(self.hazards.logits(x.values))


@dataclass(frozen=True)
class Plain:
    """One model of denied or paid, and one of the families among the denied lines: nothing ties the two together."""

    denied: Hazards
    """A single hazard, of anything."""
    among: Hazards
    """Log-odds of each family against all the others, among denied lines."""

    @property
    def families(self) -> tuple[str, ...]:
        """The families told apart."""
        return self.among.families

    def probability(self, x: Features) -> Floats:
        """Probability of denial [n]."""
        return probability_of(total_log_odds(self.denied.logits(x.values)))

    def share(self, x: Features) -> Floats:
        """[n, families] What the second model says."""
        return shares(self.among.logits(x.values))


def fit_competing(lines: Taught, settings: ModelSettings, *, later: Marked | None = None) -> Competing:
    """A hazard for each family."""
    x, at = lines.whole, lines.at
    return Competing(fit_hazards(x, lines.family, lines.denied, lines.weight, settings, later=later, at=at))


def fit_multiclass(lines: Taught, settings: ModelSettings, *, later: Marked | None = None) -> Competing:
    """One model of paid and the families; a family's log-odds against paid are the difference of two sums of trees."""
    group, names, pooled = groups_of(lines.family, lines.denied, settings)
    forests = grown_classes(lines.x, group + 1, lines.weight, settings, n_classes=len(names) + 1, later=later)
    return Competing(_hazards(names, pooled, lines.whole, _against_paid(forests), settings))


def _against_paid(forests: tuple[Forest, ...]) -> tuple[Forest, ...]:
    """Each family's trees, then the paid lines' with the opposite sign: the sum is the family's log-odds against paid."""
    paid = negated(forests[0])
    return tuple(Forest(each.features, each.trees + paid.trees) for each in forests[1:])


def grown(lines: Taught, settings: ModelSettings, *, later: Marked | None = None) -> Hazards:
    """The trees of the design that the settings name, as they are scored, explained and saved."""
    design = fit_competing if settings.design == "hazards" else fit_multiclass
    return design(lines, settings, later=later).hazards


def regrown(
    first: Hazards, lines: Taught, settings: ModelSettings, *, where: Marked | None = None
) -> Hazards:
    """As many trees of the same families, grown again on other lines (of them only those marked by `where`)."""
    if settings.design == "hazards":
        x, at = lines.whole, lines.at
        return refit_hazards(first, x, lines.family, lines.denied, lines.weight, settings, where=where, at=at)
    known = (lines.denied == 0) | np.isin(lines.family.astype(str), [*first.families, *first.pooled])
    kept = known if where is None else known & where
    place = {name: i + 1 for i, name in enumerate(first.families)} | {"": 0}
    family = np.where(lines.denied[kept] == 1, lines.family[kept], "").astype(str)
    named, which = np.unique(family, return_inverse=True)
    label = np.array([place[name if name == "" else first.family_of(name)] for name in named])[which]
    n_trees, n_classes = len(first.forests[0].trees), len(first.families) + 1
    forests = grown_classes(
        lines.whole.taken(lines.at[kept]),
        label,
        lines.weight[kept],
        settings,
        n_classes=n_classes,
        n_trees=n_trees - 1 if n_classes == 2 else n_trees // 2,
    )
    return _hazards(first.families, first.pooled, lines.whole, _against_paid(forests), settings)


def fit_plain(lines: Taught, settings: ModelSettings, *, later: Marked | None = None) -> Plain:
    """Denied or paid, then the family of denied lines."""
    group, names, pooled = groups_of(lines.family, lines.denied, settings)
    struck = group >= 0
    among = grown_classes(
        lines.whole.taken(lines.at[struck]),
        group[struck],
        lines.weight[struck],
        settings,
        n_classes=len(names),
        later=None if later is None else later[struck],
    )
    denied = fit_binary(lines, settings, later=later).hazards
    return Plain(denied, _hazards(names, pooled, lines.whole, among, settings))


def fit_binary(lines: Taught, settings: ModelSettings, *, later: Marked | None = None) -> Competing:
    """Denied or paid, whatever the reason: a single hazard."""
    denied = (lines.denied == 1).astype(np.int64)
    forests = grown_classes(lines.x, denied, lines.weight, settings, later=later)
    return Competing(_hazards(("denied",), (), lines.whole, forests[1:], settings))


def fit_among(lines: Taught, settings: ModelSettings) -> Competing:
    """The families told from each other, from denied lines alone; what it says of being denied at all means nothing."""
    names, place = np.unique(lines.family.astype(str), return_inverse=True)
    forests = grown_classes(lines.x, place, lines.weight, settings, n_classes=len(names))
    return Competing(_hazards(tuple(names.tolist()), (), lines.whole, forests, settings))


DESIGNS: Mapping[str, Fit] = MappingProxyType(
    {"hazards": fit_competing, "multiclass": fit_multiclass, "plain": fit_plain}
)


def fit_design(lines: Taught, settings: ModelSettings, *, later: Marked | None = None) -> Design:
    """The design that the settings name, learnt from labelled lines."""
    return DESIGNS[settings.design](lines, settings, later=later)


def _hazards(
    names: tuple[str, ...],
    pooled: tuple[str, ...],
    x: Features,
    forests: tuple[Forest, ...],
    settings: ModelSettings,
) -> Hazards:
    return Hazards(names, pooled, x.names, forests, (0.0,) * len(names), settings.threads)
