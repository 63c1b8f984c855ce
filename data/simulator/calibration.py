"""A world's figures beside those of real radiology billing: rates, reasons, delays, and how well anyone could do.

Ranges: claims denied, by surveys of payers' answers (2022-2024) and by what radiology groups and their billers tell;
reasons, a judgement for radiology; days to the first answer, from payers' own reports.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.simulator.catalogue import Flags, Floats, Numbers
from data.simulator.settings import WorldSettings

CLAIMS_DENIED = {
    "commercial": (0.12, 0.19),
    "medicare": (0.07, 0.14),
    "medicare_advantage": (0.12, 0.19),
    "medicaid": (0.13, 0.21),
}
REASONS: Mapping[tuple[str, ...], float] = {
    ("16",): 0.20,
    ("197", "198", "284"): 0.16,
    ("50",): 0.13,
    ("18",): 0.09,
    ("96", "204"): 0.09,
    ("97", "236"): 0.07,
    ("27",): 0.07,
    ("22", "109"): 0.07,
    ("11",): 0.04,
    ("4",): 0.03,
    ("29",): 0.03,
    ("252",): 0.02,
}
"""Shares of denied lines by CARC."""
SLACK = 0.15
"""How far a reason's share may be from its target, as a share of it."""
OVERTURNED = 0.54
"""Of the claims denied and taken up again by the payer, how many are then paid (survey of 2022: of those contested)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a world, and the range in which it should be (0 to 0: there is none)."""

    name: str
    value: float
    low: float = 0.0
    high: float = 0.0
    target: float | None = None
    """What the range lies around, where it is one figure"""

    @classmethod
    def around(cls, name: str, value: float, target: float) -> "Figure":
        """A figure that should be within `SLACK` of its target."""
        return cls(name, value, target * (1 - SLACK), target * (1 + SLACK), target)

    @property
    def fits(self) -> bool:
        """In its range, or without one."""
        return self.low == self.high or self.low <= self.value <= self.high


@dataclass(frozen=True, slots=True)
class Shown:
    """First submissions before the end of the world, as columns of their lines."""

    claim: Numbers
    kind: NDArray[np.str_]
    p: Floats
    alone: Floats
    """The chance given the claim alone; NaN where that was left out"""
    denied: Flags
    carc: NDArray[np.str_]
    days: Numbers
    """From submission to the first answer, -1 where none ever comes"""
    again: Flags
    """Denied, and taken up again by the payer"""
    spared: Flags
    """And then paid"""


def calibration(truth: pa.Table, settings: WorldSettings | None = None) -> tuple[Figure, ...]:
    """The figures of a world's truth (schema `TRUTH`), on claims first sent before its end."""
    shown = _shown(truth, settings or WorldSettings.load())
    return (
        Figure("lines denied", float(shown.denied.mean()), 0.09, 0.13),
        Figure(
            "claims with a denied line", _claims_denied(shown, np.ones(len(shown.p), np.bool_)), 0.13, 0.18
        ),
        *(
            Figure(
                f"claims with a denied line, {kind.replace('_', ' ')}",
                _claims_denied(shown, shown.kind == kind),
                *wanted,
            )
            for kind, wanted in CLAIMS_DENIED.items()
        ),
        Figure("lines a claim", len(shown.p) / len(np.unique(shown.claim)), 1.6, 2.2),
        Figure("ceiling: AUC of the truth", auc(shown.p, shown.denied), 0.85, 0.92),
        Figure("ceiling: log-loss of the truth", log_loss(shown.p, shown.denied)),
        *_alone(shown),
        *_reasons(shown),
        *_delays(shown),
        *_overturned(shown),
    )


def auc(score: Floats, denied: Flags) -> float:
    """How often a denied line has a higher score than another; half for equal scores. NaN without both kinds."""
    n_denied = int(denied.sum())
    if n_denied in {0, len(denied)}:
        return float("nan")
    _, group, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[group]
    above = rank[denied].sum() - n_denied * (n_denied + 1) / 2
    return float(above / (n_denied * (len(denied) - n_denied)))


def log_loss(p: Floats, denied: Flags) -> float:
    """Mean of -log of the probability given to what happened."""
    told = np.where(denied, p, 1 - p)
    return float(-np.log(np.maximum(told, 1e-300)).mean())


def _shown(truth: pa.Table, settings: WorldSettings) -> Shown:
    """First submissions that were taken in."""
    other = pc.or_(truth["in_upcoming"], truth["is_replacement"])
    first = truth.filter(pc.invert(pc.or_(other, pc.is_valid(truth["rejected_on"]))))
    kinds = {payer.payer_id: payer.kind for payer in settings.payers}
    payer = first["payer_id"].combine_chunks().dictionary_encode()
    kind = np.array([kinds[payer_id] for payer_id in payer.dictionary.to_pylist()])
    submitted, known = (first[name].cast(pa.int32()) for name in ("submitted_on", "known_on"))
    reason = pc.fill_null(first["reason"], "")
    return Shown(
        claim=first["claim_id"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64),
        kind=kind[payer.indices.to_numpy()],
        p=first["p_denied"].to_numpy(),
        alone=first["p_denied_837"].to_numpy(),
        denied=first["denied"].to_numpy(),
        carc=np.char.partition(reason.to_numpy(zero_copy_only=False).astype("U12"), "/")[:, 0],
        days=pc.fill_null(pc.subtract(known, submitted), -1).to_numpy().astype(np.int64),
        again=first["denied"].to_numpy() & first["denied_anew"].is_valid().to_numpy(),
        spared=pc.fill_null(pc.invert(first["denied_anew"]), False).to_numpy(),
    )


def _alone(shown: Shown) -> list[Figure]:
    """How well the claims alone could tell, where that was worked out."""
    if np.isnan(shown.alone).any():
        return []
    return [
        Figure("ceiling: AUC of the claim alone", auc(shown.alone, shown.denied)),
        Figure("ceiling: log-loss of the claim alone", log_loss(shown.alone, shown.denied)),
    ]


def _overturned(shown: Shown) -> list[Figure]:
    again = len(np.unique(shown.claim[shown.again]))
    spared = len(np.unique(shown.claim[shown.again & shown.spared]))
    return [Figure.around("denied claims taken up again, then paid", spared / max(again, 1), OVERTURNED)]


def _claims_denied(shown: Shown, of: Flags) -> float:
    """The share of claims with a denied line among those of these lines."""
    claims = np.unique(shown.claim[of])
    return len(np.unique(shown.claim[of & shown.denied])) / max(len(claims), 1)


def _reasons(shown: Shown) -> list[Figure]:
    denied = max(int(shown.denied.sum()), 1)
    figures = []
    for carcs, target in REASONS.items():
        share = float(np.isin(shown.carc[shown.denied], carcs).sum()) / denied
        name = f"reason {'/'.join(carcs)}, share of denied lines"
        figures.append(Figure.around(name, share, target))
    return figures


def _delays(shown: Shown) -> list[Figure]:
    _, one_each = np.unique(shown.claim, return_index=True)
    days = shown.days[one_each]
    told = days[days >= 0]
    ranges = ((-1, 15), (15, 30), (30, 45))
    share = [float(((told > low) & (told <= high)).sum()) / max(len(told), 1) for low, high in ranges]
    return [
        Figure("answers within 15 days", share[0], 0.63, 0.95),
        Figure("answers in 16 to 30 days", share[1], 0.04, 0.36),
        Figure("answers in 31 to 45 days", share[2], 0.0, 0.03),
        Figure("claims never answered", float((days < 0).mean()), 0.005, 0.03),
    ]
