"""Which lines teach, and which judge: first submissions whose first answer is known, with a count of all left out.

No answer yet means *unknown*, never paid. Among young claims the answered ones are few, and the newest rules of a
payer are to be seen only in them: so they stay, each standing for the others of its age that will be answered later
(weight = 1 / the payer's share of answers expected by that age, at most `most_weight`). Payers take their time over
some denials (a clinical review) and none over others. That share is therefore measured for each kind of answer apart:
with one share for all, slow denials would look as if they were dying out. Claims so young that the slowest kind of
denial has hardly begun to come say nothing fair yet and are left out.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.errors import NotEnoughData
from data.maturity import Maturity
from data.rejection import TURNED_AWAY_ON, with_turned_away
from data.store import Store
from training.split import days

MOST_WEIGHT = 2.0
"""A claim is left out until half of the slowest kind of denial would have come, and so no line counts for more than two."""


LEAST_OF_A_KIND = 50
"""Answers from which the delay of their kind can be told."""

Rule: TypeAlias = tuple[str, pa.Array | pa.ChunkedArray]
"""What is asked of a line, in words, and which lines meet it."""


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
    rules = _rules(labelled, as_of)
    if months:
        first_on = _months_before(as_of, months)
        rules = (rules[0], _sent_after(labelled, first_on), *rules[1:])
    chosen = _chosen(labelled, rules, as_of)
    own, slowest = _shares(chosen, maturity)
    old = slowest >= 1 / most_weight
    funnel = (*chosen.funnel, Step("old enough for the slowest kind of denial to show", int(old.sum())))
    return replace(replace(chosen, weight=1 / np.maximum(own, 1 / most_weight)).where(old), funnel=funnel)


def _shares(chosen: Cohort, usual: Maturity) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """[n] The share of answers that its payer has given by a line's age: of the line's own kind, of the slowest kind.

    Kinds are: not denied, and denied for each family. One with few answers is taken to come as answers usually do.
    """
    kinds, age = chosen.family, _day(chosen.as_of) - days(chosen.lines["submitted_on"])
    payer_ids = chosen.lines["payer_id"]
    answers = chosen.lines.select(["payer_id", "submitted_on", "known_on"])
    own = slowest = usual.share_answered(payer_ids, age)
    for kind in np.unique(kinds):
        of = kinds == kind
        if of.sum() >= LEAST_OF_A_KIND:
            of_kind = Maturity.measure(answers.filter(pa.array(of)), chosen.as_of)
            share = of_kind.share_answered(payer_ids, age)
            own, slowest = np.where(of, share, own), np.minimum(slowest, share)
    return own, slowest


def ripe_cohort(labelled: pa.Table, as_of: date, maturity: Maturity, *, sent_after: date) -> Cohort:
    """What a model may be judged by: ripe labels only, of claims sent after `sent_after`, each line counting once."""
    age = _day(as_of) - days(labelled["submitted_on"])
    ripe = pa.array(age >= _ripe_ages(labelled["payer_id"], maturity))
    first, *others = _rules(labelled, as_of)
    old = ("old enough that its payer has answered nearly all", ripe)
    return _chosen(labelled, (first, _sent_after(labelled, sent_after), *others, old), as_of)


def texts(column: pa.ChunkedArray) -> NDArray[np.str_]:
    """A text column as numpy strings; a missing text is empty."""
    return np.asarray(column.fill_null("").to_numpy(zero_copy_only=False), dtype=np.str_)


def _rules(labelled: pa.Table, as_of: date) -> tuple[Rule, ...]:
    """What a line must meet to have a label on a day; a missing value doesn't."""
    return (
        (f"sent by {as_of}", pc.less_equal(labelled["submitted_on"], as_of)),
        ("first submission (no replacement, no void)", _is_or_null(labelled["frequency"], "1")),
        ("with a charge (there is something to deny)", pc.greater(labelled["charge_cents"], 0)),
        ("not turned away before anybody adjudicated it (277CA)", _got_in(labelled, as_of)),
        (f"answered by {as_of}", pc.less_equal(labelled["known_on"], as_of)),
        ("answer balances", pc.not_equal(labelled["outcome"], "unreliable")),
        ("answer is final (not pended)", pc.is_valid(labelled["label"])),
    )


def labelled_lines(store: Store, as_of: date | None = None) -> pa.Table:
    """The store's lines (`LABELLED`) as known on a day, and beside them when their claims were turned away."""
    return with_turned_away(store.lines(as_of), store.table("rejections"))


def _got_in(labelled: pa.Table, as_of: date) -> pa.Array | pa.ChunkedArray:
    """A claim that was turned away has no adjudication to learn from, whatever remit may bear its number."""
    if TURNED_AWAY_ON not in labelled.column_names:
        return pa.array(np.ones(labelled.num_rows, bool))
    return pc.fill_null(pc.greater(labelled[TURNED_AWAY_ON], as_of), True)


def _sent_after(labelled: pa.Table, day: date) -> Rule:
    return f"sent after {day}", pc.greater(labelled["submitted_on"], day)


def _chosen(labelled: pa.Table, rules: tuple[Rule, ...], as_of: date) -> Cohort:
    """The lines that meet every rule, each of weight 1, and how many were left after each."""
    left = np.ones(labelled.num_rows, dtype=bool)
    funnel = []
    for step, met in rules:
        left &= np.asarray(pc.fill_null(met, False).to_numpy(zero_copy_only=False), dtype=bool)
        funnel.append(Step(step, int(left.sum())))
    rows = np.flatnonzero(left)
    return Cohort(labelled.filter(pa.array(left)), rows, np.ones(len(rows)), tuple(funnel), as_of)


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
