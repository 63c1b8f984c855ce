"""The compiled search in history: for each row and key, what had happened by the day before.

One routine for one row and for a million, without any sum of floats across rows, so results are equal to the bit.
"""

import numpy as np
from numba import njit

COUNT, RATE, MEAN, SINCE, MOST, CHANGE, MEDIAN, RANKED = 0, 1, 2, 3, 4, 5, 6, 7
"""What is told: a count, a shrunk rate, one sum by another, days since the last event, a greatest value, one output
by another, the middle one of the newest values, the greatest of them (or the next different one, and so on)."""

LOWEST = -(1 << 62)
"""The greatest value of nothing."""
UNKNOWN = -1
"""A value that nobody told: no median counts it, and no rank."""
NEWEST = 63
"""A median, or a rank, is taken of so many newest values, or of all in its window where there are fewer."""

OF_STREAM, OF_LAST, OF_TALLY = 0, 1, 2
"""What is looked up: a count of events, the day of the last one, a running tally."""

BITS, BUCKET_AT, KEY_AT, START_AT, WIDTH, DAY_AT, TOTAL_AT, FIRST_AT, TALLY_AT, N_TALLIES, VALUE_AT = range(
    11
)
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
def find(row_keys, s, first, last, sets, buckets, keys, at):  # type: ignore[no-untyped-def]
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
    """found[q, i]: what each query of set s gives for a row; 0 where nothing had happened (LOWEST of a tally)."""
    start_at, width, day_at = sets[s, START_AT], sets[s, WIDTH], sets[s, DAY_AT]
    total_at, tally_at, n_tallies = sets[s, TOTAL_AT], sets[s, TALLY_AT], sets[s, N_TALLIES]
    for i in range(first, last):
        row, k, position, origin = i - first, at[i - first], np.int64(0), np.int64(0)
        is_known = k >= 0 and row_days[i] == row_days[i]
        day = np.int64(row_days[i]) if is_known else np.int64(0)
        for q in range(begun, ended):
            value = np.int64(0)
            if not is_known:
                found[q - begun, row] = 0
            elif queries[q, 0] == OF_STREAM:
                span = start_at + k * width + queries[q, 1]
                low, n = np.int64(starts[span]), np.int64(starts[span + 1] - starts[span])
                n = _before(days, day_at + low, n, day - windows[queries[q, 2]])
                value = n
                if n > 0 and total_at >= 0:
                    value = np.int64(totals[total_at + low + n - 1])
                if queries[q, 1] == 0:
                    position, origin = n, day_at + low
                found[q - begun, row] = value
            elif position == 0:  # the two below read where the first stream was cut just before
                found[q - begun, row] = 0
            elif queries[q, 0] == OF_LAST:
                found[q - begun, row] = days[origin + position - 1]
            else:
                entry = np.int64(firsts[sets[s, FIRST_AT] + k]) + position - 1
                found[q - begun, row] = tallies[tally_at + entry * n_tallies + queries[q, 1]]


@njit(cache=True, nogil=True, error_model="numpy")
def _lately(found, one, other, n_rows, out):  # type: ignore[no-untyped-def]
    """out[row]: what was found up to now, without what was found up to the window's begin (-1: nothing)."""
    for row in range(n_rows):
        if one < 0:
            out[row] = 0.0
        elif other < 0:
            out[row] = np.float64(found[one, row])
        else:
            out[row] = np.float64(found[one, row] - found[other, row])


@njit(cache=True, nogil=True, error_model="numpy")
def eras(row_days, first, last, since, era):  # type: ignore[no-untyped-def]
    """era[row]: how many of the days `since` lie on or before a row's own."""
    for i in range(first, last):
        era[i - first] = 0
        for e in range(since.shape[0]):
            era[i - first] += row_days[i] >= since[e]


