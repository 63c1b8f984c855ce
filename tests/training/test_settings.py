from pathlib import Path

import pytest

from data.errors import InvalidPolicy
from training.settings import Settings


def written(folder: Path, text: str) -> Path:
    path = folder / "cleanclaim.toml"
    path.write_text(text)
    return path


def test_without_a_file_the_defaults_hold():
    assert Settings.load(None) == Settings()


def test_a_file_sets_what_it_names(tmp_path):
    found = Settings.load(
        written(tmp_path, "[training]\nmonths = 18\ngap_days = 3\n[models]\nleaves = 31\nseed = 3\n")
    )
    assert (found.months, found.gap_days, found.models.leaves, found.models.seed) == (18, 3, 31, 3)
    assert found.calibrate_share == Settings().calibrate_share


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (
            "[training]\ncalibrate_shar = 0.1",
            r"calibrate_shar: found an unknown key, wanted calibrate_share\?",
        ),
        ("[models]\nleafs = 3", r"leafs: found an unknown key, wanted leaves\?"),
        ("[trainings]\nmonths = 1", r"trainings: found an unknown key, wanted training\?"),
        ("zebra = 1", "zebra: found an unknown key, wanted one of models, training"),
        ("training = 3", r"training: found 3, wanted a table \[training\]"),
        ("[training]\nmonths = 'six'", "months: found 'six', wanted a whole number"),
        ("[training]\nmonths = true", "months: found True, wanted a whole number"),
        ("[training]\ncalibrate_share = 0.9", "calibrate_share: found 0.9, wanted between 0.05 and 0.5"),
        ("[training", "cleanclaim.toml: found .*, wanted TOML"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text, match):
    with pytest.raises(InvalidPolicy, match=match):
        Settings.load(written(tmp_path, text))


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InvalidPolicy, match=r"none.toml: found No such file .*, wanted a readable file"):
        Settings.load(tmp_path / "none.toml")
