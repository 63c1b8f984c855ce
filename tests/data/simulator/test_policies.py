"""What comes new into the world: procedure codes, and a payer."""

from datetime import date

import numpy as np

from data.simulator.calendar import EPOCH
from data.simulator.cast import FAR
from data.simulator.catalogue import catalogue
from data.simulator.causes import CAUSES, all_hazards
from data.simulator.facts import set_scene
from data.simulator.policies import new_codes_from


def test_new_codes_come_with_a_january(large_world):
    lines, visits = large_world.claims.lines, large_world.claims.visits
    day = new_codes_from(large_world.settings)
    assert day == (date(2025, 1, 1) - EPOCH).days
    new = catalogue().is_new[lines.procedure]
    assert new.sum() > 200
    assert visits.service[lines.claim][new].min() >= day


def test_some_payers_do_not_know_new_codes_at_first(large_world):
    policies, lines, visits = large_world.policies, large_world.claims.lines, large_world.claims.visits
    waits = policies.knows_from > -FAR
    assert not waits[:, ~catalogue().is_new].any()
    assert 0.2 < waits[:, catalogue().is_new].mean() < 0.8
    scene = set_scene(large_world.settings, policies, large_world.claims)
    unknown = visits.service[lines.claim] < policies.knows_from[scene.line_payer, lines.procedure]
    number = [cause.name for cause in CAUSES].index("not_covered")
    assert unknown.sum() > 10
    assert (all_hazards(scene)[unknown, number] > 0.5).all()


def test_a_new_payer_takes_its_members_from_others(large_world):
    payers, cast = large_world.settings.payers, large_world.cast
    visits = large_world.claims.visits
    new = [n for n, payer in enumerate(payers) if payer.arrives]
    assert new
    for n in new:
        its = visits.payer == n
        assert its.sum() > 200
        assert visits.service[its].min() >= cast.payer_from[n] > large_world.calendar.start
        assert (cast.members.payer_before[cast.members.payer == n] != n).all()
    settled = ~np.isin(cast.members.payer, new)
    assert (cast.members.payer_before == cast.members.payer)[settled].all()


def test_some_radiologists_are_not_enrolled_with_a_new_payer(large_world):
    cast, policies = large_world.cast, large_world.policies
    new = np.flatnonzero(cast.payer_from > -FAR)
    late = policies.enrolled_from[:, new] > cast.payer_from[new]
    assert 0.05 < late.mean() < 0.6
