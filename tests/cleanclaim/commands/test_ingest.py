import json

import pytest
import typer
from typer.testing import CliRunner

from cleanclaim.commands.ingest import FIGURES, ingest
from data.errors import UnreadableFile
from data.simulator import simulate
from data.store import Store

app = typer.Typer()
app.command()(ingest)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    simulate(n_claims=80, months=2, seed=3, out=folder)
    return folder


def test_it_prints_what_it_took_in(world, tmp_path):
    result = run(
        world / "claims", world / "remits", "--store", tmp_path / "store", "--rejects", tmp_path / "rejects"
    )
    assert result.exit_code == 0
    for name, _ in FIGURES:
        assert name in result.stdout
    assert (tmp_path / "rejects" / "rejects.csv").is_file()


def test_the_second_time_is_a_no_op(world, tmp_path):
    files = [
        world / "claims",
        world / "remits",
        "--context",
        world / "context.csv",
        "--store",
        tmp_path / "store",
    ]
    first, second = (json.loads(run(*files, "--json").stdout) for _ in range(2))
    assert {name for name, _ in FIGURES} <= set(first)
    assert first["claims"] > 0
    assert first["linked"] == first["remits"] > 0
    assert {second[name] for name, _ in FIGURES} == {0}
    assert second["skipped"] == first["files"]


def test_remits_alone_are_kept_with_a_note(world, tmp_path):
    result = run(world / "remits", "--store", tmp_path / "store")
    assert result.exit_code == 0
    assert "remits answer claims that are not in the store" in result.stdout


def test_a_damaged_file_takes_nothing_with_it(world, tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    result = run(world / "claims", tmp_path / "empty", "--store", tmp_path / "store", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["rejected"]) == (0, 1)
    assert told["claims"] > 0


@pytest.mark.parametrize(
    ("content", "found"), [(b"", "no bytes"), (b"no X12 at all", "without an ISA segment")]
)
def test_nothing_readable_fails_and_names_the_file(tmp_path, content, found):
    (tmp_path / "file").write_bytes(content)
    result = run(tmp_path / "file", "--store", tmp_path / "store")
    assert result.exit_code == 1
    assert f"{tmp_path / 'file'}: found {found}" in " ".join(result.stdout.split()).replace("13 bytes ", "")
    assert "Nothing at all could be read" in result.stderr


def test_paths_that_lead_nowhere_make_no_store(tmp_path):
    result = run(tmp_path / "none", "--store", tmp_path / "store")
    assert isinstance(result.exception, UnreadableFile)
    assert not (tmp_path / "store").exists()


def test_wrong_use_is_told_apart(tmp_path):
    assert run("--store", tmp_path / "store").exit_code == 2
    assert run(tmp_path).exit_code == 2


def test_a_policy_book_is_kept_with_files_or_without(world, tmp_path):
    store = tmp_path / "store"
    alone = run("--store", store, "--policy", world / "policy", "--json")
    entries = json.loads(alone.stdout)["policy_entries"]
    assert entries > 100
    with_files = run(world / "claims", "--store", store, "--policy", world / "policy")
    assert f"a policy book of {entries:,} entries" in with_files.stdout
    assert Store(store).policy_book().n_entries == entries


def test_nothing_to_read_is_wrong_use(tmp_path):
    assert run("--store", tmp_path / "store").exit_code == 2
