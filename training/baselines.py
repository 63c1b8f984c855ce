"""What anybody could say of a line: baselines that learnt from the same lines as the model."""

import warnings

import numpy as np
import pyarrow as pa
from sklearn.exceptions import ConvergenceWarning

from features.build import Features
from features.state import FeatureState
from models.baseline import BASELINES, CHECK, CHECKS_ONLY, Baseline
from models.sample import Sample
from training.cohort import Cohort
from training.scored import features_of
from training.scores import Scores

MOST_LINES = 60_000
"""Logistic regression gains nothing from more lines than this; of larger cohorts it sees as many, evenly spread."""


def baseline_scores(
    learnt: Cohort, labelled: pa.Table, state: FeatureState, test: Cohort, x: Features
) -> dict[str, Scores]:
    """Probabilities of the test lines, whose features are `x`; `labelled` is the table that `learnt` is taken from."""
    few = learnt.where(np.arange(len(learnt.rows)) % (len(learnt.rows) // MOST_LINES + 1) == 0)
    sample = Sample.of(features_of(labelled, few, state), few.lines, few.weight)
    payer_ids, procedures = (
        np.array(test.lines[name].to_pylist(), dtype=object) for name in ("payer_id", "procedure")
    )
    said = {
        name: baseline.predict_probability(x, payer_ids, procedures)
        for name, baseline in _fitted(sample).items()
    }
    return {name: Scores(probability) for name, probability in said.items()}


def _fitted(sample: Sample) -> dict[str, Baseline]:
    with warnings.catch_warnings():
        # A baseline that is a hair from its best fit is still the baseline.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return {name: fit(sample) for name, fit in BASELINES.items() if _says_something(name, sample)}


def _says_something(name: str, sample: Sample) -> bool:
    """Without columns of checks the checks say nothing, and the base rate stands there once."""
    return name != CHECKS_ONLY or any(column.startswith(CHECK) for column in sample.x.names)
