"""Why a line is at risk: which families of reasons, and inside the leading ones which things a biller thinks in.

Contributions to a family's log-odds are exact and add up; so do their sums by concept. Points are told beside them:
how many points out of 100 the calibrated probability would fall if that concept had contributed nothing. Points of
different concepts need not add up, for risks meet each other on the way to a probability.

Columns that move together share their credit, so that a strong reason leaves crumbs with many concepts. What holds
less than a quarter of the log-odds of its family's strongest reason is taken for such a crumb and not told: told
before that reason, as what can be put right is told before what can't, it would lead a reader astray. In simulated
worlds half of all things named to fix or check were such crumbs, and next to none of them true
(`benchmarks/bench_causes.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from features.build import Features, Values
from features.catalog import CATALOG
from models.combine import Floats, total_log_odds
from models.credit import Credit, credit
from models.denial import DenialModel, Payers, Prediction
from models.hazards import POOLED, Hazards

KINDS = ("fix_now", "check", "context")
"""In the order in which they are told: what can be put right first, what nobody can change last."""
_NAMED = 4
"""Features named for a factor at most."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One concept's part in one family's hazard."""

    family: str
    concept: str
    kind: str
    log_odds: float
    """Its exact share of the family's log-odds; above 0 raises the risk."""
    points: float
    """Points out of 100 that the line's probability would lose without it; below 0 it lowers the risk."""
    features: tuple[str, ...]
    """The features behind it, those that pull its way most first."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One line's risk, told in families and factors."""

    families: tuple[tuple[str, float], ...]
    """Every family and its share of the risk, largest first; shares sum to 1."""
    factors: tuple[Factor, ...]
    """`fix_now` before `check` before `context`; inside each what raises the risk most comes first."""
    base_points: float
    """The probability, out of 100, of a line at this payer before anything else is known of it."""


def explain(
    model: DenialModel,
    x: Features,
    payer_ids: Payers,
    prediction: Prediction,
    *,
    most_families: int = 3,
    least_share: float = 0.1,
    least_points: float = 1.0,
    least_of_strongest: float = 0.25,
) -> list[Explanation]:
    """Explain each line of `x`, given what was predicted for it.

    Looks into at most `most_families` families, those that hold `least_share` of the line's risk (the largest
    always), and names factors of at least `least_points` points either way, and of at least `least_of_strongest` of
    the log-odds of what raises their family most (for what lowers it: of what moves it most either way).
    """
    n = len(prediction.probability)
    base = model.calibrator.apply(np.repeat(total_log_odds(model.hazards.bases[None, :]), n), payer_ids)
    order = np.argsort(-prediction.share, axis=1, kind="stable")
    leading = _leading(prediction.share, order, most_families, least_share)
    factors: list[list[Factor]] = [[] for _ in range(n)]
    logits = prediction.logits
    payers = np.array(list(payer_ids), dtype=object)
    for place in np.flatnonzero(leading.any(axis=0)).tolist():
        rows = np.flatnonzero(leading[:, place])
        part = _Part(model, place, x.values[rows], logits[rows], payers[rows], prediction.probability[rows])
        for row, found in zip(rows.tolist(), part.factors(least_points, least_of_strongest), strict=True):
            factors[row].extend(found)
    return [
        Explanation(
            _told(model.families, prediction.share[i], order[i]), _sorted(factors[i]), float(base[i]) * 100
        )
        for i in range(n)
    ]


def _leading(share: Floats, order: NDArray[np.int64], most: int, least: float) -> NDArray[np.bool_]:
    """Marks the families [n, families] to look into."""
    rank = np.argsort(order, axis=1, kind="stable")
    return np.asarray((rank == 0) | ((rank < most) & (share >= least)))


def _told(
    families: tuple[str, ...], share: Floats, order: NDArray[np.int64]
) -> tuple[tuple[str, float], ...]:
    return tuple((families[f], float(share[f])) for f in order.tolist())


def _sorted(factors: Sequence[Factor]) -> tuple[Factor, ...]:
    return tuple(sorted(factors, key=lambda factor: (KINDS.index(factor.kind), -factor.points)))


