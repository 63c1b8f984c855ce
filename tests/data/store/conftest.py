import hashlib

import pytest

from data.simulator import simulate
from data.store import Store


@pytest.fixture(scope="session")
def simulated(tmp_path_factory):
    """A small simulated world in a store, and its files; for tests that only look, or take a copy."""
    folder = tmp_path_factory.mktemp("simulated")
    simulate(n_claims=200, months=3, seed=5, out=folder / "world")
    files = [folder / "world" / name for name in ("claims", "remits")]
    Store(folder / "store").ingest(files, context=folder / "world" / "context.csv")
    return folder


@pytest.fixture(scope="session")
def files_of_world(simulated):
    """The files of the simulated world, one by one."""
    return [path for name in ("claims", "remits") for path in sorted((simulated / "world" / name).iterdir())]


@pytest.fixture(scope="session")
def content():
    """The store by content: every file's path and hash."""

    def of(store):
        files = (path for path in store.rglob("*") if path.is_file())
        return {str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    return of
