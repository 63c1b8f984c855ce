"""What is answered about one claim, exactly as it goes out as JSON.

It holds no member id, no name and no birth date; what it says of a patient is the claim's own number.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import orjson
from pydantic import TypeAdapter
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from features.checks.findings import Finding
from features.novelty import Novelty

Risk = Literal["low", "medium", "high"]
FactorKind = Literal["fix_now", "check", "context"]


FieldValue = str | int | float | bool | None
_FromTo = TypedDict(
    "_FromTo", {"from": FieldValue, "to": FieldValue}
)  # a class can't have a field named `from`


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that the payer may give, how likely a denial with it is, who works it and where it went wrong."""

    reason: str
    words: str
    family: str
    probability: float
    owner: str
    stage: str


@dataclass(frozen=True, slots=True)
class FamilyShare:
    """How much of the risk a family of reasons holds; the shares of a line add up to 1."""

    family: str
    share: float


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that raises or lowers the risk: a sentence, the field it is about, and about how many points."""

    family: str
    concept: str
    sentence: str
    field: str
    points: float
    kind: FactorKind


class FixChange(_FromTo):
    """One field that a fix changes."""

    field: str
    line: int
    """The line's number; 0: the claim as a whole."""
    stand_in: FieldValue
    """What it was tried with, where `to` is null because somebody must get the value first; else null."""


@dataclass(frozen=True, slots=True)
class Fix:
    """What would lower the risk, proven by scoring the claim with it: `change` first, with it those of `also`."""

    change: FixChange
    also: tuple[FixChange, ...]
    sentence: str
    needs_record_support: bool
    """Only if the medical record (or the contract) supports it."""
    probability_after: float
    interval_after: tuple[float, float]
    owner: str
    stage: str
    kind: str
    """Which way of putting it right: `auth_obtained`; two with + between are done together."""


@dataclass(frozen=True, slots=True)
class AtPrecision:
    """Whether a probability passes the threshold that gave the precision asked for on held-out claims."""

    asked: float
    reached: bool
    """False: no threshold gave that precision there; then there is nothing to pass."""
    passes: bool
    threshold: float | None
    precision: float | None
    """As it was on held-out claims, at that threshold."""
    support: int
    """How many held-out lines (or claims) were at or above it."""
    caught: float | None
    """Share of the denied ones that were."""
    words: str


@dataclass(frozen=True, slots=True)
class LineResult:
    """What is answered about one line."""

    line: int
    procedure: str | None
    charge_cents: int
    denial_probability: float
    probability_interval: tuple[float, float]
    risk: Risk
    expected_denied_cents: int
    reasons: tuple[Reason, ...]
    reason_set: tuple[str, ...]
    families: tuple[FamilyShare, ...]
    factors: tuple[Factor, ...]
    base_points: float
    checks: tuple[Finding, ...] = ()
    """Checks before submission that the line trips, the gravest first."""
    checks_unknown: tuple[str, ...] = ()
    """Ids of checks that could not be asked: the claim, its context and the policy book say too little."""
    n_checks_passed: int = 0
    fixes: tuple[Fix, ...] = ()
    """Fixes proven by scoring again, those first that need no support of the record; empty unless asked for."""
    reason_known: bool = True
    """False: the set has more than three codes, so that nobody can tell which will come."""
    at_precision: AtPrecision | None = None
    """Only where a precision was asked for."""


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What is answered about one claim: probabilities between 0 and 1, money in cents, points out of 100."""

    score_id: str
    claim_id: str
    payer_id: str | None
    payer_name: str | None
    billing_npi: str | None
    submitted_on: date
    charge_cents: int
    denial_probability: float
    probability_interval: tuple[float, float]
    risk: Risk
    expected_denied_cents: int
    model_version: str
    policy_version: str
    history_until: date
    lines: tuple[LineResult, ...]
    novelty: tuple[Novelty, ...]
    warnings: tuple[str, ...]
    checks: tuple[Finding, ...] = ()
    """Checks of the claim as a whole that it trips; those of its lines stand there."""
    checks_unknown: tuple[str, ...] = ()
    n_checks_passed: int = 0
    all_lines_probability: float | None = None
    """How likely every line is denied; the rest of the claim's probability is that of a denial in part."""
    at_precision: AtPrecision | None = None
    """Only where a precision was asked for."""
    fixes: tuple[Fix, ...] = ()
    """Fixes of a claim with several lines: what lowers the probability that any of them is denied."""


__all__ = [
    "ClaimResult",
    "Factor",
    "FactorKind",
    "FamilyShare",
    "FieldValue",
    "Finding",
    "Fix",
    "FixChange",
    "LineResult",
    "Novelty",
    "Reason",
    "Risk",
    "from_json",
    "to_json",
]

_STORED = TypeAdapter(ClaimResult)


def to_json(result: ClaimResult) -> bytes:
    """The answer as JSON; the same answer gives the same bytes."""
    return orjson.dumps(result)


def from_json(stored: bytes) -> ClaimResult:
    """An answer read back from its JSON."""
    return _STORED.validate_json(stored)
