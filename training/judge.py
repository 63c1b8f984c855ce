"""A model judged as production would have lived it: on claims sent after its day, by labels that are ripe now.

Every line's history is that of its own submission, from the newer store; the model's trees, vocabularies and
calibration are those of its day. Beside it stand baselines that learnt from the same lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.errors import NotEnoughData
from data.maturity import Maturity
from features.build import Features
from models.denial import DenialModel
from training.baselines import baseline_scores
from training.causes import Causes, causes_of
from training.cohort import Cohort, cohort, ripe_cohort
from training.cuts import CODES, Met, Values
from training.evaluate import Evaluation, evaluate
from training.fit import known_by
from training.scored import claim_alone_scores, features_of, model_scores, truth_scores
from training.scores import CEILING, CHAMPION, CLAIM_CEILING, MODEL, Scores
from training.thresholds import CAPACITY


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged, how it came out, and what moves the risk."""

    evaluation: Evaluation
    cohort: Cohort
    causes: Causes | None = None


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

    def features(self, model: DenialModel, test: Cohort) -> Features:
        """What a model sees of test lines: its own vocabularies, and the history of each line's own submission."""
        return features_of(self.labelled, test, model.state.with_history(self.labelled))

    def model_scores(self, model: DenialModel, test: Cohort) -> Scores:
        """What a model says of test lines."""
        return model_scores(model, self.features(model, test), test.lines)

    def scores(self, model: DenialModel, test: Cohort, x: Features) -> dict[str, Scores]:
        """What model, baselines and truth say of test lines, whose features are `x`."""
        said = {MODEL: model_scores(model, x, test.lines)}
        said |= baseline_scores(self._learnt(model), self.labelled, model.state, test, x)
        if self.truth is not None:
            said[CEILING] = truth_scores(self.truth, test.lines)
            alone = claim_alone_scores(self.truth, test.lines)
            said |= {CLAIM_CEILING: alone} if alone is not None else {}
        return said

    def codes(self, as_of: date, test: Cohort) -> Values:
        """[n] Whether payer and procedure of each test line had been met by a day (the cut `codes`)."""
        sent = self.labelled.filter(pc.less_equal(self.labelled["submitted_on"], as_of))
        return Met.of(sent).values(test.lines)

    def _learnt(self, model: DenialModel) -> Cohort:
        """The lines that the model learnt from, for the baselines to learn from too."""
        as_of = model.facts.as_of or self.newest
        then = known_by(self.labelled, as_of)
        return cohort(then, as_of, Maturity.measure(then, as_of))


def judge(
    model: DenialModel,
    labelled: pa.Table,
    newest: date,
    *,
    truth: pa.Table | None = None,
    champion: DenialModel | None = None,
    capacity: float = CAPACITY,
) -> Judged:
    """A model on all claims sent after its as-of day (and the champion's) whose labels are ripe on `newest`."""
    bench = Bench.of(labelled, newest, truth)
    day = max(one.facts.as_of or newest for one in (model, champion or model))
    test = bench.test_lines(sent_after=day)
    x = bench.features(model, test)
    said = bench.scores(model, test, x)
    if champion is not None:
        said = _second(said, CHAMPION, bench.model_scores(champion, test))
    ceiling = said.pop(CEILING, None)
    by = {CODES: bench.codes(model.facts.as_of or newest, test)}
    return Judged(
        evaluate(said, test.lines, ceiling, by=by, capacity=capacity),
        test,
        causes_of(model, x, _payers(test)),
    )


def _second(said: Mapping[str, Scores], name: str, scores: Scores) -> dict[str, Scores]:
    """One more scorer, right behind the model."""
    return {MODEL: said[MODEL], name: scores} | {k: v for k, v in said.items() if k != MODEL}


def _payers(test: Cohort) -> NDArray[np.object_]:
    return np.array(test.lines["payer_id"].to_pylist(), dtype=object)


def joined(parts: Sequence[Mapping[str, Scores]]) -> dict[str, Scores]:
    """Scores of several tests one after another, of those who judged all of them.

    A family that a scorer doesn't know in one of them has no hazard there.
    """
    shared = [name for name in parts[0] if all(name in part for part in parts)]
    return {name: _joined([part[name] for part in parts]) for name in shared}


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
