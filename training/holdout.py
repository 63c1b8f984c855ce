"""How good a model is on the newest lines, which neither its first trees nor the calibrator beside them have seen."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.calibration import fit_calibrator
from models.combine import total_log_odds
from models.denial import DenialModel
from models.sample import Sample
from training.bounds import Bound, line_bounds
from training.fairness import Group, fairness
from training.intervals import Draws
from training.metrics import Figures, Reliability, Vector, figures, gain, reliability
from training.scores import MODEL
from training.split import Split

SHARES = tuple(n / 50 for n in range(51))


@dataclass(frozen=True, slots=True)
class Holdout:
    """Figures, between which values they lie, and errors by age and sex; the last two are empty of too few lines."""

    figures: Figures
    bounds: tuple[Bound, ...] = ()
    fairness: tuple[Group, ...] = ()
    reliability: Reliability | None = None
    caught_lines: Vector = field(default_factory=lambda: np.empty(0))
    caught_dollars: Vector = field(default_factory=lambda: np.empty(0))
    """Shares of the denied lines and dollars among the riskiest `SHARES` of the lines."""


def judge_holdout(
    model: DenialModel, late: Sample, lines: pa.Table, cut: Split, *, payer_strength: float
) -> Holdout:
    """The model on the judging part of the lines that came after its trees' (`late`, whose table is `lines`).

    A calibrator of its own is fitted on the part before, so that nothing that is judged has taught.
    """
    day = (cut.judge_from - date(1970, 1, 1)).days
    is_judged = late.day >= day
    before, judged = late.rows(~is_judged), late.rows(is_judged)
    calibrator = fit_calibrator(
        _log_odds(model, before),
        before.denied,
        before.weight,
        before.payer_ids,
        before.day,
        payer_strength=payer_strength,
    )
    probability = calibrator.apply(_log_odds(model, judged), judged.payer_ids)
    found = figures(judged.denied, probability, judged.weight)
    if not found.n_denied:
        return Holdout(found)
    chosen = lines.filter(pa.array(is_judged))
    return Holdout(
        found,
        line_bounds(MODEL, probability, judged.denied, Draws.of(judged.claim), judged.weight),
        fairness(probability, chosen, weight=judged.weight),
        reliability(judged.denied, probability, judged.weight),
        gain(judged.denied.astype(np.float64), probability, shares=SHARES),
        gain(chosen["denied_cents"].fill_null(0).to_numpy() * judged.denied, probability, shares=SHARES),
    )


def _log_odds(model: DenialModel, sample: Sample) -> NDArray[np.float64]:
    return total_log_odds(model.logits(sample.x)) if len(sample) else np.zeros(0)
