"""The compiled lookups in a policy book: one line or a million, over sorted keys with the days they hold for.

Every entry stands under the hash of what it is about: its kind, payer, plan, place and two things more. Where an entry
says nothing of plan or place the hash has `ANY` there, so a line asks at up to eight levels, the one that says most
about it first: bit 4 all payers, bit 2 all plans, bit 1 all places. Under one key entries are in the order in which
they count (`data.policy.lookup` is the same in plain Python).
"""

import numpy as np
from numba import njit

from features.kernel import GOLDEN, mixed

ANY = np.uint64(0)
NEVER_BEFORE, NEVER_AFTER = -(1 << 31), (1 << 31) - 1
"""Days that stand for "always did" and "still does"."""
LEVELS = 8
LONGEST = 7
"""Characters of an ICD-10-CM code."""
BASE = 37
FIRST, EVER, PRESENT, ABSENT, MOST = 0, 1, 2, 3, 4
"""How entries of a kind tell: the value of the first that holds; 1 where one holds and 0 where one is known, but none
does; 1 where one holds; 0 where one holds; the highest value of all that hold.
"""
NO_PAIR = 2
"""Modifier indicators above this (9) say that a pair doesn't hold."""
PLAN, STAR, NONE, TRANSACTION, SETTING, COMPONENT, INSIDE = 1, 2, 3, 4, 5, 6, 7
PROCEDURE, PLACE, MODIFIER, N_ROWS = 8, 9, 12, 16
"""Rows of the words of lines: see `features.book.BookInputs`."""


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def hashed(kind, payer, plan, place, first, second):  # type: ignore[no-untyped-def]
    """The key of an entry: of each part every bit moves every bit of it."""
    key = mixed(np.uint64(kind) + GOLDEN)
    key = mixed(key ^ payer) + GOLDEN
    key = mixed(key ^ plan) + GOLDEN
    key = mixed(key ^ place) + GOLDEN
    key = mixed(key ^ first) + GOLDEN
    return mixed(key ^ second) + GOLDEN


@njit(cache=True, nogil=True, error_model="numpy")
def keys_of(kind, payer, plan, place, first, second, out):  # type: ignore[no-untyped-def]
    """The keys of many entries."""
    for i in range(out.shape[0]):
        out[i] = hashed(kind, payer[i], plan[i], place[i], first[i], second[i])


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _at(key, shift, buckets, keys):  # type: ignore[no-untyped-def]
    """Where a key stands among the sorted ones, -1 if it isn't among them; a bucket holds about one."""
    found = -1
    bucket = np.int64(key >> shift)
    for k in range(buckets[bucket], buckets[bucket + 1]):
        if keys[k] == key:
            found = k
    return found


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _holding(at, starts, begins, ends, known, days, i):  # type: ignore[no-untyped-def]
    """The first entry under a key that holds for a line; -1 if none does."""
    found = -1
    for e in range(starts[max(at, 0)], starts[at + 1]):
        if found < 0 and known[e] <= days[2, i] and begins[e] <= days[0, i] and ends[e] >= days[1, i]:
            found = e
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def look_up(index, query, words, days, out):  # type: ignore[no-untyped-def]
    """Write into a column of `out` what the entries of a kind say of each line; nothing where none says anything.

    `query`: kind, how it tells, the rows of `words` that are the place, the first and the second thing asked about, and
    the column.
    """
    shift, buckets, keys, starts, begins, ends, known, values, levels = index
    kind, how, column = query[0], query[1], query[5]
    payer, plan, star = words[0], words[PLAN], words[STAR]
    place, first, second = words[query[2]], words[query[3]], words[query[4]]
    for i in range(words.shape[1]):
        answer = np.nan
        for level in range(LEVELS):
            if (
                not (levels[kind] >> level) & 1
                or (not level & 4 and payer[i] == ANY)
                or (not level & 2 and plan[i] == ANY)
                or (not level & 1 and place[i] == ANY)
            ):
                continue
            key = hashed(
                kind,
                star[i] if level & 4 else payer[i],
                ANY if level & 2 else plan[i],
                ANY if level & 1 else place[i],
                first[i],
                second[i],
            )
            at = _at(key, shift, buckets, keys)
            is_told = False
            for e in range(starts[max(at, 0)], starts[at + 1]):
                if known[e] > days[2, i]:
                    continue
                if begins[e] <= days[0, i] and ends[e] >= days[1, i]:
                    if how == MOST:
                        answer = values[e] if answer != answer else max(answer, values[e])
                        continue
                    answer = values[e] if how == FIRST else 0.0 if how == ABSENT else 1.0
                    is_told = True
                    break
                if how == EVER:
                    answer = 0.0
            if is_told:
                break
        if answer == answer:
            out[i, column] = answer


