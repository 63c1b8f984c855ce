"""Claims turned away at the door: no remit follows, and most come again, corrected."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from data.readers.x12 import read_x12
from data.rejection import reject
from data.simulator.claims import ORIGINAL
from data.simulator.turned_away import DIAGNOSIS, MEMBER, RENDERING, TAKEN_IN, with_faults
from data.simulator.world import draw_world
from data.writers.status277 import write_statuses


@pytest.fixture(scope="module")
def rows(world):
    return np.arange(len(world.claims))


@pytest.fixture(scope="module")
def statuses(world, rows):
    return world.status_table(rows)


def test_as_many_as_the_rates_ask_for(world):
    rates = world.settings.rejections
    wanted = rates.member_unknown + rates.npi_invalid + rates.diagnosis_invalid
    share = (world.fault != TAKEN_IN).mean()
    assert 0.6 * wanted < share < 1.5 * wanted
    assert set(world.fault.tolist()) == {TAKEN_IN, MEMBER, RENDERING, DIAGNOSIS}


def test_no_remit_answers_them(world):
    turned = world.fault != TAKEN_IN
    assert not world.answered[turned].any()
    truth = world.truth()
    gone = truth.filter(pc.is_valid(truth["rejected_on"]))
    assert len(gone["claim_id"].unique()) == turned.sum()
    assert not pc.any(gone["answered"]).as_py()
    assert gone["known_on"].null_count == gone.num_rows


def test_most_are_sent_again_corrected(world):
    visits, forms = world.claims.visits, world.claims.forms
    again = 0
    for row in np.flatnonzero(world.fault != TAKEN_IN).tolist():
        same = (
            (visits.member == visits.member[row])
            & (visits.service == visits.service[row])
            & (forms.frequency == ORIGINAL)
            & (visits.submitted > world.status_on[row])
            & (world.fault == TAKEN_IN)
        )
        again += bool(same.any())
    assert again / (world.fault != TAKEN_IN).sum() > 0.8


def test_the_form_shows_what_is_wrong(world, rows):
    tables = world.claim_tables()
    plain = with_faults(tables, np.zeros(len(rows), np.int64))
    assert plain.claims == tables.claims
    clean = draw_world(
        n_claims=300,
        months=2,
        seed=3,
        settings=replace(
            world.settings,
            rejections=replace(
                world.settings.rejections, member_unknown=0.0, npi_invalid=0.0, diagnosis_invalid=0.0
            ),
        ),
    )
    assert not clean.fault.any()
    before = clean.claim_tables()
    for fault, name in ((MEMBER, "member_id"), (RENDERING, "rendering_npi"), (DIAGNOSIS, "diagnosis_1")):
        faults = np.zeros(len(clean.claims), np.int64)
        faults[::3] = fault
        after = with_faults(before, faults)
        changed = pc.not_equal(after.claims[name], before.claims[name]).to_numpy()
        assert (changed == (faults > 0)).all()
        assert after.claims.drop_columns([name]) == before.claims.drop_columns([name])


def test_statuses_find_their_claims(world, statuses, rows):
    claims = world.claim_tables()
    read = read_x12(write_statuses(statuses, control=1), source="written").statuses.statuses
    found = reject(claims, read)
    assert found.unplaced.num_rows == 0
    told = found.claims.filter(pc.equal(found.claims["line"], 0)).sort_by("claim_key")
    assert told["claim_key"].to_pylist() == rows.tolist()
    assert told["is_rejected"].to_pylist() == (world.fault != TAKEN_IN).tolist()
    assert told["known_on"].cast(pa.int32()).to_pylist() == world.status_on.tolist()


def test_a_clearinghouse_turns_some_away_itself(world, statuses):
    house = statuses.filter(pc.equal(statuses["source_role"], "AY"))
    assert 0 < house.num_rows < (world.fault != TAKEN_IN).sum()
    assert set(house["category"].to_pylist()) <= {"A3", "A7"}
