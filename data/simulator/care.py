"""How careful the provider is with each claim: by facility, and worse for weeks where new systems have just gone live."""

from collections.abc import Callable

import numpy as np

from data.simulator.cast import FAULT_KINDS, Cast
from data.simulator.catalogue import Floats
from data.simulator.claims import Visits
from data.simulator.draw import Streams, pick
from data.simulator.settings import WorldSettings

AT_REGISTRATION = ("authorization", "referring", "registration")
AT_THE_INTERFACE = ("attachment", "report", "context")


def _boost(*kinds: str) -> Callable[[WorldSettings], Floats]:
    """[fault kinds]: how much more often faults of these kinds happen when something went wrong upstream."""
    hit = np.isin(FAULT_KINDS, kinds)
    return lambda settings: np.where(hit, settings.cast.upset, 1.0)


BOOSTS = (_boost(), _boost(*AT_REGISTRATION), _boost(*AT_THE_INTERFACE))
"""For each upset of a claim (none, at registration, at the interface): its faults come together."""


def upset_chances(settings: WorldSettings) -> Floats:
    """[upsets]: how often each of them happens; the first is none."""
    chances = settings.cast.upsets
    return np.array([1 - sum(chances), *chances])


def draw_care(settings: WorldSettings, cast: Cast, visits: Visits, streams: Streams) -> Floats:
    """[claims, fault kinds]: how much more often faults happen, with what went wrong upstream of each claim."""
    upset = pick(streams.stream("upsets"), upset_chances(settings), len(visits.number))
    return care_of(settings, cast, visits) * np.stack([boost(settings) for boost in BOOSTS])[upset]


def care_of(settings: WorldSettings, cast: Cast, visits: Visits) -> Floats:
    """[claims, fault kinds]: how much more often than usual each kind of fault happens to these claims."""
    facilities = cast.facilities
    age = visits.service - facilities.opens[visits.facility]
    rough = np.where(age < settings.cast.rough_days, settings.cast.rough, 1.0)
    return np.asarray(facilities.care[visits.facility] * rough[:, None])
