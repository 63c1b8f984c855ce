"""The compiled search in history: for each row and key, what had happened by the day before.

One routine for one row and for a million, without any sum of floats across rows, so results are equal to the bit.
"""

import numpy as np
from numba import njit

COUNT, RATE, MEAN, SINCE, MOST, CHANGE = 0, 1, 2, 3, 4, 5
"""What is told: a count, a shrunk rate, one sum by another, days since the last event, a greatest value, one output
by another."""

LOWEST = -(1 << 62)
"""The greatest value of nothing."""

OF_STREAM, OF_LAST, OF_TALLY = 0, 1, 2
"""What is looked up: a count of events, the day of the last one, a running tally."""

BITS, BUCKET_AT, KEY_AT, START_AT, WIDTH, DAY_AT, TOTAL_AT, FIRST_AT, TALLY_AT, N_TALLIES = range(10)
"""Columns of `sets`: where each set begins in the arrays that lie end to end. TOTAL_AT is -1 where none are kept."""

BLOCK = 128
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
def _find(row_keys, s, first, last, sets, buckets, keys, at):  # type: ignore[no-untyped-def]
    """at[i]: which key of set s each row has; -1 for one never seen, -2 for none."""
    shift, bucket_base, key_base = np.uint64(64 - sets[s, BITS]), sets[s, BUCKET_AT], sets[s, KEY_AT]
    for i in range(first, last):
        key = row_keys[s, i]
        if key == 0:
            at[i - first] = -2
            continue
        at[i - first] = -1
        bucket = bucket_base + np.int64(key >> shift)  # keys are evenly spread: a bucket holds one or two
        for k in range(buckets[bucket], buckets[bucket + 1]):
            if keys[key_base + k] == key:
                at[i - first] = k
                break


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _before(days, base, n, wanted):  # type: ignore[no-untyped-def]
    """How many of n sorted days, from `base` on, come before the wanted one."""
    low, high = np.int64(0), n
    if n == 0 or days[base + n - 1] < wanted:
        return n
    while low < high:
        middle = (low + high) >> 1
        if days[base + middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True, error_model="numpy")
def _look(row_days, s, first, last, sets, starts, days, totals, firsts, tallies, windows, queries, begun, ended, at, found):  # type: ignore[no-untyped-def] # fmt: skip
    """found[i, q]: what each query of set s gives for a row; 0 where nothing had happened (LOWEST of a tally)."""
    start_at, width, day_at = sets[s, START_AT], sets[s, WIDTH], sets[s, DAY_AT]
    total_at, tally_at, n_tallies = sets[s, TOTAL_AT], sets[s, TALLY_AT], sets[s, N_TALLIES]
    for i in range(first, last):
        row, k, position, origin = i - first, at[i - first], np.int64(0), np.int64(0)
        is_known = k >= 0 and row_days[i] == row_days[i]
        day = np.int64(row_days[i]) if is_known else np.int64(0)
        for q in range(begun, ended):
            value = np.int64(0)
            if not is_known:
                found[row, q - begun] = 0
            elif queries[q, 0] == OF_STREAM:
                span = start_at + k * width + queries[q, 1]
                low, n = np.int64(starts[span]), np.int64(starts[span + 1] - starts[span])
                n = _before(days, day_at + low, n, day - windows[queries[q, 2]])
                value = n
                if n > 0 and total_at >= 0:
                    value = np.int64(totals[total_at + low + n - 1])
                if queries[q, 1] == 0:
                    position, origin = n, day_at + low
                found[row, q - begun] = value
            elif position == 0:  # the two below read where the first stream was cut just before
                found[row, q - begun] = 0
            elif queries[q, 0] == OF_LAST:
                found[row, q - begun] = days[origin + position - 1]
            else:
                entry = np.int64(firsts[sets[s, FIRST_AT] + k]) + position - 1
                found[row, q - begun] = tallies[tally_at + entry * n_tallies + queries[q, 1]]


@njit(cache=True, nogil=True, error_model="numpy")
def _tell(row_days, first, last, program, numbers, begun, ended, at, found, told):  # type: ignore[no-untyped-def]
    """Fill the columns begun..ended of `told`, which ask about one set, from what was looked up of it."""
    for i in range(first, last):
        row = i - first
        for p in range(begun, ended):
            kind = program[p, 0]
            if at[row] == -2:
                told[row, p] = np.nan
                continue
            if kind == CHANGE:
                told[row, p] = told[row, program[p, 5]] / told[row, program[p, 6]]
                continue
            n = np.float64(found[row, program[p, 1]])
            if program[p, 2] >= 0:
                n = np.float64(found[row, program[p, 1]] - found[row, program[p, 2]])
            total = np.float64(0)
            if program[p, 3] >= 0:
                total = np.float64(found[row, program[p, 3]])
                if program[p, 4] >= 0:
                    total = np.float64(found[row, program[p, 3]] - found[row, program[p, 4]])
            if kind == COUNT:
                told[row, p] = min(n, numbers[p, 0])
            elif kind == RATE:
                prior = told[row, program[p, 5]] if program[p, 5] >= 0 else numbers[p, 0]
                told[row, p] = (n + numbers[p, 1] * prior) / (total + numbers[p, 1])
            elif kind == MEAN:
                told[row, p] = n / total if total > 0 else np.nan
            elif kind == SINCE:
                told[row, p] = row_days[i] - n if n > 0 else np.nan
            else:
                told[row, p] = numbers[p, 0] * n if total > 0 and n > LOWEST else np.nan


