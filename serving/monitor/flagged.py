"""Which claims were changed because we flagged them, and how realised figures are put right for it.

A claim that was flagged, put right and paid looks as if it had been flagged without need. The store has it as it was
sent, and that is how it is scored here, so a claim that was changed on its form is judged as changed. What was put right
beside the form (a call, an upload) isn't seen. Where a share of claims is set aside from review (`serving.set_aside`), of
the flagged claims only those count, each for all that were flagged; where none is, flagged claims are counted and told.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from serving.journal import Journal
from serving.monitor.lines import Watched
from serving.set_aside import is_set_aside

Floats = NDArray[np.float64]
SAME = 1e-6
"""Chances nearer than this are the same: the claim wasn't changed on its form."""


@dataclass(frozen=True, slots=True)
class Flag:
    """What was first answered about a claim, before it was sent."""

    risk: str
    denial_probability: float
    lines: Mapping[int, float]
    """By line number, its chance."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """What the first answers did to the claims watched."""

    n_scored: int
    """Claims that had an answer before."""
    n_flagged: int
    """Of them, at high risk."""
    n_changed: int
    """Of the flagged ones, with other chances as sent than as first scored: they were changed in between."""
    n_set_aside: int
    """Of the flagged ones, set aside from review."""
    weight: Floats
    """[n lines] What each line counts for in realised figures."""


def first_answers(journal: Journal) -> dict[tuple[str, str], Flag]:
    """For each billing NPI and claim number the first answer that was ever given about it."""
    found: dict[tuple[str, str], Flag] = {}
    for one in journal.first_results():
        lines = {line.line: line.denial_probability for line in one.lines}
        found[one.billing_npi or "", one.claim_id] = Flag(one.risk, one.denial_probability, lines)
    return found


def flagged(watched: Watched, answers: Mapping[tuple[str, str], Flag], *, unreviewed_share: float) -> Flagged:
    """Weights of lines, and the counts by claim."""
    weight = np.ones(len(watched))
    scored, high, changed, aside = (set[int]() for _ in range(4))
    keys = zip(watched.billing_npi.tolist(), watched.claim_id.tolist(), strict=True)
    for row, key in enumerate(keys if answers else ()):
        flag = answers.get(key)
        if flag is None:
            continue
        claim = int(watched.claim_key[row])
        scored.add(claim)
        if flag.risk != "high":
            continue
        high.add(claim)
        first = flag.lines.get(int(watched.line[row]))
        if first is None or abs(first - watched.probability[row]) > SAME:
            changed.add(claim)
        if not unreviewed_share:
            continue
        if is_set_aside(key[1], unreviewed_share):
            aside.add(claim)
            weight[row] = 1 / unreviewed_share
        else:
            weight[row] = 0.0
    return Flagged(len(scored), len(high), len(changed), len(aside), weight)