@njit(cache=True, nogil=True, error_model="numpy")
def by_line(index, queries, marks, words, days, out):  # type: ignore[no-untyped-def]
    """All facts of the lines themselves, by `queries`."""
    derive(marks, words)
    out[:] = np.nan
    for query in range(queries.shape[0]):
        look_up(index, queries[query], words, days, out)


@njit(cache=True, nogil=True, error_model="numpy")
def derive(marks, words):  # type: ignore[no-untyped-def]
    """Fill the rows made from others: the setting, the component that is billed, and whether it is in a facility."""
    star, components, settings, facilities, _ = marks
    for i in range(words.shape[1]):
        words[STAR, i], words[NONE, i] = star[0], ANY
        words[SETTING, i] = settings[1] if words[TRANSACTION, i] == settings[2] else settings[0]
        words[COMPONENT, i] = words[INSIDE, i] = ANY
        for component in components[::-1]:
            for modifier in range(MODIFIER, N_ROWS):
                if words[modifier, i] == component:
                    words[COMPONENT, i] = component
        if words[TRANSACTION, i] == settings[2]:
            # An institutional claim has its type of bill in this field, and is a facility's by its nature.
            words[PLACE, i], words[INSIDE, i] = ANY, facilities[-1]
        for place in facilities[:-1]:
            if words[PLACE, i] == place:
                words[INSIDE, i] = facilities[-1]


@njit(cache=True, nogil=True, error_model="numpy")
def among(index, queries, kinds, lengths, marks, claims, words, days, diagnoses, out):  # type: ignore[no-untyped-def]
    """All facts for which the claim's other lines, or several diagnoses, are asked; lines of whole claims.

    `kinds`: of lists of diagnoses, of diagnoses, of pairs, of primaries.
    """
    derive(marks, words)
    out[:] = np.nan
    for query in range(queries.shape[0]):
        look_up(index, queries[query], words, days, out)
    n = words.shape[1]
    level, others = np.full(n, -1, np.int64), np.empty(n)
    find_lists(index, kinds[0], words, days, level, others)
    cover(index, kinds[1], lengths, words, days, diagnoses, level, others, out)
    order = np.arange(n) if (claims[1:] >= claims[:-1]).all() else np.argsort(claims, kind="mergesort")
    ends = np.empty(n, np.int64)
    end_of_claims(claims, order, ends)
    pairs(index, kinds[2], marks[4], order, ends, words, days, out)
    primaries(index, kinds[3], order, ends, words, days, out)