@njit(cache=True, nogil=True, error_model="numpy")
def search(row_keys, row_days, begin, end, sets, buckets, keys, starts, days, totals, firsts, tallies, windows, queries, query_ends, most, program, program_ends, numbers, out):  # type: ignore[no-untyped-def] # fmt: skip
    """Fill out[i, :] for the rows begin..end with keys row_keys[:, i] on row_days[i] (days since 1970; NaN: nothing is known).

    What `sets`, the arrays behind it, and the plan (`windows` .. `numbers`) hold is told in `features.bank` and
    `features.plan`. Only events before the day count. A row without a key gets NaN.
    """
    at = np.empty(BLOCK, np.int64)
    found = np.empty((BLOCK, max(most, 1)), np.int64)
    told = np.empty((BLOCK, program.shape[0]), np.float64)
    for first in range(begin, end, BLOCK):
        last, q, p = min(first + BLOCK, end), 0, 0
        for s in range(row_keys.shape[0]):
            if program_ends[s] == p:
                continue
            _find(row_keys, s, first, last, sets, buckets, keys, at)
            _look(row_days, s, first, last, sets, starts, days, totals, firsts, tallies, windows, queries, q, query_ends[s], at, found)  # fmt: skip
            _tell(row_days, first, last, program, numbers, p, program_ends[s], at, found, told)
            q, p = query_ends[s], program_ends[s]
        for i in range(first, last):
            for column in range(program.shape[0]):
                out[i, column] = told[i - first, column]


@njit(cache=True, nogil=True, error_model="numpy")
def _by_key(at, n_keys, order):  # type: ignore[no-untyped-def]
    """The rows in the order of their keys (those without one first), rows of one key as they come: a counting sort."""
    ends = np.zeros(n_keys + 3, np.int64)
    for i in range(at.shape[0]):
        ends[at[i] + 3] += 1
    for k in range(1, n_keys + 3):
        ends[k] += ends[k - 1]
    for i in range(at.shape[0]):
        order[ends[at[i] + 2]] = i
        ends[at[i] + 2] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def _gather(order, first, last, begin, at, row_days, begun, ended, program, out, at_block, day_block, told):  # type: ignore[no-untyped-def] # fmt: skip
    for i in range(first, last):
        row = order[i]
        at_block[i - first], day_block[i - first] = at[row], row_days[begin + row]
        for p in range(begun, ended):
            for column in (program[p, 5], program[p, 6]):
                if 0 <= column < begun:
                    told[i - first, column] = out[begin + row, column]


@njit(cache=True, nogil=True, error_model="numpy")
def _scatter(order, first, last, begin, begun, ended, told, out):  # type: ignore[no-untyped-def]
    for i in range(first, last):
        for p in range(begun, ended):
            out[begin + order[i], p] = told[i - first, p]


@njit(cache=True, nogil=True, error_model="numpy")
def search_by_key(row_keys, row_days, begin, end, sets, buckets, keys, starts, days, totals, firsts, tallies, windows, queries, query_ends, most, program, program_ends, numbers, out):  # type: ignore[no-untyped-def] # fmt: skip
    """The same as `search` of many rows, whose float64 `out` keeps every digit: set by set, rows of a key together.

    What is known of a key is fetched from memory once, not once a row.
    """
    at, order = np.empty(end - begin, np.int64), np.empty(end - begin, np.int32)
    found = np.empty((BLOCK, max(most, 1)), np.int64)
    told = np.empty((BLOCK, program.shape[0]), np.float64)
    at_block, day_block = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.float64)
    q, p = 0, 0
    for s in range(row_keys.shape[0]):
        if program_ends[s] == p:
            continue
        _find(row_keys, s, begin, end, sets, buckets, keys, at)
        key_end = sets[s + 1, KEY_AT] if s + 1 < sets.shape[0] else keys.shape[0]
        _by_key(at, key_end - sets[s, KEY_AT], order)
        for first in range(0, end - begin, BLOCK):
            last = min(first + BLOCK, end - begin)
            _gather(order, first, last, begin, at, row_days, p, program_ends[s], program, out, at_block, day_block, told)  # fmt: skip
            _look(day_block, s, 0, last - first, sets, starts, days, totals, firsts, tallies, windows, queries, q, query_ends[s], at_block, found)  # fmt: skip
            _tell(day_block, 0, last - first, program, numbers, p, program_ends[s], at_block, found, told)
            _scatter(order, first, last, begin, p, program_ends[s], told, out)
        q, p = query_ends[s], program_ends[s]
