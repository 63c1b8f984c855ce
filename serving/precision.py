"""The caller's precision: does a line, or a claim, pass the threshold that gave it on held-out claims?"""

from collections.abc import Sequence
from dataclasses import replace

from models.denial import DenialModel
from models.precision import Precision, Threshold
from serving.result import AtPrecision, ClaimResult


def with_precision(results: Sequence[ClaimResult], model: DenialModel, wanted: float) -> list[ClaimResult]:
    """The same answers, each claim and line told against its threshold; `wanted` is 0.5 to 0.99."""
    certainty = model.certainty
    return [
        replace(
            result,
            at_precision=told(certainty.claims, result.denial_probability, wanted, "claims"),
            lines=tuple(
                replace(line, at_precision=told(certainty.lines, line.denial_probability, wanted, "lines"))
                for line in result.lines
            ),
        )
        for result in results
    ]


def told(precision: Precision, probability: float, wanted: float, what: str) -> AtPrecision:
    """One probability against the threshold for this precision, in figures and in words; `what`: claims or lines."""
    threshold = precision.at(wanted)
    if threshold is None:
        words = f"No threshold reached a precision of {wanted:.0%} on held-out {what}."
        return AtPrecision(wanted, False, False, None, None, 0, None, words)
    passes = probability >= threshold.probability
    return AtPrecision(
        wanted,
        reached=True,
        passes=passes,
        threshold=threshold.probability,
        precision=threshold.precision,
        support=threshold.support,
        caught=threshold.caught,
        words=_words(threshold, what, passes=passes),
    )


def _words(threshold: Threshold, what: str, *, passes: bool) -> str:
    where = "At or above" if passes else "Below"
    return (
        f"{where} the threshold of {threshold.probability:.0%}: of {threshold.support:,} held-out {what} that were "
        f"at or above it, {threshold.precision:.0%} were denied."
    )
