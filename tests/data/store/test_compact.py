import pyarrow.parquet as pq
import pytest

from data.store import Store, compact
from data.store.check import check
from data.store.manifest import load


@pytest.fixture(scope="module")
def files(files_of_world):
    """A month's claims and their first answers."""
    claims, remits = ([p for p in files_of_world if p.suffix == kind] for kind in (".837", ".835"))
    return [*claims[:4], *remits[:4]]


@pytest.fixture(scope="module")
def fed_daily(files, tmp_path_factory):
    """Stores fed a file at a time: one whose parts are put together, and one whose are not."""
    stores, usual = [], compact.MOST_PARTS
    for most in (1000, 2):
        compact.MOST_PARTS = most
        stores.append(Store(tmp_path_factory.mktemp("fed") / "store"))
        for path in files:
            stores[-1].ingest([path])
    compact.MOST_PARTS = usual
    return stores


def test_small_parts_become_few_and_hold_the_same_rows_in_the_same_order(fed_daily):
    many, few = fed_daily
    for name in ("claims", "lines", "remits", "adjustments", "unused_counts"):
        by_month = {}
        for path in load(few.path).parts[name]:
            by_month.setdefault(path.rpartition("/")[0], []).append(path)
        assert max(map(len, by_month.values())) <= 2
        assert len(load(many.path).parts[name]) > len(load(few.path).parts[name])
        mine, theirs = (store.table(name) for store in fed_daily)
        key = [(mine.column_names[0], "ascending")]
        assert mine.num_rows == theirs.num_rows
        assert mine.sort_by(key).equals(theirs.sort_by(key))
    assert many.lines().equals(few.lines())
    assert check(few.path).faults == ()


def test_a_compacted_store_needs_no_deriving(fed_daily, files, content):
    _, few = fed_daily
    before = content(few.path)
    assert few.ingest(files).files == 0
    assert content(few.path) == before


SIZES = {
    "few": ([10] * 4, []),
    "many small ones": ([10] * 6, [[0, 1, 2, 3, 4, 5]]),
    "no larger than allowed": ([30] * 6, [[0, 1, 2], [3, 4, 5]]),
    "a large one parts them": ([10, 10, 60, 10, 10, 10], [[0, 1], [3, 4, 5]]),
    "large ones only": ([60] * 6, []),
}


@pytest.mark.parametrize(("sizes", "wanted"), SIZES.values(), ids=SIZES)
def test_which_parts_are_put_together(tmp_path, monkeypatch, sizes, wanted):
    for name, value in (("MOST_PARTS", 4), ("LARGE", 50), ("MOST_BYTES", 100)):
        monkeypatch.setattr(compact, name, value)
    paths = [f"claims/month=2026-01/{n}.parquet" for n in range(len(sizes))]
    (tmp_path / paths[0]).parent.mkdir(parents=True)
    for path, size in zip(paths, sizes, strict=True):
        (tmp_path / path).write_bytes(b"x" * size)
    assert list(compact._bins(tmp_path, paths)) == [[paths[n] for n in run] for run in wanted]


def test_row_groups_are_filled_across_parts(fed_daily, monkeypatch):
    monkeypatch.setattr(compact, "GROUP_ROWS", 50)
    store, _ = fed_daily
    paths = load(store.path).parts["claims"]
    [merged] = compact.MergeParts(str(store.path), "claims", paths).run().paths
    groups = pq.read_metadata(store.path / merged)
    sizes = [groups.row_group(n).num_rows for n in range(groups.num_row_groups)]
    assert sum(sizes) == store.table("claims").num_rows
    (store.path / merged).unlink()
    assert all(size == 50 for size in sizes[:-1])
