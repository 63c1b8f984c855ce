"""The compiled making and merging of ledgers: events grouped by key without sorting them all, days kept in order."""

import numpy as np
from numba import njit

from features.kernel import GOLDEN, LOWEST

SUM, MOST = 0, 1


@njit(cache=True, nogil=True, error_model="numpy")
def group(keys, table, ids, uniques):  # type: ignore[no-untyped-def]
    """Number the keys in the order in which they first come; -1 for 0, which is no key. Gives how many there are.

    `table` is a hash table of zeros, a power of two in size and at least twice as large as there are keys.
    """
    n_unique, mask = 0, np.int64(table.shape[0] - 1)
    for i in range(keys.shape[0]):
        key = keys[i]
        ids[i] = -1
        if key == 0:
            continue
        slot = np.int64((key * GOLDEN) >> np.uint64(20)) & mask
        while table[slot] != 0 and uniques[table[slot] - 1] != key:
            slot = (slot + 1) & mask
        if table[slot] == 0:
            uniques[n_unique] = key
            n_unique += 1
            table[slot] = n_unique
        ids[i] = table[slot] - 1
    return n_unique


@njit(cache=True, nogil=True, error_model="numpy")
def count(ids, days, codes, masks, width, events, distinct):  # type: ignore[no-untyped-def]
    """Events and different days of each key and stream: events[id * width + stream]. `days` come in order."""
    last = np.full(events.shape[0], -1, np.int32)
    for i in range(ids.shape[0]):
        if ids[i] < 0:
            continue
        mask = masks[codes[i]]
        for stream in range(width):
            if mask & (1 << stream):
                at = np.int64(ids[i]) * width + stream
                events[at] += 1
                if last[at] != days[i]:
                    last[at] = days[i]
                    distinct[at] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def fill(ids, event_days, codes, masks, width, starts, days):  # type: ignore[no-untyped-def]
    """Write the day of every event behind those of its key and stream that came before."""
    ends = starts[:-1].copy()
    for i in range(ids.shape[0]):
        if ids[i] < 0:
            continue
        mask = masks[codes[i]]
        for stream in range(width):
            if mask & (1 << stream):
                at = np.int64(ids[i]) * width + stream
                days[ends[at]] = event_days[i]
                ends[at] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def fill_running(ids, event_days, codes, masks, width, starts, days, totals):  # type: ignore[no-untyped-def]
    """Write every different day of each key and stream, with the count of its events up to that day."""
    ends = starts[:-1].copy()
    for i in range(ids.shape[0]):
        if ids[i] < 0:
            continue
        mask = masks[codes[i]]
        for stream in range(width):
            if mask & (1 << stream):
                at = np.int64(ids[i]) * width + stream
                end = ends[at]
                if end > starts[at] and days[end - 1] == event_days[i]:
                    totals[end - 1] += 1
                    continue
                days[end] = event_days[i]
                totals[end] = (totals[end - 1] if end > starts[at] else 0) + 1
                ends[at] = end + 1


@njit(cache=True, nogil=True, error_model="numpy")
def fill_tallies(ids, event_days, values, kinds, firsts, tallies):  # type: ignore[no-untyped-def]
    """Write the running sum (or greatest value) up to each different day of the first stream of each key."""
    ends = firsts[:-1].copy()
    last = np.full(ends.shape[0], -1, np.int32)
    for i in range(ids.shape[0]):
        key = ids[i]
        if key < 0:
            continue
        is_new = last[key] != event_days[i]
        last[key] = event_days[i]
        if is_new:
            ends[key] += 1
        row = ends[key] - 1
        for t in range(kinds.shape[0]):
            value = values[t, i]
            if is_new and row > firsts[key]:
                before = tallies[row - 1, t]
            elif is_new:
                before = np.int64(LOWEST if kinds[t] == MOST else 0)
            else:
                before = tallies[row, t]
            tallies[row, t] = max(before, value) if kinds[t] == MOST else before + value


