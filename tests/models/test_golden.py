import json

import numpy as np

from data.schema import LINE_TABLE
from features.build import build
from models.denial import DenialModel
from models.golden import golden_json, golden_lines, read_golden
from models.written import Reader, text_of
from tests.models.made_world import planted


def test_whole_claims_are_taken_spread_over_the_table() -> None:
    table = planted(300)
    golden = golden_lines(table, n_claims=20)
    assert golden.schema == LINE_TABLE
    keys = golden.column("claim_key").to_pylist()
    assert sorted(set(keys)) == list(range(1, 21))
    for key, n in zip(keys, golden.column("n_lines").to_pylist(), strict=True):
        assert keys.count(key) == n


def test_nothing_in_them_points_at_a_patient() -> None:
    table = planted(300)
    golden = golden_lines(table)
    text = json.dumps(golden.to_pylist(), default=str)
    for name in ("member_id", "claim_id", "auth_number", "attachment_control", "context_accession_order"):
        real = {value for value in table.column(name).to_pylist() if value}
        assert not real & set(golden.column(name).to_pylist()), name
    assert '"M1' not in text
    assert all(year % 5 == 0 for year in golden.column("birth_year").to_pylist() if year)


def test_days_are_moved_by_whole_weeks_so_distances_stay() -> None:
    table = planted(40)
    golden = golden_lines(table, n_claims=40)
    for name in ("submitted_on", "service_from", "context_auth_valid_from"):
        for then, now in zip(table.column(name).to_pylist(), golden.column(name).to_pylist(), strict=True):
            assert (then is None) == (now is None)
            if then:
                assert (then - now).days % 7 == 0
                assert then > now


def test_they_come_back_from_json_to_the_bit(model: DenialModel) -> None:
    golden = model.papers.golden
    again = read_golden(Reader.of("golden.json", text_of(golden_json(model)).encode()))
    assert again.equals(golden)
    before, after = build(golden, model.state).values, build(again, model.state).values
    assert np.array_equal(before.view(np.uint64), after.view(np.uint64))
