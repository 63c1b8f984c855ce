"""Damaged files: what was done is written down, and what is whole in them is still read."""

import csv

import numpy as np
import pyarrow.compute as pc
import pytest

from data.errors import InvalidPolicy
from data.readers.x12 import read_x12
from data.simulator import simulate
from data.simulator.damage import DAMAGES, Damage
from data.simulator.files import claims_between
from data.store import Store
from data.writers.claim837 import write_claims

SMALL = {"n_claims": 300, "months": 4, "seed": 8}
HARMLESS = {
    "wrong segment count",
    "other delimiters",
    "lines end with CR LF",
    "byte order mark",
    "IEA missing",
    "Latin-1 letters",
    "twice under two names",
}


@pytest.fixture(scope="module")
def content(world):
    return write_claims(claims_between(world.claim_tables(), 0, 80), control=1)


@pytest.mark.parametrize("kind", DAMAGES)
def test_the_rest_of_a_damaged_file_is_read(content, kind):
    harmed = DAMAGES[kind](content, np.random.default_rng(4))
    assert (harmed.content != content) == (kind != "twice under two names")
    reading = read_x12(harmed.content, source="damaged")
    n = reading.claims.claims.num_rows
    assert n == 80 if kind in HARMLESS else 20 <= n <= 80


def test_a_dropped_segment_is_named(content):
    harmed = DAMAGES["segment dropped"](content, np.random.default_rng(1))
    assert content[harmed.offset :].startswith(harmed.segment.encode())
    assert len(content) > len(harmed.content)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    out = tmp_path_factory.mktemp("damaged")
    return out, simulate(out=out, corrupt=0.4, **SMALL)


def files(out):
    return [path for path in sorted(out.glob("*/*")) if path.suffix in {".837", ".277", ".835"}]


def told(out):
    with (out / "corrupted.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_share_of_the_files_is_damaged_and_said_so(damaged, tmp_path):
    out, truth = damaged
    assert simulate(out=tmp_path / "whole", **SMALL) == truth
    assert not (tmp_path / "whole" / "corrupted.csv").exists()
    n_files, changed, more = 0, set(), set()
    for path in files(out):
        name = path.relative_to(out).as_posix()
        other = tmp_path / "whole" / name
        n_files += other.exists()
        if not other.exists():
            more.add(name)
        elif other.read_bytes() != path.read_bytes():
            changed.add(name)
    rows = told(out)
    assert {row["file"] for row in rows if row["damage"] != "twice under two names"} == changed
    assert {f"{row['file'][:-4]} (1){row['file'][-4:]}" for row in rows} >= more
    assert 0.2 * n_files < len(rows) < 0.6 * n_files
    assert not any(row["file"].startswith("upcoming") for row in rows)


def test_the_same_seed_damages_the_same(damaged, tmp_path):
    out, _ = damaged
    simulate(out=tmp_path / "again", corrupt=0.4, **SMALL)
    assert told(tmp_path / "again") == told(out)
    for path in files(out):
        assert (tmp_path / "again" / path.relative_to(out)).read_bytes() == path.read_bytes()


def test_the_store_keeps_what_is_whole(damaged, tmp_path):
    out, truth = damaged
    store = Store(tmp_path / "store")
    report = store.ingest([out / "claims", out / "statuses", out / "remits"], context=out / "context.csv")
    lines = store.lines()
    sent = pc.sum(pc.invert(truth["in_upcoming"])).as_py()
    assert 0.75 * sent < lines.num_rows <= sent
    assert (
        len(lines.select(["claim_id", "line"]).group_by(["claim_id", "line"]).aggregate([])) == lines.num_rows
    )
    answered = lines.filter(pc.is_valid(lines["label"]))
    both = answered.select(["claim_id", "line", "label"]).join(truth, ["claim_id", "line"])
    wrong = pc.sum(pc.not_equal(both["label"], both["denied"].cast("int8"))).as_py()
    assert both.num_rows > 0.5 * sent
    assert wrong <= 0.01 * both.num_rows
    assert report is not None


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_is_between_0_and_1(share):
    with pytest.raises(InvalidPolicy, match="corrupt"):
        Damage(share, 1)
