"""What payers strike for can be found again in the tables alone."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from data.schema import CLAIMS, CONTEXT, LINES
from data.simulator.claims import ORIGINAL
from data.simulator.facts import set_scene
from data.simulator.turned_away import TAKEN_IN


@pytest.fixture(scope="module")
def tables(world):
    return world.claim_tables()


@pytest.fixture(scope="module")
def scene(world):
    return set_scene(world.settings, world.policies, world.claims)


def test_they_have_the_columns_of_the_schema(tables, world):
    assert tables.claims.schema.equals(CLAIMS)
    assert tables.lines.schema.equals(LINES)
    assert world.context_table().schema.equals(CONTEXT)


def test_no_text_is_empty(tables, world):
    for table in (tables.claims, tables.lines, world.context_table()):
        for name in table.schema.names:
            if table[name].type == pa.string():
                assert not pc.any(pc.equal(table[name], "")).as_py()


def test_every_claim_is_the_sum_of_its_lines(tables):
    sums = tables.lines.group_by("claim_key").aggregate([("charge_cents", "sum"), ("line", "count")])
    sums = sums.sort_by("claim_key")
    assert sums["charge_cents_sum"].equals(tables.claims["charge_cents"])
    assert sums["line_count"].to_pylist() == tables.claims["n_lines"].to_pylist()


def test_ids_are_different_and_pointers_point_at_diagnoses(tables):
    assert len(tables.claims["claim_id"].unique()) == tables.claims.num_rows
    n_diagnoses = tables.claims["n_diagnoses"].to_numpy()[tables.lines["claim_key"].to_numpy()]
    pointer = tables.lines["pointer_1"].to_numpy()
    assert ((pointer >= 1) & (pointer <= n_diagnoses)).all()


def test_a_line_sent_before_can_be_found_among_earlier_claims_taken_in(world):
    rows = np.flatnonzero(world.fault == TAKEN_IN)
    scene, tables = (
        set_scene(world.settings, world.policies, world.claims.take(rows)),
        world.claim_tables(rows),
    )
    claims, lines = tables.claims.to_pydict(), tables.lines.to_pydict()
    sides = [
        tuple({lines[f"modifier_{n}"][i] for n in (1, 2, 3)} & {"RT", "LT", "50"})
        for i in range(len(lines["line"]))
    ]
    earliest, keys = {}, []
    for i, row in enumerate(lines["claim_key"]):
        key = (claims["member_id"][row], claims["service_from"][row], lines["procedure"][i], sides[i])
        keys.append((key, row))
        if claims["frequency"][row] == "1":
            earliest[key] = min(earliest.get(key, claims["submitted_on"][row]), claims["submitted_on"][row])
    found = [
        claims["frequency"][row] == "1" and earliest[key] < claims["submitted_on"][row] for key, row in keys
    ]
    assert found == scene.sent_before.tolist()
    assert sum(found) > 10


def test_authorisation_attachment_and_referring_provider_are_on_the_claim(tables, world):
    claims, forms = tables.claims, world.claims.forms
    assert pc.is_valid(claims["auth_number"]).to_pylist() == forms.auth.tolist()
    assert pc.is_valid(claims["attachment_control"]).to_pylist() == forms.attachment.tolist()
    assert pc.is_null(claims["referring_npi"]).to_pylist() == (forms.referring_state == 1).tolist()


def test_the_context_says_what_is_seen_and_nothing_of_the_rest(world):
    context, sights = world.context_table(), world.claims.sights
    assert context.num_rows == sights.seen.sum() < len(world.claims)
    assert len(context["claim_id"].unique()) == context.num_rows
    assert pc.sum(pc.equal(context["eligibility_status"], "inactive")).as_py() > 0
    assert pc.sum(context["other_payer_primary"]).as_py() > 0


def test_corrections_name_the_answer_they_replace(world, tables):
    claims, forms = tables.claims, world.claims.forms
    replaced = claims.filter(pa.array(forms.names_original))
    first = world.remit_tables()[0].remits
    assert replaced.num_rows > 0
    assert set(replaced["original_control"].to_pylist()) <= set(first["payer_control"].to_pylist())
    assert (forms.frequency[forms.names_original] != ORIGINAL).all()
    of_original = np.isin(world.claims.visits.number, forms.replaces[forms.replaces >= 0])
    assert (forms.frequency[of_original] == ORIGINAL).all()
