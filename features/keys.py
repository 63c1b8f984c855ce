"""The values that history is kept by, as stable 64-bit hashes: a payer, a procedure, the state of an authorization.

A member stands in them only as a keyed hash: whoever reads a saved history sees no member id.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numba import njit

from data.schema import MODIFIERS
from features import alike, parts
from features.columns import MISSING, Floats, Hashes, Ints, in_one_piece
from features.encode import Encoded
from features.formula import Formula, Word
from features.kernel import combine, mixed
from features.line import LINE
from features.program import Group


class Special(Enum):
    """Parts that are made neither of one word nor of one number."""

    MODIFIERS = "modifiers"
    """One hash of the line's modifiers, whatever their order (`features.alike.modifier_set`)."""
    SERVICES = "services"
    """One hash of all services of the claim, each with its side, whatever their order (`features.alike.services`)."""
    COMPANIONS = "companions"
    """One hash of the claim's other procedures, whatever their order (`features.alike.companions`)."""
    MEMBER = "member"
    """The member id, hashed under the state's `Secret`; no key where it isn't given."""
    SERVICE_DAY = "service_day"
    """The day of service; no key where it isn't given."""


Part = Word | Formula | Special

PARTS: Mapping[str, Part] = {
    "payer": LINE.word("payer_id"),
    "plan": LINE.word("plan_type"),
    "procedure": parts.procedure,
    "rendering": LINE.word("rendering_npi"),
    "referring": LINE.word("referring_npi"),
    "facility": LINE.word("facility_npi"),
    "billing": LINE.word("billing_npi"),
    "modality": parts.modality,
    "body_region": parts.body_region,
    "study_place": parts.study_place,
    "screening": parts.screening,
    "place": parts.place,
    "place_of_service": LINE.word("place_of_service"),
    "component": parts.component,
    "laterality": parts.laterality_state,
    "diagnosis": parts.diagnosis_category,
    "diagnosis_code": parts.pointed_diagnosis,
    "auth": parts.auth_state,
    "modifiers": Special.MODIFIERS,
    "companions": Special.COMPANIONS,
    "services": Special.SERVICES,
    "beside": parts.beside,
    "documents": parts.documents,
    "missing": parts.missing_fields,
    "filing_step": parts.filing_step,
    "attachment": parts.attachment,
    "coordination": parts.coordination,
    "eligibility": parts.eligibility,
    "charge": LINE.number("charge_cents"),
    "service_day": Special.SERVICE_DAY,
    "member": Special.MEMBER,
}
"""What key sets are made of. A word's part is its `stable_hash` (MISSING where it isn't given: "no referring provider"
is a kind of line too), a number's the hash of its bits, the unknown among them.
"""

_WORDS = tuple((row, part) for row, part in enumerate(PARTS.values()) if isinstance(part, Word))
_NUMBERS = tuple((row, part) for row, part in enumerate(PARTS.values()) if isinstance(part, Formula))
_ROW = {part: row for row, part in enumerate(PARTS.values()) if isinstance(part, Special)}
_COMPARED = np.array([tuple(PARTS.values()).index(word) for word in alike.WORDS], dtype=np.int64)
_MODIFIERS = tuple(LINE.word(name) for name in MODIFIERS)

_WORD_ROWS = np.array([row for row, _ in _WORDS], dtype=np.int64)
_OF_WORDS, _OF_MODIFIERS = Group(tuple(word for _, word in _WORDS)), Group(_MODIFIERS)

WORDS: tuple[Word, ...] = (*(part for _, part in _WORDS), *_MODIFIERS)
"""Words whose hashes must be at hand."""
CODED: tuple[str, ...] = ("member_id",)
"""Words whose values must be at hand, but no hash."""
FORMULAS: tuple[Formula, ...] = (*(part for _, part in _NUMBERS), *alike.NUMBERS)
"""What must have been worked out of each line: the states that are parts, and what neighbours are compared by."""


@dataclass(frozen=True, slots=True)
class Secret:
    """The key that member ids are hashed with: part of a saved state, different for every one."""

    key: bytes

    def hash(self, member_id: str) -> int:
        """A member's hash under this key."""
        return int.from_bytes(
            hashlib.blake2b(member_id.encode(), digest_size=8, key=self.key).digest(), "little"
        )


