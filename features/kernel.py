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


@njit(cache=True, nogil=True, inline="always")
def mixed(value: np.uint64) -> np.uint64:
    """Every bit of the input moves every bit of the output (splitmix64)."""
    value = (value ^ (value >> np.uint64(30))) * MIX_1
    value = (value ^ (value >> np.uint64(27))) * MIX_2
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True, inline="always")
def _segment(key, s, bits, bucket_at, buckets, key_at, keys):  # type: ignore[no-untyped-def]
    """Where the key stands among the sorted keys of set s, or -1: hashes are even, so a bucket holds about one."""
    if key == 0:
        return -1
    bucket = bucket_at[s] + np.int64(key >> np.uint64(64 - bits[s]))
    for k in range(key_at[s] + buckets[bucket], key_at[s] + buckets[bucket + 1]):
        if keys[k] == key:
            return k
    return -1


@njit(cache=True, nogil=True, inline="always")
def _first_from(days, low, high, day):  # type: ignore[no-untyped-def]
    """The first event in days[low:high] on or after the day."""
    while low < high:
        middle = (low + high) >> 1
        if days[middle] < day:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True, inline="always")
def _before(counts, at, width, column, start, event):  # type: ignore[no-untyped-def]
    """The running count of a column just before an event of its key."""
    return counts[at + (event - 1) * width + column] if event > start else counts.dtype.type(0)


@njit(cache=True, nogil=True, inline="always")
def _between(counts, span, column):  # type: ignore[no-untyped-def]
    """What a column counted from the first day of the window to the day before the submission."""
    at, width, start, now, since = span
    return _before(counts, at, width, column, start, now) - _before(counts, at, width, column, start, since)


@njit(cache=True, nogil=True, inline="always")
def _told(counts, span, instruction, rate, row):  # type: ignore[no-untyped-def]
    """One count, mean or shrunk rate."""
    n = _between(counts, span, instruction[2])
    if instruction[1] == COUNT:
        return np.float64(n)
    total = _between(counts, span, 0)
    if instruction[1] == MEAN:
        return n / total if total > 0 else np.nan
    prior = row[instruction[4]] if instruction[4] >= 0 else rate[0]
    return (n + rate[1] * prior) / (total + rate[1])


@njit(cache=True, nogil=True)
def search(row_keys, row_days, index, events, windows, program, rates, out):  # type: ignore[no-untyped-def]
    """Fill out[i, :] for rows with keys row_keys[:, i] on row_days[i] (days since 1970; NaN: nothing is known).

    `program` has one row an output: set, kind, count column, window, output of the parent (-1: none); `rates` its
    prior and strength. Only events before the day count. A row without a key gets NaN.
    """
    bits, bucket_at, buckets, key_at, keys, starts = index
    event_at, count_at, widths, days, counts = events
    n_windows = windows.shape[0]
    place = np.empty(n_windows + 1, np.int64)
    for first in range(0, row_days.shape[0], BLOCK):
        last = min(first + BLOCK, row_days.shape[0])
        done = 0
        for s in range(row_keys.shape[0]):
            ends = done
            while ends < program.shape[0] and program[ends, 0] == s:
                ends += 1
            for i in range(first, last):
                k = _segment(row_keys[s, i], s, bits, bucket_at, buckets, key_at, keys)
                start, stop = np.int64(0), np.int64(0)
                if k >= 0:
                    start, stop = starts[k + s], starts[k + s + 1]
                base, day = event_at[s], row_days[i]
                now = _first_from(days, base + start, base + stop, day) - base if day == day else start
                for w in range(n_windows):
                    place[w] = start
                    if now > start and windows[w] > 0:
                        place[w] = _first_from(days, base + start, base + now, day - windows[w]) - base
                for p in range(done, ends):
                    if row_keys[s, i] == 0:
                        out[i, p] = np.nan
                    elif program[p, 1] == SINCE:
                        out[i, p] = day - days[base + now - 1] if now > start else np.nan
                    else:
                        span = count_at[s], widths[s], start, now, place[program[p, 3]]
                        out[i, p] = _told(counts, span, program[p], rates[p], out[i])
            done = ends
