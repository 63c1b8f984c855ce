"""Why a line is at risk, in sentences: the model's factors told in a biller's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from data.few import Lines, texts_of
from features.build import Features
from features.concepts import CONCEPTS
from features.sentences import sentence
from models.denial import DenialModel, Prediction
from models.explain import Explanation, explain
from models.explain import Factor as Part
from serving.result import Factor, FactorKind


@dataclass(frozen=True, slots=True)
class LineFactors:
    """One line's factors: what can be fixed first, what nobody can change last."""

    factors: tuple[Factor, ...] = ()
    base_points: float = 0.0


def explained(model: DenialModel, x: Features, prediction: Prediction, wide: Lines) -> list[LineFactors]:
    """The factors of each line of a line table `wide`, whose features are `x`."""
    found = explain(model, x, texts_of(wide, "payer_id"), prediction)
    return [_told(explanation, x, wide, row) for row, explanation in enumerate(found)]


def unexplained(n_lines: int) -> list[LineFactors]:
    """No factors, for answers that were not asked to say why."""
    return [LineFactors()] * n_lines


def leading(factors: Sequence[Factor], most: int) -> str | None:
    """The sentences of the factors that raise the risk most, parted by " | "; None where nothing does."""
    raising = sorted((f for f in factors if f.points > 0), key=lambda factor: -factor.points)
    said = dict.fromkeys(factor.sentence for factor in raising)
    return " | ".join(list(said)[:most]) or None


def _told(explanation: Explanation, x: Features, wide: Lines, row: int) -> LineFactors:
    factors = tuple(_factor(part, x, wide, row) for part in explanation.factors)
    return LineFactors(factors, round(explanation.base_points, 2))


def _factor(part: Part, x: Features, wide: Lines, row: int) -> Factor:
    return Factor(
        family=part.family,
        concept=part.concept,
        sentence=sentence(part.concept, wide, row, x, raises=part.points > 0),
        field=CONCEPTS[part.concept].field,
        points=round(part.points, 2),
        kind=cast("FactorKind", part.kind),
    )
