"""How much a tripped check weighs: what this payer did with such lines, and opinion only where that isn't known.

    fewer than 20 such lines answered             what the check itself says
    half of them denied, twice the payer's usual  block: hold the claim until it is settled
    5 points more denied than the payer's usual   warn
    no more than usual                            info

Shares are smoothed (`features.checks.record`), so the limits are met by many lines rather than by luck; "usual" is the
share of all of this payer's lines that were denied in the same time.
"""

from dataclasses import dataclass

from features.checks.record import YEAR, EvidenceBank, Fared
from features.checks.registry import Check

FEW = 20
BLOCK_FROM = 0.5
BLOCK_TIMES = 2.0
WARN_POINTS = 0.05
SPANS = ((YEAR, "in the last year"), (None, "so far"))
"""The last year, and where that says too little all that is known."""


@dataclass(frozen=True, slots=True)
class CheckEvidence:
    """Answered lines that tripped a check at this payer, how many were denied, and over which time."""

    answered: int
    denied: int
    span: str
    smoothed: float
    usual: float

    @property
    def sentence(self) -> str:
        """For people: a share of many lines, the plain counts of few."""
        if self.answered == 0:
            return "This payer has answered no such line yet."
        lines = "such line was" if self.answered == 1 else "such lines were"
        many = self.share if self.answered >= FEW else str(self.denied)
        return f"{many} of {self.answered:,} {lines} denied by this payer {self.span}."

    @property
    def share(self) -> str:
        """Denied of answered lines as a whole percentage; never 0% or 100% by rounding alone."""
        percent = 100.0 * self.denied / self.answered
        if 0 < percent < 1:
            return "Less than 1%"
        return "More than 99%" if 99 < percent < 100 else f"{percent:.0f}%"


def evidence_of(bank: EvidenceBank, payer_id: str | None, check: Check, day: float) -> CheckEvidence:
    """How lines that tripped a check fared at a payer before a day (since 1970)."""
    told = ((bank.tell(payer_id, check.id, day, within=within), span) for within, span in SPANS)
    fared, span = next(told)
    if fared.answered < FEW:
        fared, span = next(told)
    return CheckEvidence(fared.answered, fared.denied, span, fared.smoothed, fared.usual)


def severity_shown(check: Check, evidence: CheckEvidence | Fared | None) -> str:
    """block, warn or info, by the rules above."""
    if evidence is None or evidence.answered < FEW:
        return check.severity
    if evidence.smoothed >= BLOCK_FROM and evidence.smoothed >= BLOCK_TIMES * evidence.usual:
        return "block"
    return "warn" if evidence.smoothed >= evidence.usual + WARN_POINTS else "info"
