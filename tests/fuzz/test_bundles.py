from pathlib import Path

import bundles
import pytest

from models.bundle import save
from models.denial import DenialModel
from models.signature import Demand, Signer, make_keys
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


def test_the_same_number_damages_alike(sound: dict[str, bytes]) -> None:
    for number in range(20):
        assert bundles.damaged(sound, number) == bundles.damaged(sound, number)
