"""Law 4: a bundle replays its golden claims at load, or refuses to load."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from data.errors import BundleRefused
from models.bundle import load, save
from models.denial import DenialModel
from models.written import text_of
from tests.models.made_world import fitted, planted
from tests.models.test_bundle import resealed


@pytest.fixture(scope="module")
def model() -> DenialModel:
    return fitted(planted())


@pytest.fixture(scope="module")
def bundle(model: DenialModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden") / "model"
    save(model, folder)
    return folder


def changed(bundle: Path, folder: Path, change) -> Path:
    """A copy of the bundle whose golden claims were changed, with every hash right."""
    shutil.copytree(bundle, folder)
    golden = json.loads((folder / "golden.json").read_bytes())
    change(golden)
    (folder / "golden.json").write_text(text_of(golden))
    resealed(folder)
    return folder


def another_score(golden) -> None:
    golden["probability"][3] += 1e-6


def another_hazard(golden) -> None:
    golden["hazards"][0][0] *= 1.0001


def another_feature(golden) -> None:
    row = golden["features"][0]
    place = next(i for i, value in enumerate(row) if value not in (None, 0))
    row[place] += 1


def a_known_feature_unknown(golden) -> None:
    row = golden["features"][0]
    row[next(i for i, value in enumerate(row) if value is not None)] = None


def another_claim(golden) -> None:
    golden["lines"][0]["charge_cents"] += 100_000


def one_line_less(golden) -> None:
    golden["lines"].pop()


def other_features(golden) -> None:
    golden["names"][0], golden["names"][1] = golden["names"][1], golden["names"][0]


CHANGES = (
    another_score,
    another_hazard,
    another_feature,
    a_known_feature_unknown,
    another_claim,
    one_line_less,
    other_features,
)


@pytest.mark.parametrize("change", CHANGES)
def test_a_difference_refuses_the_bundle(change, bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleRefused, match=r"golden\.json"):
        load(changed(bundle, tmp_path / "model", change))


def test_the_unchanged_bundle_loads(bundle: Path, tmp_path: Path) -> None:
    load(changed(bundle, tmp_path / "model", lambda golden: None))


def test_another_model_behind_the_same_golden_claims_is_refused(bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(bundle, folder)
    calibration = json.loads((folder / "calibration.json").read_bytes())
    calibration["offsets"][0] += 0.01
    (folder / "calibration.json").write_text(text_of(calibration))
    resealed(folder)
    with pytest.raises(BundleRefused, match="replayed"):
        load(folder)


def test_another_history_behind_the_same_golden_claims_is_refused(
    model: DenialModel, bundle: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(bundle, folder)
    shutil.rmtree(folder / "history")
    table = planted(300, seed=5)
    assert isinstance(table, pa.Table)
    model.state.with_history(table).save(folder / "history")
    resealed(folder)
    with pytest.raises(BundleRefused, match="replayed"):
        load(folder)
