"""The keys that history is kept by: what lines are alike in, and which denial rates a biller would want of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.codes import FAMILIES

LONG, YEAR, QUARTER, MONTH = 0, 365, 90, 30
"""Days back from the submission; 0 means ever since."""

FIRST_GUESS = 0.1
"""The share of lines denied where nothing is known yet: what radiology usually sees."""
GUESS_STRENGTH = 20.0

ALL = tuple(FAMILIES)
CLINICAL = ("medical_necessity", "not_covered", "benefit_limit")


@dataclass(frozen=True, slots=True)
class KeySet:
    """Lines that are alike in some parts, and which rates are kept of them."""

    name: str
    parts: tuple[str, ...]
    concept: str
    words: str
    """Completes "lines of the same ...": payer and procedure."""
    parent: str | None
    families: tuple[str, ...] = ()
    """Reason families that have a rate of their own."""
    windows: tuple[int, ...] = (YEAR,)
    strength: float = 15.0
    """How many lines the wider key's rate is worth."""
    has_denied: bool = True
    """Keeps the rate of denials for any reason too."""
    tells: tuple[str, ...] = ()
    """What else is told: `paid` (share of the charge), `wait` (days to answer), `lag` (days to file, denied and paid)."""


RECENT = (YEAR, QUARTER)
CHANGING = (YEAR, QUARTER, MONTH)
"""With the last month beside the year: whether the payer changes its ways."""

