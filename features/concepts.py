"""The things that a biller thinks in: every feature belongs to one, and explanations add up by them.

`fix_now`: can be put right on this claim today. `check`: somebody must look it up. `context`: nobody can change it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that a biller thinks in."""

    id: str
    words: str
    kind: str
    owner: str
    field: str
    """The field of the claim (or of its context) that it points at."""


_TABLE = (
    Concept("authorization", "authorization number", "fix_now", "authorization desk", "auth_number"),
    Concept("attachment", "attachment", "fix_now", "documentation controller", "attachment_control"),
    Concept("modifier", "modifier", "fix_now", "coder", "modifier_1"),
    Concept("diagnosis_pointer", "diagnosis pointer", "fix_now", "coder", "pointer_1"),
    Concept("units", "units", "fix_now", "coder", "units"),
    Concept("duplicate", "sent before", "fix_now", "biller", "frequency"),
    Concept("replacement", "replacement claim", "fix_now", "biller", "original_control"),
    Concept("referring_provider", "referring provider", "fix_now", "biller", "referring_npi"),
    Concept("missing_field", "missing field", "fix_now", "biller", "claim"),
    Concept("facility", "facility", "check", "biller", "facility_npi"),
    Concept("rendering_provider", "rendering provider", "check", "credentialing", "rendering_npi"),
    Concept("diagnosis", "diagnosis", "check", "coder", "diagnosis_1"),
    Concept("same_claim", "other services on the claim", "check", "coder", "procedure"),
    Concept("referral", "referral", "check", "authorization desk", "referral_number"),
    Concept("eligibility", "eligibility", "check", "front desk", "eligibility_status"),
    Concept("other_payer", "other payer", "check", "front desk", "other_payer_id"),
    Concept("filing_time", "time to file", "check", "biller", "submitted_on"),
    Concept("report", "report", "check", "documentation controller", "report_signed_on"),
    Concept("images", "images", "check", "documentation controller", "image_link_confirmed"),
    Concept("payer_habit", "payer's habit", "context", "biller", "payer_id"),
    Concept("plan", "plan", "context", "front desk", "plan_type"),
    Concept("procedure", "procedure", "context", "coder", "procedure"),
    Concept("place", "place of service", "context", "coder", "place_of_service"),
    Concept("amount", "amount", "context", "biller", "charge_cents"),
    Concept("patient_history", "earlier visits", "context", "front desk", "member_id"),
    Concept("patient", "patient", "context", "front desk", "relationship"),
    Concept("calendar", "calendar", "context", "biller", "service_from"),
)

CONCEPTS: Mapping[str, Concept] = {concept.id: concept for concept in _TABLE}
