import hashlib
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow.parquet as pq
import pytest

from data.errors import CleanclaimError, InvalidPolicy
from data.simulator import simulate
from data.simulator.settings import WorldSettings
from data.simulator.truth import TRUTH
from data.simulator.world import draw_world

SMALL = {"n_claims": 400, "months": 3, "seed": 3}


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("world")
    return out, simulate(out=out, **SMALL)


def test_the_same_seed_gives_the_same_bytes(written, tmp_path):
    out, _ = written
    simulate(out=tmp_path / "again", **SMALL)
    assert digests(tmp_path / "again") == digests(out)


def test_another_seed_gives_another_world(written, tmp_path):
    out, _ = written
    simulate(out=tmp_path / "other", **{**SMALL, "seed": 4})
    assert digests(tmp_path / "other")["truth.parquet"] != digests(out)["truth.parquet"]


def test_the_truth_is_on_disk(written):
    out, truth = written
    assert truth.schema.equals(TRUTH)
    assert pq.read_table(out / "truth.parquet").equals(truth)


def test_a_file_a_week_and_one_upcoming(written):
    out, _ = written
    assert (out / "claims" / "2024-W01.837").is_file()
    assert 13 <= len(list((out / "claims").iterdir())) <= 14
    assert 10 <= len(list((out / "remits").iterdir())) <= 14
    assert [path.name for path in (out / "upcoming").iterdir()] == ["2024-W14.837"]


def test_an_older_world_gives_way(written, tmp_path):
    out, _ = written
    simulate(out=tmp_path / "w", n_claims=300, months=5, seed=9)
    simulate(out=tmp_path / "w", **SMALL)
    assert digests(tmp_path / "w") == digests(out)


def test_files_of_something_else_are_left_alone(tmp_path):
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "real.837").write_text("ours")
    with pytest.raises(CleanclaimError, match="files of something else"):
        simulate(out=tmp_path, **SMALL)
    assert (tmp_path / "claims" / "real.837").read_text() == "ours"
    assert not (tmp_path / "truth.parquet").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CleanclaimError, match="a folder that can be written to"):
        simulate(out=tmp_path / "file" / "world", **SMALL)


def test_progress_is_told(tmp_path):
    told = []
    simulate(
        out=tmp_path / "w", n_claims=60, months=1, seed=1, step=lambda done, total: told.append((done, total))
    )
    assert [done for done, _ in told] == list(range(1, told[-1][1] + 1))


@pytest.mark.parametrize("n_claims", [1, 2, 25])
def test_tiny_worlds_work(tmp_path, n_claims):
    truth = simulate(out=tmp_path / "w", n_claims=n_claims, months=1, seed=5)
    assert len(truth["claim_id"].unique()) >= n_claims


def test_a_world_lasts_a_month_at_least():
    with pytest.raises(InvalidPolicy, match="months"):
        draw_world(n_claims=10, months=0, seed=1)


def test_claims_asked_for_are_sent_before_the_end(world):
    visits, forms = world.claims.visits, world.claims.forms
    first = (forms.frequency == 1) & (visits.number < 3000)
    assert (visits.submitted[first] < world.calendar.end).sum() == 3000
    assert (visits.submitted < world.calendar.last).all()
    assert (visits.submitted > visits.service).all()
    assert (np.diff(visits.submitted) >= 0).all()


def test_settings_change_the_world():
    settings = WorldSettings.load()
    lenient = replace(settings, start=date(2020, 1, 1), answers=replace(settings.answers, never=0.0))
    world = draw_world(n_claims=500, months=2, seed=1, settings=lenient)
    assert world.answered[world.claims.visits.submitted < world.calendar.start + 20].mean() > 0.9
    assert world.truth()["submitted_on"][0].as_py().year == 2020
