"""What the claim's other lines tell of each line: the same service again, its other component, a visit beside it.

A line without a procedure or a day is like no other: what isn't given equals nothing.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from features import parts
from features.columns import MISSING, Floats, Hashes, Ints, stable_hash
from features.formula import Formula, Word
from features.line import LINE

ASKED = (
    "same_procedure",
    "same_procedure_day",
    "same_line",
    "same_region",
    "same_modality",
    "same_study",
    "other_component",
    "whole_and_part",
    "visit_with_procedure",
    "claim_total_cents",
)
"""Counts of other lines of the claim, but for the last:

the same procedure; and day; and modifiers too; the same body region; the same modality; another procedure of the same
modality, body region and day; the same procedure and day as another component; that where one of both is global and
no LT against RT tells them apart; lines of the day that are no visit, where this one is; and the sum of all charges of
the claim, this line's too.
"""

WORDS: tuple[Word, ...] = (parts.procedure, parts.body_region, parts.modality)
"""The words whose hashes the kernel compares, in the order of its rows."""


def code_number(code: str) -> float:
    """A procedure code as a number, to say how near two codes are; unknown for codes with letters."""
    return float(code) if len(code) == 5 and code.isascii() and code.isdigit() else np.nan


def is_visit(code: str) -> float:
    """Whether the code is a visit (evaluation and management), which a procedure of the day may include."""
    if code in {"G0402", "G0438", "G0439"}:
        return 1.0
    return float(len(code) == 5 and ("99202" <= code <= "99499" or "92002" <= code <= "92014"))


NUMBERS: tuple[Formula, ...] = (
    parts.service_day,
    parts.component,
    parts.side,
    parts.procedure.number(is_visit, missing=np.nan),
    LINE.number("charge_cents"),
    parts.procedure.number(code_number),
)
"""The numbers that the kernel compares, in the order of its columns: each is a formula of the line alone."""

REACH = 998
"""No form holds more than 999 lines (837I); in a "claim" of more, lines further apart than this aren't compared."""

NOTHING, OTHER = np.uint64(MISSING), np.uint64(stable_hash("other"))


@dataclass(frozen=True, slots=True)
class Alike:
    """What other lines tell. `told` has shape (n, len(ASKED)); `companions` (n,) is one hash of the claim's other
    procedures, whatever their order; `beside` (n,) the row of the nearest other procedure, -1 for none.
    """

    told: Floats
    companions: Hashes
    beside: Ints


def tell(claims: Ints, words: Hashes, modifiers: Hashes, numbers: Floats) -> Alike:
    """What the other lines of the same claim tell of each.

    `claims` (n,) are numbers that lines of one claim share; `words` (3, n) the hashes of `WORDS`; `modifiers` (n,)
    the hash of each line's modifiers; `numbers` (n, 6) what `NUMBERS` say.
    """
    n = len(claims)
    order, starts = _by_claim(claims)
    told = np.zeros((n, len(ASKED)))
    companions, beside = np.empty(n, dtype=np.uint64), np.empty(n, dtype=np.int64)
    _tell(order, starts, words, modifiers, numbers, told, companions, beside)
    return Alike(told, companions, beside)


def modifier_set(modifiers: Hashes) -> Hashes:
    """One hash for the modifiers of each line, in whatever order they stand. Takes (4, n), gives (n,), never 0."""
    total = np.ones(modifiers.shape[1], dtype=np.uint64)  # 0 would mean: no key
    for row in modifiers:
        total += np.where(row == NOTHING, np.uint64(0), row)
    return np.where(total == 0, np.uint64(1), total)


@njit(cache=True, nogil=True, error_model="numpy")
def _by_claim(claims):  # type: ignore[no-untyped-def]
    """The rows claim by claim, in their order, and where each claim begins."""
    n = claims.shape[0]
    if n == 0:
        return np.empty(0, np.int64), np.zeros(1, np.int64)
    lowest = claims.min()
    starts = np.zeros(claims.max() - lowest + 2, np.int64)
    for i in range(n):
        starts[claims[i] - lowest + 1] += 1
    for claim in range(1, starts.shape[0]):
        starts[claim] += starts[claim - 1]
    filled, order = starts.copy(), np.empty(n, np.int64)
    for i in range(n):
        claim = claims[i] - lowest
        order[filled[claim]] = i
        filled[claim] += 1
    return order, starts


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _compare(i, j, words, modifiers, numbers, told):  # type: ignore[no-untyped-def]
    """Count line j where it is like line i."""
    region = words[1, i] == words[1, j] and words[1, i] != NOTHING
    kind = words[2, i] == words[2, j] and words[2, i] != NOTHING
    same_day = numbers[i, 0] == numbers[j, 0]
    told[i, 3] += region
    told[i, 4] += kind
    if words[0, i] == words[0, j] and words[0, i] != NOTHING:
        told[i, 0] += 1
        told[i, 1] += same_day
        told[i, 2] += same_day and modifiers[i] == modifiers[j]
        if same_day and numbers[i, 1] != numbers[j, 1]:
            told[i, 6] += 1
            apart = numbers[i, 2] > 0 and numbers[j, 2] > 0 and numbers[i, 2] != numbers[j, 2]
            told[i, 7] += (numbers[i, 1] == 2.0 or numbers[j, 1] == 2.0) and not apart
    elif same_day:
        told[i, 5] += kind and region and words[2, i] != OTHER
        told[i, 8] += numbers[i, 3] == 1.0 and numbers[j, 3] == 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _tell(order, starts, words, modifiers, numbers, told, companions, beside):  # type: ignore[no-untyped-def]
    """Fill what is told of each line, one claim after the other; sums are of whole numbers, so exact in any order."""
    for claim in range(starts.shape[0] - 1):
        first, last = starts[claim], starts[claim + 1]
        total, procedures = 0.0, np.uint64(0)
        for at in range(first, last):
            i = order[at]
            procedures += words[0, i]
            if numbers[i, 4] == numbers[i, 4]:
                total += numbers[i, 4]
        for at in range(first, last):
            i = order[at]
            told[i, 9] = total
            companions[i] = procedures - words[0, i] + np.uint64(1)
            nearest, gap = -1, np.inf
            for other in range(max(first, at - REACH), min(last, at + REACH + 1)):
                j = order[other]
                if i == j:
                    continue
                _compare(i, j, words, modifiers, numbers, told)
                apart = abs(numbers[i, 5] - numbers[j, 5])
                # Of two that are as near, the lower code.
                nearer = apart < gap or (apart == gap and numbers[j, 5] < numbers[nearest, 5])
                if apart > 0 and nearer and words[2, i] == words[2, j]:
                    nearest, gap = j, apart
            beside[i] = nearest