@njit(cache=True, nogil=True, error_model="numpy")
def fill_values(ids, event_values, starts, values):  # type: ignore[no-untyped-def]
    """Write the value of every event behind those of its key that came before."""
    ends = starts[:-1].copy()
    for i in range(ids.shape[0]):
        if ids[i] >= 0:
            values[ends[ids[i]]] = event_values[i]
            ends[ids[i]] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def _outside_in(values, begin, end):  # type: ignore[no-untyped-def]
    """Put some values in the order least, greatest, next to least, next to greatest, and so on to the middle one."""
    rising = np.sort(values[begin:end])
    low, high = 0, end - begin - 1
    for at in range(begin, end):
        if (at - begin) % 2 == 0:
            values[at] = rising[low]
            low += 1
        else:
            values[at] = rising[high]
            high -= 1


@njit(cache=True, nogil=True, error_model="numpy")
def settle(starts, days, values):  # type: ignore[no-untyped-def]
    """Put the values of each key and day in an order of their own, whatever order they came in."""
    for key in range(starts.shape[0] - 1):
        begin, end = np.int64(starts[key]), np.int64(starts[key + 1])
        while begin < end:
            same = begin + 1
            while same < end and days[same] == days[begin]:
                same += 1
            if same - begin > 1:
                _outside_in(values, begin, same)
            begin = same


@njit(cache=True, nogil=True, error_model="numpy")
def pair(old, new, keys, of_old, of_new):  # type: ignore[no-untyped-def]
    """Merge two sorted lists of keys; of_old[i] and of_new[i] say where each stood, -1 where it didn't."""
    i = j = n = 0
    while i < old.shape[0] or j < new.shape[0]:
        takes_old = j == new.shape[0] or (i < old.shape[0] and old[i] <= new[j])
        takes_new = i == old.shape[0] or (j < new.shape[0] and new[j] <= old[i])
        keys[n] = old[i] if takes_old else new[j]
        of_old[n], of_new[n] = -1, -1
        if takes_old:
            of_old[n] = i
            i += 1
        if takes_new:
            of_new[n] = j
            j += 1
        n += 1
    return n


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _span(of, key, stream, width, starts):  # type: ignore[no-untyped-def]
    if of[key] < 0:
        return np.int64(0), np.int64(0)
    at = np.int64(of[key]) * width + stream
    return np.int64(starts[at]), np.int64(starts[at + 1])


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _run(day, at, end, first, days, totals):  # type: ignore[no-untyped-def]
    """Past the events on this day: the new position, and how many events there are up to it."""
    if totals.shape[0] > 0:
        if at < end and days[at] == day:
            at += 1
        return at, np.int64(totals[at - 1]) if at > first else np.int64(0)
    while at < end and days[at] == day:
        at += 1
    return at, at - first


@njit(cache=True, nogil=True, error_model="numpy")
def measure(of_old, of_new, width, old_starts, old_days, old_totals, new_starts, new_days, new_totals, events, distinct):  # type: ignore[no-untyped-def] # fmt: skip
    """Events and different days of each key and stream of two ledgers together."""
    for key in range(of_old.shape[0]):
        for stream in range(width):
            a0, a_end = _span(of_old, key, stream, width, old_starts)
            b0, b_end = _span(of_new, key, stream, width, new_starts)
            if b0 == b_end:  # nothing new, as for most keys
                is_running = old_totals.shape[0] > 0
                events[key * width + stream] = a_end - a0
                if is_running and a_end > a0:
                    events[key * width + stream] = old_totals[a_end - 1]
                different = a_end - a0
                if not is_running:
                    for i in range(a0 + 1, a_end):
                        different -= old_days[i] == old_days[i - 1]
                distinct[key * width + stream] = different
                continue
            a, b, n_a, n_b, days = a0, b0, np.int64(0), np.int64(0), 0
            while a < a_end or b < b_end:
                day = old_days[a] if b == b_end or (a < a_end and old_days[a] <= new_days[b]) else new_days[b]
                a, n_a = _run(day, a, a_end, a0, old_days, old_totals)
                b, n_b = _run(day, b, b_end, b0, new_days, new_totals)
                days += 1
            events[key * width + stream] = n_a + n_b
            distinct[key * width + stream] = days


