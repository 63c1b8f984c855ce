"""What became of the money: collected, won back after a denial, still open. By month of submission and by payer.

All is of first submissions with a charge; a replacement counts for the claim that it stands for. Payers' side alone:
835 files don't say what patients pay, so their part is taken as collected, and what a claim is owed is what the payer
allows. Of a denied line nobody is told what would have been allowed: it is taken as the share of the charge that the
payer usually allows for the procedure.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.keys import Ints, add, codes_of, grouped, ints, row_of
from data.rejection import TURNED_AWAY_ON
from serving.monitor.lines import EPOCH, NEVER, Texts, day_of

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
AR_DAYS = 90
"""Days whose charges say what a usual day brings in."""
ENOUGH = 5
"""Paid lines of a payer and procedure from which their own share of the charge is taken, else all of the payer's."""
VOID, MOST_RESENT = "8", 6


@dataclass(frozen=True, slots=True)
class Money:
    """Claims of one month or payer; NaN where there is nothing to take a figure of. A young month is still at work."""

    name: str
    charged_cents: int
    net_collection: float
    """Net collection rate: allowed in the end / what would have been allowed without denials, of answered claims."""
    denied_cents: int
    """Charges of the lines denied at first adjudication."""
    n_denied: int
    """Claims with such a line."""
    n_worked: int
    """Of them, those sent again (frequency 7) or answered again."""
    n_decided: int
    """Of these, those with another answer by now."""
    n_won: int
    """Of these, those for which the payer paid more in the end."""
    recovered_cents: int
    """How much more."""
    days_to_win: float
    """Median days from the first answer to the one that paid more."""
    days_open: float
    """Days in accounts receivable, payers' part: charges without a first answer / charges of a usual day."""

    @property
    def won(self) -> float:
        """Share of the worked claims with another answer by now that were paid more."""
        return self.n_won / self.n_decided if self.n_decided else float("nan")


@dataclass(frozen=True, slots=True)
class Ledger:
    """What every claim of a store brought in, and what waits for an answer."""

    claims: "_Claims"
    waiting: "_Waiting"

    @classmethod
    def of(cls, labelled: pa.Table, later: pa.Table, replacements: pa.Table) -> "Ledger":
        """From all lines of a store (`LABELLED`), answers after the first (`OUTCOMES`), and `Store.replacements`."""
        return cls(_Claims.of(labelled, later, replacements), _Waiting.of(labelled))

    def by_month(self, *, since: date, today: date) -> tuple[Money, ...]:
        """Each month of submission after the day `since`, in order; open is what was so at its end, or `today`."""
        claims = self.claims.where(self.claims.sent > _day(since))
        days, of = np.unique(claims.sent, return_inverse=True)
        names = np.array([day_of(day).isoformat()[:7] for day in days.tolist()], dtype=np.str_)[of]
        return tuple(
            claims.where(names == name).money(str(name), self.waiting.days_open(_end(str(name), _day(today))))
            for name in np.unique(names)
        )

    def by_payer(self, *, since: date, today: date) -> tuple[Money, ...]:
        """Each payer of claims sent after the day `since`, most charges first; open is what is so `today`."""
        claims = self.claims.where(self.claims.sent > _day(since))
        of_payer = {
            str(name): self.waiting.where(self.waiting.payer == name) for name in np.unique(claims.payer)
        }
        found = [
            claims.where(claims.payer == name).money(name, waiting.days_open(_day(today)))
            for name, waiting in of_payer.items()
            if name
        ]
        return tuple(sorted(found, key=lambda one: (-one.charged_cents, one.name)))


