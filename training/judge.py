"""A model judged as production would have lived it: on claims sent after its day, by labels that are ripe now.

Every line's history is that of its own submission, from the newer store; the model's trees, vocabularies and
calibration are those of its day. Beside it stand baselines that learnt from the same lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.errors import NotEnoughData
from data.maturity import Maturity
from models.denial import DenialModel
from training.baselines import baseline_scores
from training.cohort import Cohort, cohort, ripe_cohort
from training.evaluate import Evaluation, evaluate
from training.fit import known_by
from training.scored import claim_alone_scores, features_of, model_scores, truth_scores
from training.scores import CEILING, CLAIM_CEILING, MODEL, Scores


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged, and how it came out."""

    evaluation: Evaluation
    cohort: Cohort


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything known by now, to judge models of earlier days by: a `LABELLED` table, and what is ripe in it."""

    labelled: pa.Table
    newest: date
    maturity: Maturity
    truth: pa.Table | None = None

    @classmethod
    def of(cls, labelled: pa.Table, newest: date, truth: pa.Table | None = None) -> "Bench":
        """A bench of all that was known on the `newest` day."""
        return cls(labelled, newest, Maturity.measure(labelled, newest), truth)

    def test_lines(self, *, sent_after: date) -> Cohort:
        """Ripe lines of claims sent after a day; `NotEnoughData` where there are none."""
        found = ripe_cohort(self.labelled, self.newest, self.maturity, sent_after=sent_after)
        if not found.lines.num_rows:
            raise NotEnoughData(
                "lines to judge the model by",
                found=f"no ripe answer to a claim sent after {sent_after} in a store that ends on {self.newest}",
                wanted="a model trained with an earlier --as-of, or --backtest K in its place",
            )
        return found

    def scores(self, model: DenialModel, test: Cohort) -> dict[str, Scores]:
        """What model, baselines and truth say of test lines."""
        x = features_of(self.labelled, test, model.state.with_history(self.labelled))
        said = {MODEL: model_scores(model, x, test.lines)}
        said |= baseline_scores(self._learnt(model), self.labelled, model.state, test, x)
        if self.truth is not None:
            said[CEILING] = truth_scores(self.truth, test.lines)
            alone = claim_alone_scores(self.truth, test.lines)
            said |= {CLAIM_CEILING: alone} if alone is not None else {}
        return said

    def _learnt(self, model: DenialModel) -> Cohort:
        """The lines that the model learnt from, for the baselines to learn from too."""
        as_of = model.facts.as_of or self.newest
        then = known_by(self.labelled, as_of)
        return cohort(then, as_of, Maturity.measure(then, as_of))


def judge(model: DenialModel, labelled: pa.Table, newest: date, *, truth: pa.Table | None = None) -> Judged:
    """A model on all claims sent after its as-of day whose labels are ripe on `newest`."""
    bench = Bench.of(labelled, newest, truth)
    test = bench.test_lines(sent_after=model.facts.as_of or newest)
    said = bench.scores(model, test)
    ceiling = said.pop(CEILING, None)
    return Judged(evaluate(said, test.lines, ceiling), test)


def joined(parts: Sequence[Mapping[str, Scores]]) -> dict[str, Scores]:
    """Scores of several tests one after another; a family that one of them doesn't know has no hazard there."""
    return {name: _joined([part[name] for part in parts]) for name in parts[0]}


def _joined(parts: list[Scores]) -> Scores:
    families = tuple(dict.fromkeys(name for part in parts for name in part.hazard_families))
    width = max(part.reasons.shape[1] for part in parts)
    return Scores(
        probability=np.concatenate([part.probability for part in parts]),
        hazards=np.concatenate([_widened(part, part.hazards, families) for part in parts]),
        shares=np.concatenate([_widened(part, part.shares, families) for part in parts]),
        hazard_families=families,
        reasons=np.concatenate([part.reasons for part in parts]) if width else np.empty((0, 0), np.str_),
        claim_probability=np.concatenate([part.claim_probability for part in parts]),
    )


def _widened(part: Scores, values: NDArray[np.float64], families: tuple[str, ...]) -> NDArray[np.float64]:
    out = np.zeros((len(part.probability), len(families)))
    for n, name in enumerate(part.hazard_families):
        out[:, families.index(name)] = values[:, n]
    return out
