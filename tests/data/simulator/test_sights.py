"""What the systems beside the claim say hangs together."""

import numpy as np
import pyarrow.compute as pc

from data.simulator.claims import NONE, ORIGINAL


def test_claims_held_for_weeks_often_waited_for_their_report(large_world):
    visits, signed = large_world.claims.visits, large_world.claims.sights.signed
    days = visits.submitted - visits.service
    first = visits.number < 60_000
    told = first & (signed != NONE) & (signed <= visits.submitted)
    held = days >= large_world.settings.filing.held_from
    late = 2 * (signed - visits.service) > days
    assert 0.4 < late[told & held].mean() < 0.8
    assert (signed[told] >= visits.service[told]).all()


def test_a_late_claim_began_with_its_report_or_at_submission(large_world):
    truth = large_world.truth()
    late = truth.filter(pc.equal(truth["cause"], "past_limit"))
    stages = {row["values"]: row["counts"] for row in pc.value_counts(late["stage"]).to_pylist()}
    assert set(stages) == {"interpretation & signed report", "submission & adjudication"}
    assert 0.4 < stages["interpretation & signed report"] / late.num_rows < 0.8


def test_an_authorisation_is_valid_for_days_in_order(world):
    sights = world.claims.sights
    # Those obtained for a correction have no dates.
    first = world.claims.forms.frequency == ORIGINAL
    dated = first & (sights.auth_from != NONE)
    assert (sights.auth_from[dated] <= sights.auth_to[dated]).all()
    assert np.array_equal(dated, first & world.claims.forms.auth)
