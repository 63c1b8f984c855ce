"""Runs a program of formulas over many lines: each step over a block of lines at a time, so that all stays in cache.

One routine for one line and for a million, each line by itself, so results are equal to the bit.
"""

import numpy as np
from numba import njit

from features.formula import Op

BLOCK = 128
"""Lines that go through the whole program together."""

MISSING = np.uint64(0x9E3779B97F4A7C15)
"""The hash of a word that isn't there (`features.columns.MISSING`)."""

CONSTANT, NUMBER, TRAIT, SAME, LATE = (int(op) for op in (Op.CONSTANT, Op.NUMBER, Op.TRAIT, Op.SAME, Op.LATE))
ADD, SUBTRACT, MULTIPLY, DIVIDE = int(Op.ADD), int(Op.SUBTRACT), int(Op.MULTIPLY), int(Op.DIVIDE)
LESS, AT_MOST, EQUAL = int(Op.LESS), int(Op.AT_MOST), int(Op.EQUAL)
AND, OR, NOT, IF = int(Op.AND), int(Op.OR), int(Op.NOT), int(Op.IF)
OR_ELSE, KNOWN, LEAST, MOST = int(Op.OR_ELSE), int(Op.KNOWN), int(Op.LEAST), int(Op.MOST)
FLOOR, LOG, STEP = int(Op.FLOOR), int(Op.LOG), int(Op.STEP)
MONTH, WEEKDAY, DAY_OF_YEAR, STORE = int(Op.MONTH), int(Op.WEEKDAY), int(Op.DAY_OF_YEAR), int(Op.STORE)
PRESENT = int(Op.PRESENT)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _civil(day):  # type: ignore[no-untyped-def]
    """Month (1-12) and day of the year (from 0) of a day since 1970 (Hinnant, days_from_civil)."""
    z = day + 719468
    era = z // 146097
    doe = z - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)  # from the first of March
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    year = yoe + era * 400 + (1 if month <= 2 else 0)
    leap = 1 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 0
    from_january = doy - 306 if month <= 2 else doy + 59 + leap
    return month, from_january


@njit(cache=True, nogil=True, error_model="numpy")
def run(steps, constants, numbers, codes, traits, trait_at, widths, hashes, late, n_registers, out):  # type: ignore[no-untyped-def]  # noqa: C901
    """Fill `out` [n, columns] by the steps [n_steps, 5] (operation, target, a, b, c) for all n lines.

    `numbers` [fields, n] and `codes` [words, n] are the lines' own; word w's traits lie in `traits` from trait_at[w]
    on, widths[w] a value, the missing value first; `hashes` [words, n]; `late` [n, inputs].
    """
    n = out.shape[0]
    registers = np.empty((n_registers, min(n, BLOCK)), np.float64)
    for first in range(0, n, BLOCK):
        size = min(BLOCK, n - first)
        for s in range(steps.shape[0]):
            op, t, a, b, c = steps[s, 0], steps[s, 1], steps[s, 2], steps[s, 3], steps[s, 4]
            if op == STORE:
                for i in range(size):
                    out[first + i, t] = registers[a, i]
            elif op == TRAIT:
                base, width = trait_at[a] + b, widths[a]
                for i in range(size):
                    registers[t, i] = traits[base + (codes[a, first + i] + 1) * width]
            elif op == PRESENT:
                for i in range(size):
                    registers[t, i] = 1.0 if codes[a, first + i] >= 0 else 0.0
            elif op == NUMBER:
                for i in range(size):
                    registers[t, i] = numbers[a, first + i]
            elif op == LATE:
                for i in range(size):
                    registers[t, i] = late[first + i, a]
            elif op == CONSTANT:
                for i in range(size):
                    registers[t, i] = constants[a]
            elif op == SAME:
                for i in range(size):
                    one, other = hashes[a, first + i], hashes[b, first + i]
                    if one == MISSING or other == MISSING:
                        registers[t, i] = np.nan
                    else:
                        registers[t, i] = 1.0 if one == other else 0.0
            elif op == ADD:
                for i in range(size):
                    registers[t, i] = registers[a, i] + registers[b, i]
            elif op == SUBTRACT:
                for i in range(size):
                    registers[t, i] = registers[a, i] - registers[b, i]
            elif op == MULTIPLY:
                for i in range(size):
                    registers[t, i] = registers[a, i] * registers[b, i]
            elif op == DIVIDE:
                for i in range(size):
                    y = registers[b, i]
                    registers[t, i] = np.nan if y == 0.0 else registers[a, i] / y
            elif op == LESS:
                for i in range(size):
                    x, y = registers[a, i], registers[b, i]
                    registers[t, i] = np.nan if (x != x or y != y) else (1.0 if x < y else 0.0)
            elif op == AT_MOST:
                for i in range(size):
                    x, y = registers[a, i], registers[b, i]
                    registers[t, i] = np.nan if (x != x or y != y) else (1.0 if x <= y else 0.0)
            elif op == EQUAL:
                for i in range(size):
                    x, y = registers[a, i], registers[b, i]
                    registers[t, i] = np.nan if (x != x or y != y) else (1.0 if x == y else 0.0)
            elif op == AND:
                for i in range(size):
                    x, y = registers[a, i], registers[b, i]
                    if x == 0.0 or y == 0.0:
                        registers[t, i] = 0.0
                    else:
                        registers[t, i] = np.nan if (x != x or y != y) else 1.0
            elif op == OR:
                for i in range(size):
                    x, y = registers[a, i], registers[b, i]
                    if (x == x and x != 0.0) or (y == y and y != 0.0):
                        registers[t, i] = 1.0
                    else:
                        registers[t, i] = np.nan if (x != x or y != y) else 0.0
            elif op == NOT:
                for i in range(size):
                    x = registers[a, i]
                    registers[t, i] = np.nan if x != x else (1.0 if x == 0.0 else 0.0)
            elif op == IF:
                for i in range(size):
                    x = registers[a, i]
                    if x != x:
                        registers[t, i] = np.nan
                    else:
                        registers[t, i] = registers[b, i] if x != 0.0 else registers[c, i]
            elif op == OR_ELSE:
                for i in range(size):
                    x = registers[a, i]
                    registers[t, i] = registers[b, i] if x != x else x
            elif op == KNOWN:
                for i in range(size):
                    registers[t, i] = 0.0 if registers[a, i] != registers[a, i] else 1.0
            elif op == LEAST:
                for i in range(size):
                    x, y = registers[a, i], registers[b, i]
                    registers[t, i] = y if (x != x or y < x) else x
            elif op == MOST:
                for i in range(size):
                    x, y = registers[a, i], registers[b, i]
                    registers[t, i] = y if (x != x or y > x) else x
            elif op == FLOOR:
                for i in range(size):
                    registers[t, i] = np.floor(registers[a, i])
            elif op == LOG:
                for i in range(size):
                    x = registers[a, i]
                    registers[t, i] = np.log(x) if x > 0.0 else np.nan
            elif op == STEP:
                for i in range(size):
                    x, above = registers[a, i], 0
                    for k in range(b, b + c):
                        above += x > constants[k]
                    registers[t, i] = np.nan if x != x else np.float64(above)
            else:  # of the calendar
                for i in range(size):
                    x = registers[a, i]
                    if x != x:
                        registers[t, i] = np.nan
                        continue
                    day = np.int64(np.floor(x))
                    if op == WEEKDAY:
                        registers[t, i] = np.float64((day + 3) % 7)
                    else:
                        month, of_year = _civil(day)
                        registers[t, i] = np.float64(month if op == MONTH else of_year)