@dataclass(frozen=True, slots=True)
class _Claims:
    """First submissions that are answered, one row a claim; money in cents, days since 1970."""

    payer: Texts
    sent: Ints
    charge: Ints
    is_told: Bools
    """Whether every line is adjudicated, in the end by the newest answer."""
    owed: Floats
    """What would have been allowed, had nothing been denied."""
    allowed: Floats
    denied: Ints
    """Charges denied at first."""
    more: Ints
    """Paid in the end beyond what was paid at first."""
    is_worked: Bools
    is_decided: Bools
    """Whether it was worked, and another answer than the first is known."""
    waited: Ints
    """Days from the first answer to the newest one."""

    @classmethod
    def of(cls, labelled: pa.Table, later: pa.Table, replacements: pa.Table) -> "_Claims":
        """Every first submission with a charge, with what became of it."""
        keys, first_row, claim = np.unique(
            ints(labelled["claim_key"]), return_index=True, return_inverse=True
        )
        n, lines = len(keys), _Lines.of(labelled, later)
        root, newest = _stands_for(keys, claim, lines, labelled, replacements)
        sums = {
            name: add(claim, getattr(lines, name), n) for name in ("charge", "paid", "paid_first", "struck")
        }
        owed, allowed = (_summed(claim, values, n) for values in (lines.owed, lines.allowed))
        told = np.bincount(claim, lines.label >= 0, n) == np.bincount(claim, minlength=n)
        known_first = np.full(n, -NEVER)
        np.maximum.at(known_first, claim, np.where(lines.label >= 0, lines.known_first, -NEVER))
        known = np.full(n, -NEVER)
        np.maximum.at(known, claim, lines.known)
        sent_again = np.bincount(root[root != np.arange(n)], minlength=n) > 0
        answered_again = np.bincount(claim, lines.is_again, n) > 0
        struck = sums["struck"] > 0
        texts = _texts(labelled, "payer_id")[first_row]
        first = (_texts(labelled, "frequency")[first_row] == "1") & (sums["charge"] > 0)
        every = cls(
            payer=texts,
            sent=ints(labelled["submitted_on"], null=NEVER)[first_row],
            charge=sums["charge"],
            is_told=told & told[newest],
            owed=owed,
            allowed=allowed[newest],
            denied=sums["struck"],
            more=np.maximum(sums["paid"][newest] - sums["paid_first"], 0),
            is_worked=struck & (sent_again | answered_again),
            is_decided=struck & (answered_again | (newest != np.arange(n))),
            waited=known[newest] - known_first,
        )
        return every.where(first & (every.sent != NEVER))

    def where(self, chosen: Bools) -> "_Claims":
        """The chosen claims alone."""
        return _Claims(*(getattr(self, name)[chosen] for name in _Claims.__slots__))

    def money(self, name: str, days_open: float) -> Money:
        """One row."""
        won = self.is_decided & (self.more > 0)
        owed = float(self.owed[self.is_told].sum())
        return Money(
            name,
            int(self.charge.sum()),
            float(self.allowed[self.is_told].sum()) / owed if owed else float("nan"),
            int(self.denied.sum()),
            int((self.denied > 0).sum()),
            int(self.is_worked.sum()),
            int(self.is_decided.sum()),
            int(won.sum()),
            int(self.more[won].sum()),
            float(np.median(self.waited[won])) if won.any() else float("nan"),
            days_open,
        )


@dataclass(frozen=True, slots=True)
class _Lines:
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
    def of(cls, labelled: pa.Table, later: pa.Table) -> "_Lines":
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
class _Waiting:
    """Lines of first submissions: from which day to which day their charge waits for an answer."""

    payer: Texts
    charge: Ints
    sent: Ints
    until: Ints

    @classmethod
    def of(cls, labelled: pa.Table) -> "_Waiting":
        """Until the first answer, or until the claim was turned away."""
        known = ints(labelled["known_on"], null=NEVER)
        if TURNED_AWAY_ON in labelled.column_names:
            known = np.minimum(known, ints(labelled[TURNED_AWAY_ON], null=NEVER))
        sent = ints(labelled["submitted_on"], null=NEVER)
        every = cls(_texts(labelled, "payer_id"), ints(labelled["charge_cents"]), sent, known)
        return every.where((_texts(labelled, "frequency") == "1") & (sent != NEVER))

    def where(self, chosen: Bools) -> "_Waiting":
        """The chosen lines alone."""
        return _Waiting(*(getattr(self, name)[chosen] for name in _Waiting.__slots__))

    def days_open(self, day: int) -> float:
        """Charges that wait on a day / charges of a usual day before it."""
        if not len(self.sent):
            return float("nan")
        n_days = min(AR_DAYS, day - int(self.sent.min()) + 1)
        usual = int(self.charge[(self.sent > day - n_days) & (self.sent <= day)].sum())
        waits = int(self.charge[(self.sent <= day) & (self.until > day)].sum())
        return waits * n_days / usual if usual else float("nan")


def _stands_for(
    keys: Ints, claim: Ints, lines: _Lines, labelled: pa.Table, replacements: pa.Table
) -> tuple[Ints, Ints]:
    """Of each claim [n] the claim that it stands for in the end (itself mostly), and the newest answered of those."""
    n, root = len(keys), np.arange(len(keys))
    counts = _texts(replacements, "frequency") != VOID
    new, old = (row_of(ints(replacements[name])[counts], keys) for name in ("claim_key", "original_key"))
    root[new[(new >= 0) & (old >= 0)]] = old[(new >= 0) & (old >= 0)]
    for _ in range(MOST_RESENT):  # a replacement may be replaced
        root = root[root]
    sent = np.zeros(n, np.int64)
    sent[claim] = ints(labelled["submitted_on"])
    answered = np.bincount(claim, lines.label >= 0, n) > 0
    order = np.lexsort((sent, answered))  # answered ones last, the newest of them at the end
    newest = np.arange(n)
    newest[root[order]] = order
    return root, newest


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


def _summed(claim: Ints, values: Floats, n: int) -> Floats:
    return np.asarray(np.bincount(claim, values, n), dtype=np.float64)


def _texts(table: pa.Table, name: str) -> Texts:
    """A column of texts, empty where the file said nothing; a claim that says no frequency is a first one."""
    nothing = "1" if name == "frequency" else ""
    return np.asarray(table[name].fill_null(nothing).to_numpy(zero_copy_only=False), dtype=np.str_)


def _day(on: date) -> int:
    return (on - EPOCH).days


def _end(month: str, today: int) -> int:
    """The last day of a month, or today where it hasn't ended."""
    year, number = int(month[:4]), int(month[5:])
    following = date(year + number // 12, number % 12 + 1, 1)
    return min(_day(following) - 1, today)
