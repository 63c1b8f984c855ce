"""Settings of what a world writes beside plain claims and answers: the policy book, payers' habits, rejections."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BookSettings:
    """How much of the payers' policies the provider's own book knows."""

    known_share: float
    outdated: float


@dataclass(frozen=True, slots=True)
class RejectionSettings:
    """How often a claim is turned away before anybody adjudicates it, and what becomes of it."""

    member_unknown: float
    npi_invalid: float
    diagnosis_invalid: float
    by_clearinghouse: float
    resent: float
    resent_after: tuple[int, int]


@dataclass(frozen=True, slots=True)
class HabitSettings:
    """How payers write their answers: shares of the payers, and how often those do it."""

    claim_level: float
    claim_repeated: float
    without_services: float
    splits: float
    unnumbered: float
    split_lines: float
    renames_bundled: float
    forwarded: float
    interest_after: int
    interest_rate: float
    recovers: float
    recovered_after: tuple[int, int]
