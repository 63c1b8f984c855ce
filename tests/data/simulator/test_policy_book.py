"""The policy book says a part of what payers want, and here and there what they no longer do."""

from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
import pytest
from pyarrow import csv

from data.simulator.catalogue import catalogue
from data.simulator.draw import Streams
from data.simulator.pairs import all_pairs, lesser_of_pairs
from data.simulator.policies import payer_ids
from data.simulator.policy_book import policy_book, write_book

LISTS = {
    "authorization": {"procedure", "place_of_service"},
    "attachment": {"procedure"},
    "excluded": {"procedure"},
    "coverage": {"procedure", "diagnoses"},
    "frequency_limits": {"procedure", "days"},
    "filing_limits": {"days"},
    "contracts": {"facility_npi", "billing"},
    "enrollment": {"rendering_npi"},
    "ncci_pairs": {"column_1", "column_2", "modifier_indicator"},
}
ON_ALL = {"payer_id", "valid_from", "valid_to", "source"}


def book(world, **rates):
    settings = replace(world.settings, book=replace(world.settings.book, **rates))
    return policy_book(settings, world.cast, world.policies, Streams(world.seed))


def places(world, table):
    """Payer and procedure of each entry, as numbers, but for codes that the payer only didn't know for a while."""
    table = table.filter(pc.is_null(table["valid_to"]))
    payers, procedures = payer_ids(world.settings).tolist(), catalogue().procedure.tolist()
    rows = zip(table["payer_id"].to_pylist(), table["procedure"].to_pylist(), strict=True)
    return {(payers.index(payer), procedures.index(procedure)) for payer, procedure in rows}


def test_a_list_has_its_columns(world):
    made = book(world)
    assert {name: set(table.column_names) - ON_ALL for name, table in made.items()} == LISTS
    assert all(set(table.column_names) >= ON_ALL for table in made.values())


@pytest.mark.parametrize("name", ["authorization", "attachment", "excluded", "frequency_limits"])
def test_a_whole_book_without_old_entries_is_the_payers_own(world, name):
    policies = world.policies
    hidden = {
        "authorization": policies.wants_auth_from < 10**6,
        "attachment": policies.wants_attachment_from < 10**6,
        "excluded": policies.excludes,
        "frequency_limits": policies.spacing_days > 0,
    }
    table = book(world, known_share=1.0, outdated=0.0)[name]
    assert places(world, table) == set(zip(*(x.tolist() for x in np.nonzero(hidden[name])), strict=True))


def test_a_whole_book_says_which_codes_a_payer_did_not_know_yet(world):
    table = book(world, known_share=1.0, outdated=0.0)["excluded"]
    ended = table.filter(pc.is_valid(table["valid_to"]))["valid_to"].cast("int32").to_pylist()
    late = (world.policies.knows_from > -(10**6)) & ~world.policies.excludes
    assert sorted(ended) == sorted((world.policies.knows_from[late] - 1).tolist())


def test_a_whole_book_has_every_pair_and_says_whether_59_parts_it(world):
    table = book(world, known_share=1.0, outdated=0.0)["ncci_pairs"]
    assert table.num_rows == len(all_pairs()) * len(world.settings.payers)
    payers = payer_ids(world.settings).tolist()
    rows = zip(table["payer_id"].to_pylist(), table["modifier_indicator"].to_pylist(), strict=True)
    said = {payers.index(payer): mark == "1" for payer, mark in rows}
    assert said == dict(enumerate(world.policies.honours_59.tolist()))


def test_pairs_are_the_lesser_lines(world):
    lines, pairs = world.claims.lines, {tuple(pair) for pair in all_pairs().tolist()}
    of, procedure = lines.claim.tolist(), lines.procedure.tolist()
    beside = {}
    for claim, code in zip(of, procedure, strict=True):
        beside.setdefault(claim, set()).add(code)
    listed = [
        any((other, code) in pairs for other in beside[claim] if other != code)
        for claim, code in zip(of, procedure, strict=True)
    ]
    assert (np.array(listed) >= lesser_of_pairs(lines)).all()


def test_the_book_knows_a_share_of_each_list(world):
    whole, made = book(world, known_share=1.0, outdated=0.0), book(world, known_share=0.6, outdated=0.0)
    for name in ("authorization", "coverage", "enrollment"):
        assert 0.5 < made[name].num_rows / whole[name].num_rows < 0.7


def test_some_entries_are_no_longer_so(world):
    true, made = book(world, known_share=1.0, outdated=0.0), book(world, known_share=1.0, outdated=0.2)
    more = places(world, made["authorization"]) - places(world, true["authorization"])
    assert 0.1 < len(more) / len(places(world, true["authorization"])) < 0.3
    assert made["contracts"].num_rows == true["contracts"].num_rows
    changed = pc.sum(pc.not_equal(made["contracts"]["billing"], true["contracts"]["billing"])).as_py()
    assert 0.1 < changed / made["contracts"].num_rows < 0.3


def test_a_change_of_a_list_has_its_day(world):
    table = book(world, known_share=1.0, outdated=0.0)["authorization"]
    days = set(table["valid_from"].to_pylist()) - {None}
    changes = [change for change in world.settings.changes if change.kind == "authorization"]
    assert 1 <= len(days) <= len(changes)


def test_the_same_seed_gives_the_same_book(world):
    assert book(world) == book(world)


def test_it_is_written_as_csv(world, tmp_path):
    made = book(world)
    write_book(made, tmp_path / "policy")
    assert {path.stem for path in (tmp_path / "policy").glob("*.csv")} == set(LISTS)
    columns = csv.ConvertOptions(column_types={"procedure": "string", "payer_id": "string"})
    read = csv.read_csv(tmp_path / "policy" / "coverage.csv", convert_options=columns)
    assert read["diagnoses"].to_pylist() == made["coverage"]["diagnoses"].to_pylist()
