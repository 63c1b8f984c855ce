"""`monitor` as a user calls it, on a small simulated world."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanclaim import Model, Store, monitor
from cleanclaim.__main__ import app
from data.errors import NotEnoughData
from models.bundle import load


def run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["monitor", *(str(a) for a in arguments)], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.stdout


@pytest.fixture
def model(earlier_model) -> Path:
    return earlier_model


def test_files_and_words(world, model, tmp_path):
    told = run("--store", world.store, "--model", model, "--out", tmp_path)
    alerts = json.loads((tmp_path / "alerts.json").read_text())
    assert told.startswith(alerts["advice"]["reason"][:40])
    assert "2024-09" in told
    assert {path.name for path in tmp_path.iterdir()} == {"alerts.json", "monitor.json", "monitor.html"}


def test_an_alert_is_a_failure_only_where_that_is_asked_for(world, model, tmp_path):
    # Every new code with a line is an alert, so there is one.
    settings = tmp_path / "all.toml"
    settings.write_text("[monitor]\nleast_lines = 1\n")
    scores = ("--database", f"sqlite:///{tmp_path / 'scores.db'}")
    given = (
        *scores,
        "--store",
        world.store,
        "--model",
        model,
        "--out",
        tmp_path / "out",
        "--settings",
        settings,
    )
    said = json.loads(run(*given, "--json", "--fail-on-alert", code=1))
    assert said["alerts"]
    assert said["months"][0]["month"] == "2024-09"
    assert said["reviewed"] == {"n_scored": 0, "n_flagged": 0, "n_changed": 0, "n_set_aside": 0}
    assert (tmp_path / "out/alerts.json").is_file()


def test_a_model_of_today_says_what_is_missing(world, tmp_path):
    with pytest.raises(NotEnoughData, match="no claim sent after"):
        run("--store", world.store, "--model", world.model, "--out", tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_same_from_a_notebook(world, model, tmp_path):
    found = monitor(Model(load(model)), Store(world.store), settings={"least_lines": 1})
    assert found.months.loc["2024-09", "is_ripe"]
    assert {"estimated_auc", "realised_auc"} <= set(found.months.columns)
    assert set(found.alerts["what"]) >= {"new"}
    assert str(found.alerts["since"].dtype).startswith("datetime64")
    assert found.drift.loc["all concepts", "auc"] < 0.9
    assert found.money_by_month.index.tolist() == found.by_month.index.tolist()
    assert found.money_by_payer["recovered_cents"].sum() > 0
    assert found.save(tmp_path / "out").is_file()
    assert found.advice in repr(found)
