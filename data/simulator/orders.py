"""Orders become visits: who is seen where, by whom, on which day, and when the claim of it goes out."""

import numpy as np

from data.simulator.calendar import Calendar
from data.simulator.cast import Cast
from data.simulator.catalogue import Flags, Numbers
from data.simulator.claims import NONE, Visits
from data.simulator.draw import Streams, chance, pick, pick_by_row
from data.simulator.settings import WorldSettings


def draw_visits(
    settings: WorldSettings, cast: Cast, calendar: Calendar, streams: Streams, *, n: int
) -> Visits:
    """`n` claims that go out before the world ends, and those of the week after it."""
    rng = streams.stream("orders")
    submitted = _submission_days(rng, settings, calendar, n)
    n = len(submitted)
    service = submitted - _days_to_submit(rng, settings, n)
    member = pick(rng, cast.members.visits, n)
    usual = cast.members.facility[member]
    facility = np.where(chance(rng, 0.85, n), usual, pick(rng, cast.facilities.volume, n))
    elsewhere = pick(rng, cast.facilities.volume * (cast.facilities.opens < calendar.start), n)
    facility = np.where(service < cast.facilities.opens[facility], elsewhere, facility)
    payer = cast.members.payer[member]
    payer = np.where(service < cast.payer_from[payer], cast.members.payer_before[member], payer)
    known = (facility == usual) & chance(rng, 0.75, n)
    referring = pick_by_row(rng, cast.referring_weight, facility)
    return Visits(
        number=np.arange(n),
        member=member,
        payer=payer,
        facility=facility,
        rendering=_radiologists(rng, cast, facility, service),
        referring=np.where(known, cast.members.referring[member], referring),
        place=pick_by_row(rng, cast.facilities.places, facility),
        service=service,
        submitted=submitted,
        diagnoses=np.full((n, 4), NONE),
    )


def _submission_days(
    rng: np.random.Generator, settings: WorldSettings, calendar: Calendar, n: int
) -> Numbers:
    """Days of submission: growth over the years, more in winter, working days; `n` of them before the end."""
    days = np.arange(calendar.start, calendar.last)
    passed = (days - calendar.start) / 365.25
    season = 1 + settings.volume.season * np.cos(2 * np.pi * (days - 15) / 365.25)
    week = np.array([1.0, 1.0, 0.15, 0.02, 1.1, 1.0, 1.0])[days % 7]  # 1970-01-01 was a Thursday
    busy = (1 + settings.volume.growth) ** passed * season * week
    before = days < calendar.end
    n_after = round(n * busy[~before].sum() / busy[before].sum())
    return np.concatenate(
        [days[before][pick(rng, busy[before], n)], days[~before][pick(rng, busy[~before], n_after)]]
    )


def _days_to_submit(rng: np.random.Generator, settings: WorldSettings, n: int) -> Numbers:
    """Most claims go out in days; some are held for weeks or months."""
    rates = settings.filing
    usual = rates.median_days * np.exp(rates.spread * rng.normal(size=n))
    held = rates.held_from + (rates.held_to - rates.held_from) * rng.beta(0.9, 1.6, n)
    return np.ceil(np.where(chance(rng, rates.held, n), held, usual)).astype(np.int64)


def _radiologists(rng: np.random.Generator, cast: Cast, facility: Numbers, service: Numbers) -> Numbers:
    """Who reads the study; colleagues read for those who have not joined yet."""
    drawn = pick_by_row(rng, cast.radiologist_weight, facility)
    settled = cast.radiologist_weight * (cast.radiologist_joined < service.min())
    colleague = pick_by_row(rng, settled, facility)
    return np.where(cast.radiologist_joined[drawn] <= service, drawn, colleague)


def is_acute(place: Numbers) -> Flags:
    """Inpatients and the emergency room: nobody asks for permission first."""
    return np.asarray((place == 1) | (place == 3))
