import json

import pytest
from typer.testing import CliRunner

from cleanclaim.__main__ import app
from data.errors import StoreError
from data.simulator import simulate
from data.store import Store


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    simulate(n_claims=120, months=2, seed=3, out=folder / "world")
    Store(folder / "store").ingest([folder / "world" / "claims", folder / "world" / "remits"])
    return folder / "store"


def test_stats_tells_months_payers_and_what_is_answered(store):
    told = json.loads(run("store", "stats", store, "--json").stdout)
    assert told["policy"] == "default 1"
    assert sum(month["claims"] for month in told["months"]) == told["claims"] > 100
    assert all(0 <= payer["answered_share"] <= 1 for payer in told["payers"])
    shown = run("store", "stats", store)
    assert shown.exit_code == 0
    for text in ("By month", "By payer", told["months"][0]["name"], told["payers"][0]["name"], "%"):
        assert text in shown.stdout


def test_check_of_a_whole_store_and_of_a_damaged_one(store):
    whole = run("store", "check", store)
    assert (whole.exit_code, "is whole" in whole.stdout) == (0, True)
    part = next((store / "lines").rglob("*.parquet"))
    content = part.read_bytes()
    part.write_bytes(content[:-1])
    try:
        damaged = run("store", "check", store)
        listed = run("store", "check", store, "--json")
    finally:
        part.write_bytes(content)
    told = json.loads(listed.stdout)
    assert (damaged.exit_code, listed.exit_code, told["is_whole"]) == (1, 1, False)
    assert [fault["thing"] for fault in told["faults"]] == [str(part.relative_to(store))]
    assert part.name in damaged.stderr
    assert "wanted: as it was written" in damaged.stderr


@pytest.mark.parametrize("name", ["stats", "check"])
def test_a_folder_that_is_no_store(name, tmp_path):
    assert isinstance(run("store", name, tmp_path / "none").exception, StoreError)
    assert run("store", name).exit_code == 2
