import json

import pytest
from typer.testing import CliRunner

from cleanclaim.__main__ import app
from data.denial_policy import DEFAULT, DenialPolicy
from data.errors import InvalidPolicy, StoreError
from data.simulator import simulate
from data.store import Store


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def mine(tmp_path):
    """A user's own policy: bundling is no denial, nor is 197."""
    text = DEFAULT.read_text().replace('name = "default"', 'name = "mine"')
    text = text.replace("bundling = true", "bundling = false").replace(
        '["246", "101"]', '["246", "101", "197"]'
    )
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    simulate(n_claims=250, months=3, seed=3, out=folder)
    return folder


def test_show_tells_the_shipped_policy():
    shown = run("policy", "show")
    assert shown.exit_code == 0
    for text in ("default, version 1", DenialPolicy.load().digest, "above the contracted fee", "133", "MA01"):
        assert text in shown.stdout
    assert "switched off" not in shown.stdout


def test_show_tells_what_a_file_switches_off(mine):
    shown = run("policy", "show", mine).stdout
    assert "bundling, switched off" in shown
    assert "B15" in shown


def test_show_as_json_is_the_policy_again(mine):
    told = json.loads(run("policy", "show", mine, "--json").stdout)
    policy = DenialPolicy.load(mine)
    assert told.pop("digest") == policy.digest
    assert DenialPolicy.parse(told) == policy


def test_check_says_how_a_policy_differs(mine):
    told = json.loads(run("policy", "check", mine, "--json").stdout)
    assert told["differences"] == ["bundling is switched off", "non_denial.information: with 197"]
    assert "bundling is switched off" in run("policy", "check", mine).stdout
    assert "as the shipped one does" in run("policy", "check").stdout


def test_check_refuses_a_wrong_policy(mine):
    mine.write_text(mine.read_text().replace("bundling = false", "bundlng = false"))
    error = run("policy", "check", mine).exception
    assert isinstance(error, InvalidPolicy)
    assert str(error) == "mine.toml, switches.bundlng: found no such name, wanted bundling"


def test_a_wrong_policy_is_refused_before_anything_is_stored(world, tmp_path):
    result = run("ingest", world, "--store", tmp_path / "store", "--denial-policy", tmp_path / "none.toml")
    assert isinstance(result.exception, InvalidPolicy)
    assert not (tmp_path / "store").exists()


def test_a_store_remembers_the_policy_that_labelled_it(world, mine, tmp_path):
    files = ("ingest", world / "claims", world / "remits", "--store", tmp_path / "store", "--json")
    shipped = json.loads(run(*files).stdout)
    before = Store(tmp_path / "store").stats()
    assert (shipped["policy"], before.policy) == ("default 1", "default 1")
    again = json.loads(run(*files, "--denial-policy", mine).stdout)
    assert again["claims"] == 0
    assert again["notes"] == [
        "All answers were labelled anew under the denial policy mine 1; it was default 1."
    ]
    mine.unlink()
    store = Store(tmp_path / "store")
    assert store.policy.digest == store.remembered().digest != DenialPolicy.load().digest
    assert store.stats().policy == "mine 1"
    assert store.stats().denied_lines < before.denied_lines
    assert "197" not in store.lines()["reason"].to_pylist()
    third = json.loads(run(*files).stdout)
    assert (third["policy"], third["notes"]) == ("mine 1", [])
    assert "bundling, switched off" in run("policy", "show", "--store", tmp_path / "store").stdout


def test_show_of_no_store_and_wrong_use(mine, tmp_path):
    assert isinstance(run("policy", "show", "--store", tmp_path / "none").exception, StoreError)
    assert run("policy", "show", mine, "--store", tmp_path).exit_code == 2
