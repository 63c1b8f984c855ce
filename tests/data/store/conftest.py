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