@njit(cache=True, nogil=True, error_model="numpy")
def _medians(at, lately, ever, n_rows, starts, start_at, values, value_at, out):  # type: ignore[no-untyped-def]
    """out[row]: the median of the newest values of its key, `lately` of them in the window, `ever` in all before."""
    room = np.empty(NEWEST, np.int32)
    for row in range(n_rows):
        size, n = 0, np.int64(min(lately[row], float(NEWEST)))
        end = np.int64(0)
        if n > 0:
            end = value_at + np.int64(starts[start_at + at[row]]) + np.int64(ever[row])
        for i in range(end - n, end):
            value, to = values[i], size
            if value == UNKNOWN:
                continue
            while to > 0 and room[to - 1] > value:  # a price stands for a while: mostly they are in order
                room[to] = room[to - 1]
                to -= 1
            room[to] = value
            size += 1
        out[row] = np.nan
        if size > 0:
            out[row] = (np.float64(room[(size - 1) // 2]) + np.float64(room[size // 2])) / 2.0


@njit(cache=True, nogil=True, error_model="numpy")
def _ranked(at, lately, ever, n_rows, starts, start_at, values, value_at, rank, out):  # type: ignore[no-untyped-def]
    """out[row]: the greatest of the newest values of its key; of rank 2 the greatest below that one, and so on."""
    for row in range(n_rows):
        n, end = np.int64(min(lately[row], float(NEWEST))), np.int64(0)
        if n > 0:
            end = value_at + np.int64(starts[start_at + at[row]]) + np.int64(ever[row])
        top = np.int64(LOWEST)
        for turn in range(rank):
            bound, top = top, np.int64(LOWEST)
            for i in range(end - n, end):
                value = np.int64(values[i])
                if value != UNKNOWN and value > top and (turn == 0 or value < bound):
                    top = value
            if top == LOWEST:
                break
        out[row] = np.float64(top) if top > LOWEST else np.nan


@njit(cache=True, nogil=True, error_model="numpy")
def tell(row_days, first, last, program, numbers, begun, ended, at, found, told, some, total, starts, start_at, values, value_at, strengths, era):  # type: ignore[no-untyped-def]  # noqa: C901 - one loop a kind # fmt: skip
    """Fill the columns begun..ended of told[column, row], which ask about one set, from found[query, row].

    A rate that another is shrunk toward is taken as it is told, in single precision. `some` and `total` are room for
    one number a row; `era[row]` says which of the strengths [eras, columns] hold. One column after the other, so that
    nothing is decided inside the loops.
    """
    n_rows = last - first
    for p in range(begun, ended):
        kind, parent, against = program[p, 0], program[p, 5], program[p, 6]
        number = numbers[p]
        _lately(found, program[p, 1], program[p, 2], n_rows, some)
        _lately(found, program[p, 3], program[p, 4], n_rows, total)
        if kind == RATE and parent >= 0:
            for row in range(n_rows):
                prior, strength = np.float64(np.float32(told[parent, row])), strengths[era[row], p]
                told[p, row] = (some[row] + strength * prior) / (total[row] + strength)
        elif kind == RATE:
            for row in range(n_rows):
                strength = strengths[era[row], p]
                told[p, row] = (some[row] + strength * number) / (total[row] + strength)
        elif kind == COUNT:
            for row in range(n_rows):
                told[p, row] = min(some[row], number)
        elif kind == CHANGE:
            for row in range(n_rows):
                told[p, row] = told[parent, row] / told[against, row]
        elif kind == MEAN:
            for row in range(n_rows):
                told[p, row] = some[row] / total[row] if total[row] > 0 else np.nan
        elif kind == SINCE:
            for row in range(n_rows):
                told[p, row] = row_days[first + row] - some[row] if some[row] > 0 else np.nan
        elif kind == MEDIAN:
            _medians(at, some, total, n_rows, starts, start_at, values, value_at, told[p])
        elif kind == RANKED:
            _ranked(at, some, total, n_rows, starts, start_at, values, value_at, np.int64(number), told[p])
        else:
            for row in range(n_rows):
                told[p, row] = number * some[row] if total[row] > 0 and some[row] > LOWEST else np.nan
    for row in range(n_rows):
        if at[row] == -2:
            for p in range(begun, ended):
                told[p, row] = np.nan


@njit(cache=True, nogil=True, error_model="numpy")
def search(row_keys, row_days, begin, end, sets, buckets, keys, starts, days, totals, firsts, tallies, values, windows, queries, query_ends, most, program, program_ends, numbers, since, strengths, out):  # type: ignore[no-untyped-def] # fmt: skip
    """Fill out[i, :] for the rows begin..end with keys row_keys[:, i] on row_days[i] (days since 1970; NaN: nothing is known).

    What `sets`, the arrays behind it, and the plan (`windows` .. `numbers`) hold is told in `features.bank` and
    `features.plan`. Only events before the day count. A row without a key gets NaN.
    """
    room = min(end - begin, BLOCK)
    at = np.empty(room, np.int64)
    found = np.empty((max(most, 1), room), np.int64)
    told = np.empty((program.shape[0], room), np.float64)
    some, total = np.empty(room, np.float64), np.empty(room, np.float64)
    era = np.empty(room, np.int64)
    for first in range(begin, end, BLOCK):
        last, q, p = min(first + BLOCK, end), 0, 0
        eras(row_days, first, last, since, era)
        for s in range(row_keys.shape[0]):
            if program_ends[s] == p:
                continue
            find(row_keys, s, first, last, sets, buckets, keys, at)
            _look(row_days, s, first, last, sets, starts, days, totals, firsts, tallies, windows, queries, q, query_ends[s], at, found)  # fmt: skip
            tell(row_days, first, last, program, numbers, p, program_ends[s], at, found, told, some, total, starts, sets[s, START_AT], values, sets[s, VALUE_AT], strengths, era)  # fmt: skip
            q, p = query_ends[s], program_ends[s]
        for i in range(first, last):
            for column in range(program.shape[0]):
                out[i, column] = told[column, i - first]
