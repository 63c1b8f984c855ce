"""The chance of denial given the claim alone is the mean over all that could stand beside it."""

from dataclasses import replace

import numpy as np
import pytest

from data.simulator.calibration import auc
from data.simulator.care import care_of
from data.simulator.causes import all_hazards
from data.simulator.ceilings import p_from_claims
from data.simulator.claims import ORIGINAL
from data.simulator.draw import Streams
from data.simulator.facts import set_scene
from data.simulator.presets import load_settings
from data.simulator.sights import draw_sights
from data.simulator.world import draw_world

DRAWS = 60


@pytest.fixture(scope="module", params=["usual", "hard"])
def first_claims(request):
    world = draw_world(n_claims=1500, months=6, seed=4, settings=load_settings(request.param))
    return world, world.claims.take(np.flatnonzero(world.claims.forms.frequency == ORIGINAL))


def drawn_again(world, claims, seed):
    """The chance of denial with another context beside the same claims, of members like any others."""
    settings, streams = world.settings, Streams(seed)
    ends = world.cast.members.coverage_ends
    others = streams.stream("others").permutation(ends)
    cast = replace(world.cast, members=replace(world.cast.members, coverage_ends=others))
    care = care_of(settings, cast, claims.visits)
    sights = draw_sights(settings, cast, claims.visits, claims.forms, claims.lines, care, streams)
    hazard = all_hazards(set_scene(settings, world.policies, replace(claims, sights=sights)))
    return 1 - np.prod(1 - hazard, axis=1)


def test_it_is_what_many_draws_come_to(first_claims):
    world, claims = first_claims
    told = p_from_claims(world.settings, world.cast, world.policies, claims)
    drawn = np.stack([drawn_again(world, claims, seed) for seed in range(DRAWS)])
    error = drawn.std(axis=0, ddof=1) / np.sqrt(DRAWS)
    off = (drawn.mean(axis=0) - told).sum()
    # Draws of one member's coverage are shared by all his lines: more spread than lines of their own would have.
    spread = drawn.sum(axis=1).std(ddof=1) / np.sqrt(DRAWS)
    assert abs(off) < 3.5 * spread
    assert np.mean(np.abs(drawn.mean(axis=0) - told) < 4 * error + 0.02) > 0.99


def clustered_z(off, claim):
    """How many standard errors the sum is from nought; lines of a claim fall together."""
    by_claim = np.bincount(claim, weights=off)
    return by_claim.sum() / np.sqrt((by_claim**2).sum())


@pytest.mark.parametrize("preset", ["usual", "dependent"])
def test_it_comes_true_as_often_as_it_says(preset):
    world = draw_world(n_claims=30_000, months=18, seed=9, settings=load_settings(preset))
    first = np.flatnonzero((world.claims.forms.frequency == ORIGINAL)[world.claims.lines.claim])
    p, denied = world.p_alone[first], world.verdicts.denied[first]
    bins = np.searchsorted(np.quantile(p, np.linspace(0, 1, 11)[1:-1]), p)
    claim = world.claims.lines.claim[first]
    off = [clustered_z((denied - p)[bins == n], claim[bins == n]) for n in np.unique(bins)]
    assert np.abs(off).max() < 3.5


def test_the_claim_alone_tells_less_than_everything(large_world):
    p, alone, denied = large_world.verdicts.p_denied, large_world.p_alone, large_world.verdicts.denied
    assert auc(alone, denied) < auc(p, denied) - 0.02
    assert auc(alone, denied) > 0.7


def test_it_can_be_left_out():
    world = draw_world(n_claims=60, months=1, seed=1, claim_alone=False)
    assert world.p_alone is None
    assert world.truth()["p_denied_837"].null_count == world.truth().num_rows


def test_faults_come_together_where_they_depend_on_each_other():
    """What is wrong with the authorisation and with the referring provider has nothing to do with each other, usually."""
    together = {}
    for preset in ("usual", "dependent"):
        world = draw_world(
            n_claims=40_000, months=12, seed=2, settings=load_settings(preset), claim_alone=False
        )
        scene = set_scene(world.settings, world.policies, world.claims)
        asked = scene.asked_first & scene.of_claim(world.claims.forms.frequency == ORIGINAL)
        bare = ~scene.of_claim(world.claims.forms.auth)[asked]
        astray = scene.of_claim(world.claims.forms.referring_state > 0)[asked]
        together[preset] = (bare & astray).mean() / (bare.mean() * astray.mean())
    assert together["dependent"] > 1.6
    assert together["dependent"] > together["usual"] + 0.4
