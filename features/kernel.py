"""The compiled search in history: for each row and key, what had happened by the day before.

One routine for one row and for a million, without any sum of floats across rows, so results are equal to the bit.
"""

import numpy as np
from numba import njit

COUNT, RATE, MEAN, SINCE = 0, 1, 2, 3
BLOCK = 512
"""Rows that go through all keys together: small enough to stay in cache."""

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def mixed(value: np.uint64) -> np.uint64:
    """Every bit of the input moves every bit of the output (splitmix64)."""
    value = (value ^ (value >> np.uint64(30))) * MIX_1
    value = (value ^ (value >> np.uint64(27))) * MIX_2
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True, error_model="numpy")
def combine(parts, members, keys):  # type: ignore[no-untyped-def]
    """Fill keys[s, i] from the parts named in members[s] (-1 ends the list); 0 where a part is 0: no key."""
    for s in range(members.shape[0]):
        for i in range(parts.shape[1]):
            key = mixed(np.uint64(s) + GOLDEN)
            for m in range(members.shape[1]):
                if members[s, m] < 0:
                    break
                part = parts[members[s, m], i]
                if part == 0:
                    key = np.uint64(0)
                    break
                key = mixed(key ^ part) + GOLDEN
            keys[s, i] = key


# The three steps below loop over a block of rows each. Arrays handed to a function inside a loop are counted in and
# out on every turn, which took ten times as long as the search itself.


@njit(cache=True, nogil=True, error_model="numpy")
def _find(row_keys, s, first, last, index, spans):  # type: ignore[no-untyped-def]
    """spans[i, :2]: where the events of each row's key begin and end in set s; both 0 for a key never seen."""
    bits, bucket_at, buckets, key_at, keys, starts = index
    shift, bucket_base, key_base = np.uint64(64 - bits[s]), bucket_at[s], key_at[s]
    for i in range(first, last):
        spans[i - first, 0] = spans[i - first, 1] = 0
        key = row_keys[s, i]
        if key == 0:
            continue
        bucket = bucket_base + np.int64(key >> shift)  # keys are evenly spread: a bucket holds about one
        for k in range(key_base + buckets[bucket], key_base + buckets[bucket + 1]):
            if keys[k] == key:
                spans[i - first, 0], spans[i - first, 1] = starts[k + s], starts[k + s + 1]


@njit(cache=True, nogil=True, error_model="numpy")
def _cut(days, base, row_days, first, last, windows, spans):  # type: ignore[no-untyped-def]
    """spans[i, 1]: the first event that was not known before the row's day; spans[i, 2 + w]: the first in window w."""
    for i in range(first, last):
        row, day = i - first, row_days[i]
        if day != day:
            spans[row, 1] = spans[row, 0]
        for w in range(-1, windows.shape[0]):
            low, high = spans[row, 0], spans[row, 1]
            if w >= 0 and windows[w] == 0:
                spans[row, 2 + w] = low
                continue
            wanted = day - windows[w] if w >= 0 else day
            while low < high:
                middle = (low + high) >> 1
                if days[base + middle] < wanted:
                    low = middle + 1
                else:
                    high = middle
            spans[row, 1 if w < 0 else 2 + w] = low


@njit(cache=True, nogil=True, error_model="numpy")
def _tell(events, s, row_keys, row_days, first, last, spans, program, rates, begun, ends, out):  # type: ignore[no-untyped-def]
    """Fill the columns begun..ends of `out`, which ask about set s, from running counts at both ends of a window."""
    event_at, count_at, widths, days, counts = events
    base, width = event_at[s], widths[s]
    for i in range(first, last):
        row, has_key = i - first, row_keys[s, i] != 0
        start, now = spans[row, 0], spans[row, 1]
        at = count_at[s] + (now - 1) * width
        for p in range(begun, ends):
            kind, begin = program[p, 1], spans[row, 2 + program[p, 3]]
            if not has_key or (now == start and (kind in (SINCE, MEAN))):
                out[i, p] = np.nan
                continue
            if kind == SINCE:
                out[i, p] = row_days[i] - days[base + now - 1]
                continue
            n, total = np.int64(0), np.int64(0)
            if now > start:
                n, total = counts[at + program[p, 2]], counts[at]
            if begin > start:
                before = count_at[s] + (begin - 1) * width
                n, total = n - counts[before + program[p, 2]], total - counts[before]
            prior = out[i, program[p, 4]] if program[p, 4] >= 0 else rates[p, 0]
            out[i, p] = _figure(kind, np.float64(n), np.float64(total), prior, rates[p, 1])


@njit(cache=True, nogil=True, error_model="numpy")
def _figure(kind, n, total, prior, strength):  # type: ignore[no-untyped-def]
    """One count, mean or shrunk rate."""
    if kind == COUNT:
        return n
    if kind == MEAN:
        return n / total if total > 0 else np.nan
    return (n + strength * prior) / (total + strength)


@njit(cache=True, nogil=True, error_model="numpy")
def search(row_keys, row_days, index, events, windows, program, rates, out):  # type: ignore[no-untyped-def]
    """Fill out[i, :] for rows with keys row_keys[:, i] on row_days[i] (days since 1970; NaN: nothing is known).

    `program` has one row an output: set, kind, count column, window, output of the parent (-1: none); `rates` its
    prior and strength. Only events before the day count. A row without a key gets NaN.
    """
    spans = np.empty((BLOCK, 2 + windows.shape[0]), np.int64)
    for first in range(0, row_days.shape[0], BLOCK):
        last, ends = min(first + BLOCK, row_days.shape[0]), 0
        for s in range(row_keys.shape[0]):
            begun = ends
            while ends < program.shape[0] and program[ends, 0] == s:
                ends += 1
            _find(row_keys, s, first, last, index, spans)
            _cut(events[3], events[0][s], row_days, first, last, windows, spans)
            _tell(events, s, row_keys, row_days, first, last, spans, program, rates, begun, ends, out)
