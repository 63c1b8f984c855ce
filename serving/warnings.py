"""What a reader should know before trusting an answer: what was missing, odd, or out of the model's sight."""

from collections.abc import Sequence
from datetime import date

from data.schema import CONTEXT_ONLY
from serving.rows import Row

STALE_DAYS = 120
"""Payers change their ways; answers older than this say little of them."""


def warnings_of(claim: Row, lines: Sequence[Row], *, history_until: date) -> tuple[str, ...]:
    """Sentences about one claim: `claim` its row, `lines` its rows of the line table."""
    found = (
        _no_context(lines),
        _future_service(claim, lines),
        _resent(claim),
        _uneven_total(claim, lines),
        _old_history(claim, history_until),
    )
    return tuple(sentence for sentence in found if sentence)


def _no_context(lines: Sequence[Row]) -> str:
    if any(line[name] is not None for line in lines for name in CONTEXT_ONLY):
        return ""
    return (
        "No context was given. What the claim form does not say about the order, the report, the authorization "
        "and the patient's coverage is unknown."
    )


def _future_service(claim: Row, lines: Sequence[Row]) -> str:
    sent = claim["submitted_on"]
    days = [day for line in lines if isinstance(day := line["service_from"], date)]
    if not isinstance(sent, date) or not days or max(days) <= sent:
        return ""
    return "A service date lies after the day the claim goes out."


def _resent(claim: Row) -> str:
    words = {"7": "replaces", "8": "cancels"}.get(str(claim["frequency"]))
    return f"This claim {words} an earlier one. The model learned from first claims only." if words else ""


def _uneven_total(claim: Row, lines: Sequence[Row]) -> str:
    total = sum(cents for line in lines if isinstance(cents := line["charge_cents"], int))
    return "" if claim["charge_cents"] == total else "The claim's total is not the sum of its lines."


def _old_history(claim: Row, history_until: date) -> str:
    sent = claim["submitted_on"]
    if not isinstance(sent, date) or (sent - history_until).days <= STALE_DAYS:
        return ""
    days = (sent - history_until).days
    return f"The newest payer answer known to the model is {days} days older than this claim."
