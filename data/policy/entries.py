"""Entries of the policy book as values, for people: one class a list, its fields the list's columns."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an entry of any list says: for whom, and when."""

    payer_id: str
    valid_from: date | None = None
    valid_to: date | None = None
    known_on: date | None = None
    source: str | None = None

    def holds(self, on: date | None, known_by: date | None) -> bool:
        """Whether it holds on a day of service, for a claim sent on a day.

        Of a day that isn't known only what always holds is said.
        """
        began = self.valid_from is None or (on is not None and self.valid_from <= on)
        goes_on = self.valid_to is None or (on is not None and on <= self.valid_to)
        return began and goes_on and self.was_known(known_by)

    def was_known(self, by: date | None) -> bool:
        """Whether the office knew it when the claim was sent."""
        return self.known_on is None or (by is not None and self.known_on <= by)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEntry(Entry):
    """An entry that may hold for some kinds of plan only."""

    plan_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedEntry(PlannedEntry):
    """An entry about a procedure that may hold in some places only."""

    procedure: str
    place_of_service: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization(PlacedEntry):
    """The payer wants to be asked before (or is known not to)."""

    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment(PlacedEntry):
    """The payer wants papers with the claim (or is known not to)."""

    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion(PlacedEntry):
    """The payer never pays it (or is known to)."""

    excluded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage(PlannedEntry):
    """Diagnoses that the procedure is paid for, or is not."""

    procedure: str
    diagnoses: str
    covered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyLimit(PlannedEntry):
    """Days that must lie between two such services for one patient."""

    procedure: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingLimit(PlannedEntry):
    """Days to file a claim, and to appeal."""

    days: int | None = None
    appeal_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract(PlannedEntry):
    """Which part of the work a facility may bill: global, 26 or TC."""

    facility_npi: str
    billing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrollment(Entry):
    """A rendering provider may bill the payer."""

    rendering_npi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NcciPair(Entry):
    """Two procedures that are not both paid for one patient on one day."""

    column_1: str
    column_2: str
    modifier_indicator: int
    setting: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLimit(Entry):
    """Units that one patient may have on one day."""

    procedure: str
    units: int
    adjudication: int | None = None
    setting: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOn(Entry):
    """A procedure that is paid only beside a primary one."""

    add_on: str
    primary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee(PlannedEntry):
    """What the payer allows for one unit."""

    procedure: str
    allowed_cents: int
    modifier: str | None = None
    facility_cents: int | None = None


ENTRIES: dict[str, type[Entry]] = {
    "authorization": Authorization,
    "attachment": Attachment,
    "excluded": Exclusion,
    "coverage": Coverage,
    "frequency_limits": FrequencyLimit,
    "filing_limits": FilingLimit,
    "contracts": Contract,
    "enrollment": Enrollment,
    "ncci_pairs": NcciPair,
    "unit_limits": UnitLimit,
    "add_on_codes": AddOn,
    "fee_schedule": Fee,
}
"""The class of each list's entries."""
