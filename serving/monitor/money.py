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

from data.keys import Ints, add, ints, row_of
from serving.monitor.answers import Bools, Floats, Lines, Waiting, texts
from serving.monitor.lines import EPOCH, NEVER, Texts, day_of

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
    waiting: Waiting

    @classmethod
    def of(cls, labelled: pa.Table, later: pa.Table, replacements: pa.Table) -> "Ledger":
        """From all lines of a store (`LABELLED`), answers after the first (`OUTCOMES`), and `Store.replacements`."""
        return cls(_Claims.of(labelled, later, replacements), Waiting.of(labelled))

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
        n, lines = len(keys), Lines.of(labelled, later)
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
        payer = texts(labelled, "payer_id")[first_row]
        first = (texts(labelled, "frequency")[first_row] == "1") & (sums["charge"] > 0)
        every = cls(
            payer=payer,
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


def _stands_for(
    keys: Ints, claim: Ints, lines: Lines, labelled: pa.Table, replacements: pa.Table
) -> tuple[Ints, Ints]:
    """Of each claim [n] the claim that it stands for in the end (itself mostly), and the newest answered of those."""
    n, root = len(keys), np.arange(len(keys))
    counts = texts(replacements, "frequency") != VOID
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


def _summed(claim: Ints, values: Floats, n: int) -> Floats:
    return np.asarray(np.bincount(claim, values, n), dtype=np.float64)


def _day(on: date) -> int:
    return (on - EPOCH).days


def _end(month: str, today: int) -> int:
    """The last day of a month, or today where it hasn't ended."""
    year, number = int(month[:4]), int(month[5:])
    following = date(year + number // 12, number % 12 + 1, 1)
    return min(_day(following) - 1, today)
