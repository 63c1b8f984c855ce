"""Checks told to a biller: what is wrong, what to do, who does it, and what this payer did with such lines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from data.codes import words
from features.checks.catalog import BY_ID
from features.checks.findings import Finding
from serving.desk.words import family_title, field_words
from serving.result import ClaimResult

SEVERITY_WORDS = {"block": "Hold the claim", "warn": "Look at this", "info": "Good to know"}
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class CheckView:
    """One finding."""

    severity: str
    severity_words: str
    sentence: str
    fix: str
    field: str
    owner: str
    stage: str
    reason: str
    evidence: str
    """How such lines fared; empty where none was answered yet."""
    caution: str
    """Said where only the record may decide."""


def check_views(found: Sequence[Finding]) -> tuple[CheckView, ...]:
    """Findings as they are shown, the gravest first as they come."""
    return tuple(map(_view, found))


def _view(found: Finding) -> CheckView:
    said = found.sentence.partition(": ")[2] if found.line else found.sentence
    evidence = found.evidence
    return CheckView(
        severity=found.severity_shown,
        severity_words=SEVERITY_WORDS.get(found.severity_shown, found.severity_shown),
        sentence=said[:1].upper() + said[1:],
        fix=found.fix,
        field=field_words(found.field),
        owner=found.owner,
        stage="" if found.stage == "-" else found.stage,
        reason=f"{words(found.reason) or 'a denial'} ({found.reason})",
        evidence=evidence.sentence if evidence and evidence.answered else "",
        caution="Only if the record supports it."
        if found.needs_record_support and "record supports" not in found.fix
        else "",
    )


def gravest(result: ClaimResult) -> Finding | None:
    """The finding to begin with: one that holds the claim; None where nothing does."""
    found = chain(result.checks, *(line.checks for line in result.lines))
    return next((one for one in found if one.severity_shown == "block"), None)


def n_tripped(result: ClaimResult) -> int:
    """How many findings are worth a look."""
    found = chain(result.checks, *(line.checks for line in result.lines))
    return sum(one.severity_shown != "info" for one in found)


def not_asked(result: ClaimResult) -> str:
    """How many checks could not be made, and what they are about; empty where all could."""
    ids = {*result.checks_unknown, *(check for line in result.lines for check in line.checks_unknown)}
    if not ids:
        return ""
    about = Counter(BY_ID[check].family for check in ids if check in BY_ID).most_common(MOST_NAMED)
    named = ", ".join(f"{family_title(family).lower()} ({n})" for family, n in about)
    many = "1 check" if len(ids) == 1 else f"{len(ids)} checks"
    return (
        f"{many} could not be made, as the claim, its context and the policy book say too little. "
        f"They are about: {named}."
    )


def passed(result: ClaimResult) -> int:
    """How many checks passed, of the claim and of all its lines."""
    return result.n_checks_passed + sum(line.n_checks_passed for line in result.lines)
