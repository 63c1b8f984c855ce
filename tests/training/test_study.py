import fcntl
from dataclasses import replace

import pytest

from models.settings import ModelSettings
from training.settings import Settings
from training.space import SPACE, told
from training.stages import Tuning
from training.study import Compared, Place, TuningFailed, open_study

GIVEN = Settings()


def named(settings: Settings, data: str = "one store") -> str:
    with open_study(Place(), settings, data=data) as study:
        return study.name


def test_a_study_is_named_by_all_that_its_figures_depend_on():
    other = replace(GIVEN, models=ModelSettings(trees=100))
    folds = replace(GIVEN, tune=Tuning(folds=4))
    assert len({named(GIVEN), named(GIVEN, "another store"), named(other), named(folds)}) == 4


def test_it_goes_on_however_long_it_is_meant_to_take_and_on_however_many_cores():
    longer = replace(GIVEN, tune=Tuning(trials=50, minutes=3), models=ModelSettings(threads=1))
    assert named(longer) == named(GIVEN)


def test_an_interrupted_try_is_asked_for_again(tmp_path):
    place = Place.beside(tmp_path / "model")
    for _ in range(3):  # asked, and never told
        with open_study(place, GIVEN, data="x") as study:
            now = study.ask(told(GIVEN.models))
            assert (now.number, now.values) == (0, told(GIVEN.models))
    with open_study(place, GIVEN, data="x") as study:
        study.ask(told(GIVEN.models)).done(0.3, Compared(0, 0, 0))
        second = study.ask(told(GIVEN.models)).values
    with open_study(place, GIVEN, data="x") as study:
        now = study.ask(told(GIVEN.models))
        assert (now.number, now.values) == (1, second)
        assert now.is_hopeless(0.9, 1) is False, "too few tries to tell"
        now.give_up()
        assert [(each.number, each.is_given_up) for each in study.finished()] == [(0, False), (1, True)]


def test_one_search_at_a_time(tmp_path):
    with (tmp_path / "tuning.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with (
            pytest.raises(
                TuningFailed, match=r"tuning.db: found a search going on, wanted one search at a time"
            ),
            open_study(Place(tmp_path / "tuning.db"), GIVEN, data="x"),
        ):
            pass


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "tuning.db").write_text("no database " * 100)
    with (
        pytest.raises(TuningFailed, match=r"study in .*tuning.db: found .*, wanted a database of studies"),
        open_study(Place(tmp_path / "tuning.db"), GIVEN, data="x"),
    ):
        pass


def test_proposals_stay_between_the_ends():
    with open_study(Place(), GIVEN, data="x") as study:
        for number in range(12):
            now = study.ask(told(GIVEN.models))
            assert all(SPACE[name].low <= value <= SPACE[name].high for name, value in now.values.items())
            assert all(isinstance(now.values[name], int) == SPACE[name].whole for name in SPACE)
            now.done(1 / (1 + number), Compared(0, 0, 0))
