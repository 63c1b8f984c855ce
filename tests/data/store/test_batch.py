import gzip
import zipfile
from dataclasses import asdict

import pyarrow as pa
import pytest

from data.errors import UnreadableFile
from data.store import Store, batch
from data.store.batch import ReadBatch
from data.store.manifest import SourceFile, load
from data.store.parts import read_parts


def taken(folder, *paths, **more):
    return ReadBatch(str(folder), [str(path) for path in paths], **more).run()


def test_files_are_read_written_and_counted(files_of_world, tmp_path):
    held = taken(tmp_path, *files_of_world[:2])
    assert held.sources == [str(path) for path in files_of_world[:2]]
    assert [file.sha256 for file in held.files] == held.seen
    assert [file.bytes for file in held.files] == [path.stat().st_size for path in files_of_world[:2]]
    for file in held.files:
        assert file.segments == file.used + file.listed > 100
        assert (file.state, file.rejected, file.remits) == ("read", 0, 0)
    counted = read_parts(tmp_path, batch.UNUSED_COUNTS, held.parts["unused_counts"])
    for file in held.files:
        mine = [row["n_segments"] for row in counted.to_pylist() if row["sha256"] == file.sha256]
        assert sum(mine) == file.listed


def test_the_answer_comes_back_from_json_as_it_was(files_of_world, tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    job = ReadBatch(str(tmp_path), [str(files_of_world[0]), str(tmp_path / "empty")])
    held = job.run()
    assert len(held.refused) == 1
    assert job.parse(asdict(held)) == held


def test_the_same_parts_whatever_is_known_of_others(files_of_world, tmp_path):
    first = taken(tmp_path, *files_of_world[:2])
    again = taken(tmp_path, *files_of_world[:2], known=["0" * 64])
    assert first == again


def test_one_content_under_several_names_is_taken_once(files_of_world, tmp_path):
    path = files_of_world[0]
    (tmp_path / "copy.gz").write_bytes(gzip.compress(path.read_bytes()))
    with zipfile.ZipFile(tmp_path / "copy.zip", "w") as archive:
        archive.write(path, "a.837")
        archive.write(path, "b.837")
    held = taken(tmp_path, path, tmp_path / "copy.gz", tmp_path / "copy.zip")
    assert (len(held.files), len(held.sources), len(held.seen)) == (1, 4, 4)


def test_a_file_that_breaks_off_amid_its_pieces_is_left_out_as_a_whole(files_of_world, tmp_path, monkeypatch):
    """No reader does so today but for a disk that fails; nothing of such a file may stay."""
    from dataclasses import replace

    good, bad = files_of_world[:2]
    whole = batch.read_pieces

    def failing(path, **more):
        for piece in whole(path, **more):
            if path == bad:
                yield replace(piece, is_last=False)
                yield UnreadableFile(str(path), found="an input/output error", wanted="a readable file")
            else:
                yield piece

    monkeypatch.setattr(batch, "read_pieces", failing)
    held = taken(tmp_path, bad, good, rows=1)
    assert [refused.thing for refused in held.refused] == [str(bad)]
    assert held.sources == [str(bad), str(good)]
    monkeypatch.undo()
    alone = taken(tmp_path, good, rows=1)
    assert (held.files, held.parts) == (alone.files, alone.parts)


@pytest.mark.parametrize("rows", [1, 20, 10_000])
def test_parts_are_written_when_enough_rows_have_gathered(files_of_world, tmp_path, rows):
    held = taken(tmp_path, *files_of_world, rows=rows)
    tables = {name: read_parts(tmp_path, batch.SCHEMAS[name], paths) for name, paths in held.parts.items()}
    assert tables["claims"].num_rows == sum(file.claims for file in held.files)
    assert tables["adjustments"].num_rows == sum(file.adjustments for file in held.files)
    assert (len(held.parts["claims"]) > 5) is (rows < 100)


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        ({}, "nothing in it"),
        ({"rejected": 1}, "nothing in it"),
        ({"remits": 1}, "read"),
        ({"statuses": 1}, "read"),
        ({"claims": 1, "rejected": 2}, "read in part"),
    ],
)
def test_what_became_of_a_file(counts, state):
    assert SourceFile("0", **counts).state == state


def test_what_nothing_here_reads_is_listed_by_kind(files_of_world, tmp_path):
    store = Store(tmp_path / "store")
    store.ingest(files_of_world[:3], rejects=tmp_path / "rejects")
    head, *rows = (tmp_path / "rejects" / "unused.csv").read_text().splitlines()
    assert head == "segment,what it tells,why it was left,segments,files"
    listed = sum(file.listed for file in load(store.path).files)
    assert sum(int(row.split(",")[-2]) for row in rows) == listed > 0
    assert any(row.startswith("N3,a street address,") for row in rows)
    assert all(int(row.split(",")[-1]) <= 3 for row in rows)
    assert pa.compute.sum(store.table("unused_counts")["n_segments"]).as_py() == listed
