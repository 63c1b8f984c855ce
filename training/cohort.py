"""Which lines teach, and which judge: first submissions whose first answer is known, with a count of all left out.

No answer yet means *unknown*, never paid. Among young claims the answered ones are few, and the newest rules of a
payer are to be seen only in them: so they stay, each standing for the others of its age that will be answered later
(weight = 1 / the payer's share of answers expected by that age, at most `most_weight`).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.errors import NotEnoughData
from data.maturity import Maturity
from training.split import days

MOST_WEIGHT = 4.0
"""Where less than a quarter of the answers are in, the few that came are no fair sample: they don't count for more."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the funnel: what was asked of the lines, and how many were left."""

    step: str
    n_lines: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """Labelled lines (`LABELLED`), where each stands in the table it comes from, its weight, and how all were chosen."""

    lines: pa.Table
    rows: NDArray[np.int64]
    weight: NDArray[np.float64]
    funnel: tuple[Step, ...]
    as_of: date

    @property
    def denied(self) -> NDArray[np.int8]:
        """[n] 1 denied, 0 not."""
        return np.asarray(self.lines["label"].to_numpy(), dtype=np.int8)

    @property
    def family(self) -> NDArray[np.str_]:
        """[n] Reason family of a denied line, else empty."""
        return texts(self.lines["family"])

    @property
    def reason(self) -> NDArray[np.str_]:
        """[n] Reason of a denied line, else empty."""
        return texts(self.lines["reason"])

    @property
    def payer_ids(self) -> NDArray[np.str_]:
        """[n] Whom each line was sent to."""
        return texts(self.lines["payer_id"])

    def where(self, chosen: NDArray[np.bool_]) -> "Cohort":
        """The chosen lines alone."""
        lines = self.lines.filter(pa.array(chosen))
        return Cohort(lines, self.rows[chosen], self.weight[chosen], self.funnel, self.as_of)

    def require(self, *, n_lines: int, n_denied: int) -> None:
        """Enough labels, or `NotEnoughData` with what was found."""
        found = (self.lines.num_rows, int(self.denied.sum()))
        if found[0] < n_lines or found[1] < n_denied:
            raise NotEnoughData(
                f"labels known by {self.as_of}",
                found=f"{found[0]:,} labelled lines, {found[1]:,} of them denied",
                wanted=f"{n_lines:,} labelled lines or more, {n_denied:,} of them denied",
            )


def cohort(
    labelled: pa.Table, as_of: date, maturity: Maturity, *, most_weight: float = MOST_WEIGHT, months: int = 0
) -> Cohort:
    """What may be learnt on `as_of` from a `LABELLED` table; `months` > 0 keeps only claims of the last months."""
    kept = _first_answers(labelled, as_of, months=months)
    payer_ids, age = kept.lines["payer_id"], _day(as_of) - days(kept.lines["submitted_on"])
    share = np.maximum(maturity.share_answered(payer_ids, age), 1 / most_weight)
    return kept.cohort(np.where(age < _ripe_ages(payer_ids, maturity), 1 / share, 1.0), as_of)


def ripe_cohort(labelled: pa.Table, as_of: date, maturity: Maturity, *, sent_after: date) -> Cohort:
    """What a model may be judged by: ripe labels only, of claims sent after `sent_after`, each line counting once."""
    kept = _first_answers(labelled, as_of, months=0)
    kept = kept.that(f"sent after {sent_after}", pc.greater(kept.lines["submitted_on"], sent_after))
    age = _day(as_of) - days(kept.lines["submitted_on"])
    ripe = age >= _ripe_ages(kept.lines["payer_id"], maturity)
    kept = kept.that("old enough that its payer has answered nearly all", pa.array(ripe))
    return kept.cohort(np.ones(kept.lines.num_rows), as_of)


def texts(column: pa.ChunkedArray) -> NDArray[np.str_]:
    """A text column as numpy strings; a missing text is empty."""
    return np.asarray(column.fill_null("").to_numpy(zero_copy_only=False), dtype=np.str_)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Lines still in, their rows in the first table, and the funnel so far."""

    lines: pa.Table
    rows: NDArray[np.int64]
    funnel: tuple[Step, ...] = ()

    def that(self, step: str, mask: pa.Array | pa.ChunkedArray) -> "_Kept":
        """The lines that meet a step; a missing value doesn't."""
        chosen = pc.fill_null(mask, False)
        rows = self.rows[np.asarray(chosen.to_numpy(zero_copy_only=False), dtype=bool)]
        return _Kept(self.lines.filter(chosen), rows, (*self.funnel, Step(step, len(rows))))

    def cohort(self, weight: NDArray[np.float64], as_of: date) -> Cohort:
        """The cohort of the lines that are left."""
        return Cohort(self.lines, self.rows, weight, self.funnel, as_of)


def _first_answers(labelled: pa.Table, as_of: date, *, months: int) -> _Kept:
    kept = _Kept(labelled, np.arange(labelled.num_rows))
    kept = kept.that(f"sent by {as_of}", pc.less_equal(labelled["submitted_on"], as_of))
    if months:
        first_on = _months_before(as_of, months)
        kept = kept.that(f"sent after {first_on}", pc.greater(kept.lines["submitted_on"], first_on))
    for step, rule in (
        ("first submission (no replacement, no void)", lambda t: _is_or_null(t["frequency"], "1")),
        ("sent to the primary payer", lambda t: _is_or_null(t["payer_sequence"], "P")),
        ("with a charge (there is something to deny)", lambda t: pc.greater(t["charge_cents"], 0)),
        (f"answered by {as_of}", lambda t: pc.less_equal(t["known_on"], as_of)),
        ("answer balances", lambda t: pc.not_equal(t["outcome"], "unreliable")),
        ("answer is final (not pended)", lambda t: pc.is_valid(t["label"])),
    ):
        kept = kept.that(step, rule(kept.lines))
    return kept


def _months_before(as_of: date, months: int) -> date:
    month = np.datetime64(as_of, "M") - months
    last = (month + 1).astype("M8[D]") - 1
    return min(month.astype("M8[D]") + (as_of.day - 1), last).astype(date)  # type: ignore[no-any-return]


def _is_or_null(column: pa.ChunkedArray, value: str) -> pa.ChunkedArray:
    # A claim that doesn't say is taken for the usual thing.
    return pc.fill_null(pc.equal(column, value), True)


def _ripe_ages(payer_ids: pa.ChunkedArray, maturity: Maturity) -> NDArray[np.int64]:
    payers, which = np.unique(texts(payer_ids), return_inverse=True)
    return np.array([maturity.ripe_age(str(payer)) for payer in payers], dtype=np.int64)[which]


def _day(on: date) -> int:
    return (on - date(1970, 1, 1)).days
