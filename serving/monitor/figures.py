"""The denial figures that people run the business by, as far as a store tells them: by month of submission and by payer.

All are of first submissions with a charge. Rates are of what was adjudicated, and say so: nothing unanswered counts as
paid. A claim is denied when all its lines are, partly denied when some are.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.keys import Ints, ints
from data.rejection import TURNED_AWAY_ON
from serving.monitor.lines import NEVER, Texts, day_of

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Figures:
    """Claims of one month or payer; a rate is NaN where there is nothing to take it of."""

    name: str
    n_claims: int
    n_rejected: int
    """Turned away by a 277CA before anybody adjudicated them."""
    n_adjudicated: int
    """Claims of which every line has a label."""
    denied_claims: float
    """Initial denial rate by claim: all lines denied / adjudicated."""
    partly_denied_claims: float
    denied_lines: float
    """Initial denial rate by line."""
    denied_dollars: float
    """Initial denial rate by charged dollar."""
    first_pass: float
    """First-pass payment rate: adjudicated claims without a denied line / adjudicated."""
    clean: float
    """Clean claim rate: the same / adjudicated or rejected."""
    days_to_answer: float
    """Median days from submission to the first answer."""


def by_month(labelled: pa.Table) -> list[Figures]:
    """Figures of each month of submission, in order."""
    days, of = np.unique(ints(labelled["submitted_on"], null=NEVER), return_inverse=True)
    names = np.array([day_of(day).isoformat()[:7] if day != NEVER else "" for day in days.tolist()])
    return _by(labelled, np.asarray(names[of], dtype=np.str_))


def by_payer(labelled: pa.Table) -> list[Figures]:
    """Figures of each payer, those with most claims first."""
    column = labelled["payer_id"].fill_null("").to_numpy(zero_copy_only=False)
    found = _by(labelled, np.asarray(column, dtype=np.str_))
    return sorted(found, key=lambda one: (-one.n_claims, one.name))


def _by(labelled: pa.Table, names: Texts) -> list[Figures]:
    lines, counted = _Lines.of(labelled)
    of = names[counted]
    return [lines.where(of == name).figures(str(name)) for name in np.unique(of) if name]


@dataclass(frozen=True, slots=True)
class _Lines:
    claim: Ints
    label: Ints
    charge: Ints
    turned_away: Bools
    days: Ints

    @classmethod
    def of(cls, table: pa.Table) -> "tuple[_Lines, Bools]":
        """First submissions with a charge, and which lines of the table those are."""
        sent, known = ints(table["submitted_on"], null=NEVER), ints(table["known_on"], null=NEVER)
        away = ints(table[TURNED_AWAY_ON], null=NEVER) if TURNED_AWAY_ON in table.column_names else None
        charge = ints(table["charge_cents"])
        first = np.asarray(table["frequency"].fill_null("1").to_numpy(zero_copy_only=False) == "1")
        every = cls(
            ints(table["claim_key"]),
            ints(table["label"], null=-1),
            charge,
            np.zeros(len(charge), np.bool_) if away is None else away != NEVER,
            np.where(known == NEVER, -1, known - sent),
        )
        counted = first & (charge > 0)
        return every.where(counted), counted

    def where(self, chosen: Bools) -> "_Lines":
        """The chosen lines alone."""
        return _Lines(*(getattr(self, name)[chosen] for name in _Lines.__slots__))

    def figures(self, name: str) -> Figures:
        """One row."""
        _, claim = np.unique(self.claim, return_inverse=True)
        n = np.bincount(claim)
        away = np.bincount(claim, self.turned_away) > 0
        told = (np.bincount(claim, self.label >= 0) == n) & ~away
        struck = np.bincount(claim, self.label == 1)
        of_told = self.label[(self.label >= 0) & ~self.turned_away] == 1
        charge = self.charge[(self.label >= 0) & ~self.turned_away]
        waited = self.days[(self.days >= 0) & (self.label >= 0)]
        paid = told & (struck == 0)
        return Figures(
            name,
            len(n),
            int(away.sum()),
            int(told.sum()),
            _ratio((told & (struck == n)).sum(), told.sum()),
            _ratio((told & (struck > 0) & (struck < n)).sum(), told.sum()),
            _ratio(of_told.sum(), len(of_told)),
            _ratio(charge[of_told].sum(), charge.sum()),
            _ratio(paid.sum(), told.sum()),
            _ratio(paid.sum(), (told | away).sum()),
            float(np.median(waited)) if len(waited) else float("nan"),
        )


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")
