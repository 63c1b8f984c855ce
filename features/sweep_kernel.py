"""The compiled sweep through time: what many rows find in history, without a search.

Events are added to the running state of their key in the order of the days on which they became known; before those
of a day are added, the rows of that day read the state. Each window has running values of its own, of the events that
lie further back than the window, and so what is read is what the search in `features.kernel` finds.
"""

import numpy as np
from numba import njit

from features.kernel import (
    DAY_AT,
    FIRST_AT,
    LOWEST,
    N_TALLIES,
    OF_STREAM,
    OF_TALLY,
    START_AT,
    TALLY_AT,
    TOTAL_AT,
    WIDTH,
    eras,
    find,
    tell,
)
from features.ledger_kernel import MOST

BLOCK = 256
"""Rows of a day that are answered together."""
FARTHEST = 1 << 17
"""Days at and beyond this one see the same: every day that a ledger can hold, in no window."""


@njit(cache=True, nogil=True, error_model="numpy")
def by_day(row_days, days, order, begins):  # type: ignore[no-untyped-def]
    """Rows in the order of their days, as they come within one: fills days (n,), order (n,) and begins [last day + 2].

    Nothing lies before day 0, where rows without a day stand.
    """
    for i in range(days.shape[0]):
        day = row_days[i]
        days[i] = np.int32(min(max(day, 0.0), FARTHEST - 1.0)) if day == day else np.int32(0)
        begins[days[i] + 1] += 1
    for d in range(1, begins.shape[0]):
        begins[d] += begins[d - 1]
    ends = begins[:-1].copy()
    for i in range(days.shape[0]):
        order[ends[days[i]]] = i
        ends[days[i]] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def places(row_keys, s, sets, buckets, keys, ids):  # type: ignore[no-untyped-def]
    """ids[i]: the place of each row's key in set s; -1 for one never seen, -2 for none."""
    find(row_keys, s, 0, row_keys.shape[1], sets, buckets, keys, ids)


@njit(cache=True, nogil=True, error_model="numpy")
def days_of(s, n_keys, sets, starts, days, begins):  # type: ignore[no-untyped-def]
    """Where the entries of each day begin once those of set s come day by day: begins [last day + 2]. Gives their number."""
    first = sets[s, DAY_AT]
    n = np.int64(starts[sets[s, START_AT] + n_keys * sets[s, WIDTH]])
    for i in range(first, first + n):
        begins[np.int64(days[i]) + 1] += 1
    for d in range(1, begins.shape[0]):
        begins[d] += begins[d - 1]
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def entries_of(s, n_keys, sets, starts, days, totals, firsts, tallies, kinds, begins, ids, masks, counts, values):  # type: ignore[no-untyped-def] # fmt: skip
    """The entries of set s day by day: key, stream (as a bit), how many events, what they add to each tally."""
    width, start_at, day_at, total_at = sets[s, WIDTH], sets[s, START_AT], sets[s, DAY_AT], sets[s, TOTAL_AT]
    n_tallies, tally_at, first_at = sets[s, N_TALLIES], sets[s, TALLY_AT], sets[s, FIRST_AT]
    ends = begins[:-1].copy()
    for key in range(n_keys):
        for stream in range(width):
            low, high = np.int64(starts[start_at + key * width + stream]), np.int64(starts[start_at + key * width + stream + 1])  # fmt: skip
            before = np.int64(0)
            for i in range(low, high):
                day = np.int64(days[day_at + i])
                to = np.int64(ends[day])
                ends[day] += 1
                ids[to], masks[to] = key, 1 << stream
                if total_at >= 0:
                    total = np.int64(totals[total_at + i])
                    counts[to] = total - before
                    before = total
                if n_tallies == 0:
                    continue
                at = tally_at + (np.int64(firsts[first_at + key]) + i - low) * n_tallies
                for t in range(n_tallies):
                    if stream > 0:
                        values[t, to] = LOWEST if kinds[t] == MOST else 0
                    elif kinds[t] == MOST or i == low:
                        values[t, to] = tallies[at + t]
                    else:
                        values[t, to] = tallies[at + t] - tallies[at + t - n_tallies]


