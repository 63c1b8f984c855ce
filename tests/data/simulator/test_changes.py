from datetime import date

import pyarrow.csv as csv
import pytest

from data.simulator import simulate
from data.simulator.changes import CHANGES
from data.simulator.world import draw_world


@pytest.fixture(scope="module")
def world():
    return draw_world(n_claims=300, months=24, seed=7, claim_alone=False)


def test_every_change_of_the_settings_is_told_with_its_day(world):
    made = world.changes()
    assert made.schema.equals(CHANGES)
    told = [row for row in made.to_pylist() if row["kind"] in {"authorization", "attachment"}]
    assert [(row["kind"], row["payer_id"], row["thing"]) for row in told] == [
        ("authorization", "SUMT20", "CT"),
        ("attachment", "90337", "MRI"),
        ("authorization", "BCNS42", "nuclear medicine"),
        ("attachment", "UNTY3", "CT"),
    ]
    assert told[2]["since_on"] == date(2025, 3, 29)
    assert all(row["until_on"] is None for row in told)


@pytest.mark.parametrize("kind", ["new_payer", "unknown_code", "not_enrolled"])
def test_other_changes_have_days_within_the_world(world, kind):
    told = [row for row in world.changes().to_pylist() if row["kind"] == kind]
    assert told
    assert all(date(2024, 1, 1) <= row["since_on"] < date(2026, 1, 1) for row in told)
    assert all(row["until_on"] is None or row["until_on"] > row["since_on"] for row in told)


def test_they_are_written_beside_the_files(tmp_path):
    simulate(n_claims=200, months=3, seed=3, out=tmp_path)
    assert csv.read_csv(tmp_path / "changes.csv").column_names == CHANGES.names
