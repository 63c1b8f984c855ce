"""Worker processes: what they do equals what one process does, and no end of theirs goes unnoticed."""

import fcntl
import os
import signal
import time

import pytest

from data.errors import StoreError
from data.store import Store, plan
from data.store.batch import ReadBatch
from data.store.compact import MergeParts
from data.store.crew import Crew


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """A folder with a lock, and two workers that hold it."""
    folder = tmp_path_factory.mktemp("crew")
    with (folder / ".lock").open("w") as lock, Crew(2, lock.fileno()) as crew:
        yield folder, crew


def jobs(folder, files):
    return [ReadBatch(str(folder), [str(path)]) for path in files]


def test_answers_come_in_the_order_of_the_jobs_as_if_done_here(held, files_of_world, tmp_path):
    folder, crew = held
    found = list(crew.map(jobs(folder, files_of_world), aside=True))
    assert found == [job.run() for job in jobs(tmp_path, files_of_world)]


@pytest.mark.parametrize("aside", [False, True])
def test_a_failure_is_told_as_thing_found_and_wanted(held, aside):
    folder, crew = held
    (folder / "claims").mkdir(exist_ok=True)
    (folder / "claims" / "bad.parquet").write_bytes(b"nothing")
    with pytest.raises(StoreError, match="found a damaged part, wanted the file as it was written"):
        list(crew.map([MergeParts(str(folder), "claims", ["claims/bad.parquet"])] * 2, aside=aside))


def test_workers_end_with_the_process_that_started_them(tmp_path):
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        parent = os.fork()
        if parent == 0:
            crew = Crew(1, lock.fileno())
            from data.store.crew import _Worker

            crew._workers = [_Worker(lock.fileno())]
            (tmp_path / "pid").write_text(str(crew._workers[0]._process.pid))
            (tmp_path / "pid").rename(tmp_path / "worker")
            time.sleep(60)
            os._exit(0)
        while not (tmp_path / "worker").exists():
            time.sleep(0.01)
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
    # The lock that the worker holds is free when it is gone.
    deadline = time.monotonic() + 20
    with (tmp_path / ".lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                assert time.monotonic() < deadline, "a worker outlived its parent"
                time.sleep(0.02)


def test_an_ingest_with_workers_makes_the_same_store(files_of_world, tmp_path, content, monkeypatch):
    monkeypatch.setattr(plan, "BATCH_BYTES", 100_000)
    reports = [Store(tmp_path / str(n)).ingest(files_of_world, workers=n) for n in (1, 2)]
    assert reports[0] == reports[1]
    assert content(tmp_path / "1") == content(tmp_path / "2")


def test_the_same_content_in_two_batches_is_taken_once(files_of_world, tmp_path, content, monkeypatch):
    monkeypatch.setattr(plan, "BATCH_BYTES", 1)
    (tmp_path / "copies").mkdir()
    for n in range(3):
        (tmp_path / "copies" / f"{n}.837").write_bytes(files_of_world[0].read_bytes())
    store = Store(tmp_path / "store")
    report = store.ingest([tmp_path / "copies"], workers=1)
    assert (report.files, report.skipped) == (1, 0)
    assert store.stats().claims == report.claims


def test_a_killed_worker_is_told(held, files_of_world):
    """The last one: the workers are gone then."""
    folder, crew = held
    answers = crew.map(jobs(folder, files_of_world), aside=True)
    next(answers)
    for worker in crew._workers:
        os.kill(worker._process.pid, signal.SIGKILL)
    with pytest.raises(StoreError, match="the same command again goes on"):
        list(answers)
    assert crew._workers == []
