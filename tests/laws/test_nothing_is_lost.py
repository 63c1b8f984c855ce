"""Law 7: claims in = claims stored + claims rejected with a reason; a kill at any moment, then the same command again,
ends in the same store.
"""

import contextlib
import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import data.store.batch
import data.store.plan
from data.simulator import simulate
from data.store import Store
from data.store.derive import DERIVED

INGESTS = """
import os
import sys
from pathlib import Path

import data.store.batch
import data.store.plan
from data.readers.files import read_files
from data.store import Store

data.store.batch.ROWS, data.store.plan.BATCH_BYTES = 150, 40_000
files = [Path(path) for path in sys.argv[1:]]
next(read_files(files))
for line in sys.stdin:
    workers, store = line.split(maxsplit=1)
    child = os.fork()
    if child == 0:
        Store(store.strip()).ingest(files, workers=int(workers))
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""
"""Ingests into each store named on its standard input, each in a process of its own; says its number and its end."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A small world's files: claims, remits and context."""
    folder = tmp_path_factory.mktemp("world")
    simulate(n_claims=150, months=3, seed=11, out=folder)
    return folder


@pytest.fixture
def small_batches(monkeypatch):
    """Batches of a few claims, so that a small ingest has many moments to be killed in."""
    monkeypatch.setattr(data.store.batch, "ROWS", 150)
    monkeypatch.setattr(data.store.plan, "BATCH_BYTES", 40_000)


def content(store):
    """The store by content: every file's path and hash."""
    files = (path for path in store.rglob("*") if path.is_file())
    return {str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def segments(path, name):
    """How many segments of a kind a file has, counted without our reader."""
    return len(re.findall(rb"(?:^|[~\s])%s\*" % name, path.read_bytes()))


def test_claims_in_are_claims_stored(world, tmp_path):
    store = Store(tmp_path / "store")
    report = store.ingest([world / "claims", world / "remits"], context=world / "context.csv")
    claims, remits = sorted((world / "claims").iterdir()), sorted((world / "remits").iterdir())
    assert report.files == len(claims) + len(remits)
    assert report.claims == store.claims().claims.num_rows == sum(segments(path, b"CLM") for path in claims)
    assert report.lines == store.claims().lines.num_rows == sum(segments(path, b"LX") for path in claims)
    assert report.remits == store.remits().remits.num_rows == sum(segments(path, b"CLP") for path in remits)
    assert report.linked + report.ambiguous + report.unmatched == report.remits
    assert report.rejected == 0


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1), junk=st.sampled_from([b"", b"~", b"CLM*", b"\x00\xff", b"~CLM~", b"ISA*"]))
def test_damaged_files_lose_no_claim_in_silence(world, tmp_path_factory, share, junk):
    whole = sorted((world / "claims").iterdir())[1].read_bytes()
    cut = int(share * len(whole))
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "cut.837").write_bytes(whole[:cut] + junk)
    (folder / "rest.837").write_bytes(whole[:106] + junk + whole[cut:])
    for path in sorted(folder.iterdir()):
        store, rejects = Store(folder / f"{path.stem}-store"), folder / f"{path.stem}-rejects"
        report = store.ingest([path], rejects=rejects)
        listed = (rejects / "rejects.csv").read_text().splitlines()[1:]
        assert report.rejected == len(listed)
        if report.files == 0:
            assert report.rejected == 1
            continue
        kept = set(store.claims().claims["offset"].to_pylist())
        refused = {int(row.split(",")[-3]) for row in listed if row.split(",")[-2] == "CLM"}
        assert len(kept | refused) == segments(path, b"CLM") or report.rejected > 0
        assert report.claims == len(kept)
        assert report.claims or report.rejected


@pytest.fixture(scope="module")
def ingests(world):
    """Starts ingests of the world in processes of their own: loading and compiling is done once."""
    command = [sys.executable, "-c", INGESTS, str(world / "claims"), str(world / "remits")]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.stdin.close()


def killed(ingests, store, moment, workers):
    """Start an ingest, kill it as soon as `moment` has come, and say whether the kill was what ended it."""
    ingests.stdin.write(f"{workers} {store}\n")
    ingests.stdin.flush()
    child = int(ingests.stdout.readline())
    with contextlib.suppress(ProcessLookupError):
        while not moment(store):
            os.kill(child, 0)
            time.sleep(0.0005)
        os.kill(child, signal.SIGKILL)
    return int(ingests.stdout.readline()) == signal.SIGKILL


def n_parts(store):
    return sum(path.suffix == ".parquet" for path in store.rglob("*")) if store.exists() else 0


MOMENTS = {
    "before the first part": lambda store: (store / ".lock").exists(),
    "amid the first batch": lambda store: n_parts(store) >= 3,
    "after the first manifest": lambda store: (store / "manifest.json").exists(),
    "amid a later batch": lambda store: n_parts(store) >= 20,
    "amid what is derived": lambda store: (store / "derived").exists(),
}
KILLS = {name: (moment, 1) for name, moment in MOMENTS.items()} | {
    f"{name}, with workers": (MOMENTS[name], 2) for name in ("amid a later batch", "amid what is derived")
}


@pytest.mark.parametrize(("moment", "workers"), KILLS.values(), ids=KILLS)
def test_a_kill_at_any_moment_and_the_same_command_again_end_in_the_same_store(
    world, whole_store, ingests, tmp_path, moment, workers, small_batches
):
    store = tmp_path / "store"
    assert killed(ingests, store, moment, workers), "the ingest ended before it could be killed"
    Store(store).ingest([world / "claims", world / "remits"], workers=1)
    assert content(store) == whole_store


@pytest.fixture(scope="module")
def whole_store(world, tmp_path_factory):
    """What an ingest that nobody disturbs ends in, by content."""
    store = tmp_path_factory.mktemp("whole") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data.store.batch, "ROWS", 150)
        patch.setattr(data.store.plan, "BATCH_BYTES", 40_000)
        Store(store).ingest([world / "claims", world / "remits"], workers=1)
    return content(store)


def test_twice_is_once(world, tmp_path):
    store, files = Store(tmp_path / "store"), [world / "claims", world / "remits"]
    store.ingest(files, context=world / "context.csv")
    before = content(store.path)
    assert store.ingest(files, context=world / "context.csv").claims == 0
    assert content(store.path) == before


def test_labels_do_not_depend_on_the_order_of_files(world, tmp_path):
    forwards, backwards = Store(tmp_path / "forwards"), Store(tmp_path / "backwards")
    files = [*sorted((world / "claims").iterdir()), *sorted((world / "remits").iterdir())]
    forwards.ingest(files)
    third = len(files) // 3
    for some in (files[2 * third :], files[third : 2 * third], files[:third]):
        backwards.ingest(some[::-1])
    assert backwards.lines().equals(forwards.lines())
    for name in DERIVED:
        assert backwards.table(name).equals(forwards.table(name)), name
