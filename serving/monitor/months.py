"""Month by month: what the scores foretold before answers came, and what came.

The estimate of a month uses what was known at its end: scores, set right by payer with the answers that had come by
then. Later answers don't touch it, so that it can be held against what was realised. Realised are ripe lines only:
sent so long ago that their payer has answered nearly all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from data.answering import Answering
from data.maturity import Maturity
from serving.monitor.estimate import Corrected, Performance, corrected, estimated, realised
from serving.monitor.lines import EPOCH, Watched, day_of

Floats = NDArray[np.float64]
RECENT_DAYS = 180
"""Answers older than this no longer set scores right."""
LEAST_RIPE = 0.5
"""A month is judged once at least this share of its lines is ripe and answered."""


@dataclass(frozen=True, slots=True)
class Month:
    """Lines sent in one month."""

    month: str
    """2025-03"""
    n_lines: int
    n_answered: int
    estimated: Performance
    realised: Performance
    """Of the ripe ones."""
    is_ripe: bool
    """Enough of them are, to hold one against the other."""


def months(
    watched: Watched, answering: Answering, maturity: Maturity, *, today: int, weight: Floats | None = None
) -> list[Month]:
    """Every month since the model's day in which claims were sent, up to `today` (days since 1970)."""
    sent_in = np.array([day_of(day).isoformat()[:7] for day in watched.sent_on.tolist()], dtype=np.str_)
    w = np.ones(len(watched)) if weight is None else weight
    ripe = is_ripe(watched, maturity, today=today) & watched.answered
    return [
        _month(watched, answering, str(name), sent_in == name, ripe, w, today) for name in np.unique(sent_in)
    ]


def _month(
    watched: Watched,
    answering: Answering,
    name: str,
    inside: NDArray[np.bool_],
    ripe: NDArray[np.bool_],
    weight: Floats,
    today: int,
) -> Month:
    shift = correction(watched, answering, by=min(_last_day(name), today))
    of, counted = watched.where(inside), inside & ripe & (weight > 0)
    return Month(
        month=name,
        n_lines=len(of),
        n_answered=int(of.answered.sum()),
        estimated=estimated(shift.apply(of.probability, of.payer_id)),
        realised=realised(watched.probability[counted], watched.denied[counted], weight[counted]),
        is_ripe=bool(counted.sum() >= LEAST_RIPE * len(of)),
    )


def correction(watched: Watched, answering: Answering, *, by: int) -> Corrected:
    """How scores are to be moved by what was known on a day, each payer's by its own answers."""
    known = watched.where((watched.known_on <= by) & (watched.sent_on > by - RECENT_DAYS))
    if not len(known):
        return Corrected({})
    fair = answering.expected(known.foretold, known.payer_id.tolist(), known.days_to_answer)
    return corrected(1 - fair[:, 0], known.denied, known.payer_id)


def is_ripe(watched: Watched, maturity: Maturity, *, today: int) -> NDArray[np.bool_]:
    """[n] Sent so long ago that the payer has answered nearly all."""
    payers, of = np.unique(watched.payer_id, return_inverse=True)
    ages = np.array([maturity.ripe_age(payer or None) for payer in payers.tolist()])
    return np.asarray(today - watched.sent_on >= ages[of])


def together(found: Sequence[Month]) -> float:
    """The mean distance between estimated and realised AUC over ripe months, weighed by their lines; NaN for none."""
    both = [m for m in found if m.is_ripe and not np.isnan(m.realised.auc)]
    if not both:
        return float("nan")
    gaps = [abs(m.estimated.auc - m.realised.auc) for m in both]
    return float(np.average(gaps, weights=[m.n_lines for m in both]))


def _last_day(month: str) -> int:
    year, number = (int(part) for part in month.split("-"))
    after = date(year + number // 12, number % 12 + 1, 1)
    return (after - timedelta(days=1) - EPOCH).days
