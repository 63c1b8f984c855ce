"""Code sets: denial reasons, imaging procedures, places of service. Ids with our own words, no one else's texts."""

from data.codes.places import place_kind, place_words
from data.codes.procedures import ProcedureInfo, procedure_info
from data.codes.reasons import (
    FAMILIES,
    FAMILY,
    Family,
    family_owner,
    family_stage,
    reason_family,
    words,
)

__all__ = [
    "FAMILIES",
    "FAMILY",
    "Family",
    "ProcedureInfo",
    "family_owner",
    "family_stage",
    "place_kind",
    "place_words",
    "procedure_info",
    "reason_family",
    "words",
]