@njit(cache=True, nogil=True, error_model="numpy")
def merge(of_old, of_new, width, old_starts, old_days, old_totals, new_starts, new_days, new_totals, starts, days, totals):  # type: ignore[no-untyped-def] # fmt: skip
    """Write the days (and running counts, where `totals` isn't empty) of two ledgers together."""
    is_running = totals.shape[0] > 0
    for key in range(of_old.shape[0]):
        for stream in range(width):
            a0, a_end = _span(of_old, key, stream, width, old_starts)
            b0, b_end = _span(of_new, key, stream, width, new_starts)
            if b0 == b_end and is_running == (old_totals.shape[0] > 0):  # nothing new, as for most keys
                to = np.int64(starts[key * width + stream])
                for i in range(a_end - a0):
                    days[to + i] = old_days[a0 + i]
                if is_running:
                    for i in range(a_end - a0):
                        totals[to + i] = old_totals[a0 + i]
                continue
            a, b, n_a, n_b, at = a0, b0, np.int64(0), np.int64(0), np.int64(starts[key * width + stream])
            while a < a_end or b < b_end:
                day = old_days[a] if b == b_end or (a < a_end and old_days[a] <= new_days[b]) else new_days[b]
                before = n_a + n_b
                a, n_a = _run(day, a, a_end, a0, old_days, old_totals)
                b, n_b = _run(day, b, b_end, b0, new_days, new_totals)
                if is_running:
                    days[at], totals[at] = day, n_a + n_b
                    at += 1
                else:
                    for _ in range(n_a + n_b - before):
                        days[at] = day
                        at += 1


@njit(cache=True, nogil=True, error_model="numpy")
def merge_tallies(of_old, of_new, width, old_starts, old_days, old_firsts, old_tallies, new_starts, new_days, new_firsts, new_tallies, kinds, firsts, tallies):  # type: ignore[no-untyped-def] # fmt: skip
    """Write the tallies of two ledgers together: both keep the first stream by different days."""
    for key in range(of_old.shape[0]):
        a0, a_end = _span(of_old, key, 0, width, old_starts)
        b0, b_end = _span(of_new, key, 0, width, new_starts)
        a, b, row = a0, b0, np.int64(firsts[key])
        while a < a_end or b < b_end:
            day = old_days[a] if b == b_end or (a < a_end and old_days[a] <= new_days[b]) else new_days[b]
            if a < a_end and old_days[a] == day:
                a += 1
            if b < b_end and new_days[b] == day:
                b += 1
            for t in range(kinds.shape[0]):
                nothing = np.int64(LOWEST if kinds[t] == MOST else 0)
                one = old_tallies[old_firsts[of_old[key]] + a - a0 - 1, t] if a > a0 else nothing
                other = new_tallies[new_firsts[of_new[key]] + b - b0 - 1, t] if b > b0 else nothing
                tallies[row, t] = max(one, other) if kinds[t] == MOST else one + other
            row += 1


@njit(cache=True, nogil=True, error_model="numpy")
def merge_values(of_old, of_new, old_starts, old_days, old_values, new_starts, new_days, new_values, starts, values):  # type: ignore[no-untyped-def] # fmt: skip
    """Write the values of two ledgers together, those of a day that both know in an order of their own."""
    for key in range(of_old.shape[0]):
        a, a_end = _span(of_old, key, 0, 1, old_starts)
        b, b_end = _span(of_new, key, 0, 1, new_starts)
        at = np.int64(starts[key])
        while a < a_end or b < b_end:
            day = old_days[a] if b == b_end or (a < a_end and old_days[a] <= new_days[b]) else new_days[b]
            begin, n_old, n_new = at, 0, 0
            while a < a_end and old_days[a] == day:
                values[at] = old_values[a]
                a, at, n_old = a + 1, at + 1, n_old + 1
            while b < b_end and new_days[b] == day:
                values[at] = new_values[b]
                b, at, n_new = b + 1, at + 1, n_new + 1
            if n_old > 0 and n_new > 0:
                _outside_in(values, begin, at)


@njit(cache=True, nogil=True, error_model="numpy")
def bucket(keys, shift, buckets):  # type: ignore[no-untyped-def]
    """Where each run of leading bits begins among the sorted keys, and where the last one ends."""
    at = 0
    for leading in range(buckets.shape[0] - 1):
        while at < keys.shape[0] and np.int64(keys[at] >> shift) < leading:
            at += 1
        buckets[leading] = at
    buckets[buckets.shape[0] - 1] = keys.shape[0]
