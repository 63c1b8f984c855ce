"""The planted rules, one by one: change the fact, and the payer's strike comes and goes as it is set."""

from dataclasses import replace

import numpy as np
import pytest

from data.simulator.catalogue import catalogue
from data.simulator.causes import CAUSES, all_hazards
from data.simulator.claims import GOOD, INACTIVE, INVALID, MISSING, NONE, ORIGINAL, REPLACEMENT
from data.simulator.facts import set_scene

NUMBER = {cause.name: n for n, cause in enumerate(CAUSES)}


def changed(world, forms=None, sights=None, visits=None, lines=None):
    claims = world.claims
    return replace(
        claims,
        forms=replace(claims.forms, **(forms or {})),
        sights=replace(claims.sights, **(sights or {})),
        visits=replace(claims.visits, **(visits or {})),
        lines=replace(claims.lines, **(lines or {})),
    )


def of(world, cause, claims=None):
    scene = set_scene(world.settings, world.policies, claims or world.claims)
    return scene, all_hazards(scene)[:, NUMBER[cause]]


def all_claims(world, value):
    return np.full(len(world.claims), value)


@pytest.mark.parametrize(
    ("cause", "part", "field", "good", "bad"),
    [
        ("auth_missing", "forms", "auth", True, False),
        ("attachment", "forms", "attachment", True, False),
        ("referring_missing", "forms", "referring_state", GOOD, MISSING),
        ("referring_invalid", "forms", "referring_state", GOOD, INVALID),
        ("original_unnamed", "forms", "names_original", True, False),
        ("report_unsigned", "sights", "signed", 0, NONE),
        ("images_unlinked", "sights", "linked", True, False),
        ("coverage_over", "sights", "eligibility", 0, INACTIVE),
        ("off_coverage", "sights", "indication", True, False),
        ("auth_expired", "sights", "auth_to", 1_000_000, 0),
    ],
)
def test_a_mended_fault_lowers_its_own_hazard_and_no_other(world, cause, part, field, good, bad):
    base = changed(world, sights={"seen": all_claims(world, True), "coverage_ends": all_claims(world, NONE)})
    fine = replace(base, **{part: replace(getattr(base, part), **{field: all_claims(world, good)})})
    poor = replace(base, **{part: replace(getattr(base, part), **{field: all_claims(world, bad)})})
    scene, before = of(world, cause, poor)
    _, after = of(world, cause, fine)
    assert (after <= before).all()
    assert (after < before).any()
    # Without a number nothing can have expired; a report that is not signed cannot lack its indication.
    kin = {"auth_expired": "auth_missing", "auth_missing": "auth_expired", "report_unsigned": "off_coverage"}
    others = [n for n, one in enumerate(CAUSES) if one.name not in {cause, kin.get(cause)}]
    same = (
        all_hazards(scene)[:, others]
        == all_hazards(set_scene(world.settings, world.policies, fine))[:, others]
    )
    assert same.all()


def test_authorisation_is_asked_by_list_and_place_of_service(world):
    scene, hazard = of(world, "auth_missing", changed(world, forms={"auth": all_claims(world, False)}))
    effect = world.settings.effects.auth_missing * world.policies.strictness[scene.line_payer]
    assert hazard[scene.asked_first] == pytest.approx(np.minimum(effect, 0.97)[scene.asked_first])
    assert not hazard[~scene.asked_first].any()
    acute = np.isin(world.claims.visits.place, [1, 3])[world.claims.lines.claim]
    assert not (scene.asked_first & acute).any()
    assert catalogue().advanced[world.claims.lines.procedure][scene.asked_first].all()


@pytest.mark.parametrize(("over", "low", "high"), [(-40, 0.0, 0.01), (0, 0.45, 0.5), (40, 0.95, 0.97)])
def test_the_filing_limit_is_a_soft_step(world, over, low, high):
    visits = world.claims.visits
    limit = world.policies.filing_limit[visits.payer]
    forms = {"frequency": all_claims(world, ORIGINAL)}
    _, hazard = of(
        world, "past_limit", changed(world, forms, visits={"service": visits.submitted - limit - over})
    )
    assert ((hazard >= low) & (hazard <= high)).all()


def test_a_correction_is_as_timely_as_its_original(world):
    visits = world.claims.visits
    forms = {"frequency": all_claims(world, REPLACEMENT)}
    _, hazard = of(world, "past_limit", changed(world, forms, visits={"service": visits.submitted - 900}))
    assert not hazard.any()


def test_a_list_that_grows_asks_from_its_day_on(large_world):
    change = next(c for c in large_world.settings.changes if c.kind == "authorization")
    payer = [p.payer_id for p in large_world.settings.payers].index(change.payer_id)
    scene, _ = of(large_world, "auth_missing")
    lines, visits = large_world.claims.lines, large_world.claims.visits
    calendar = large_world.calendar
    since = calendar.start + round(change.at * (calendar.end - calendar.start))
    its = (scene.line_payer == payer) & (catalogue().modality[lines.procedure] == change.modality)
    service = visits.service[lines.claim]
    assert not scene.asked_first[its & (service < since)].any()
    assert scene.asked_first[its & (service >= since)].mean() > 0.3


def test_no_hazard_looks_at_what_nobody_can_see(world):
    """Where the systems say nothing, what they would have said changes nothing."""
    silent = changed(world, sights={"seen": all_claims(world, False)})
    other = changed(
        world,
        sights={
            "seen": all_claims(world, False),
            "eligibility": all_claims(world, INACTIVE),
            "coverage_ends": all_claims(world, 0),
            "other_primary": all_claims(world, True),
            "signed": all_claims(world, NONE),
            "linked": all_claims(world, False),
            "auth_to": all_claims(world, 0),
            "auth_procedure": all_claims(world, 0),
        },
    )
    one, two = (all_hazards(set_scene(world.settings, world.policies, claims)) for claims in (silent, other))
    assert (one == two).all()


def test_what_comes_after_submission_changes_nothing(world):
    """A report signed later is an unsigned report, and what it says is not known."""
    late = world.claims.visits.submitted + 3
    one = changed(world, sights={"signed": all_claims(world, NONE), "indication": all_claims(world, True)})
    two = changed(world, sights={"signed": late, "indication": all_claims(world, False)})
    first, second = (all_hazards(set_scene(world.settings, world.policies, claims)) for claims in (one, two))
    assert (first == second).all()
