import csv
import json
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from cleanclaim.__main__ import app
from data.claim import claims_of
from data.errors import BundleRefused, CleanclaimError, UnreadableFile
from data.readers.x12 import read_x12
from serving.journal import Filter, Journal


def run(*arguments: object) -> Result:
    done = CliRunner().invoke(app, ["score", *map(str, arguments)])
    if isinstance(done.exception, CleanclaimError):
        raise done.exception
    return done


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


@pytest.fixture
def claim(world) -> dict[str, object]:
    """A claim as a client would write it."""
    first = claims_of(read_x12(world.upcoming[0].read_bytes(), source="x").claims)[0]
    return {
        "claim_id": first.claim_id,
        "payer_id": first.payer_id,
        "billing_npi": first.billing_npi,
        "lines": [{"procedure": "71046", "charge_cents": 9900, "service_from": "2025-01-02"}],
    }


def test_a_folder_is_scored_to_csv(world, tmp_path) -> None:
    out = tmp_path / "scores.csv"
    done = run(
        *(world.files / "upcoming", "--model", world.model, "--store", world.store),
        *("--context", world.context, "--out", out, "--explain", "--fixes"),
    )
    assert done.exit_code == 0, done.output
    scored = rows(out)
    n_claims = sum(read_x12(f.read_bytes(), source="x").claims.claims.num_rows for f in world.upcoming)
    assert sum(row["line"] == "0" for row in scored) == n_claims
    assert f"{n_claims:,} claims" in done.output
    assert any(row["top_factors"] for row in scored)
    assert any(" → " in row["fixes"] for row in scored)


@pytest.mark.parametrize("ending", [".parquet", ".json", ".ndjson"])
def test_other_formats(world, tmp_path, ending) -> None:
    out = tmp_path / f"scores{ending}"
    assert run(world.upcoming[0], "--model", world.model, "--out", out).exit_code == 0
    if ending == ".parquet":
        assert pq.read_table(out).num_rows
    elif ending == ".json":
        assert json.loads(out.read_text())
    else:
        assert all(json.loads(line)["claim_id"] for line in out.read_text().splitlines())


def test_one_claim_alone_scores_as_in_its_file(world, tmp_path) -> None:
    both = tmp_path / "both.zip"
    with zipfile.ZipFile(both, "w") as archive:
        archive.write(world.upcoming[0], "first.837")
        archive.write(sorted((world.files / "claims").iterdir())[-1], "second.837")
    run(world.upcoming[0], "--model", world.model, "--out", tmp_path / "one.csv")
    run(both, "--model", world.model, "--out", tmp_path / "all.csv")
    one, every = rows(tmp_path / "one.csv"), rows(tmp_path / "all.csv")
    assert one == every[: len(one)]
    assert len(every) > len(one)


@pytest.mark.parametrize("form", ["one", "list", "lines", "with context"])
def test_claims_in_json(world, tmp_path, claim, form) -> None:
    other = {**claim, "claim_id": "OTHER"}
    content, n = {
        "one": (json.dumps(claim), 1),
        "list": (json.dumps([claim, other]), 2),
        "lines": (json.dumps(claim) + "\n\n" + json.dumps(other) + "\n", 2),
        "with context": (
            json.dumps({"claim": claim, "context": {"eligibility_status": "active"}}, indent=1),
            1,
        ),
    }[form]
    (tmp_path / "claims.json").write_text(content)
    done = run(tmp_path / "claims.json", "--model", world.model, "--out", tmp_path / "scores.csv", "--json")
    assert json.loads(done.stdout)["claims"] == n
    assert len(rows(tmp_path / "scores.csv")) == 2 * n


def test_one_bad_claim_fails_alone(world, tmp_path, claim) -> None:
    bad = {**claim, "claim_id": "BAD", "charge_cents": -5, "member_id": "MEMBER4711", "odd": 1}
    (tmp_path / "claims.ndjson").write_text("\n".join((json.dumps(bad), "{nonsense", json.dumps(claim), "5")))
    (tmp_path / "notes.txt").write_text("not a claim")
    done = run(
        *(tmp_path / "claims.ndjson", tmp_path / "notes.txt", world.upcoming[0], world.upcoming[0]),
        *("--model", world.model, "--out", tmp_path / "scores.csv"),
    )
    assert done.exit_code == 0
    assert claim["claim_id"] in {row["claim_id"] for row in rows(tmp_path / "scores.csv")}
    for told in ("charge_cents", "odd", "line 2", "claims.ndjson", "notes.txt", "the same file"):
        assert told in done.output
    assert "MEMBER4711" not in done.output


def test_results_can_be_put_where_the_reviewer_sees_them(world, tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/scores.db"
    run(world.upcoming[0], "--model", world.model, "--out", tmp_path / "scores.csv", "--database", url)
    journal = Journal(url)
    page = journal.page(Filter(), number=1, size=1000)
    journal.close()
    scored = {row["claim_id"]: row for row in rows(tmp_path / "scores.csv") if row["line"] == "0"}
    assert {r.claim_id for r in page.results} == set(scored)
    assert {r.expected_denied_cents for r in page.results} == {
        int(row["expected_denied_cents"]) for row in scored.values()
    }


@pytest.mark.parametrize("content", [b"", b"hello", b"{}", b'{"claim": {}}', b"[]"])
def test_nothing_to_score_is_an_error_and_writes_nothing(world, tmp_path, content) -> None:
    (tmp_path / "claims").write_bytes(content)
    with pytest.raises(UnreadableFile):
        run(tmp_path / "claims", "--model", world.model, "--out", tmp_path / "scores.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["claims"]


def test_wrong_ends_are_told(world, tmp_path) -> None:
    with pytest.raises(CleanclaimError, match=r"\.csv"):
        run(world.upcoming[0], "--model", world.model, "--out", tmp_path / "scores.doc")
    with pytest.raises(BundleRefused):
        run(world.upcoming[0], "--model", tmp_path, "--out", tmp_path / "scores.csv")
    with pytest.raises(UnreadableFile):
        run(tmp_path / "nothing.837", "--model", world.model, "--out", tmp_path / "scores.csv")
