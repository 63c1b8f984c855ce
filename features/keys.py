"""The values that history is kept by, as stable 64-bit hashes: a payer, a procedure, the state of an authorization.

A member stands in them only as a keyed hash: whoever reads a saved history sees no member id.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features import parts
from features.columns import Codes, Floats, Hashes, Ints, Lines
from features.kernel import combine

Part = Callable[[Lines], Codes | Hashes]


def text_of(name: str) -> Part:
    """A column of the line table as it stands."""
    return lambda lines: lines.text(name)


def filing_step(lines: Lines) -> Codes:
    """Days to submit, in steps that payers usually cut at."""
    return parts.stepped(parts.days_to_submit(lines), parts.FILING_STEPS)


def attachment(lines: Lines) -> Codes:
    """Whether an attachment is announced, and by a number."""
    return parts.combined(lines.text("attachment_type").present, lines.text("attachment_control").present)


def coordination(lines: Lines) -> Codes:
    """Who else may have to pay: other payers on the claim, this payer's turn, what the front desk noted."""
    with np.errstate(invalid="ignore"):
        others = lines.number("n_other_payers") > 0
    first = lines.text("payer_sequence").is_in("P")
    return parts.combined(
        others, first, lines.number("context_other_payer_primary"), lines.text("related_cause").present
    )


def eligibility(lines: Lines) -> Hashes:
    """What the eligibility check said, how old it was on the day of service, and whether coverage had ended by then."""
    age = lines.number("service_from") - lines.number("context_eligibility_checked_on")
    with np.errstate(invalid="ignore"):
        ended = lines.number("context_coverage_ends_on") < lines.number("service_from")
    status = lines.text("context_eligibility_status").hashes()
    return status + parts.stepped(age, parts.CHECK_STEPS).hashes() * np.uint64(3) + ended.astype(np.uint64)


PARTS: Mapping[str, Part] = {
    "payer": text_of("payer_id"),
    "plan": text_of("plan_type"),
    "procedure": text_of("procedure"),
    "rendering": text_of("rendering_npi"),
    "referring": text_of("referring_npi"),
    "facility": text_of("facility_npi"),
    "billing": text_of("billing_npi"),
    "modality": parts.modality,
    "body_region": parts.body_region,
    "place": parts.place,
    "component": parts.component,
    "laterality": parts.laterality_state,
    "diagnosis": parts.diagnosis_category,
    "diagnosis_code": parts.pointed_diagnosis,
    "auth": parts.auth_state,
    "modifiers": parts.modifier_set,
    "companions": parts.companions,
    "beside": parts.beside,
    "documents": parts.documents,
    "missing": parts.missing_fields,
    "filing_step": filing_step,
    "attachment": attachment,
    "coordination": coordination,
    "eligibility": eligibility,
    "service_day": parts.service_day,
    "member": text_of("member_id"),
}


@dataclass(frozen=True, slots=True)
class Secret:
    """The key that member ids are hashed with: part of a saved state, different for every one."""

    key: bytes

    def hash(self, member_id: str) -> int:
        """A member's hash under this key."""
        return int.from_bytes(
            hashlib.blake2b(member_id.encode(), digest_size=8, key=self.key).digest(), "little"
        )


def part_hashes(lines: Lines, secret: Secret) -> Hashes:
    """The hash of each of `PARTS` of each line, made once; 0 where no member is given. Shape (parts, n)."""
    return lines.hashed(secret.key, lambda on: _part_hashes(on, secret))


def _part_hashes(lines: Lines, secret: Secret) -> Hashes:
    out = np.empty((len(PARTS), lines.n), dtype=np.uint64)
    for row, (name, make) in enumerate(PARTS.items()):
        part = make(lines)
        if not isinstance(part, Codes):
            out[row] = part
        elif name == "member":
            out[row] = part.hashes(secret.hash, missing=0)
        else:
            out[row] = part.hashes()
    return out


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


def days_of(lines: Lines) -> Floats:
    """The day each line was sent, as days since 1970; NaN where unknown."""
    return lines.number("submitted_on")
