"""Where a new model is worse than the one before: one difference for each part of the lines, told with its interval.

Among many parts some look worse by chance. So the claims are drawn anew for all parts at once, and a part counts as
worse only if its difference stands out from what the *largest* of all these chance differences reaches 95 times of
100 (the maximum of studentised differences, which knows that parts overlap); and only if it matters (`margin`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from training.cohort import texts
from training.cuts import Values, cuts, told_of
from training.intervals import DRAWS, Draws, Interval, reach_of_all
from training.metrics import Labels, Vector, losses
from training.scores import Scores

LEAST_LINES, LEAST_DENIED = 100, 20
"""Fewer tell nothing of a part."""
MOST_OF_A_CUT = 40
"""The largest parts of a cut are compared: a hospital may have hundreds of facilities."""
MARGIN = 0.01
"""A part is worse only if its log-loss rose by more than this share of what it was."""
ALL, REASON = "all", "reason"


@dataclass(frozen=True, slots=True)
class SliceDifference:
    """Log-loss of two models on one part of the lines; a difference above zero means the challenger's is higher."""

    cut: str
    value: str
    n: int
    n_denied: int
    challenger: float
    champion: float
    difference: Interval
    """Challenger less champion, with the interval of this part alone."""
    is_worse: bool
    """Clearly, with all the other parts looked at too, and by more than the margin."""
    is_better: bool

    @property
    def name(self) -> str:
        """The part in words."""
        return "all lines" if not self.value else f"{self.cut} {self.value.replace('_', ' ')}"


def compare(
    challenger: Scores,
    champion: Scores,
    lines: pa.Table,
    *,
    by: Mapping[str, Values] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    margin: float = MARGIN,
) -> tuple[SliceDifference, ...]:
    """Two models on the same labelled lines (`LABELLED`, row by row): on all of them first, then part by part.

    Parts are payer, plan kind, modality, facility, month, reason family (where both models have a hazard of it), and
    whatever `by` names with a value [n] a line (new codes: `training.cuts.Met`). Small parts are left out.
    """
    denied = np.asarray(lines["label"].to_numpy(), dtype=np.int8)
    parts = [
        part
        for part in _parts(challenger, champion, lines, denied, cuts(lines) | dict(by or {}))
        if part.cut == ALL or (part.n >= LEAST_LINES and part.n_denied >= LEAST_DENIED)
    ]
    drawing = Draws.of(lines["claim_key"].to_numpy(), draws=draws, seed=seed)
    drawn = drawing.part_means([(part.rose, part.inside) for part in parts])
    at = np.array([part.difference for part in parts])
    reach = reach_of_all(drawn, at)
    return tuple(
        SliceDifference(
            part.cut,
            part.value,
            part.n,
            part.n_denied,
            part.mean(part.challenger),
            part.mean(part.champion),
            Interval.of(at[k], drawn[:, k]),
            is_worse=bool(at[k] - reach[k] > margin * part.mean(part.champion)),
            is_better=bool(at[k] + reach[k] < -margin * part.mean(part.champion)),
        )
        for k, part in enumerate(parts)
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the lines, and what each model lost on every line (counted only inside the part)."""

    cut: str
    value: str
    inside: NDArray[np.bool_]
    denied: Labels
    challenger: Vector
    champion: Vector

    @property
    def n(self) -> int:
        return int(self.inside.sum())

    @property
    def n_denied(self) -> int:
        return int(self.denied[self.inside].sum())

    @property
    def rose(self) -> Vector:
        return self.challenger - self.champion

    @property
    def difference(self) -> float:
        return self.mean(self.rose)

    def mean(self, values: Vector) -> float:
        return float(values[self.inside].mean()) if self.n else float("nan")


def _parts(
    challenger: Scores, champion: Scores, lines: pa.Table, denied: Labels, by: Mapping[str, Values]
) -> Iterator[_Part]:
    new, old = (losses(denied, scores.probability) for scores in (challenger, champion))
    yield _Part(ALL, "", np.ones(len(denied), bool), denied, new, old)
    for cut, values in by.items():
        for value in _largest(values):
            yield _Part(cut, str(value), values == value, denied, new, old)
    families = texts(lines["family"])
    for family in challenger.hazard_families:
        if family in champion.hazard_families:
            struck = (families == family).astype(np.int8)
            new, old = (losses(struck, _hazard(scores, family)) for scores in (challenger, champion))
            yield _Part(REASON, family, told_of(family, denied, families), struck, new, old)


def _largest(values: Values) -> Values:
    """The values of a cut with the most lines, in their own order."""
    found, n = np.unique(values, return_counts=True)
    return found[np.sort(np.argsort(-n, kind="stable")[:MOST_OF_A_CUT])]


def _hazard(scores: Scores, family: str) -> Vector:
    return np.asarray(scores.hazards[:, scores.hazard_families.index(family)], dtype=np.float64)
