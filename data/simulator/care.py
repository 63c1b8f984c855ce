"""How careful the provider is with each claim: by facility, and worse for weeks where new systems have just gone live."""

import numpy as np

from data.simulator.cast import Cast
from data.simulator.catalogue import Floats
from data.simulator.claims import Visits
from data.simulator.settings import WorldSettings


def care_of(settings: WorldSettings, cast: Cast, visits: Visits) -> Floats:
    """[claims, fault kinds]: how much more often than usual each kind of fault happens to these claims."""
    facilities = cast.facilities
    age = visits.service - facilities.opens[visits.facility]
    rough = np.where(age < settings.cast.rough_days, settings.cast.rough, 1.0)
    return np.asarray(facilities.care[visits.facility] * rough[:, None])
