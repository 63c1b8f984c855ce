from datetime import date

import pytest

from data.errors import InvalidPolicy
from data.simulator.settings import WORLD, WorldSettings


def test_the_usual_world_loads():
    settings = WorldSettings.load()
    assert settings.start == date(2024, 1, 1)
    assert len(settings.payers) == 18
    assert {payer.kind for payer in settings.payers} == {
        "commercial",
        "medicare",
        "medicare_advantage",
        "medicaid",
    }
    assert len(settings.changes) >= 4
    assert sum(payer.share for payer in settings.payers) == pytest.approx(1)


@pytest.mark.parametrize(
    ("before", "after", "field", "wanted"),
    [
        ("auth_missing_new = ", "auth_mising_new = ", "auth_mising_new", "auth_missing_new"),
        ("n_facilities = 24\n", "", "n_facilities", "a value"),
        ("n_facilities = 24", 'n_facilities = "many"', None, "int"),
        ("growth = 0.18", "growth = -0.18", None, "a number of 0 or more"),
        ("slow_days = [45, 60]", "slow_days = [45]", None, "2"),
        ("slow_days = [45, 60]", "slow_days = 45", None, "a list"),
        ('kind = "medicaid"', 'kind = "barter"', "kind", "commercial | "),
        (
            'kind = "authorization"\npayer_id = "SUMT20"',
            'kind = "authorization"\npayer_id = "X"',
            "payer_id",
            "HM4471",
        ),
        ('kind = "attachment"', 'kind = "surprise"', "kind", "authorization | attachment"),
    ],
)
def test_wrong_settings_are_named(tmp_path, before, after, field, wanted):
    text = WORLD.read_text("utf-8")
    assert before in text
    path = tmp_path / "other.toml"
    path.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(InvalidPolicy) as caught:
        WorldSettings.load(path)
    assert caught.value.field == field
    assert str(caught.value.wanted).startswith(wanted)


def test_rates_are_taken_from_the_file(tmp_path):
    path = tmp_path / "other.toml"
    path.write_text(WORLD.read_text("utf-8").replace("growth = 0.18", "growth = 0"), "utf-8")
    assert WorldSettings.load(path).volume.growth == 0.0
