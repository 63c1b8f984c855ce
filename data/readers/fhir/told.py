"""What is told of a claim beside its fields, as values."""

from dataclasses import dataclass, field
from datetime import date

from data.readers.fhir.values import Json


@dataclass(slots=True)
class Information:
    """What is told beside the fields of a claim; what is not told is None."""

    bill_type: str | None = None
    frequency: str | None = None
    received_on: date | None = None
    admitted_on: date | None = None
    account_number: str | None = None
    """The provider's own number for the claim: CLM01 of its 837."""
    record_number: str | None = None
    denial_code: str | None = None
    """Medicare's carrier claim payment denial code."""
    has_note: bool = False
    attachments: list[Json] = field(default_factory=list)
