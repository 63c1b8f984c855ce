import json
import re
import shutil

import pytest

from data.store import Store
from models.settings import ModelSettings
from training.provenance import Data, code_version, lasting
from training.settings import Settings


@pytest.mark.slow
def test_the_same_files_are_the_same_data_wherever_the_store_lies(world, tmp_path):
    shutil.copytree(world.store, tmp_path / "elsewhere")
    here, there = Data.of(Store(world.store)), Data.of(Store(tmp_path / "elsewhere"))
    assert here == there
    listed = json.loads(here.listing)
    assert here.n_files == len(listed["files"])
    assert all(re.fullmatch("[0-9a-f]{64}", file["sha256"]) for file in listed["files"])
    Store(tmp_path / "elsewhere").ingest(world.upcoming)
    assert Data.of(Store(tmp_path / "elsewhere")).digest != here.digest


def test_the_code_is_told_by_version_and_source():
    assert re.fullmatch(r"\S.*\+[0-9a-f]{12}", code_version())
    assert code_version() == code_version()


def test_what_is_lasting_is_what_the_models_bytes_depend_on():
    told = lasting(Settings(models=ModelSettings(threads=1, leaves=6)))
    assert told["models.leaves"] == "6"
    assert told == lasting(Settings(models=ModelSettings(threads=4, leaves=6)))
    assert {name.split(".")[0] for name in told} == {"cohort", "split", "models"}
