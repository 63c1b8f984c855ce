import pytest

from models.settings import ModelSettings
from training.space import SPACE, told, with_values


@pytest.mark.parametrize("name", sorted(SPACE))
def test_a_setting_is_one_of_the_models_and_its_default_lies_between_the_ends(name):
    ends, default = SPACE[name], getattr(ModelSettings(), name)
    assert ends.low <= default <= ends.high
    assert isinstance(default, int) == ends.whole
    for end in (ends.low, ends.high):
        with_values(ModelSettings(), {name: end})  # and the models take both ends


def test_the_given_settings_are_told_within_the_ends():
    given = ModelSettings(leaves=1000, learning_rate=0.05)
    assert told(given)["leaves"] == SPACE["leaves"].high
    assert told(given)["learning_rate"] == 0.05
    assert with_values(given, told(ModelSettings())) == ModelSettings()
