"""A whole small world - files, a store of them, a model - made once for every test that walks the whole way."""

from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class World:
    """Folders of a small world: its files, a store of them, a model learnt from it."""

    files: Path
    store: Path
    model: Path

    @property
    def upcoming(self) -> list[Path]:
        """Files of the week after the world's end: none of their claims is answered."""
        return sorted((self.files / "upcoming").glob("*.837"))

    @property
    def context(self) -> Path:
        return self.files / "context.csv"


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """3,000 claims of a year, and a small model of them. Read only."""
    # Imported here: tests that need no world don't wait for what makes one.
    from data.simulator import simulate
    from data.store import Store
    from models.bundle import save
    from models.settings import ModelSettings
    from training.fit import fit
    from training.settings import Settings

    folder = tmp_path_factory.mktemp("world")
    made = World(folder / "files", folder / "store", folder / "model")
    simulate(n_claims=3000, months=12, seed=7, out=made.files)
    store = Store(made.store)
    store.ingest([made.files / "claims", made.files / "remits"], context=made.context)
    small = Settings(models=ModelSettings(trees=25, leaves=7, min_positives=60))
    save(fit(store, store.newest_remit_on(), small, policy="default 1"), made.model)
    return made


@pytest.fixture(scope="session")
def earlier_model(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model of what was known by the end of August: four months of claims came after it. Read only."""
    from datetime import date

    from data.store import Store
    from models.bundle import save
    from models.settings import ModelSettings
    from training.fit import fit
    from training.settings import Settings

    folder = tmp_path_factory.mktemp("earlier") / "model"
    store = Store(world.store)
    small = Settings(models=ModelSettings(trees=10, leaves=7, min_positives=60))
    save(fit(store, date(2024, 8, 31), small, policy=store.policy.title), folder)
    return folder