@njit(cache=True, nogil=True, error_model="numpy")
def find_lists(index, kind, words, days, level, others):  # type: ignore[no-untyped-def]
    """For each line the level of the lists of diagnoses in force (-1: none), and what those say of all others.

    Where diagnoses are listed as covered, all others are not: 0. A list of those not covered says nothing of the rest.
    """
    shift, buckets, keys, starts, begins, ends, known, values, levels = index
    payer, plan, star, procedure = words[0], words[PLAN], words[STAR], words[PROCEDURE]
    for i in range(words.shape[1]):
        for one in range(LEVELS):
            if (
                level[i] >= 0
                or not (levels[kind] >> one) & 1
                or (not one & 4 and payer[i] == ANY)
                or (not one & 2 and plan[i] == ANY)
            ):
                continue
            key = hashed(
                kind, star[i] if one & 4 else payer[i], ANY if one & 2 else plan[i], ANY, procedure[i], ANY
            )
            at = _at(key, shift, buckets, keys)
            for e in range(starts[max(at, 0)], starts[at + 1]):
                if known[e] <= days[2, i] and begins[e] <= days[0, i] and ends[e] >= days[1, i]:
                    if level[i] < 0:
                        level[i], others[i] = one, np.nan
                    if values[e] > 0:
                        others[i] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def cover(index, kind, lengths, words, days, diagnoses, level, others, out):  # type: ignore[no-untyped-def]
    """out[:, 0]: any diagnosis pointed at is on the lists in force; out[:, 1]: the first one is.

    The longest beginning of a code that a list names decides.
    """
    shift, buckets, keys, starts, begins, ends, known, values, _ = index
    payer, plan, star, procedure = words[0], words[PLAN], words[STAR], words[PROCEDURE]
    for i in range(words.shape[1]):
        if level[i] < 0:
            continue
        its_payer = star[i] if level[i] & 4 else payer[i]
        its_plan = ANY if level[i] & 2 else plan[i]
        is_open = False
        for d in range(diagnoses.shape[0]):
            code = diagnoses[d, i]
            if code == 0:
                continue
            verdict, last, size, found = others[i], np.int64(-1), np.int64(1), -1
            for length in range(LONGEST, 0, -1):
                beginning = (code // size) * size
                size *= BASE
                if found >= 0 or code < 0 or not (lengths >> length) & 1 or beginning == last:
                    continue
                last = beginning
                key = hashed(kind, its_payer, its_plan, ANY, procedure[i], np.uint64(beginning))
                at = _at(key, shift, buckets, keys)
                found = _holding(at, starts, begins, ends, known, days, i)
                verdict = values[found] if found >= 0 else verdict
            if d == 0:
                out[i, 1] = verdict
            if verdict == 1.0 or out[i, 0] != 1.0:  # one that is covered is enough; else unknown outweighs no
                out[i, 0] = verdict if verdict == 1.0 or not is_open else np.nan
            is_open = is_open or verdict != verdict


@njit(cache=True, nogil=True, error_model="numpy")
def end_of_claims(claims, order, ends):  # type: ignore[no-untyped-def]
    """For each place in `order` where the lines of its claim end."""
    end = order.shape[0]
    for at in range(order.shape[0] - 1, -1, -1):
        if at + 1 < order.shape[0] and claims[order[at]] != claims[order[at + 1]]:
            end = at + 1
        ends[at] = end


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _is_bypassed(bypassing, words, i):  # type: ignore[no-untyped-def]
    """Whether the line carries a modifier that lets a pair pass."""
    found = False
    for modifier in range(MODIFIER, N_ROWS):
        if words[modifier, i] != ANY:
            for one in bypassing:
                found = found or words[modifier, i] == one
    return found


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _edit(kind, shift, buckets, keys, starts, begins, ends, known, levels, words, days, i, j):  # type: ignore[no-untyped-def]
    """The pair in force of which line j has the first code and line i the second; -1 if there is none."""
    found = -1
    for level in range(LEVELS):
        is_own = not level & 4
        if found >= 0 or not (levels[kind] >> level) & 1 or (is_own and words[0, i] == ANY):
            continue
        its_payer = words[0, i] if is_own else words[STAR, i]
        its_setting = ANY if level & 1 else words[SETTING, i]
        key = hashed(kind, its_payer, ANY, its_setting, words[PROCEDURE, j], words[PROCEDURE, i])
        at = _at(key, shift, buckets, keys)
        found = _holding(at, starts, begins, ends, known, days, i)
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def pairs(index, kind, bypassing, order, until, words, days, out):  # type: ignore[no-untyped-def]
    """out[:, 3:6]: the line is the second of a pair with another line of its claim and day (0 stands there where a list
    of pairs holds), a modifier may help, one is given. Of several pairs the one that is hardest to pass is told. Where
    a pair is listed both ways, the later line is its second.
    """
    shift, buckets, keys, starts, begins, ends, known, values, levels = index
    first = 0
    for place in range(order.shape[0]):
        i, worst = order[place], 0
        first = place if place == 0 or until[place] != until[place - 1] else first
        if days[0, i] != days[1, i]:  # the day of service isn't known
            out[i, 3] = np.nan
            continue
        for other in range(first, until[place]):
            j = order[other]
            if i == j or days[0, i] != days[0, j] or days[1, j] != days[0, j]:
                continue
            found = _edit(kind, shift, buckets, keys, starts, begins, ends, known, levels, words, days, i, j)
            if found >= 0 and other > place:
                back = _edit(
                    kind, shift, buckets, keys, starts, begins, ends, known, levels, words, days, j, i
                )
                if back >= 0 and values[back] < NO_PAIR:
                    continue
            if found >= 0 and values[found] < NO_PAIR:
                is_given = _is_bypassed(bypassing, words, i) or _is_bypassed(bypassing, words, j)
                rank = 3 if values[found] == 0 else 1 if is_given else 2
                if rank > worst:
                    worst = rank
                    out[i, 3], out[i, 4], out[i, 5] = 1.0, values[found], 1.0 if is_given else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def primaries(index, kind, order, until, words, days, out):  # type: ignore[no-untyped-def]
    """out[:, 2]: one of an add-on's primaries is on the claim for the same day.

    It comes with 0 where all its primaries are listed, and with 1 where others may be right: then none is unknown.
    """
    shift, buckets, keys, starts, begins, ends, known, _, _ = index
    payer, star, procedure = words[0], words[STAR], words[PROCEDURE]
    first = 0
    for place in range(order.shape[0]):
        i = order[place]
        first = place if place == 0 or until[place] != until[place - 1] else first
        if out[i, 2] != out[i, 2]:
            continue
        if out[i, 2] == 1.0 or days[0, i] != days[1, i]:
            out[i, 2] = np.nan
        for other in range(first, until[place]):
            j = order[other]
            if i == j or days[0, i] != days[0, j] or days[1, j] != days[0, j]:
                continue
            for is_own in (True, False):
                if is_own and payer[i] == ANY:
                    continue
                key = hashed(kind, payer[i] if is_own else star[i], ANY, ANY, procedure[i], procedure[j])
                at = _at(key, shift, buckets, keys)
                if _holding(at, starts, begins, ends, known, days, i) >= 0:
                    out[i, 2] = 1.0
