import numpy as np
import pytest

from data.simulator.adjudicate import adjudicate, codes_of
from data.simulator.cast import FAR
from data.simulator.causes import CAUSES, FAMILY_OF
from data.simulator.draw import Streams
from data.simulator.policies import FAMILIES
from data.simulator.turned_away import TAKEN_IN


def test_the_chance_of_denial_is_that_of_competing_causes(world):
    verdicts = world.verdicts
    assert verdicts.p_denied == pytest.approx(1 - np.prod(1 - verdicts.family_hazard, axis=1), abs=1e-15)
    assert verdicts.family_told.sum(axis=1) == pytest.approx(verdicts.p_denied, abs=1e-12)
    assert (verdicts.family_told <= verdicts.family_hazard + 1e-15).all()


def test_a_line_is_denied_when_anything_struck(world):
    verdicts = world.verdicts
    assert (verdicts.denied == verdicts.struck.any(axis=1)).all()
    told = FAMILY_OF[verdicts.told[verdicts.denied]]
    assert verdicts.struck[verdicts.denied, told].all()


def test_causes_of_the_whole_claim_strike_all_its_lines(world):
    whole = [n for n, cause in enumerate(CAUSES) if cause.whole_claim]
    claim, told = world.claims.lines.claim, world.verdicts.told
    for cause in whole:
        struck = np.bincount(claim, weights=told == cause, minlength=len(world.claims)) > 0
        assert world.verdicts.denied[struck[claim]].all()


def clustered_z(denied, p, claim, chosen):
    """How many standard errors the realised rate is off; lines of a claim fall together."""
    off = np.bincount(claim[chosen], weights=(denied - p)[chosen])
    return off.sum() / np.sqrt((off**2).sum())


def test_the_truth_is_calibrated_in_every_bin(large_world):
    p, denied, claim = (
        large_world.verdicts.p_denied,
        large_world.verdicts.denied,
        large_world.claims.lines.claim,
    )
    assert len(p) > 100_000
    edges = np.quantile(p, np.linspace(0, 1, 21)[1:-1])
    bins = np.searchsorted(edges, p)
    off = [clustered_z(denied, p, claim, bins == number) for number in np.unique(bins)]
    assert np.abs(off).max() < 3


@pytest.mark.parametrize("family", FAMILIES)
def test_strikes_and_reports_come_as_often_as_stated(large_world, family):
    number, verdicts, claim = FAMILIES.index(family), large_world.verdicts, large_world.claims.lines.claim
    every = np.ones(len(claim), np.bool_)
    struck = clustered_z(verdicts.struck[:, number], verdicts.family_hazard[:, number], claim, every)
    told = verdicts.denied & (FAMILY_OF[verdicts.told] == number)
    assert abs(struck) < 3.5
    assert abs(clustered_z(told, verdicts.family_told[:, number], claim, every)) < 3.5


def test_no_ranking_by_family_alone_names_the_code_as_often_as_the_truth_does(large_world):
    verdicts, claims = large_world.verdicts, large_world.claims
    denied = verdicts.denied
    _, place = codes_of(large_world.settings)
    payer = claims.visits.payer[claims.lines.claim][denied]
    reported, likeliest = place[payer, verdicts.told[denied]], verdicts.likeliest[denied]
    assert all(len(set(row)) == len(row) for row in (likeliest[likeliest.min(axis=1) >= 0]).tolist())
    # By hand: each payer's commonest code of the likeliest family, counted on these very lines.
    family = verdicts.family_told[denied].argmax(axis=1)
    group = payer * len(FAMILIES) + family
    counts = np.zeros((group.max() + 1, place.max() + 1))
    np.add.at(counts, (group, reported), 1)
    by_family = counts.argmax(axis=1)[group]
    first, among = (likeliest[:, 0] == reported).mean(), (likeliest == reported[:, None]).any(axis=1).mean()
    assert first > (by_family == reported).mean() + 0.02
    assert among > first + 0.02


def test_another_draw_of_the_same_claims_has_the_same_chances(world):
    settings, policies, claims = world.settings, world.policies, world.claims
    one, two = (adjudicate(settings, policies, claims, Streams(s), stage="payers") for s in (1, 2))
    assert (one.p_denied == two.p_denied).all()
    assert (one.denied != two.denied).any()


def test_medicare_takes_its_thirteen_days_and_payers_pay_on_working_days(large_world):
    verdicts, visits = large_world.verdicts, large_world.claims.visits
    kinds = np.array([payer.kind for payer in large_world.settings.payers])[visits.payer]
    told = verdicts.known < FAR
    delay = (verdicts.known - visits.submitted)[told]
    assert delay[kinds[told] == "medicare"].min() >= 13
    assert delay.min() >= 1
    assert delay.max() > 60
    assert np.isin((verdicts.known[told] + 3) % 7, range(5)).all()
    assert 0.01 < 1 - told[large_world.fault == TAKEN_IN].mean() < 0.02


def test_slices_of_a_world_are_judged_as_the_whole_is(world, monkeypatch):
    settings, policies, claims = world.settings, world.policies, world.claims
    whole = adjudicate(settings, policies, claims, Streams(3), stage="payers")
    monkeypatch.setattr("data.simulator.adjudicate.TOGETHER", 333)
    parts = adjudicate(settings, policies, claims, Streams(3), stage="payers")
    for name in ("p_denied", "family_told", "without", "struck", "told", "known"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name), equal_nan=name == "without"), name
