"""Every line's first answer and its newest one, and the charges that wait for a first answer."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.keys import Ints, codes_of, grouped, ints, row_of
from data.rejection import TURNED_AWAY_ON
from serving.monitor.lines import NEVER, Texts

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
AR_DAYS = 90
"""Days whose charges say what a usual day brings in."""
ENOUGH = 5
"""Paid lines of a payer and procedure from which their own share of the charge is taken, else all of the payer's."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Every line: its first answer, and its newest one."""

    charge: Ints
    label: Ints
    struck: Ints
    """Its charge where it was denied at first, else 0."""
    owed: Floats
    allowed: Floats
    paid_first: Ints
    paid: Ints
    known_first: Ints
    known: Ints
    is_again: Bools

    @classmethod
    def of(cls, labelled: pa.Table, later: pa.Table) -> "Lines":
        """Lines of a table (`LABELLED`) with their later answers (`OUTCOMES`)."""
        charge, label = ints(labelled["charge_cents"]), ints(labelled["label"], null=-1)
        row, newest = _newest(labelled, later)
        usual = charge * _usual_share(labelled)
        first, last = (_allowed(table["allowed_cents"]) for table in (labelled, later))
        known = ints(labelled["known_on"], null=-NEVER)
        paid = ints(labelled["paid_cents"])
        # What is paid but names no allowed amount stands at its usual share, before and after.
        owed = np.where(np.isnan(first), usual, first)
        allowed = np.where(label == 1, 0.0, owed)
        struck_later = np.where(ints(later["label"], null=-1) == 1, 0.0, np.where(np.isnan(last), 0.0, last))
        paid_last, known_last = ints(later["paid_cents"]), ints(later["known_on"], null=-NEVER)
        in_the_end = [allowed.copy(), paid.copy(), known.copy()]
        for end, values in zip(in_the_end, (struck_later, paid_last, known_last), strict=True):
            end[row] = values[newest]
        owed[row] = np.where(label[row] == 1, np.maximum(owed[row], in_the_end[0][row]), owed[row])
        again = np.zeros(len(charge), np.bool_)
        again[row] = True
        struck = np.where(label == 1, charge, 0)
        return cls(
            charge, label, struck, owed, in_the_end[0], paid, in_the_end[1], known, in_the_end[2], again
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Lines of first submissions: from which day to which day their charge waits for an answer."""

    payer: Texts
    charge: Ints
    sent: Ints
    until: Ints

    @classmethod
    def of(cls, labelled: pa.Table) -> "Waiting":
        """Until the first answer, or until the claim was turned away."""
        known = ints(labelled["known_on"], null=NEVER)
        if TURNED_AWAY_ON in labelled.column_names:
            known = np.minimum(known, ints(labelled[TURNED_AWAY_ON], null=NEVER))
        sent = ints(labelled["submitted_on"], null=NEVER)
        every = cls(texts(labelled, "payer_id"), ints(labelled["charge_cents"]), sent, known)
        return every.where((texts(labelled, "frequency") == "1") & (sent != NEVER))

    def where(self, chosen: Bools) -> "Waiting":
        """The chosen lines alone."""
        return Waiting(*(getattr(self, name)[chosen] for name in Waiting.__slots__))

    def days_open(self, day: int) -> float:
        """Charges that wait on a day / charges of a usual day before it."""
        if not len(self.sent):
            return float("nan")
        n_days = min(AR_DAYS, day - int(self.sent.min()) + 1)
        usual = int(self.charge[(self.sent > day - n_days) & (self.sent <= day)].sum())
        waits = int(self.charge[(self.sent <= day) & (self.until > day)].sum())
        return waits * n_days / usual if usual else float("nan")


def _newest(labelled: pa.Table, later: pa.Table) -> tuple[Ints, Ints]:
    """Rows of lines that were answered again, and for each the row of its newest answer in `later`."""
    n = labelled.num_rows
    keys, numbers = (
        np.concatenate([ints(table[name]) for table in (labelled, later)]) for name in ("claim_key", "line")
    )
    of = grouped(keys, numbers)
    row = row_of(of[n:], of[:n])
    order = np.argsort(ints(later["known_on"], null=-NEVER), kind="stable")
    order = order[row[order] >= 0]
    newest = np.full(n, -1)
    newest[row[order]] = order
    answered = np.flatnonzero(newest >= 0)
    return answered, newest[answered]


def _usual_share(labelled: pa.Table) -> Floats:
    """[n] The share of the charge that the payer allows for such lines where it doesn't deny them."""
    allowed, charge = _allowed(labelled["allowed_cents"]), ints(labelled["charge_cents"])
    payer, procedure = (codes_of(labelled[name])[0] for name in ("payer_id", "procedure"))
    counts = ~np.isnan(allowed) & (charge > 0) & (ints(labelled["label"], null=-1) == 0)
    share = np.full(len(charge), np.nan)
    for group in (grouped(payer, procedure), grouped(payer), np.zeros(len(charge), np.int64)):
        share = np.where(np.isnan(share), _share(group, allowed, charge, counts), share)
    return np.where(np.isnan(share), 1.0, share)


def _share(group: Ints, allowed: Floats, charge: Ints, counts: Bools) -> Floats:
    """[n] Allowed / charged of each line's group; NaN where too few lines tell it."""
    n = int(group.max()) + 1 if len(group) else 0
    above, below = (
        np.bincount(group[counts], values[counts].astype(np.float64), n) for values in (allowed, charge)
    )
    told = np.bincount(group[counts], minlength=n) >= ENOUGH
    return np.asarray(np.divide(above, below, out=np.full(n, np.nan), where=told)[group])


def _allowed(column: "pa.ChunkedArray[pa.Int64Scalar]") -> Floats:
    """Allowed cents, NaN where the answer names none."""
    cents = ints(column, null=-1)
    return np.where(cents < 0, np.nan, cents)


def texts(table: pa.Table, name: str) -> Texts:
    """A column of texts, empty where the file said nothing; a claim that says no frequency is a first one."""
    nothing = "1" if name == "frequency" else ""
    return np.asarray(table[name].fill_null(nothing).to_numpy(zero_copy_only=False), dtype=np.str_)
