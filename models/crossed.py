"""What a model says of lines that it has not learnt from, for a model that has learnt from all.

The trees that go out are grown on everything known, the newest answers above all. Calibration needs lines that the
trees have not seen, so the newest lines are told by trees grown without them: week by week, of two kinds in turn.
(Measured: a calibrator of trees that end months earlier also makes up for what they did not know yet. Put on trees
that know it, it does so twice; the calibration error on later claims then was .023 instead of .014.)
"""

import numpy as np
from numpy.typing import NDArray

from models.combine import Floats
from models.designs import regrown
from models.hazards import Hazards
from models.sample import Sample
from models.settings import ModelSettings

NEWEST = 0.4
"""Share of the lines that are told by trees grown without them."""
FOLDS = 2
DAYS = 7
"""Lines sent in one week stay together: claims of a patient, and repeats of a claim, lie close to each other."""


def newest(day: NDArray[np.int64]) -> NDArray[np.bool_]:
    """[n] Lines of the newest weeks, about `NEWEST` of all; none where all are of one day."""
    return np.asarray(day > np.quantile(day, 1 - NEWEST)) if len(day) else np.zeros(0, dtype=bool)


def unseen_logits(
    hazards: Hazards, lines: Sample, held: NDArray[np.bool_], settings: ModelSettings
) -> Floats:
    """Log-odds [held lines, families] by hazards grown again, as many trees, on all lines but those of the same fold."""
    fold = (lines.day // DAYS) % FOLDS
    out = np.zeros((len(lines), len(hazards.families)))
    for number in range(FOLDS):
        told = held & (fold == number)
        if told.any():
            grown = regrown(hazards, lines, settings, where=~told)
            out[told] = grown.logits(lines.rows(told).x.values)
    return out[held]
