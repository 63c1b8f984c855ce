import pytest

from data.store import plan


def sizes(folder, named):
    folder.mkdir(exist_ok=True)
    for name, size in named.items():
        (folder / name).write_bytes(b"x" * size)
    return folder


CASES = {
    "nothing": ({}, []),
    "all in one": ({"a": 10, "b": 20, "c": 30}, [["a", "b", "c"]]),
    "in the order of names, up to the limit": (
        {"c": 60, "a": 50, "b": 50, "d": 41},
        [["a", "b"], ["c"], ["d"]],
    ),
    "a large one alone": ({"a": 10, "b": 500, "c": 10}, [["a"], ["b"], ["c"]]),
    "empty ones too": ({"a": 0, "b": 100, "c": 0}, [["a", "b", "c"]]),
}


@pytest.mark.parametrize(("files", "wanted"), CASES.values(), ids=CASES)
def test_files_go_into_batches_by_size(tmp_path, monkeypatch, files, wanted):
    monkeypatch.setattr(plan, "BATCH_BYTES", 100)
    found = list(plan.batches([sizes(tmp_path / "files", files)]))
    assert [[path.name for path in batch.paths] for batch in found] == wanted
    assert sum(batch.n_bytes for batch in found) == sum(files.values())


def test_a_batch_has_so_many_files_at_most_and_paths_that_lead_nowhere_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "MOST_FILES", 2)
    folder = sizes(tmp_path / "files", {"a": 1, "b": 1, "c": 1})
    first, second = plan.batches([folder, tmp_path / "none"])
    assert [path.name for path in (*first.paths, *second.paths)] == ["a", "b", "c", "none"]
