"""Faults come more often where a facility has just gone live."""

from dataclasses import replace

import numpy as np
import pytest

from data.simulator.care import care_of
from data.simulator.cast import FAR


def test_the_first_weeks_of_a_facility_are_rough(large_world):
    settings, cast, visits = large_world.settings, large_world.cast, large_world.claims.visits
    care = care_of(settings, cast, visits)
    age = visits.service - cast.facilities.opens[visits.facility]
    young = age < settings.cast.rough_days
    assert young.sum() > 100
    usual = cast.facilities.care[visits.facility]
    assert care[~young] == pytest.approx(usual[~young])
    assert care[young] == pytest.approx(usual[young] * settings.cast.rough)


def test_nobody_is_seen_before_the_doors_are_open(large_world):
    facilities, visits = large_world.cast.facilities, large_world.claims.visits
    new = np.flatnonzero(facilities.opens > -FAR)
    assert len(new) == len(large_world.settings.cast.openings)
    assert (visits.service >= facilities.opens[visits.facility]).all()
    for facility in new.tolist():
        assert (visits.facility == facility).sum() > 500


def test_denials_are_more_frequent_there_at_first(large_world):
    """The share of lines denied for what the provider got wrong."""
    world, visits = large_world, large_world.claims.visits
    age = (visits.service - world.cast.facilities.opens[visits.facility])[world.claims.lines.claim]
    new = (world.cast.facilities.opens[visits.facility] > -FAR)[world.claims.lines.claim]
    p, rough = world.verdicts.p_denied, world.settings.cast.rough_days
    assert p[new & (age < rough)].mean() > 1.3 * p[new & (age >= rough)].mean()


def test_without_openings_care_is_that_of_the_facility(world):
    calm = replace(world.cast, facilities=replace(world.cast.facilities, opens=np.full(99, -FAR)))
    visits = world.claims.visits
    assert (care_of(world.settings, calm, visits) == world.cast.facilities.care[visits.facility]).all()
