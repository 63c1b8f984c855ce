from pathlib import Path

import bundles
import numpy as np
import pytest

from data.errors import BundleRefused
from models.bundle import save
from models.denial import DenialModel
from models.flat import flat
from models.signature import Demand, Signer, make_keys
from models.trees import Forest, read_exact, read_forest
from models.treeshap import Shares
from models.walk import Walk
from tests.models.made_forest import made_forest, made_lines
from tests.models.made_world import fitted, planted

N, PARTS = 120, 4


@pytest.fixture(scope="module")
def small() -> DenialModel:
    return fitted(planted(400))


@pytest.fixture(scope="module")
def sound(small: DenialModel, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("sound") / "model"
    save(small, folder)
    return bundles.contents(folder)


@pytest.mark.parametrize("part", range(PARTS))
def test_damaged_bundles_are_refused_or_answer_soundly(
    part: int, sound: dict[str, bytes], tmp_path: Path
) -> None:
    told = []
    for number in range(part, N, PARTS):
        folder = tmp_path / str(number)
        bundles.write(bundles.damaged(sound, number), folder)
        told.append(bundles.tried(folder))
    assert told.count("refused") > len(told) / 2


def test_no_damaged_bundle_passes_for_a_signed_one(small: DenialModel, tmp_path: Path) -> None:
    make_keys(tmp_path / "me.pem", tmp_path / "me.pub")
    save(small, tmp_path / "model", signer=Signer.load(tmp_path / "me.pem"))
    whole, demand = bundles.contents(tmp_path / "model"), Demand.load(tmp_path / "me.pub")
    for number in range(100):
        files = bundles.damaged(whole, number)
        if files != whole:
            bundles.write(files, tmp_path / f"damaged-{number}")
            assert bundles.tried(tmp_path / f"damaged-{number}", demand) == "refused"


@pytest.mark.parametrize("n_categorical", range(3))
def test_damaged_trees_are_refused_or_answer_soundly(n_categorical: int) -> None:
    rng = np.random.default_rng(n_categorical)
    sound = made_forest(rng, n_trees=3, most_leaves=14, n_categorical=n_categorical).text().encode()
    told = {"refused": 0, "sound": 0}
    for number in range(300):
        try:
            forest = flat(_read(bundles.damaged_tree(sound, number)))
        except (BundleRefused, UnicodeDecodeError):
            told["refused"] += 1
            continue
        told["sound"] += 1
        x = made_lines(rng, 10, forest.n_features, min(n_categorical, forest.n_features))
        shares, raw = Shares.of(forest), Walk.of([forest]).scores(x)[:, 0]
        assert np.isfinite(raw).all()
        away = np.abs(shares.base + shares.contributions(x).sum(axis=1) - raw)
        assert away.max() <= 1e-9 * max(1, np.abs(forest.leaf_value).sum())
    assert min(told.values()) > 20


def _read(content: bytes) -> Forest:
    """The forest, in this version's form where only the form is wrong: so the checks of its numbers are tried."""
    text = content.decode()
    try:
        return read_exact(text, thing="a tree")
    except BundleRefused:
        return read_exact(read_forest(text, thing="a tree").text(), thing="a tree")


def test_the_same_number_damages_alike(sound: dict[str, bytes]) -> None:
    for number in range(20):
        assert bundles.damaged(sound, number) == bundles.damaged(sound, number)
