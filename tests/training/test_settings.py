import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from data.errors import InvalidPolicy
from training.settings import STAGES, Settings


def written(folder: Path, text: str) -> Path:
    path = folder / "cleanclaim.toml"
    path.write_text(text)
    return path


def test_without_a_file_the_defaults_hold():
    assert Settings.load(None) == Settings()


def test_a_file_sets_what_it_names(tmp_path):
    found = Settings.load(
        written(
            tmp_path,
            "[cohort]\nmonths = 18\n[split]\ngap_days = 3\n[models]\nleaves = 31\nseed = 3\n[tune]\nminutes = 5\n",
        )
    )
    assert (found.cohort.months, found.split.gap_days) == (18, 3)
    assert (found.models.leaves, found.models.seed) == (31, 3)
    assert (found.tune.minutes, found.tune.trials) == (5, 0)
    assert found.split.calibrate_share == Settings().split.calibrate_share


def test_every_setting_of_every_stage_is_told():
    told = Settings().flat()
    assert {name.split(".")[0] for name in told} == {stage.name for stage in fields(Settings)}
    assert (told["cohort.months"], told["models.seed"], told["tune.folds"]) == ("0", "7", "3")


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_a_stage_is_of_plain_values_that_toml_can_say(stage):
    assert {type(f.default) for f in fields(STAGES[stage])} <= {int, float, str, bool}


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (
            "[split]\ncalibrate_shar = 0.1",
            r"settings, split, calibrate_shar: found an unknown key, wanted calibrate_share\?",
        ),
        ("[models]\nleafs = 3", r"leafs: found an unknown key, wanted leaves\?"),
        ("[cohorts]\nmonths = 1", r"cohorts: found an unknown key, wanted cohort\?"),
        (
            "zebra = 1",
            "zebra: found an unknown key, wanted one of cohort, evaluate, gates, models, monitor, split, tune",
        ),
        ("cohort = 3", r"cohort: found 3, wanted a table \[cohort\]"),
        ("[cohort]\nmonths = 'six'", "months: found 'six', wanted a whole number"),
        ("[cohort]\nmonths = true", "months: found True, wanted a whole number"),
        ("[cohort]\nmonths = 1.5", "months: found 1.5, wanted a whole number"),
        ("[split]\ncalibrate_share = 0.9", "calibrate_share: found 0.9, wanted between 0.05 and 0.5"),
        ("[split]\ngap_days = -2", "gap_days: found -2, wanted between -1 and 365"),
        ("[tune]\nfolds = 1", "settings, tune, folds: found 1, wanted between 2 and 24"),
        ("[cohort", "cleanclaim.toml: found .*, wanted TOML"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text, match):
    with pytest.raises(InvalidPolicy, match=match):
        Settings.load(written(tmp_path, text))


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InvalidPolicy, match=r"none.toml: found No such file .*, wanted a readable file"):
        Settings.load(tmp_path / "none.toml")


def test_the_file_that_the_docs_show_says_the_defaults():
    page = (Path(__file__).parents[2] / "docs/data-scientists.md").read_text("utf-8")
    shown = page.split("## Settings", 1)[1].split("```toml\n", 1)[1].split("```", 1)[0]
    assert Settings.from_mapping(tomllib.loads(shown)) == Settings()