# fmt: off
KEY_SETS: tuple[KeySet, ...] = (
    KeySet("all", (), "calendar", "kind at all", None, ALL),
    KeySet("plan", ("plan",), "plan", "kind of plan", "all", ("eligibility", "coordination", "not_covered")),
    KeySet("payer", ("payer",), "payer_habit", "payer", "all", ALL, (*CHANGING, LONG), tells=("paid", "wait", "lag")),
    KeySet("procedure", ("procedure",), "procedure", "procedure",
           "all", (*CLINICAL, "authorization", "coding", "bundling")),
    KeySet("payer_plan", ("payer", "plan"), "plan", "payer and plan",
           "payer", (*CLINICAL, "authorization", "eligibility", "coordination"), tells=("wait",)),
    KeySet("payer_modality", ("payer", "modality"), "payer_habit", "payer and modality",
           "payer", (*CLINICAL, "authorization", "documentation", "coding"), CHANGING),
    KeySet("payer_procedure", ("payer", "procedure"), "payer_habit", "payer and procedure",
           "payer_modality", (*CLINICAL, "authorization", "documentation", "coding", "bundling"), (*CHANGING, LONG), tells=("paid",)),
    KeySet("payer_procedure_place", ("payer", "procedure", "place_of_service"), "place", "payer, procedure and place of service",
           "payer_procedure", ("coding", "not_covered", "medical_necessity")),
    KeySet("payer_modality_auth", ("payer", "modality", "place", "auth"), "authorization", "payer, modality and state of authorization",
           "payer_modality", ("authorization",), RECENT, has_denied=False),
    KeySet("payer_procedure_auth", ("payer", "procedure", "auth"), "authorization", "payer, procedure and state of authorization",
           "payer_modality_auth", ("authorization",), RECENT),
    KeySet("payer_plan_procedure_auth", ("payer", "plan", "procedure", "auth"), "authorization", "payer, plan, procedure and state of authorization",
           "payer_procedure_auth", ("authorization",), has_denied=False),
    KeySet("diagnosis", ("diagnosis",), "diagnosis", "diagnosis", "all", ("medical_necessity",)),
    KeySet("procedure_diagnosis", ("procedure", "diagnosis"), "diagnosis", "procedure and diagnosis",
           "procedure", ("medical_necessity", "not_covered")),
    KeySet("payer_modality_diagnosis", ("payer", "modality", "diagnosis"), "diagnosis", "payer, modality and diagnosis",
           "payer_modality", ("medical_necessity", "not_covered"), has_denied=False),
    KeySet("payer_procedure_diagnosis", ("payer", "procedure", "diagnosis"), "diagnosis", "payer, procedure and diagnosis",
           "payer_modality_diagnosis", ("medical_necessity", "not_covered")),
    KeySet("payer_procedure_diagnosis_code", ("payer", "procedure", "diagnosis_code"), "diagnosis", "payer, procedure and full diagnosis",
           "payer_procedure_diagnosis", ("medical_necessity",), has_denied=False),
    KeySet("payer_place_component", ("payer", "place", "component"), "modifier", "payer, kind of place and component",
           "payer", ("coding", "bundling")),
    KeySet("payer_facility_component", ("payer", "facility", "component"), "modifier", "payer, facility and component",
           "payer_place_component", ("coding", "bundling")),
    KeySet("payer_laterality", ("payer", "laterality"), "modifier", "payer and side told or not",
           "payer", ("coding", "missing_information"), has_denied=False),
    KeySet("payer_procedure_modifiers", ("payer", "procedure", "modifiers"), "modifier", "payer, procedure and modifiers",
           "payer_procedure", ("coding", "bundling", "duplicate")),
    KeySet("procedure_companions", ("procedure", "companions"), "same_claim", "procedure beside the same others",
           "procedure", ("bundling",), has_denied=False),
    KeySet("payer_procedure_companions", ("payer", "procedure", "companions", "modifiers"), "same_claim", "payer and procedure beside the same others",
           "procedure_companions", ("bundling",), has_denied=False),
    KeySet("procedure_beside", ("procedure", "beside"), "same_claim", "procedure beside the nearest other",
           "procedure", ("bundling",), has_denied=False),
    KeySet("payer_procedure_beside", ("payer", "procedure", "beside", "modifiers"), "same_claim", "payer and procedure beside the nearest other",
           "procedure_beside", ("bundling",), has_denied=False),
    KeySet("payer_documents", ("payer", "documents"), "payer_habit", "payer and state of the papers",
           "payer", ("documentation",)),
    KeySet("payer_modality_documents", ("payer", "modality", "documents"), "payer_habit", "payer, modality and state of the papers",
           "payer_documents", ("documentation",), has_denied=False),
    KeySet("payer_modality_attachment", ("payer", "modality", "attachment"), "attachment", "payer, modality and attachment or none",
           "payer", ("documentation",), RECENT),
    KeySet("payer_procedure_attachment", ("payer", "procedure", "attachment"), "attachment", "payer, procedure and attachment or none",
           "payer_procedure", ("documentation", "missing_information")),
    KeySet("payer_missing", ("payer", "missing"), "missing_field", "payer and missing fields",
           "payer", ("missing_information",)),
    KeySet("rendering", ("rendering",), "rendering_provider", "rendering provider",
           "all", ("provider_enrollment", "documentation")),
    KeySet("payer_rendering", ("payer", "rendering"), "rendering_provider", "payer and rendering provider",
           "payer", ("provider_enrollment",), RECENT),
    KeySet("payer_referring", ("payer", "referring"), "referring_provider", "payer and referring provider",
           "payer", ("authorization", "medical_necessity", "missing_information")),
    KeySet("referring", ("referring",), "referring_provider", "referring provider",
           "all", ("authorization", "medical_necessity", "missing_information")),
    KeySet("billing", ("billing",), "rendering_provider", "billing provider",
           "all", ("provider_enrollment", "coding")),
    KeySet("payer_billing", ("payer", "billing"), "rendering_provider", "payer and billing provider",
           "payer", ("provider_enrollment", "coding")),
    KeySet("facility", ("facility",), "facility", "facility",
           "all", ("coding", "authorization", "documentation")),
    KeySet("facility_procedure", ("facility", "procedure"), "facility", "facility and procedure",
           "facility", ("coding", "documentation"), tells=("paid",)),
    KeySet("payer_filing", ("payer", "filing_step"), "filing_time", "payer and time to file",
           "payer", ("timely_filing",), (LONG, YEAR), strength=8.0),
    KeySet("payer_eligibility", ("payer", "eligibility"), "eligibility", "payer and state of eligibility",
           "payer", ("eligibility",)),
    KeySet("payer_coordination", ("payer", "coordination"), "other_payer", "payer and other payers",
           "payer", ("coordination",)),
    KeySet("member", ("member",), "patient_history", "patient",
           "all", ("eligibility", "coordination", "not_covered", "benefit_limit"), (LONG,), strength=4.0),
)
# fmt: on
"""Wider keys first: a narrower key shrinks toward one above it."""

BY_NAME: Mapping[str, KeySet] = {one.name: one for one in KEY_SETS}
