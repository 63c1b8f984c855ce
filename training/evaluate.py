"""Figures of one or several scorers on the same lines: a pure function of what was said and what came of it.

At line level a line counts as denied as its label says. At claim level a claim counts as denied when any of its lines
is. Its probability is what the scorer says of it (the model: by `models.claim_level`, the rule that serving uses too);
for scorers that speak of lines alone, as if lines had nothing to do with each other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.codes import FAMILIES
from data.errors import NotEnoughData
from models.claim_level import any_line
from training.cohort import texts
from training.cuts import cuts, told_of
from training.metrics import Figures, Labels, Reliability, Vector, figures, gain, hit_rate, reliability
from training.scores import CEILING, MODEL, Scores

SHARES = tuple(n / 50 for n in range(51))
LEAST_OF_A_CUT = 30
"""Figures of fewer lines than this are chance, and are left out."""


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of one scorer at one level on one cut of the lines."""

    scorer: str
    level: str  # line or claim
    cut: str  # all, payer, modality, month or family
    value: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """How often one scorer named the payer's reason (or its family) of a denied line, at once or among three."""

    scorer: str
    n: int
    top_1: float
    top_3: float
    family_top_1: float
    family_top_3: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """Denied lines by their true family (rows) and the family named first (columns)."""

    families: tuple[str, ...]
    counts: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures, and the curves that the report draws."""

    rows: tuple[Row, ...]
    reasons: tuple[ReasonRow, ...]
    reliability: Mapping[str, Reliability]
    gain_lines: Mapping[str, Vector]
    gain_dollars: Mapping[str, Vector]
    confusion: Confusion | None

    def of(self, scorer: str, *, level: str = "line") -> Figures:
        """A scorer's figures on all lines (or claims)."""
        return next(r.figures for r in self.rows if (r.scorer, r.level, r.cut) == (scorer, level, "all"))

    @property
    def scorers(self) -> tuple[str, ...]:
        """Who was judged, in order."""
        return tuple(self.reliability)


def evaluate(
    scores: Scores | Mapping[str, Scores],
    outcomes: pa.Table,
    truth: Scores | None = None,
    *,
    by: Mapping[str, NDArray[np.str_]] | None = None,
) -> Evaluation:
    """Judge scorers on labelled lines (`LABELLED`, every label known), row by row in the same order.

    `scores` is one scorer's or several by name, the first being the one whose confusion is drawn; `truth` is the
    ceiling; `by` names more cuts, each with a value [n] a line. Raises `NotEnoughData` where there is no line.
    """
    if not outcomes.num_rows:
        raise NotEnoughData("evaluation", found="no labelled line", wanted="labelled lines to judge by")
    named = {MODEL: scores} if isinstance(scores, Scores) else dict(scores)
    if truth is not None:
        named[CEILING] = truth
    denied = np.asarray(outcomes["label"].to_numpy(), dtype=np.int8)
    dollars = outcomes["denied_cents"].fill_null(0).to_numpy().astype(np.float64) * denied
    first = next(iter(named.values()))
    values = cuts(outcomes) | dict(by or {})
    return Evaluation(
        rows=tuple(row for name, s in named.items() for row in _rows(name, s, outcomes, denied, values)),
        reasons=tuple(row for name, s in named.items() for row in _reason_rows(name, s, outcomes)),
        reliability={name: reliability(denied, s.probability) for name, s in named.items()},
        gain_lines={n: gain(denied.astype(float), s.probability, shares=SHARES) for n, s in named.items()},
        gain_dollars={n: gain(dollars, s.probability, shares=SHARES) for n, s in named.items()},
        confusion=_confusion(first, outcomes),
    )


def claim_level(claim_keys: NDArray[np.int64], denied: Labels, scores: Scores) -> tuple[Labels, Vector]:
    """[claims] Whether any line was denied, and the probability of that."""
    keys, first, which = np.unique(claim_keys, return_index=True, return_inverse=True)
    any_denied = np.zeros(len(keys), np.int8)
    np.maximum.at(any_denied, which, denied)
    if len(scores.claim_probability):
        return any_denied, scores.claim_probability[first]
    return any_denied, any_line(scores.probability, which, len(keys))


def _rows(
    name: str, scores: Scores, outcomes: pa.Table, denied: Labels, by: Mapping[str, NDArray[np.str_]]
) -> Iterator[Row]:
    p = scores.probability
    yield Row(name, "line", "all", "", figures(denied, p))
    keys = outcomes["claim_key"].to_numpy()
    yield Row(name, "claim", "all", "", figures(*claim_level(keys, denied, scores)))
    for cut, values in by.items():
        for value in np.unique(values):
            of = values == value
            if of.sum() >= LEAST_OF_A_CUT:
                yield Row(name, "line", cut, str(value), figures(denied[of], p[of]))
    family = texts(outcomes["family"])
    for n, of_family in enumerate(scores.hazard_families):
        told = told_of(of_family, denied, family)
        struck = (family == of_family).astype(np.int8)
        if struck.sum() >= LEAST_OF_A_CUT:
            yield Row(name, "line", "family", of_family, figures(struck[told], scores.hazards[told, n]))


def _reason_rows(name: str, scores: Scores, outcomes: pa.Table) -> Iterator[ReasonRow]:
    denied = outcomes["label"].to_numpy() == 1
    if not denied.any() or not scores.hazard_families:
        return
    reason, family = texts(outcomes["reason"])[denied], texts(outcomes["family"])[denied]
    named = scores.reasons[denied] if len(scores.reasons) else np.full((len(reason), 1), "?")
    families = scores.families[denied]
    yield ReasonRow(
        name,
        len(reason),
        *(hit_rate(named, reason, top=top) if len(scores.reasons) else float("nan") for top in (1, 3)),
        *(hit_rate(families, family, top=top) for top in (1, 3)),
    )


def _confusion(scores: Scores, outcomes: pa.Table) -> Confusion | None:
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
