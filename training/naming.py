"""Whether the named reason was the payer's: hit rates, F1 over the reasons, and which family is taken for which."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.codes import FAMILIES
from training.cohort import texts
from training.metrics import hit_rate, macro_f1
from training.scores import Scores


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """How often one scorer named the payer's reason (or its family) of a denied line, at once or among three."""

    scorer: str
    n: int
    top_1: float
    top_3: float
    family_top_1: float
    family_top_3: float
    macro_f1: float
    """Of the reason named first: each reason counts the same, however rare."""
    family_macro_f1: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """Denied lines by their true family (rows) and the family named first (columns)."""

    families: tuple[str, ...]
    counts: NDArray[np.int64]


def reason_row(name: str, scores: Scores, outcomes: pa.Table) -> ReasonRow | None:
    """How well a scorer named the reasons of denied lines; None where it names none, or none was denied."""
    denied = outcomes["label"].to_numpy() == 1
    if not denied.any() or not scores.hazard_families:
        return None
    reason, family = texts(outcomes["reason"])[denied], texts(outcomes["family"])[denied]
    families = scores.families[denied]
    family_top_1, family_top_3 = (hit_rate(families, family, top=top) for top in (1, 3))
    top_1, top_3, f1 = _codes(scores, denied, reason)
    family_f1 = macro_f1(families[:, 0], family)
    return ReasonRow(name, len(reason), top_1, top_3, family_top_1, family_top_3, f1, family_f1)


def _codes(scores: Scores, denied: NDArray[np.bool_], reason: NDArray[np.str_]) -> tuple[float, float, float]:
    """Hit rates at one and three, and macro-F1, of the codes named; NaN where a scorer names families alone."""
    if not len(scores.reasons):
        return float("nan"), float("nan"), float("nan")
    named = scores.reasons[denied]
    top_1, top_3 = (hit_rate(named, reason, top=top) for top in (1, 3))
    return top_1, top_3, macro_f1(named[:, 0], reason)


def confusion(scores: Scores, outcomes: pa.Table) -> Confusion | None:
    """Which family was taken for which; None where the scorer names none, or none was denied."""
    denied = outcomes["label"].to_numpy() == 1
    if not denied.any() or not scores.hazard_families:
        return None
    true, named = texts(outcomes["family"])[denied], scores.families[denied, 0]
    seen = {*true.tolist(), *named.tolist()}
    # A hazard that several rare families share is named, but never true.
    families = (*(f for f in FAMILIES if f in seen), *sorted(seen - set(FAMILIES)))
    at = {f: n for n, f in enumerate(families)}
    counts = np.zeros((len(families), len(families)), np.int64)
    np.add.at(counts, ([at[f] for f in true], [at[f] for f in named]), 1)
    return Confusion(families, counts)
