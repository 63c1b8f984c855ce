"""Whether to retrain, and why, in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from serving.monitor.alerts import Alert

STALE_DAYS = 180
"""A model older than this is trained anew without any other reason."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Retrain, or not."""

    retrain: bool
    reason: str


def advise(alerts: Sequence[Alert], *, as_of: date | None, today: date) -> Advice:
    """The strongest reason first: the model is behind, a payer left it behind, it is old; else there is none."""
    for what in ("worse_than_foretold", "lost_sharpness", "off_level"):
        for alert in alerts:
            if alert.what == what:
                return Advice(True, f"Retrain: {_lower(alert.sentence)}")
    changed = [alert for alert in alerts if alert.what == "payer_changed"]
    for alert in changed:
        if not keeps_up(alert):
            return Advice(True, f"Retrain: {_lower(alert.sentence)}")
    if as_of is not None and (today - as_of).days > STALE_DAYS:
        return Advice(True, f"Retrain: the model knows nothing after {as_of}.")
    if changed:
        reason = f"No need to retrain yet: the model keeps up with what {_all(changed)} changed."
        return Advice(False, reason)
    if alerts:
        reason = "No need to retrain yet: claims look different, but the answers are as foretold."
        return Advice(False, reason)
    return Advice(False, "No need to retrain: answers come as foretold.")


def keeps_up(alert: Alert) -> bool:
    """Whether the denials of a payer that changed are within two standard deviations of what the model foretold."""
    if alert.found is None or alert.foretold is None or alert.foretold != alert.foretold:
        return False
    return alert.found <= alert.foretold + 2 * sqrt(max(alert.foretold, 1.0))


def _lower(sentence: str) -> str:
    """After a colon; a payer's id or an article keeps its capital."""
    return sentence[0].lower() + sentence[1:] if sentence.startswith("The ") else sentence


def _all(alerts: Sequence[Alert]) -> str:
    payers = sorted({alert.payer_id for alert in alerts if alert.payer_id})
    return payers[0] if len(payers) == 1 else f"{', '.join(payers[:-1])} and {payers[-1]}"
