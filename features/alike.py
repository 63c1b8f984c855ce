"""What the claim's other lines tell of each line: the same service again, its other component, a visit beside it.

A line without a procedure or a day is like no other: what isn't given equals nothing.
"""

import numpy as np
from numba import njit

from features import codes, parts
from features.columns import MISSING, Codes, Floats, Hashes, Indices, Ints, stable_hash
from features.formula import Formula, Word
from features.kernel import mixed
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
    "same_study_dearer",
    "same_modality_dearer",
)
"""Counts of other lines of the claim, but for the sum:

the same procedure; and day; and modifiers too; the same body region; the same modality; another procedure of the same
modality, body region and day; the same procedure and day as another component; that where one of both is global and
no LT against RT tells them apart; lines of the day that are no visit, where this one is; and the sum of all charges of
the claim, this line's too; of the same study, and of the same modality, those of another procedure that charge more:
payers take the lesser for a part of the greater.
"""

WORDS: tuple[Word, ...] = (parts.procedure, parts.body_region, parts.modality)
"""The words whose hashes the kernel compares, in the order of its rows."""


NUMBERS: tuple[Formula, ...] = (
    parts.service_day,
    parts.component,
    parts.side,
    parts.procedure.number(codes.is_visit, missing=np.nan),
    LINE.number("charge_cents"),
)
"""The numbers that the kernel compares, in the order of its columns: each is a formula of the line alone."""

REACH = 998
"""No form holds more than 999 lines (837I); in a "claim" of more, lines further apart than this aren't compared."""

NOTHING, OTHER = np.uint64(MISSING), np.uint64(stable_hash("other"))


def tell(claims: Ints, words: Hashes, modifiers: Hashes, numbers: Floats) -> Floats:
    """What the other lines of the same claim tell of each, in the order of `ASKED`. Shape (n, asked).

    `claims` (n,) are numbers that lines of one claim share; `words` (3, n) the hashes of `WORDS`; `modifiers` (n,)
    the hash of each line's modifiers; `numbers` (n, 5) what `NUMBERS` say.
    """
    told = np.zeros((len(claims), len(ASKED)))
    order, starts = by_claim(claims)
    _tell(order, starts, words, modifiers, numbers, told)
    return told


def companions(procedures: Hashes, claims: Ints) -> Hashes:
    """One hash of the claim's other procedures, whatever their order; the same for none. Shape (n,), never 0."""
    order, starts = by_claim(claims)
    out = np.empty(len(claims), dtype=np.uint64)
    companions_into(order, starts, procedures, out)
    return out


def services(procedures: Hashes, sides: Floats, claims: Ints) -> Hashes:
    """One hash of all services of the claim, each with its side, whatever their order. Shape (n,), never 0."""
    order, starts = by_claim(claims)
    out = np.empty(len(claims), dtype=np.uint64)
    services_into(order, starts, procedures, sides, out)
    return out


def beside(procedure: Codes, claims: Ints) -> Indices:
    """The claim's other procedure whose code is nearest, of the same modality, as a place in `procedure.values`.

    Of two that are as near, the lower code; -1 where the claim has no other procedure of that modality. Shape (n,).
    """
    order, starts = by_claim(claims)
    kinds: dict[str, float] = {}
    modality = procedure.number(lambda code: kinds.setdefault(codes.modality_of(code), len(kinds)))
    out = np.empty(len(claims), dtype=np.int32)
    _beside(order, starts, procedure.codes, procedure.number(codes.code_number), modality, out)
    return out


def modifier_set(modifiers: Hashes) -> Hashes:
    """One hash for the modifiers of each line, in whatever order they stand. Takes (4, n), gives (n,), never 0."""
    out = np.empty(modifiers.shape[1], dtype=np.uint64)
    modifiers_into(modifiers, out)
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def modifiers_into(modifiers, out):  # type: ignore[no-untyped-def]
    """`modifier_set` inside other compiled code."""
    for i in range(out.shape[0]):
        total = np.uint64(1)  # 0 would mean: no key
        for m in range(modifiers.shape[0]):
            if modifiers[m, i] != NOTHING:
                total += modifiers[m, i]
        out[i] = total if total != 0 else np.uint64(1)


@njit(cache=True, nogil=True, error_model="numpy")
def by_claim(claims):  # type: ignore[no-untyped-def]
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
        told[i, 10] += kind and region and words[2, i] != OTHER and numbers[j, 4] > numbers[i, 4]
        told[i, 11] += kind and words[2, i] != OTHER and numbers[j, 4] > numbers[i, 4]
        told[i, 8] += numbers[i, 3] == 1.0 and numbers[j, 3] == 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _tell(order, starts, words, modifiers, numbers, told):  # type: ignore[no-untyped-def]
    """Fill what is told of each line, one claim after the other; sums are of whole numbers, so exact in any order."""
    for claim in range(starts.shape[0] - 1):
        first, last, total = starts[claim], starts[claim + 1], 0.0
        for at in range(first, last):
            charge = numbers[order[at], 4]
            total += charge if charge == charge else 0.0
        for at in range(first, last):
            told[order[at], 9] = total
            for other in range(max(first, at - REACH), min(last, at + REACH + 1)):
                if other != at:
                    _compare(order[at], order[other], words, modifiers, numbers, told)


@njit(cache=True, nogil=True, error_model="numpy")
def companions_into(order, starts, procedures, out):  # type: ignore[no-untyped-def]
    """`companions` inside other compiled code, with what `by_claim` gave."""
    for claim in range(starts.shape[0] - 1):
        total = np.uint64(0)
        for at in range(starts[claim], starts[claim + 1]):
            total += procedures[order[at]]
        for at in range(starts[claim], starts[claim + 1]):
            found = total - procedures[order[at]] + np.uint64(1)
            out[order[at]] = found if found != 0 else np.uint64(1)


@njit(cache=True, nogil=True, error_model="numpy")
def services_into(order, starts, procedures, sides, out):  # type: ignore[no-untyped-def]
    """`services` inside other compiled code, with what `by_claim` gave."""
    for claim in range(starts.shape[0] - 1):
        total = np.uint64(0)
        for at in range(starts[claim], starts[claim + 1]):
            total += mixed(procedures[order[at]] ^ np.uint64(sides[order[at]]))
        for at in range(starts[claim], starts[claim + 1]):
            out[order[at]] = total if total != 0 else np.uint64(1)


@njit(cache=True, nogil=True, error_model="numpy")
def _beside(order, starts, codes, numbers, kinds, out):  # type: ignore[no-untyped-def]
    for claim in range(starts.shape[0] - 1):
        first, last = starts[claim], starts[claim + 1]
        for at in range(first, last):
            i, nearest, gap = order[at], -1, np.inf
            for other in range(max(first, at - REACH), min(last, at + REACH + 1)):
                j = order[other]
                apart = abs(numbers[i] - numbers[j])
                if (
                    kinds[i] == kinds[j]
                    and apart > 0
                    and (apart < gap or (apart == gap and numbers[j] < numbers[nearest]))
                ):
                    nearest, gap = j, apart
            out[i] = codes[nearest] if nearest >= 0 else -1
