"""The counts behind a smoothed rate: 342 of 412 such lines. Shown to people, so never the smoothed figure itself."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from features.build import Features
from features.history import OUTPUTS, answered_name, rate_name
from features.key_sets import BY_NAME, LONG, QUARTER, YEAR

EPOCH = date(1970, 1, 1)
SPANS = {LONG: "so far", YEAR: "in the last year", QUARTER: "in the last 90 days"}
_BY_NAME = {output.name: output for output in OUTPUTS}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Answered lines of the same kind in the last year (or ever), and how many of them were denied."""

    key_set: str
    family: str
    answered: int
    denied: int
    span: str
    """The time it covers, in words that end a sentence."""
    usual: float
    """The smoothed share of a wider kind of lines that were denied likewise."""

    @property
    def is_worse(self) -> bool:
        """Whether more of these were denied than is usual."""
        return self.denied > self.usual * self.answered


def evidence(
    features: Features, row: int, key_set: str, family: str, sent_on: date | None
) -> Evidence | None:
    """How lines of the same key had fared when the line was sent; `family` is a reason family or `denied` for any.

    None where it isn't at hand.

    A rate is (denied + strength x wider rate) / (answered + strength), and the wider rate stands beside it: the count
    of denied lines follows exactly.
    """
    window = BY_NAME[key_set].windows[0]
    output = _BY_NAME[rate_name(key_set, family, window, window)]
    wanted = (output.name, answered_name(key_set), *((output.parent,) if output.parent else ()))
    if any(name not in features.names for name in wanted):
        return None
    rate, answered, *wider = (float(features.column(name)[row]) for name in wanted)
    prior = wider[0] if wider else output.prior
    if np.isnan(rate) or np.isnan(answered):
        return None
    day = float("nan") if sent_on is None else float((sent_on - EPOCH).days)
    strength = features.shrinkage.of(output.name, day)
    denied = rate * (answered + strength) - strength * prior
    return Evidence(key_set, family, int(answered), round(denied), SPANS[window], prior)
