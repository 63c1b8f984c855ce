"""When claims go out: more each year, more in winter, on working days."""

import numpy as np

from data.simulator.orders import is_acute


def first_sent(world):
    visits = world.claims.visits
    return visits.submitted[(visits.number < 60_000) & (visits.submitted < world.calendar.end)]


def test_there_are_more_of_them_a_year_later(large_world):
    sent, settings = first_sent(large_world), large_world.settings
    year = (sent - large_world.calendar.start) // 366
    first, second = np.bincount(year)[:2]
    assert abs(second / first - 1 - settings.volume.growth) < 0.05


def test_winters_are_busy_and_weekends_quiet(large_world):
    sent = first_sent(large_world)
    month = sent.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    by_month = np.bincount(month)
    assert by_month[[11, 0, 1]].sum() > 1.05 * by_month[[5, 6, 7]].sum()
    sunday = (sent + 3) % 7 == 6
    assert sunday.mean() < 0.03


def test_radiologists_read_from_the_day_they_joined(large_world):
    visits, joined = large_world.claims.visits, large_world.cast.radiologist_joined
    assert (joined[visits.rendering] <= visits.service).all()
    newcomers = np.flatnonzero(joined > large_world.calendar.start)
    assert len(newcomers) == large_world.settings.cast.n_newcomers
    assert np.isin(newcomers, visits.rendering).any()


def test_acute_places_are_inpatient_and_emergency():
    assert is_acute(np.arange(5)).tolist() == [False, True, False, True, False]
