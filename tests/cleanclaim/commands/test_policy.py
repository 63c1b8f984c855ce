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


@pytest.fixture
def book(tmp_path):
    """A policy book with an entry that contradicts another, an expired list, and a row that can't be read."""
    folder = tmp_path / "policy"
    folder.mkdir()
    (folder / "filing_limits.csv").write_text("payer_id,days\nP1,90\nP1,120\n*,soon\n")
    (folder / "excluded.csv").write_text("payer_id,procedure,valid_to\nP1,76377,2020-01-01\n")
    (folder / "notes.md").write_text("call them")
    return folder


def test_check_tells_a_book_from_a_denial_policy(book):
    told = run("policy", "check", book)
    assert told.exit_code == 0
    for text in (
        "can be used: 3 entries",
        "filing_limits: payer_id P1: days 90; and days 120. The newer one counts.",
        "excluded: none of its entries holds any more",
        "Refused: filing_limits.csv, row 4: days: found letters, wanted a whole number above 0",
        "left alone: notes.md",
    ):
        assert text in told.stdout


def test_check_of_a_book_as_json(book):
    told = json.loads(run("policy", "check", book, "--json", "--today", "2019-06-01").stdout)
    assert told["entries"] == 3
    assert [(one["name"], one["n_contradictions"], one["refused"]) for one in told["lists"]] == [
        ("excluded", 0, 0),
        ("filing_limits", 1, 1),
    ]
    assert [one["is_expired"] for one in told["lists"]] == [False, False]
    assert len(told["refused"]) == 1
    assert told["left"] == ["notes.md"]


def test_a_book_that_cannot_be_used_is_refused(book):
    (book / "exclded.csv").write_text("payer_id,procedure\n")
    told = run("policy", "check", book)
    assert isinstance(told.exception, InvalidPolicy)
    assert told.exception.wanted == "excluded"


def test_show_tells_how_a_book_is_written(book):
    told = run("policy", "show", book).stdout
    assert "filing_limits: days to file a claim, and to appeal (2 entries)" in told
    assert "unknown, never a no" in told
    assert json.loads(run("policy", "show", book, "--json").stdout)["lists"] == {
        "excluded": 1,
        "filing_limits": 2,
    }


def test_show_tells_the_entries_of_a_list(book):
    told = run("policy", "show", book, "--list", "filing_limits", "--rows", "1").stdout
    assert "90" in told
    assert "and 1 more" in told
    as_json = json.loads(run("policy", "show", book, "--list", "excluded", "--json").stdout)
    assert as_json["entries"][0]["valid_to"] == "2020-01-01"


def test_add_puts_a_published_table_into_a_book(tmp_path):
    from tests.data.public.test_ncci import ROWS, text

    published = tmp_path / "ccipra-v302r0-f1.txt"
    published.write_text(text(ROWS))
    folder = tmp_path / "new"
    for _ in range(2):  # the same edition twice is there once
        told = run("policy", "add", published, "--book", folder, "--payer", "MCR", "--json")
        assert json.loads(told.stdout)["added"] == {"ncci_pairs": 2}
        assert json.loads(told.stdout)["entries"] == 2
    assert "2 entries" in run("policy", "check", folder).stdout
