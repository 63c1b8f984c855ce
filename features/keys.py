"""The values that history is kept by, as stable 64-bit hashes: a payer, a procedure, the state of an authorization.

A member stands in them only as a keyed hash: whoever reads a saved history sees no member id.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from features import parts
from features.columns import Hashes, Ints
from features.formula import Formula, Word
from features.kernel import combine
from features.line import LINE


class Special(Enum):
    """Parts that are made neither of one word nor of one number."""

    MODIFIERS = "modifiers"
    """One hash of the line's modifiers, whatever their order (`features.alike.modifier_set`)."""
    COMPANIONS = "companions"
    """One hash of the claim's other procedures, whatever their order (`features.alike.tell`)."""


@dataclass(frozen=True, slots=True)
class Needed:
    """A part without which there is no key: where it isn't known, nothing is like the line."""

    what: Word | Formula
    is_secret: bool = False
    """Hashed under the state's `Secret`."""


Part = Word | Formula | Needed | Special

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
    "place": parts.place,
    "place_of_service": LINE.word("place_of_service"),
    "component": parts.component,
    "laterality": parts.laterality_state,
    "diagnosis": parts.diagnosis_category,
    "diagnosis_code": parts.pointed_diagnosis,
    "auth": parts.auth_state,
    "modifiers": Special.MODIFIERS,
    "companions": Special.COMPANIONS,
    "beside": parts.beside,
    "documents": parts.documents,
    "missing": parts.missing_fields,
    "filing_step": parts.filing_step,
    "attachment": parts.attachment,
    "coordination": parts.coordination,
    "eligibility": parts.eligibility,
    "service_day": Needed(parts.service_day),
    "member": Needed(LINE.word("member_id"), is_secret=True),
}
"""What key sets are made of. A word's hash is `stable_hash` of it (MISSING where it isn't given: "no referring
provider" is a kind of line too), a number's is `number_hash`; of a `Needed` one it is 0, no key, where it isn't given.
"""


@dataclass(frozen=True, slots=True)
class Secret:
    """The key that member ids are hashed with: part of a saved state, different for every one."""

    key: bytes

    def hash(self, member_id: str) -> int:
        """A member's hash under this key."""
        return int.from_bytes(
            hashlib.blake2b(member_id.encode(), digest_size=8, key=self.key).digest(), "little"
        )


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
