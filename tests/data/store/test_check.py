import fcntl
import json
import shutil

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from data.errors import StoreError
from data.store import Store
from data.store.check import check
from data.store.derived import signed
from data.store.manifest import Manifest, load
from data.store.parts import write_part


@pytest.fixture
def copy(simulated, tmp_path):
    """A copy of the simulated world's store, to be damaged."""
    return shutil.copytree(simulated / "store", tmp_path / "store")


def parts(folder, name):
    return sorted((folder / name).rglob("*.parquet"))


def things(folder):
    return [(fault.thing, fault.found) for fault in check(folder).faults]


def replaced(folder, name, change):
    """The store with the first part of a table changed, under its right name and listed: only its rows tell."""
    manifest = load(folder)
    derived = manifest.derived
    old = (derived.parts if name in derived.parts else manifest.parts)[name][0]
    table = change(pq.ParquetFile(folder / old).read())
    new = write_part(folder, old.rpartition("/")[0], table)
    (folder / old).unlink()
    text = (folder / "manifest.json").read_text().replace(old, new)
    record = json.loads(text)
    (folder / "manifest.json").write_text(text)
    manifest = load(folder)
    record["derived"]["source"] = signed(manifest, derived.made_from, manifest.labelled_by())
    (folder / "manifest.json").write_text(json.dumps(record))


def test_a_store_as_it_was_made_is_whole(simulated):
    checked = check(simulated / "store")
    assert checked.faults == ()
    assert checked.n_parts == len(list((simulated / "store").rglob("*.parquet")))
    assert checked.n_rows > 1000


def test_looking_changes_nothing(copy):
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    check(copy)
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", ["claims", "adjustments", "context", "derived"])
def test_a_part_that_is_gone_or_has_one_byte_changed_is_named(copy, name):
    part = parts(copy, name)[0]
    path = str(part.relative_to(copy))
    content = part.read_bytes()
    part.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    [(thing, found)] = things(copy)
    assert (thing, found.startswith("other content")) == (path, True)
    part.unlink()
    assert things(copy) == [(path, "no such file")]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("claims/x.parquet", "sweeps it away"), ("notes.txt", "nothing that isn't the store's")],
)
def test_a_file_that_no_manifest_lists_is_named(copy, name, wanted):
    (copy / name).write_bytes(b"x")
    [fault] = check(copy).faults
    assert fault.thing == name
    assert wanted in fault.wanted


ROWS = {
    "a claim twice": (
        "claims",
        lambda t: pa.concat_tables([t, t.slice(0, 1)]),
        [("claims", "rows"), ("claims", "1 rows with the claim_key of another")],
    ),
    "a claim gone": ("claims", lambda t: t.slice(1), [("claims", "rows"), ("lines", "rows of 1 claim_keys")]),
    "a line gone": ("lines", lambda t: t.slice(1), [("lines", "rows")]),
    "remits gone": (
        "remits",
        lambda t: t.slice(2),
        [
            ("remits", "rows"),
            ("services", "rows of 2 remit_keys"),
            ("adjustments", "rows of"),
        ],
    ),
    "labels turned around": (
        "outcomes",
        lambda t: t.set_column(3, "outcome", pa.array(["paid"] * t.num_rows)),
        [("outcomes", "rows that differ")],
    ),
    "an outcome gone": (
        "outcomes",
        lambda t: t.slice(0, t.num_rows - 1),
        [("outcomes", "1 rows that differ")],
    ),
}


@pytest.mark.parametrize(("name", "change", "wanted"), ROWS.values(), ids=ROWS)
def test_rows_that_are_wrong_in_parts_that_look_right(copy, name, change, wanted):
    replaced(copy, name, change)
    told = things(copy)
    for thing, found in wanted:
        assert any(thing == t and found in f for t, f in told), told
    if name == "outcomes":
        assert [thing for thing, _ in told] == ["outcomes"]


def test_as_many_differ_as_were_changed(copy):
    held = pq.ParquetFile(parts(copy, "derived/outcomes")[0]).read()
    n_denied = pc.sum(pc.equal(held["outcome"], "denied")).as_py()

    def deny_nothing(table):
        outcome = pc.if_else(pc.equal(table["outcome"], "denied"), "paid", table["outcome"])
        return table.set_column(3, "outcome", outcome)

    replaced(copy, "outcomes", deny_nothing)
    assert things(copy) == [("outcomes", f"{n_denied:,} rows that differ")]


def test_outcomes_of_another_day_are_told_as_such(copy):
    record = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(record | {"derived": None}))
    told = dict(things(copy))
    assert told["outcomes"] == "derived from other parts, or not at all"


def test_a_users_policy_is_what_outcomes_are_checked_by(copy, simulated, policy_with):
    policy = policy_with(non_denial={"information": ["246", "101", "197"]})
    Store(copy, policy).ingest([simulated / "world" / "claims"])
    assert check(copy).faults == ()
    record = json.loads((copy / "manifest.json").read_text())
    del record["rules"]
    (copy / "manifest.json").write_text(json.dumps(record))
    assert things(copy) == [("the denial policy", "only its name")]


def test_no_store_and_an_ingest_at_work_are_failures(copy, tmp_path):
    with pytest.raises(StoreError, match="no store"):
        check(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    with (copy / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="an ingest at work"):
            check(copy)


def test_a_store_without_lines_is_whole(tmp_path):

    (tmp_path / "store").mkdir()
    Manifest().save(tmp_path / "store")
    assert check(tmp_path / "store").faults == ()
