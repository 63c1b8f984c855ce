"""Other worlds say only what is different; the rest is the usual one."""

from dataclasses import replace

import numpy as np
import pytest

from data.errors import InvalidPolicy, UnreadableFile
from data.simulator.calibration import auc
from data.simulator.presets import load_settings, presets
from data.simulator.settings import WorldSettings
from data.simulator.world import draw_world


def test_the_usual_world_is_a_preset_too():
    assert "usual" in presets()
    assert load_settings() == load_settings("usual") == WorldSettings.load()


@pytest.mark.parametrize("name", sorted(set(presets()) - {"usual"}))
def test_every_preset_makes_another_world(name):
    settings = load_settings(name)
    assert settings != WorldSettings.load()
    verdicts = draw_world(n_claims=1500, months=3, seed=5, settings=settings).verdicts
    assert 0.02 < verdicts.denied.mean() < 0.35


@pytest.mark.parametrize("seed", [3, 8])
def test_what_is_easy_is_easier_than_what_is_hard(seed):
    ceilings = []
    for name in ("hard", "usual", "easy"):
        verdicts = draw_world(n_claims=6000, months=12, seed=seed, settings=load_settings(name)).verdicts
        ceilings.append(auc(verdicts.p_denied, verdicts.denied))
    assert np.diff(ceilings).min() > 0.02


def test_a_file_says_what_is_different(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[volume]\ngrowth = 0\n[[payers]]\npayer_id = "HM4471"\nstrictness = 0.5\n', "utf-8")
    settings, usual = load_settings(path), WorldSettings.load()
    assert settings.volume == replace(usual.volume, growth=0.0)
    assert settings.payers[0] == replace(usual.payers[0], strictness=0.5)
    assert settings.payers[1:] == usual.payers[1:]
    assert settings.effects == usual.effects


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[volume]\ngroth = 0", "growth"),
        ("volume = 3", "a table"),
        ("[wether]", "volume"),
        ('[[payers]]\nname = "X"', "tables with a payer_id"),
        ('[[payers]]\npayer_id = "X"', "a value"),
        ("payers = 3", "tables with a payer_id"),
        ("[effects]\nbundled = -1", "a number of 0 or more"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, text, wanted):
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidPolicy) as caught:
        load_settings(path)
    assert wanted in str(caught.value.wanted) or wanted == "volume"


def test_a_preset_that_is_not_there_is_told_with_the_nearest():
    with pytest.raises(InvalidPolicy, match="easy"):
        load_settings("eazy")
    with pytest.raises(InvalidPolicy, match="usual"):
        load_settings("zzz")


@pytest.mark.parametrize("content", [None, b"[volume", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_told(tmp_path, content):
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="mine"):
        load_settings(str(path))
