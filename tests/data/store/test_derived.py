"""What is derived depends on what came in and on the policy, not on the way it came in."""

import pytest

from data.denial_policy import DenialPolicy
from data.store import Store, slices
from data.store.check import check
from data.store.derive import DERIVED
from data.store.manifest import load


def derived(store):
    return {name: store.table(name) for name in DERIVED}


@pytest.fixture(scope="module")
def whole(simulated):
    return derived(Store(simulated / "store"))


ROUTES = {
    "remits before claims": lambda files: [files[::-1]],
    "answers a week at a time": lambda files: [
        [file for file in files if file.suffix == ".837"],
        *([file] for file in files if file.suffix == ".835"),
    ],
    "every other file first": lambda files: [files[::2], files[1::2], files],
}


@pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES)
def test_every_route_ends_in_the_same_rows(files_of_world, whole, tmp_path, route):
    store = Store(tmp_path / "store")
    for some in route(files_of_world):
        store.ingest(some)
    for name, table in derived(store).items():
        assert table.equals(whole[name]), name
    assert check(tmp_path / "store").faults == ()


def test_derived_parts_are_the_same_files_whatever_the_route(simulated, files_of_world, tmp_path):
    for path in files_of_world[::-1]:
        Store(tmp_path / "store").ingest([path])
    names = [
        {path: path for paths in load(folder).derived.parts.values() for path in paths}
        for folder in (tmp_path / "store", simulated / "store")
    ]
    assert names[0] == names[1]


@pytest.mark.parametrize("size", [40, 150])
def test_slices_of_any_size_give_the_same(files_of_world, whole, tmp_path, monkeypatch, size):
    monkeypatch.setattr(slices, "SLICE", size)
    store = Store(tmp_path / "store")
    for some in (files_of_world[:20], files_of_world):
        store.ingest(some, workers=1)
    for name, table in derived(store).items():
        assert table.equals(whole[name]), name


def test_another_policy_derives_in_memory_what_it_would_store(
    files_of_world, tmp_path, policy_with, monkeypatch
):
    monkeypatch.setattr(slices, "SLICE", 100)
    policy = policy_with(non_denial={"information": ["246", "101", "197"]})
    store = Store(tmp_path / "store")
    store.ingest(files_of_world, workers=1)
    asked = {name: Store(store.path, policy).table(name) for name in ("outcomes", "later", "linked")}
    Store(store.path, policy).ingest(files_of_world, workers=1)
    for name, table in asked.items():
        assert table.equals(store.table(name)), name
    assert not asked["outcomes"].equals(Store(store.path, DenialPolicy.load()).table("outcomes"))


def test_only_months_that_were_touched_are_written_anew(files_of_world, tmp_path):
    store = Store(tmp_path / "store")
    store.ingest(files_of_world[:-1])
    before = load(store.path).derived.parts["outcomes"]
    report = store.ingest(files_of_world)
    assert report.linked == report.remits > 0
    after = load(store.path).derived.parts["outcomes"]
    kept = set(before) & set(after)
    assert 0 < len(kept) < len(after)
