"""`promote` and `models` as a user calls them, on the small world's model."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cleanclaim.__main__ import app
from models.bundle import load, save
from training.registry import RegistryFailed
from training.run import TrackingFailed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
]  # MLflow's own, of its many dependencies


def run(*arguments: object, code: int = 0) -> str:
    done: Result = CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.stdout


@pytest.fixture(scope="module")
def folder(world, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models, one beside the other, and the registry that the first promotion makes beside them."""
    home = tmp_path_factory.mktemp("promote")
    shutil.copytree(world.model, home / "first")
    save(load(world.model).with_papers(card="# Another\n"), home / "second")
    return home


@pytest.mark.parametrize(
    "arguments",
    [
        ("promote", "challenger"),
        ("promote", "--force"),
        ("models", "--export", "champion"),
        ("models", "--out", "x"),
    ],
    ids=["no store", "no reason", "no folder", "nothing to export"],
)
def test_wrong_use_is_told(arguments: tuple[str, ...]) -> None:
    run(*arguments, code=2)


def test_first_refused_then_forced_then_taken_back(
    world, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model of the newest day can't be judged yet: it is refused with a reason, and needs one to be promoted."""
    refused = run("promote", folder / "first", "--store", world.store, code=1)
    assert "REFUSED  unseen claims" in refused
    assert "found:  0 ripe lines sent after 2024-12-31" in refused
    told = json.loads(run("promote", folder / "first", "--store", world.store, "--json", code=1))
    assert (told["version"], told["promoted"], told["champion_before"]) == (1, False, None)
    assert [gate["name"] for gate in told["verdict"]["gates"] if not gate["passed"]] == ["unseen claims"]

    forced = run("promote", folder / "first", "--store", world.store, "--force", "--because", "we must begin")
    assert "Version 1 is the champion now (forced)." in forced
    monkeypatch.chdir(folder)  # where a registry is looked for, when no model's folder is given
    run("promote", "second", "--force", "--because", "a trial")
    listed = json.loads(run("models", "--json"))
    assert [(v["version"], v["aliases"]) for v in listed["versions"]] == [(2, ["champion"]), (1, [])]
    back = run("models", "--rollback", "--because", "it was a trial")
    assert "Version 1 is the champion again" in back
    with pytest.raises(RegistryFailed, match="the first champion"):
        run("promote", "--rollback")
    assert "it was a trial" in run("models", "--history")
    assert "champion" in run("models")
    run("models", "--export", "champion", "--out", folder / "served", "--json")
    assert load(folder / "served").version == load(folder / "first").version


def test_no_registry_is_told_and_none_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (("models",), ("promote", "--rollback"), ("models", "--export", "1", "--out", "x")):
        with pytest.raises(RegistryFailed, match=r"found no mlflow\.db in"):
            run(*command)
    assert not list(tmp_path.iterdir())


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(TrackingFailed, match="wanted a tracking place"):
        run("models", "--tracking", "http://127.0.0.1:9")