@njit(cache=True, nogil=True, error_model="numpy")
def _add(day, begin, end, first, last, queries, ids, masks, counts, values, kinds, state):  # type: ignore[no-untyped-def]
    """Add the entries begin..end, all of one day, to the running values first..last of their keys.

    One value after the other: the entries of a day stay in cache, and nothing is decided inside the loops.
    """
    is_many = counts.shape[0] > 0
    for q in range(first, last):
        of, which = queries[q, 0], queries[q, 1]
        if of == OF_STREAM and is_many:
            for e in range(begin, end):
                state[ids[e], q] += ((masks[e] >> which) & 1) * np.int64(counts[e])
        elif of == OF_STREAM:
            for e in range(begin, end):
                state[ids[e], q] += np.int64((masks[e] >> which) & 1)
        elif of == OF_TALLY and kinds[which] == MOST:
            for e in range(begin, end):
                state[ids[e], q] = max(state[ids[e], q], values[which, e])
        elif of == OF_TALLY:
            for e in range(begin, end):
                state[ids[e], q] += values[which, e]
        else:
            for e in range(begin, end):
                if masks[e] & 1:
                    state[ids[e], q] = day


@njit(cache=True, nogil=True, error_model="numpy")
def _read(order, first, last, ids, state, row_days, at, days, found):  # type: ignore[no-untyped-def]
    """What some rows find in the state of their keys, which for a key never seen is that of the last but one."""
    for i in range(first, last):
        row = order[i]
        at[i - first], days[i - first] = ids[row], row_days[row]
    unseen = state.shape[0] - 2
    for q in range(state.shape[1]):
        for i in range(last - first):
            key = at[i] if at[i] >= 0 else unseen
            found[q, i] = state[key, q]


@njit(cache=True, nogil=True, error_model="numpy")
def _fetch(order, first, last, outer, n_own, out, told):  # type: ignore[no-untyped-def]
    """The columns of wider sets that rates are shrunk toward, behind the own ones."""
    for i in range(first, last):
        for o in range(outer.shape[0]):
            told[n_own + o, i - first] = out[order[i], outer[o]]


@njit(cache=True, nogil=True, error_model="numpy")
def _write(order, first, last, begun, n_own, told, out):  # type: ignore[no-untyped-def]
    for i in range(first, last):
        row = order[i]
        for p in range(n_own):
            out[row, begun + p] = told[p, i - first]


@njit(cache=True, nogil=True, error_model="numpy")
def sweep(row_days, order, row_begins, row_ids, begins, ids, masks, counts, values, kinds, n_keys, starts, kept, windows, queries, program, numbers, since, strengths, outer, begun, out):  # type: ignore[no-untyped-def] # fmt: skip
    """Fill the columns of one set, out[:, begun : begun + columns], of all rows.

    Rows by `by_day`; `row_ids` their keys; entries day by day as `entries_of` gives them; `queries` in the order of
    their windows; what medians and greatest values are taken of in `kept` (see `features.sweep.Entries`); `program` with columns counted from the set's first, those of wider sets (`outer`) behind them.
    """
    n_queries, n_own = queries.shape[0], program.shape[0]
    state = np.zeros((n_keys + 2, max(n_queries, 1)), np.int64)  # of keys, of one unseen, of none (-1)
    for q in range(n_queries):
        if queries[q, 0] == OF_TALLY and kinds[queries[q, 1]] == MOST:
            state[:, q] = LOWEST
    at, days = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.float64)
    found = np.empty((max(n_queries, 1), BLOCK), np.int64)
    told = np.empty((n_own + outer.shape[0], BLOCK), np.float64)
    some, total = np.empty(BLOCK, np.float64), np.empty(BLOCK, np.float64)
    era = np.empty(BLOCK, np.int64)
    done = np.zeros(windows.shape[0], np.int64)  # for each window the day up to which entries are added
    for day in range(row_begins.shape[0] - 1):
        if row_begins[day] == row_begins[day + 1]:
            continue
        q = 0
        for w in range(windows.shape[0]):
            first = q
            while q < n_queries and queries[q, 2] == w:
                q += 1
            until = min(max(day - windows[w], 0), begins.shape[0] - 1)
            for d in range(done[w], until if q > first else done[w]):
                _add(d, begins[d], begins[d + 1], first, q, queries, ids, masks, counts, values, kinds, state)
            done[w] = until
        for first in range(row_begins[day], row_begins[day + 1], BLOCK):
            last = min(first + BLOCK, row_begins[day + 1])
            _read(order, first, last, row_ids, state, row_days, at, days, found)
            eras(days, 0, last - first, since, era)
            _fetch(order, first, last, outer, n_own, out, told)
            tell(days, 0, last - first, program, numbers, 0, n_own, at, found, told, some, total, starts, 0, kept, 0, strengths, era)  # fmt: skip
            _write(order, first, last, begun, n_own, told, out)
