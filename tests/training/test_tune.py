"""The search on a small bench of its own; run as a script, it is the search that a test kills."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from features.build import Features
from features.state import FeatureState
from models.settings import ModelSettings
from training.cohort import Cohort
from training.folds import Fold
from training.settings import Settings
from training.space import SPACE
from training.stages import Tuning
from training.study import Compared, Place, Tried, open_study
from training.tune import Bench, Search, decided

NAMES = ("completeness", "n_missing_fields", "days_since_same_study")
QUICK = Settings(
    models=ModelSettings(trees=12, learning_rate=0.2, threads=1), tune=Tuning(trials=7, folds=2, seed=5)
)


def bench(n: int = 1500) -> Bench:
    """Two folds of claims of two lines each; a large charge is denied often, and the rest is noise."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(n, len(NAMES))).astype(np.float32)
    denied = (rng.random(n) < 1 / (1 + np.exp(2 - 2 * values[:, 0]))).astype(np.int8)
    sent = [date(2024, 1, 1) + timedelta(days=int(row * 300 // n)) for row in range(n)]
    lines = pa.table(
        {
            "claim_key": pa.array(np.arange(n) // 2),
            "submitted_on": sent,
            "known_on": [day + timedelta(days=20) for day in sent],
            "payer_id": [f"P{row % 3}" for row in range(n)],
            "procedure": ["72148"] * n,
            "label": pa.array(denied),
            "family": ["authorization" if struck else None for struck in denied],
            "reason": ["197" if struck else None for struck in denied],
            "charge_cents": pa.array(np.full(n, 10_000)),
            "allowed_cents": pa.array([None if struck else 8_000 for struck in denied], pa.int64()),
        }
    )
    whole = Cohort(lines, np.arange(n), np.ones(n), (), date(2024, 12, 1))

    def between(first: int, last: int) -> Cohort:
        return whole.where((np.arange(n) >= n * first // 10) & (np.arange(n) < n * last // 10))

    folds = (
        Fold(date(2024, 9, 1), between(0, 6), between(6, 8), between(8, 10)),
        Fold(date(2024, 7, 1), between(0, 4), between(4, 6), between(6, 8)),
    )
    return Bench(folds, FeatureState.empty(), Features(NAMES, values))


def search(file: Path | None, settings: Settings = QUICK, *, clock=time.perf_counter, tell=lambda _: None):
    """What was tried, all of it."""
    with open_study(Place(file), settings, data="the same") as study:
        Search(bench(), settings, study, clock).run(tell)
        return study.finished()


@pytest.fixture(scope="module")
def tried(tmp_path_factory) -> tuple[Tried, ...]:
    return tuple(search(tmp_path_factory.mktemp("whole") / "tuning.db"))


def test_the_given_settings_are_tried_first(tried):
    assert [each.number for each in tried] == list(range(7))
    assert dict(tried[0].values) == {name: getattr(QUICK.models, name) for name in SPACE}
    assert tried[0].compared == Compared(0, 0, 0)
    assert all(0 < each.loss < 1 for each in tried)
    assert len({tuple(each.values.values()) for each in tried}) == 7


def test_a_gain_is_what_was_lost_less(tried):
    for each in tried[1:]:
        if not each.is_given_up:
            assert each.compared.gain == pytest.approx(tried[0].loss - each.loss, abs=1e-12)
            assert each.compared.error > 0


def test_the_same_search_in_memory_is_the_same(tried):
    assert tuple(search(None)) == tried


def test_killed_in_the_middle_it_goes_on_to_the_same_end(tmp_path, tried):
    file = tmp_path / "tuning.db"
    running = subprocess.Popen(
        [sys.executable, __file__, str(file)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    with running:
        for line in running.stdout:
            if line.startswith("tried 3"):
                running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL
    heard = []
    again = search(file, tell=lambda study: heard.append(study.n_tried))
    assert heard[0] in {4, 5}, "what was tried before the kill is not tried again"
    assert heard[-1] == 7
    assert tuple(again) == tried


def test_a_search_that_is_done_does_nothing_more(tmp_path):
    file, few = tmp_path / "tuning.db", replace(QUICK, tune=replace(QUICK.tune, trials=2))
    heard = []
    first = search(file, few)
    assert search(file, few, tell=heard.append) == first
    assert not heard


def test_minutes_end_it_but_never_before_the_given_settings_are_tried(tmp_path):
    ticks = iter(range(0, 10_000, 40))
    told = replace(QUICK, tune=replace(QUICK.tune, trials=0, minutes=1.5))
    assert len(search(None, told, clock=lambda: next(ticks))) == 2
    assert (
        len(search(None, replace(told, tune=replace(told.tune, minutes=0.1)), clock=lambda: next(ticks))) == 1
    )


def one(number: int, loss: float, *, error: float = 0.001, better: int = 3, given_up: bool = False) -> Tried:
    gain = 0.3 - loss
    return Tried(number, {"leaves": 5 + number}, loss, given_up, Compared(gain, error, better))


@pytest.mark.parametrize(
    ("others", "taken"),
    [
        pytest.param([one(1, 0.31)], False, id="worse"),
        pytest.param([], False, id="nothing else tried"),
        pytest.param([one(1, 0.29)], True, id="clearly better"),
        pytest.param([one(1, 0.29, better=1)], False, id="better on one fold of three"),
        pytest.param([one(1, 0.299)], False, id="within luck"),
        pytest.param([one(1, 0.298)], True, id="the only other, twice as far as luck goes"),
        pytest.param([one(1, 0.298), *(one(n, 0.32) for n in range(2, 40))], False, id="the best of forty"),
        pytest.param([one(1, 0.2, given_up=True)], False, id="given up: judged on one fold alone"),
    ],
)
def test_the_best_is_taken_only_beyond_luck(others, taken):
    said = decided([one(0, 0.3, error=0.0, better=0), *others], QUICK, "trees-1", 3)
    assert said.is_taken == taken
    best = min((each for each in others if not each.is_given_up), key=lambda each: each.loss, default=None)
    assert said.settings.leaves == (best.values["leaves"] if taken else QUICK.models.leaves)
    assert said.n_tried == 1 + len(others)
    assert ("are taken" in said.sentence) == taken


if __name__ == "__main__":
    search(Path(sys.argv[1]), tell=lambda study: os.write(1, b"tried %d\n" % study.n_tried))
