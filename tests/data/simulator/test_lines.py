"""What is done at a visit, and again at the next one."""

import numpy as np

from data.simulator.catalogue import SCREENINGS, catalogue


def firsts(world):
    """Members, days and first procedures of first claims, by member and day."""
    visits, lines = world.claims.visits, world.claims.lines
    procedure = np.zeros(len(world.claims), np.int64)
    procedure[lines.claim[::-1]] = lines.procedure[::-1]
    order = np.lexsort((visits.service, visits.member))
    order = order[visits.number[order] < 60_000]
    return visits.member[order], visits.service[order], procedure[order]


def test_members_come_again_for_the_same_study(large_world):
    member, service, procedure = firsts(large_world)
    after = (member[1:] == member[:-1]) & (service[1:] > service[:-1])
    same = procedure[1:] == procedure[:-1]
    others = same[(member[1:] != member[:-1])].mean()
    assert same[after].mean() > others + 0.5 * large_world.settings.volume.follow_up


def test_nobody_comes_again_for_a_screening_within_weeks(large_world):
    member, service, procedure = firsts(large_world)
    screened = np.isin(catalogue().procedure[procedure], SCREENINGS)
    after = (member[1:] == member[:-1]) & (service[1:] > service[:-1]) & (service[1:] < service[:-1] + 60)
    again = (procedure[1:] == procedure[:-1])[after & screened[:-1]]
    assert len(again) > 50
    assert again.mean() < 0.12


def test_every_line_has_a_charge_and_points_at_a_diagnosis(world):
    lines = world.claims.lines
    assert (lines.charge >= 500).all()
    listed = world.claims.visits.diagnoses[lines.claim, lines.pointer - 1]
    assert (listed == lines.diagnosis).all()


def test_modalities_and_sides_are_as_the_catalogue_says(world):
    shown, lines = catalogue(), world.claims.lines
    assert not lines.side[~shown.paired[lines.procedure]].any()
    women = world.cast.members.female[world.claims.visits.member][lines.claim]
    assert women[shown.female[lines.procedure]].all()