def part_hashes(lines: Encoded, states: Floats, secret: Secret) -> Hashes:
    """The hash of each of `PARTS` of each line; `states` (n, len(FORMULAS)) is what `FORMULAS` say. Shape (parts, n)."""
    out = np.empty((len(PARTS), lines.n), dtype=np.uint64)
    _fill(
        lines.hashes_of(_OF_WORDS), _WORD_ROWS, states, _NUMBER_ROWS, lines.number("service_from"),
        _members(lines, secret), lines.hashes_of(_OF_MODIFIERS), lines.claims, _SPECIAL_ROWS, out,
    )  # fmt: skip
    return out


def _members(lines: Encoded, secret: Secret) -> Hashes:
    """The keyed hash of each line's member; 0 where there is none."""
    given = lines.each("member_id")
    if given is None:
        return lines.word("member_id").hashes(secret.hash, missing=0)
    return np.array([0 if member is None else secret.hash(str(member)) for member in given], dtype=np.uint64)


def neighbours(hashes: Hashes, claims: Ints, states: Floats) -> Floats:
    """What the other lines of the claim tell of each line, in the order of `features.alike.ASKED`. Shape (n, asked).

    `hashes` (parts, n) as `part_hashes` gives them, `claims` (n,) numbers that lines of one claim share.
    """
    numbers = in_one_piece(states[:, len(_NUMBERS) :])
    return alike.tell(claims, hashes[_COMPARED], hashes[_ROW[Special.MODIFIERS]], numbers)


_SIDE = len(_NUMBERS) + alike.NUMBERS.index(parts.side)
_NUMBER_ROWS = np.array([row for row, _ in _NUMBERS], dtype=np.int64)
_SPECIAL_ROWS = tuple(
    _ROW[part]
    for part in (
        Special.SERVICE_DAY,
        Special.MEMBER,
        Special.MODIFIERS,
        Special.COMPANIONS,
        Special.SERVICES,
    )
)
_PROCEDURE = int(_COMPARED[0])


@njit(cache=True, nogil=True, error_model="numpy")
def _fill(words, word_rows, states, number_rows, days, members, modifiers, claims, special, out):  # type: ignore[no-untyped-def]
    """Fill `out` (parts, n) in one call: for one line, many small ones would take most of the time."""
    for w in range(word_rows.shape[0]):
        for i in range(out.shape[1]):
            out[word_rows[w], i] = words[w, i]
    _hash_numbers(states, number_rows, out)
    of_day, of_member, of_modifiers, of_companions, of_services = special
    for i in range(out.shape[1]):
        day = days[i]
        out[of_day, i] = np.uint64(0) if day != day else np.uint64(day + 1_000_000.0)
        out[of_member, i] = members[i]
    order, starts = alike.by_claim(claims)
    alike.modifiers_into(modifiers, out[of_modifiers])
    alike.companions_into(order, starts, out[_PROCEDURE], out[of_companions])
    alike.services_into(order, starts, out[_PROCEDURE], states[:, _SIDE], out[of_services])


@njit(cache=True, nogil=True, error_model="numpy")
def _hash_numbers(states, rows, out):  # type: ignore[no-untyped-def]
    """Fill out[rows[s], i] with the hash of states[i, s]; all unknowns are one value. Never 0, which is no key."""
    for s in range(rows.shape[0]):
        for i in range(states.shape[0]):
            state = states[i, s]  # a whole number
            whole = np.uint64(MISSING) if state != state else np.uint64(np.int64(state))
            out[rows[s], i] = mixed(np.uint64(whole)) | np.uint64(1)


def key_hashes(hashes: Hashes, members: Ints) -> Hashes:
    """The key of each line in each key set, from the parts named by `members` (sets, most parts). Shape (sets, n)."""
    keys = np.empty((len(members), hashes.shape[1]), dtype=np.uint64)
    combine(hashes, members, keys)
    return keys


def member_table(sets: Sequence[tuple[str, ...]]) -> Ints:
    """Which parts make up each key set, as rows of positions in `PARTS`, -1 behind the last."""
    names = tuple(PARTS)
    width = max(map(len, sets)) + 1
    table = np.full((len(sets), width), -1, dtype=np.int64)
    for row, members in enumerate(sets):
        table[row, : len(members)] = [names.index(name) for name in members]
    return table