@dataclass(frozen=True, slots=True)
class _Part:
    """Some lines, and one family of theirs to look into."""

    model: DenialModel
    place: int
    values: Values
    logits: Floats
    payers: NDArray[np.object_]
    probability: Floats

    def factors(self, least_points: float, least_of_strongest: float) -> list[list[Factor]]:
        """Each line's factors in this family."""
        hazards, family = self.model.hazards, self.model.families[self.place]
        part = effects(hazards, self.values, family)
        points = (self.probability[:, None] - self._without(part.summed)) * 100
        found: list[list[Factor]] = [[] for _ in self.values]
        large = np.abs(part.summed) >= least_of_strongest * _strongest(part.summed)
        for row, number in np.argwhere((np.abs(points) >= least_points) & large).tolist():
            found[row].append(
                Factor(
                    family=family,
                    concept=part.groups[number].concept,
                    kind=part.groups[number].kind,
                    log_odds=float(part.summed[row, number]),
                    points=float(points[row, number]),
                    features=part.pulling(row, number, hazards.features),
                )
            )
        return found

    def _without(self, summed: Floats) -> Floats:
        """Calibrated probability [n, concepts] had a concept contributed nothing."""
        here = self.logits[:, self.place]
        others = self.logits.copy()
        others[:, self.place] = -np.inf
        rest = total_log_odds(others) if others.shape[1] > 1 else np.full(len(here), -np.inf)
        return self.model.calibrator.apply(np.logaddexp(rest[:, None], here[:, None] - summed), self.payers)


@dataclass(frozen=True, slots=True, eq=False)  # told apart by identity: comparing all names would cost more
class Group:
    """The features of one concept."""

    concept: str
    kind: str
    columns: tuple[int, ...]
    names: tuple[str, ...]


@lru_cache(maxsize=8)
def concepts(features: tuple[str, ...]) -> tuple[Group, ...]:
    """The features grouped by concept, in the order in which concepts first occur."""
    columns: dict[str, list[int]] = {}
    for column, name in enumerate(features):
        columns.setdefault(CATALOG[name].concept, []).append(column)
    return tuple(
        Group(concept, CATALOG[features[own[0]]].kind, tuple(own), tuple(features[c] for c in own))
        for concept, own in columns.items()
    )


def by_concept(contributions: Floats, groups: tuple[Group, ...]) -> Floats:
    """Contributions [n, features] summed by concept [n, concepts]; nothing is lost, nothing counted twice."""
    order, starts = _laid_out(groups)
    return np.asarray(np.add.reduceat(contributions[:, order], starts, axis=1))


@lru_cache(maxsize=8)
def _laid_out(groups: tuple[Group, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns of features in the order of their groups, and where each group begins."""
    order = np.array([column for group in groups for column in group.columns], dtype=np.int64)
    return order, np.cumsum([0, *(len(group.columns) for group in groups[:-1])])


def _strongest(summed: Floats) -> Floats:
    """[n, concepts]: the log-odds that each concept's are held against."""
    raising = summed.max(axis=1, keepdims=True, initial=0.0)
    either = np.abs(summed).max(axis=1, keepdims=True, initial=0.0)
    return np.asarray(np.where(summed > 0, raising, either))


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """What moves one family's log-odds on some lines: exactly, by feature and by concept."""

    contributions: Floats
    """[n, features]"""
    groups: tuple[Group, ...]
    summed: Floats
    """[n, concepts], with records of tripped checks where they belong; each line's sum is that of its contributions."""
    records: Credit
    place: NDArray[np.int64]
    """[n, records] the concept that each record counts for."""

    def pulling(self, row: int, concept: int, names: tuple[str, ...]) -> tuple[str, ...]:
        """The features that pull a line the way that a concept of it does, strongest first."""
        columns = self.records.columns(self.groups[concept].columns, concept, self.place[row])
        return _pulling(self.contributions[row], columns, names, np.sign(self.summed[row, concept]))


def effects(hazards: Hazards, values: Values, family: str) -> Effects:
    """What moves the log-odds of a family, from its base on, of lines given as a matrix [n, features]."""
    _, contributions = hazards.contributions(values, family)
    groups = concepts(hazards.features)
    families = hazards.pooled if family == POOLED else (family,)
    records = credit(hazards.features, tuple(group.concept for group in groups), families)
    place = records.of(contributions, values)
    return Effects(contributions, groups, credited(contributions, groups, records, place), records, place)


def credited(
    contributions: Floats, groups: tuple[Group, ...], records: Credit, place: NDArray[np.int64]
) -> Floats:
    """Contributions summed by concept [n, concepts], records of tripped checks where `place` says they count."""
    rest = contributions.copy()
    rest[:, records.records] = 0
    return records.by_concept(contributions, place, by_concept(rest, groups))


def _pulling(
    contributions: Floats, columns: Sequence[int], names: tuple[str, ...], sign: float
) -> tuple[str, ...]:
    """The features of these columns that pull one way, strongest first."""
    pull = contributions[list(columns)] * sign
    order = np.argsort(-pull, kind="stable")[:_NAMED].tolist()
    return tuple(names[columns[i]] for i in order if pull[i] > 0)
