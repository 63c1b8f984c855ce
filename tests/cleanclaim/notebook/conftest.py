from collections.abc import Callable

import pandas as pd
import pytest

from cleanclaim import Claims, Model, Store, load_model, read_claims


@pytest.fixture(scope="session")
def store(world) -> Store:
    """The small world's store, asked as a notebook would."""
    return Store(world.store)


@pytest.fixture(scope="session")
def model(world) -> Model:
    return load_model(world.model)


@pytest.fixture(scope="session")
def upcoming(world) -> Claims:
    return read_claims(world.files / "upcoming")


@pytest.fixture(scope="session")
def truth(world) -> pd.DataFrame:
    return pd.read_parquet(world.files / "truth.parquet")


@pytest.fixture
def kinds() -> Callable[[pd.DataFrame, tuple[str, ...]], list[str]]:
    """Types of some columns, as text."""
    return lambda rows, names: [str(rows[name].dtype) for name in names]
