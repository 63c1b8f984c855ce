"""`train` and `evaluate` as a user calls them, on a small simulated world."""

import json
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanclaim.__main__ import app
from data.denial_policy import DEFAULT
from data.errors import NotEnoughData, StoreError
from data.simulator import simulate
from data.store import Store

QUICK = "[cohort]\nleast_denied = 40\n[models]\ntrees = 40\nlearning_rate = 0.15\n"
pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own, of its many dependencies


def run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A world, its store, and a model made three months before its end."""
    home = tmp_path_factory.mktemp("train")
    simulate(n_claims=4000, months=10, seed=3, out=home / "world")
    store = Store(home / "store")
    store.ingest([home / "world/claims", home / "world/remits"], context=home / "world/context.csv")
    (home / "quick.toml").write_text(QUICK)
    told = run(
        *("train", "--store", home / "store", "--out", home / "model", "--as-of", "2024-07-31"),
        *("--settings", home / "quick.toml", "--json"),
    )
    (home / "train.json").write_text(told)
    return home


@pytest.mark.slow
def test_train_leaves_a_bundle_and_a_run(folder):
    told = json.loads((folder / "train.json").read_text())
    assert told["as_of"] == "2024-07-31"
    assert told["funnel"][0]["step"] == "sent by 2024-07-31"
    assert told["holdout"]["n"] > 100
    assert json.loads((folder / "model/evaluation.json").read_text())["holdout"] == told["holdout"]
    assert told["denial_policy"] in (folder / "model/card.md").read_text()
    with sqlite3.connect(folder / "mlflow.db") as database:
        ((status, _experiment),) = database.execute("select status, experiment_id from runs").fetchall()
        params = dict(database.execute("select key, value from params").fetchall())
        tags = dict(database.execute("select key, value from tags").fetchall())
    assert (status, params["models.trees"], params["cohort.least_denied"]) == ("FINISHED", "40", "40")
    assert tags["seed"] == "7"
    assert len(tags["data_sha256"]) == 64
    assert re.fullmatch(r".+\+[0-9a-f]{12}", tags["code_version"])
    run = folder / "mlflow-files" / told["run_id"] / "artifacts"
    assert json.loads((run / "settings.json").read_text())["models.trees"] == "40"
    assert len(json.loads((run / "data.json").read_text())["files"]) > 1
    assert (folder / "mlflow-files" / told["run_id"] / "artifacts/model/bundle/manifest.json").is_file()


@pytest.mark.slow
def test_settings_are_looked_for_and_told(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cleanclaim.toml").write_text(QUICK + "[tune]\nfolds = 2\nmost_lines = 1500\n")
    asked = ("train", "--store", folder / "store", "--out", tmp_path / "model", "--trials", 2)
    done = CliRunner().invoke(app, [str(a) for a in asked], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert f"Settings of {tmp_path / 'cleanclaim.toml'}." in done.stderr
    assert "2 settings tried, 0 of them given up early: " in done.stdout
    assert "Trees grown with learning_rate" in done.stdout
    told = json.loads((tmp_path / "model/evaluation.json").read_text())
    assert told["tuning"]["n_tried"] == 2
    chosen = {name: str(value) for name, value in told["tuning"]["values"].items()}
    assert chosen == {name: told["settings"][f"models.{name}"] for name in chosen}
    again = json.loads(run(*asked, "--json"))
    assert again["tuning"] == told["tuning"], "all was tried before"


@pytest.mark.slow
def test_evaluate_prints_the_model_beside_baselines_and_ceiling(folder):
    common = ("evaluate", "--store", folder / "store", "--out", folder / "report")
    told = run(*common, "--model", folder / "model", "--truth", folder / "world/truth.parquet")
    for name in ("model", "logistic", "payer x procedure", "base rate", "ceiling", "report.html"):
        assert name in told
    figures = json.loads((folder / "report/report.json").read_text())["figures"]
    auc = {f["scorer"]: f["auc"] for f in figures if (f["level"], f["cut"]) == ("line", "all")}
    assert auc["ceiling"] > auc["model"] > auc["payer x procedure rate"] > 0.5
    assert auc["ceiling"] > auc["ceiling, claim alone"]


@pytest.mark.slow
def test_a_store_of_another_denial_policy_is_told(folder, tmp_path):
    store, policy = shutil.copytree(folder / "store", tmp_path / "store"), tmp_path / "mine.toml"
    policy.write_text(DEFAULT.read_text().replace('"default"', '"mine"').replace("= true", "= false"))
    run("ingest", folder / "world/claims", "--store", store, "--denial-policy", policy)
    policy.unlink()
    told = ("evaluate", "--store", store, "--model", folder / "model", "--out", tmp_path / "report")
    done = CliRunner().invoke(app, [str(a) for a in told], catch_exceptions=False)
    assert done.exit_code == 0
    assert "denial policy default 1, the store is labelled under mine 1" in done.stderr
    facts = json.loads((tmp_path / "report/report.json").read_text())["facts"]
    assert facts["denial policy of the model"] == "default 1"
    assert facts["denial policy of the store"] == "mine 1"


@pytest.mark.slow
def test_a_backtest_trains_and_judges_each_origin(folder):
    common = ("evaluate", "--store", folder / "store", "--out", folder / "backtest", "--json")
    told = json.loads(run(*common, "--backtest", 2, "--settings", folder / "quick.toml"))
    origins = {f["value"] for f in told["figures"] if f["cut"] == "origin"}
    assert len(origins) == len(told["funnel"]) == 2
    assert "logistic regression" in {f["scorer"] for f in told["figures"]}


@pytest.mark.slow
def test_what_cannot_be_learnt_or_judged_is_told(folder):
    store = ("--store", folder / "store")
    with pytest.raises(NotEnoughData, match="labels known by 2024-01-20"):
        run("train", *store, "--out", folder / "none/model", "--as-of", "2024-01-20")
    with pytest.raises(StoreError):
        run("train", "--store", folder / "nowhere", "--out", folder / "none/model")
    assert not (folder / "none").exists(), "neither a model nor MLflow's database beside it"
    run("evaluate", *store, "--out", folder / "x", code=2)
    run("evaluate", *store, "--out", folder / "x", "--model", folder / "model", "--backtest", 1, code=2)
