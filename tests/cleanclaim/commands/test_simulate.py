import json

import pytest
import typer
from typer.testing import CliRunner

from cleanclaim.commands.simulate import simulate

app = typer.Typer()
app.command()(simulate)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_it_prints_the_world_beside_its_targets(tmp_path):
    result = run("--claims", 300, "--months", 2, "--out", tmp_path / "w")
    assert result.exit_code == 0
    assert "ceiling: AUC of the truth" in result.stdout
    assert (tmp_path / "w" / "truth.parquet").is_file()


def test_it_gives_the_same_to_machines(tmp_path):
    result = run("--claims", 300, "--months", 2, "--out", tmp_path / "w", "--json")
    told = json.loads(result.stdout)
    assert told["claims"] > 300
    assert told["files"]["upcoming"] == 1
    assert {"name", "value", "low", "high", "fits"} == set(told["figures"][0])


def test_files_can_be_damaged(tmp_path):
    result = run("--claims", 200, "--months", 3, "--out", tmp_path / "w", "--corrupt", 0.5)
    assert result.exit_code == 0
    assert len((tmp_path / "w" / "corrupted.csv").read_text().splitlines()) > 5


def test_a_world_of_one_claim_is_told_too(tmp_path):
    assert run("--claims", 1, "--months", 1, "--out", tmp_path / "w").exit_code == 0


@pytest.mark.parametrize(
    "wrong", [("--claims", 0), ("--months", 0), ("--seed", -1), ("--claims", "many"), ("--corrupt", 2)]
)
def test_wrong_use_is_told_apart(tmp_path, wrong):
    result = run(*wrong, "--out", tmp_path / "w")
    assert result.exit_code == 2
    assert not (tmp_path / "w").exists()
