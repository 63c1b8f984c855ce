"""What a correction is said to do is what the payer would do with the corrected claim."""

from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
import pytest

from data.simulator.causes import CAUSES, STAGES, all_hazards
from data.simulator.claims import ACTIVE, GOOD, NONE
from data.simulator.facts import set_scene
from data.simulator.mending import MENDS, without

AT = {mend.name: n for n, mend in enumerate(MENDS)}


@pytest.fixture(scope="module")
def scene(large_world):
    return set_scene(large_world.settings, large_world.policies, large_world.claims)


@pytest.fixture(scope="module")
def hazard(scene):
    return all_hazards(scene)


@pytest.fixture(scope="module")
def mended(scene, hazard):
    return without(scene, hazard)


def chance_of(scene, claims):
    """The chance of denial of these claims before the same payers, with the same past."""
    return 1 - np.prod(1 - all_hazards(replace(scene, claims=claims)), axis=1)


def put(claims, part, **values):
    return replace(claims, **{part: replace(getattr(claims, part), **values)})


CORRECTED = {
    "auth_missing": lambda c: put(
        put(c, "forms", auth=c.forms.auth | True), "sights", auth_procedure=none(c), auth_to=none(c)
    ),
    "auth_expired": lambda c: put(c, "sights", auth_to=none(c)),
    "auth_other_procedure": lambda c: put(c, "sights", auth_procedure=none(c)),
    "indication_missing": lambda c: put(c, "sights", indication=c.sights.indication | True),
    "attachment_missing": lambda c: put(c, "forms", attachment=c.forms.attachment | True),
    "images_unlinked": lambda c: put(c, "sights", linked=c.sights.linked | True),
    "report_unsigned": lambda c: put(
        c, "sights", signed=c.visits.submitted, indication=c.sights.indication | True
    ),
    "referring_missing": lambda c: put(c, "forms", referring_state=np.full(len(c), GOOD)),
    "referring_invalid": lambda c: put(c, "forms", referring_state=np.full(len(c), GOOD)),
    "first_payer_unpriced": lambda c: put(c, "forms", priced=c.forms.priced | c.forms.secondary),
    "original_unnamed": lambda c: put(c, "forms", names_original=c.forms.names_original | True),
    "coverage_over": lambda c: put(
        c,
        "sights",
        seen=c.sights.seen | True,
        eligibility=np.full(len(c), ACTIVE),
        coverage_ends=none(c),
    ),
    "other_payer_first": lambda c: put(c, "sights", other_primary=c.sights.other_primary & False),
    "side_missing": lambda c: put(c, "lines", side=np.maximum(c.lines.side, 1)),
    "bundled_unmarked": lambda c: put(c, "lines", mark=np.ones_like(c.lines.mark)),
    "repeat_unmarked": lambda c: put(c, "lines", mark=np.full_like(c.lines.mark, 2)),
}


def none(claims):
    return np.full(len(claims), NONE)


@pytest.mark.parametrize("name", CORRECTED)
def test_it_is_the_chance_of_the_corrected_claim(scene, mended, name):
    told = mended[:, AT[name]]
    there = ~np.isnan(told)
    # A claim of which no system says a thing is not made to speak here but for its coverage.
    if name == "coverage_over":
        there &= scene.of_claim(scene.claims.sights.seen)
    assert there.any()
    corrected = chance_of(scene, CORRECTED[name](scene.claims))
    assert told[there] == pytest.approx(corrected[there], abs=1e-12)


def test_it_never_makes_things_worse_and_helps_where_it_is_told(scene, hazard, mended):
    p = 1 - np.prod(1 - hazard, axis=1)
    for mend, told in zip(MENDS, mended.T, strict=True):
        there = ~np.isnan(told)
        assert (told[there] <= p[there] + 1e-12).all(), mend.name
        assert (told[there] >= -1e-12).all(), mend.name
        assert (told[there] < p[there]).any(), mend.name


def test_what_is_past_cannot_be_mended():
    assert not {"past_limit", "too_soon", "not_covered"} & {mend.name for mend in MENDS}
    assert {cause for mend in MENDS for cause in mend.causes} <= {cause.name for cause in CAUSES}


def test_the_truth_tells_cause_stage_and_error(world):
    truth = world.truth()
    known = {cause.name: cause for cause in CAUSES}
    for row in truth.filter(truth["denied"]).slice(0, 400).to_pylist():
        cause = known[row["cause"]]
        assert cause.family == row["true_family"]
        assert row["stage"] == cause.stage or row["cause"] == "past_limit"
        assert row["is_error"] == row["cause"].endswith("_error")
        assert row["stage"] in STAGES
    assert pc.all(pc.is_null(truth.filter(pc.invert(truth["denied"]))["cause"])).as_py()
    wanted = world.verdicts.without[:, AT["auth_missing"]]
    assert truth["p_without_auth_missing"].null_count == np.isnan(wanted).sum() < len(wanted)
