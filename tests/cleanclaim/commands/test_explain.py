import json

import pytest
from typer.testing import CliRunner, Result

from cleanclaim.__main__ import app
from data.errors import UnreadableFile
from data.readers.x12 import read_x12


def run(*arguments: object) -> Result:
    done = CliRunner().invoke(app, ["explain", *map(str, arguments)])
    if isinstance(done.exception, UnreadableFile):
        raise done.exception
    return done


@pytest.fixture
def claim_id(world) -> str:
    return str(read_x12(world.upcoming[-1].read_bytes(), source="x").claims.claims["claim_id"][-1])


def test_one_claim_is_told_in_the_terminal(world, claim_id) -> None:
    done = run(claim_id, world.files / "upcoming", "--model", world.model, "--store", world.store)
    assert done.exit_code == 0, done.output
    for told in (f"Claim {claim_id}", "Likely denied", "Money at risk", "What the model does not know"):
        assert told in done.output


def test_as_json_it_is_the_servers_answer(world, claim_id) -> None:
    told = json.loads(run(claim_id, world.files / "upcoming", "--model", world.model, "--json").stdout)
    assert told["claim_id"] == claim_id
    assert told["lines"]


def test_the_page_stands_alone(world, claim_id, tmp_path) -> None:
    page = tmp_path / "claim.html"
    run(claim_id, *world.upcoming, "--model", world.model, "--context", world.context, "--html", page)
    text = page.read_text()
    assert claim_id in text
    assert "<style>" in text
    assert "<link" not in text


def test_another_number_is_told_with_those_that_are_there(world, claim_id) -> None:
    with pytest.raises(UnreadableFile, match="no such claim"):
        run("NOSUCH", world.upcoming[0], "--model", world.model)


def test_own_texts_of_reasons_are_shown_beside_our_words(world, claim_id, tmp_path) -> None:
    said = run(claim_id, *world.upcoming, "--model", world.model, "--json").stdout
    reasons = {reason["reason"] for line in json.loads(said)["lines"] for reason in line["reasons"]}
    codes = {code for reason in reasons for code in reason.split("/")}
    texts = tmp_path / "texts.csv"
    texts.write_text(
        "Code,Description,Start Date\n" + "".join(f"{c},Made-up of {c},1/1/2000\n" for c in codes)
    )
    page = tmp_path / "claim.html"
    done = run(claim_id, *world.upcoming, "--model", world.model, "--code-texts", texts, "--html", page)
    assert done.exit_code == 0, done.output
    assert "Made-up of" in done.stdout
    assert "Made-up of" in page.read_text()
    assert "Made-up of" not in said
