"""FHIR in, columns out: Claim, ClaimResponse and ExplanationOfBenefit of R4 and R4B, as JSON."""

from data.readers.fhir.read import looks_like_fhir, read_fhir
from data.readers.fhir.strict import StrictFault, validate

__all__ = ["StrictFault", "looks_like_fhir", "read_fhir", "validate"]
