"""`cleanclaim check`: what is wrong with claims, with no model."""

import json

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from cleanclaim.__main__ import app
from data.errors import CleanclaimError
from features.checks.findings_table import FINDINGS


def run(*arguments: object) -> Result:
    done = CliRunner().invoke(app, ["check", *map(str, arguments)])
    if isinstance(done.exception, CleanclaimError):
        raise done.exception
    return done


def test_findings_are_told_in_the_terminal(world) -> None:
    done = run(world.files / "upcoming", "--context", world.context)
    assert done.exit_code == 0, done.output
    for told in ("Claim ", "(who: ", "claims with", "checks passed", "could not be made"):
        assert told in done.output


def test_a_table_of_findings(world, tmp_path) -> None:
    out = tmp_path / "findings.parquet"
    book = world.files / "policy"
    given = ("--context", world.context, "--policy", book, "--store", world.store)
    done = run(*world.upcoming, *given, "--out", out, "--json")
    assert done.exit_code == 0, done.output
    said, found = json.loads(done.stdout), pq.read_table(out)
    assert found.schema == FINDINGS
    assert found.num_rows == said["block"] + said["warn"] + said["info"] > 0
    assert set(found["state"].to_pylist()) == {"tripped"}
    assert any(found["answered"].to_pylist())
    assert said["claims"] <= said["lines"]


def test_what_was_not_asked_is_listed_on_request(world) -> None:
    said = json.loads(run(world.upcoming[0], "--json", "--unknown").stdout)
    states = [one["state"] for one in said["findings"]]
    assert states.count("unknown") == said["unknown"] > 0
    assert said["passed"] > 0


@pytest.mark.parametrize(
    ("given", "told"),
    [(("nosuch.837",), "nosuch"), (("{upcoming}", "--out", "x.doc"), "x.doc"), (("{upcoming}", "--policy", "nosuch"), "nosuch")],
    ids=["no file", "an unknown ending", "no book"],
)  # fmt: skip
def test_wrong_use_is_told(world, given, told) -> None:
    with pytest.raises(CleanclaimError, match=told):
        run(*(str(world.upcoming[0]) if one == "{upcoming}" else one for one in given))
