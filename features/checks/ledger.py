"""How lines that tripped a check fared at each payer, day by day, as sorted rows: what evidence is kept in.

A row is a payer, a check, a day on which answers became known, and how many lines were answered, denied, and denied
for the reason family that the check predicts. Besides, each payer has rows for all of its lines, whatever they
tripped, and payer 0 stands for all payers together.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from features.columns import Hashes, Ints

Days = npt.NDArray[np.int32]
Values = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

EVERY_PAYER = np.uint64(0)
ANSWERED, DENIED, DENIED_FOR = range(3)


@dataclass(frozen=True, slots=True)
class Rows:
    """Counts a payer, check and day. `check` is a place in the list of checks, its length standing for every line."""

    payers: Hashes
    checks: Places
    days: Days
    counts: Ints
    """(n, 3): answered, denied, denied for the check's family."""

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.days)

    def and_also(self, others: "Rows") -> "Rows":
        """Both together, in order, one row a payer, check and day."""
        return Rows(
            np.concatenate((self.payers, others.payers)),
            np.concatenate((self.checks, others.checks)),
            np.concatenate((self.days, others.days)),
            np.concatenate((self.counts, others.counts)),
        ).in_order()

    def in_order(self) -> "Rows":
        """Sorted by payer, check and day, with what falls together summed."""
        if self._is_in_order():
            return self
        order = np.lexsort((self.days, self.checks, self.payers))
        payers, checks, days = self.payers[order], self.checks[order], self.days[order]
        changes = (payers[1:] != payers[:-1]) | (checks[1:] != checks[:-1]) | (days[1:] != days[:-1])
        first = np.flatnonzero(np.concatenate(([True], changes)))[: len(order)]
        sums = np.add.reduceat(self.counts[order], first, axis=0) if len(first) else self.counts[order]
        return Rows(payers[first], checks[first], days[first], sums)

    def _is_in_order(self) -> bool:
        """Whether each row lies behind the one before it: what was saved is so, and needs no sorting."""
        payer, check, day = self.payers, self.checks, self.days
        same_payer, same_check = payer[1:] == payer[:-1], check[1:] == check[:-1]
        later = (check[1:] > check[:-1]) | (same_check & (day[1:] > day[:-1]))
        return bool(((payer[1:] > payer[:-1]) | (same_payer & later)).all())


def rows_of(
    values: Values, told: Ints, payers: Hashes, days: Days, denied: Ints, family: Ints, of_check: Ints
) -> Rows:
    """The rows of the answered lines `told`: `values` (n, checks) is 1 where a line tripped a check.

    `denied` is 0 or 1, `family` the place of the denial's family (-1: none), `of_check` that of each check's.
    """
    named, place = np.unique(payers, return_inverse=True)
    order = told[np.argsort(days[told], kind="stable")]
    width = values.shape[1] + 1
    n_groups = (len(named) + 1) * width
    place = place.astype(np.int64) + 1
    sizes = np.zeros(n_groups, np.int64)
    _size(values, place, days, order, np.full(n_groups, -1, np.int32), sizes)
    ends = np.cumsum(sizes)
    group = np.repeat(np.arange(n_groups), sizes)
    row_days, counts = np.empty(len(group), np.int32), np.zeros((len(group), 3), np.int64)
    _fill(values, place, days, denied, family, of_check, order, ends - sizes, row_days, counts)
    return Rows(np.concatenate(([EVERY_PAYER], named))[group // width], group % width, row_days, counts)


@njit(cache=True, nogil=True, error_model="numpy")
def _size(values, place, days, order, last, sizes):  # type: ignore[no-untyped-def]
    """sizes[g]: the days on which group g (payer and check) has an answer; rows come by day."""
    width = values.shape[1] + 1
    for i in order:
        day = days[i]
        for c in range(width):
            if c + 1 < width and values[i, c] != 1:
                continue
            for group in (c, place[i] * width + c):
                if last[group] != day:
                    last[group] = day
                    sizes[group] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def _fill(values, place, days, denied, family, of_check, order, first, row_days, counts):  # type: ignore[no-untyped-def]
    """Count each line into the row of its groups and day; `first` is moved to the row behind the last of each group."""
    width = values.shape[1] + 1
    begun = first.copy()
    for i in order:
        day = days[i]
        for c in range(width):
            if c + 1 < width and values[i, c] != 1:
                continue
            alike = c + 1 < width and denied[i] and family[i] == of_check[c]
            for group in (c, place[i] * width + c):
                if first[group] == begun[group] or row_days[first[group] - 1] != day:
                    row_days[first[group]] = day
                    first[group] += 1
                row = first[group] - 1
                counts[row, 0] += 1
                counts[row, 1] += denied[i]
                counts[row, 2] += alike


@njit(cache=True, nogil=True, error_model="numpy")
def before(days, first, last, day):  # type: ignore[no-untyped-def]
    """The first row of first..last that wasn't known before the day."""
    while first < last:
        middle = (first + last) >> 1
        if days[middle] < day:
            first = middle + 1
        else:
            last = middle
    return first


@njit(cache=True, nogil=True, error_model="numpy")
def told(index, payer, check, every, since, day):  # type: ignore[no-untyped-def]
    """Answered and denied lines from `since` to before `day`: of this payer and check, of all payers and this check,
    of all lines of this payer, and of all lines. `every` is the place that stands for every line.
    """
    payers, starts, days, running = index[0], index[1], index[2], index[3]
    place = np.searchsorted(payers, payer)
    is_known = place < payers.shape[0] and payers[place] == payer
    found = np.zeros(8, np.int64)
    for n in range(4):
        of = place if n % 2 == 0 else 0
        if n % 2 == 0 and not is_known:
            continue
        group = of * (every + 1) + (check if n < 2 else every)
        high = before(days, starts[group], starts[group + 1], day)
        low = before(days, starts[group], starts[group + 1], since)
        found[2 * n] = running[high, 0] - running[low, 0]
        found[2 * n + 1] = running[high, 1] - running[low, 1]
    return found
