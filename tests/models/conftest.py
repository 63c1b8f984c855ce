"""One planted world and one model of it, shared by all tests of this folder and of the laws about models."""

from pathlib import Path

import pyarrow as pa
import pytest

from models.bundle import save
from models.denial import DenialModel
from models.sample import Sample
from tests.models.made_world import fitted, planted, sample_of


@pytest.fixture(scope="session")
def world() -> pa.Table:
    return planted()


@pytest.fixture(scope="session")
def model(world: pa.Table) -> DenialModel:
    return fitted(world)


@pytest.fixture(scope="session")
def unseen(model: DenialModel) -> Sample:
    return sample_of(planted(400, seed=99), model.state)


@pytest.fixture(scope="session")
def bundle(model: DenialModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "first"
    save(model, folder)
    return folder
