"""What payers pay provider by provider: interest, overpayments taken back later, and balances carried forward (PLB)."""

from collections import defaultdict
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import add, ints
from data.schema import PROVIDER_ADJUSTMENTS, RemitTables
from data.simulator.catalogue import Numbers
from data.simulator.habits import Habits
from data.simulator.oddities import REVERSAL, Lots
from data.simulator.remit_rows import remits_of
from data.simulator.settings import WorldSettings
from data.simulator.tables import table

INTEREST, RECOVERY, BALANCE = "L6", "WO", "FB"
PAYMENT = ("payer_id", "payee_npi", "known_on", "trace")


@dataclass(frozen=True, slots=True)
class _Pair:
    """One adjustment of a payment (its number): positive takes money away."""

    payment: int
    reason: str
    reference: str | None
    cents: int


@dataclass(frozen=True, slots=True)
class _Overpaid:
    """To be taken back from the first payment of this day or after."""

    due: int
    reference: str
    cents: int


@dataclass(slots=True)
class Ledger:
    """Goes through a world's payments in their order, piece by piece, and remembers what is still owed by payer."""

    settings: WorldSettings
    habits: Habits
    seed: int
    _carried: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _overpaid: dict[int, list[_Overpaid]] = field(default_factory=lambda: defaultdict(list))
    _n: int = 0

    def settle(self, tables: RemitTables) -> RemitTables:
        """The remits, in the order of their payments, with what is adjusted of each payment as a whole.

        No payment is negative: what is owed to the payer is carried to its next one.
        """
        remits = tables.remits
        if not remits.num_rows:
            return tables
        lots, known = Lots.of(self.settings, remits, seed=self.seed), ints(remits["known_on"])
        is_new = (np.diff(lots.payer, prepend=-1) != 0) | (np.diff(known, prepend=-1) != 0)
        payment, first = np.cumsum(is_new) - 1, np.flatnonzero(is_new)
        total = add(payment, ints(remits["paid_cents"]), len(first))
        interest = add(payment, _interest(tables), len(first))
        backs = self._taken_back(remits, lots, payment)
        pairs: list[_Pair] = []
        for n, row in enumerate(first.tolist()):
            pairs += self._settled(
                n, int(lots.payer[row]), int(known[row]), int(total[n]), int(interest[n]), backs.get(n, [])
            )
        return replace(tables, provider_adjustments=self._table(remits.take(pa.array(first)), pairs))

    def _taken_back(self, remits: pa.Table, lots: Lots, payment: Numbers) -> dict[int, list[_Overpaid]]:
        """By payment: reversals whose payers take the money from a later payment instead."""
        paid = ints(remits["paid_cents"])
        back = pc.equal(remits["status"], REVERSAL).to_numpy() & (paid < 0) & self.habits.recovers[lots.payer]
        rows = np.flatnonzero(back)
        soonest, latest = self.settings.habits.recovered_after
        wait = soonest + np.floor(lots.lot[rows] * 1009 % 1 * (latest - soonest)).astype(np.int64)
        due = ints(remits["known_on"])[rows] + wait
        reference = remits["payer_control"].take(pa.array(rows)).to_pylist()
        found: dict[int, list[_Overpaid]] = defaultdict(list)
        for n, *said in zip(
            payment[rows].tolist(), due.tolist(), reference, (-paid[rows]).tolist(), strict=True
        ):
            found[n].append(_Overpaid(*said))
        return found

    def _settled(
        self, payment: int, payer: int, today: int, paid: int, interest: int, backs: list[_Overpaid]
    ) -> list[_Pair]:
        """The adjustments of one payment, whose remits pay `paid` together."""
        pairs = [_Pair(payment, INTEREST, None, -interest)] if interest else []
        pairs += [_Pair(payment, RECOVERY, one.reference, -one.cents) for one in backs]
        owed = self._overpaid[payer]
        pairs += [_Pair(payment, RECOVERY, one.reference, one.cents) for one in owed if one.due <= today]
        self._overpaid[payer] = [one for one in owed if one.due > today] + backs
        rest = paid - sum(pair.cents for pair in pairs)
        moved = min(rest, self._carried[payer])
        self._carried[payer] -= moved
        return [*pairs, _Pair(payment, BALANCE, None, moved)] if moved else pairs

    def _table(self, heads: pa.Table, pairs: list[_Pair]) -> pa.Table:
        """`heads`: a remit of each payment."""
        of = heads.take(pa.array([pair.payment for pair in pairs], pa.int64()))
        key = np.arange(self._n, self._n + len(pairs))
        self._n += len(pairs)
        own = pa.array([pair.reference for pair in pairs], pa.string())
        columns = {
            **{name: of[name].combine_chunks() for name in PAYMENT},
            "adjustment_key": key,
            "provider_id": of["payee_npi"].combine_chunks(),
            "fiscal_on": _year_ends(ints(of["known_on"])),
            "reason": pa.array([pair.reason for pair in pairs], pa.string()),
            "reference": pc.coalesce(own, of["trace"].combine_chunks()),
            "amount_cents": np.array([pair.cents for pair in pairs], np.int64),
        }
        return table(PROVIDER_ADJUSTMENTS, columns)


def _interest(tables: RemitTables) -> Numbers:
    """[remits]: AMT*I"""
    details = tables.remit_details
    owed = details.filter(pc.and_(pc.equal(details["segment"], "AMT"), pc.equal(details["qualifier"], "I")))
    return add(remits_of(tables, owed), ints(owed["amount_cents"]), tables.remits.num_rows)


def _year_ends(known: Numbers) -> pa.Array:
    """The last day of each day's year."""
    years = known.astype("datetime64[D]").astype("datetime64[Y]") + 1
    return pa.array(years.astype("datetime64[D]").astype(np.int64).astype(np.int32) - 1).cast(pa.date32())
