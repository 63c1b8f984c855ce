"""What moves the risk of many lines: each concept's part, line by line, for a picture of all of them (a beeswarm).

A family's log-odds are a base and the contributions of its features, exactly (TreeSHAP). Summed by concept they are
weighed with the family's share of the line's risk: to first order that is how much the concept raises the log of the
line's whole risk. It is a view of many lines, not the account of one: that is told family by family (`models.explain`).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.build import Features
from features.concepts import CONCEPTS
from models.denial import DenialModel
from models.explain import concepts, effects
from training.metrics import Vector

MOST_LINES = 1500
"""More dots would only hide each other."""
LEAST_SHARE = 0.02
"""A family with a smaller share of a line's risk moves nothing there, and is not looked into."""


@dataclass(frozen=True, slots=True)
class Causes:
    """Some lines, and how much each concept raises (or lowers) the risk of each."""

    concepts: tuple[str, ...]
    """Concepts, the one that moves most first."""
    effects: Vector
    """[lines, concepts], in log-odds weighed by the families' shares."""
    probability: Vector
    """[lines]"""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Whether a concept can be put right, must be looked up, or stands."""
        return tuple(CONCEPTS[name].kind for name in self.concepts)

    @property
    def words(self) -> tuple[str, ...]:
        """The concepts as a biller calls them."""
        return tuple(CONCEPTS[name].words for name in self.concepts)

    @property
    def strength(self) -> Vector:
        """[concepts] Mean size of the effect."""
        return np.asarray(np.abs(self.effects).mean(axis=0), dtype=np.float64)


def causes_of(
    model: DenialModel, x: Features, payer_ids: NDArray[np.object_], *, most: int = MOST_LINES
) -> Causes:
    """The causes of at most `most` of the lines [n], spread evenly over them."""
    rows = np.unique(np.linspace(0, len(x.values) - 1, min(most, len(x.values))).astype(np.int64))
    some = replace(x, values=x.values[rows])
    prediction = model.predict(some, payer_ids[rows])
    groups = concepts(model.hazards.features)
    moved = np.zeros((len(rows), len(groups)))
    for place, family in enumerate(model.families):
        share = prediction.share[:, place]
        at = np.flatnonzero(share >= LEAST_SHARE)
        if len(at):
            moved[at] += effects(model.hazards, some.values[at], family).summed * share[at, None]
    order = np.argsort(-np.abs(moved).mean(axis=0), kind="stable")
    return Causes(tuple(groups[k].concept for k in order.tolist()), moved[:, order], prediction.probability)
