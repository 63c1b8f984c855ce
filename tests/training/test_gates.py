"""The gates on lines made by hand, whose true probabilities are known."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from training.gates import BETTER, CALIBRATION, SLICES, Gate, calibrated, judged
from training.scores import Scores
from training.stages import Gates

N = 3000
SETTINGS = Gates(draws=200)


@pytest.fixture(scope="module")
def true() -> np.ndarray:
    """What is truly the chance of each line: from 1% to 60%."""
    return np.random.default_rng(1).beta(1, 5, N).clip(0.01, 0.6)


@pytest.fixture(scope="module")
def lines(labelled: Callable[..., pa.Table], denied: dict[str, object], true: np.ndarray) -> pa.Table:
    """Lines of two payers, two a claim, denied as their chances have it."""
    struck = np.random.default_rng(2).random(N) < true
    return labelled(
        [{"claim_key": n // 2, "payer_id": f"P{n % 3}", **(denied if struck[n] else {})} for n in range(N)]
    )


def blurred(true: np.ndarray, by: float, seed: int = 3) -> Scores:
    """A model that sees the truth through noise of so many log-odds."""
    odds = np.log(true / (1 - true)) + np.random.default_rng(seed).normal(0, by, len(true))
    return Scores(1 / (1 + np.exp(-odds)))


def shut(gates: tuple[Gate, ...]) -> set[str]:
    return {gate.name for gate in gates if not gate.passed}


def test_a_clearly_better_model_passes(lines: pa.Table, true: np.ndarray) -> None:
    gates = judged(Scores(true), blurred(true, 1.0), lines, SETTINGS, rate=0.1)
    assert [gate.name for gate in gates] == [BETTER, SLICES, CALIBRATION]
    assert shut(gates) == set()
    assert gates[0].figures["gain_low"] > 0


def test_a_worse_model_is_refused_and_told_why(lines: pa.Table, true: np.ndarray) -> None:
    gates = judged(blurred(true, 1.0), Scores(true), lines, SETTINGS, rate=0.1)
    assert {BETTER, SLICES} <= shut(gates)
    assert gates[0].found.startswith("log-loss 0.")
    assert "clearly worse: " in gates[1].found
    assert gates[0].wanted.startswith("a lower log-loss than the champion")


def test_one_that_is_as_good_is_refused(lines: pa.Table, true: np.ndarray) -> None:
    assert BETTER in shut(judged(Scores(true), Scores(true), lines, SETTINGS, rate=0.1))
    assert BETTER in shut(judged(blurred(true, 0.3), blurred(true, 0.3, seed=4), lines, SETTINGS, rate=0.1))


def test_a_payer_that_is_worse_off_is_named(lines: pa.Table, true: np.ndarray) -> None:
    """Better on the whole, and yet one payer's lines are foretold far worse than before."""
    champion = blurred(true, 1.2)
    of = np.array(lines["payer_id"].to_pylist()) == "P1"
    challenger = Scores(np.where(of, blurred(true, 2.2, seed=5).probability, true))
    gates = judged(challenger, champion, lines, SETTINGS, rate=0.1)
    assert SLICES in shut(gates)
    assert "payer P1" in gates[1].found


def test_the_first_model_must_beat_the_base_rate(lines: pa.Table, true: np.ndarray) -> None:
    rate = float(np.mean(lines["label"].to_numpy()))
    gates = judged(Scores(true), None, lines, SETTINGS, rate=rate)
    assert [gate.name for gate in gates] == [BETTER, CALIBRATION]
    assert shut(gates) == set()
    assert "there is no champion" in gates[0].wanted
    knows_nothing = judged(Scores(np.full(N, rate)), None, lines, SETTINGS, rate=rate)
    assert shut(knows_nothing) == {BETTER}


@pytest.mark.parametrize(
    ("told", "passes"),
    [(1.0, True), (1.1, True), (2.0, False), (0.3, False)],
    ids=["true", "near", "high", "low"],
)
def test_what_is_said_must_happen(lines: pa.Table, true: np.ndarray, told: float, passes: bool) -> None:
    denied = lines["label"].to_numpy().astype(np.int8)
    assert calibrated(denied, np.minimum(told * true, 0.99), lines, SETTINGS).passed is passes


def test_a_tenth_that_is_off_is_seen_though_the_whole_is_right(lines: pa.Table, true: np.ndarray) -> None:
    denied = lines["label"].to_numpy().astype(np.int8)
    order = np.argsort(true)
    said = true.copy()
    said[order[-N // 10 :]] += 0.3
    said[order[: N // 2]] -= 0.06
    gate = calibrated(denied, said.clip(0.001, 0.999), lines, SETTINGS)
    assert not gate.passed
    assert gate.figures["clearly_off"] <= SETTINGS.most_off
    assert calibrated(
        denied, said.clip(0.001, 0.999), lines, replace(SETTINGS, most_off_of_a_tenth=0.5)
    ).passed


def test_the_same_lines_give_the_same_gates(lines: pa.Table, true: np.ndarray) -> None:
    said = [judged(Scores(true), blurred(true, 0.5), lines, SETTINGS, rate=0.1) for _ in range(2)]
    assert said[0] == said[1]
    assert said[0][0].as_json()["figures"] == dict(said[0][0].figures)
