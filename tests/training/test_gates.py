"""The gates on lines made by hand, whose true probabilities are known."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from training.gates import BETTER, CALIBRATION, SLICES, Gate, calibrated, judged
from training.honesty import Honesty
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
    assert calibrated(denied, np.minimum(told * true, 0.99), None, lines, SETTINGS).passed is passes


def test_a_tenth_that_is_off_is_seen_though_the_whole_is_right(lines: pa.Table, true: np.ndarray) -> None:
    denied = lines["label"].to_numpy().astype(np.int8)
    order = np.argsort(true)
    said = true.copy()
    said[order[-N // 10 :]] += 0.3
    said[order[: N // 2]] -= 0.06
    gate = calibrated(denied, said.clip(0.001, 0.999), None, lines, SETTINGS)
    assert not gate.passed
    assert gate.figures["clearly_off"] <= SETTINGS.most_off
    assert calibrated(
        denied, said.clip(0.001, 0.999), None, lines, replace(SETTINGS, most_off_of_a_tenth=0.5)
    ).passed


def times(factor: float, true: np.ndarray) -> np.ndarray:
    """All chances told too high or too low by a factor: off on the whole, and most among the riskiest."""
    return np.minimum(factor * true, 0.99)


def riskiest_too_high(by: float, true: np.ndarray) -> np.ndarray:
    """The riskiest tenth told too high, the rest too low by as much in all: right on the whole, off in a tenth."""
    riskiest = true >= np.quantile(true, 0.9)
    return np.where(riskiest, true + by, true * (1 - by * riskiest.sum() / true[~riskiest].sum())).clip(
        0.001, 0.999
    )


@pytest.mark.parametrize(
    ("challenger", "champion", "passes"),
    [
        (times, (1.0, 1.0), True),
        (times, (2.0, 1.0), False),
        (times, (2.0, 1.1), False),
        (times, (2.0, 2.0), True),
        (times, (1.8, 2.5), True),
        (times, (2.5, 1.8), False),
        (times, (0.3, 2.5), True),
        (times, (2.5, 0.3), False),
        (riskiest_too_high, (0.25, 0.0), False),
        (riskiest_too_high, (0.25, 0.3), True),
        (riskiest_too_high, (0.3, 0.25), False),
    ],
    ids=[
        "both fine",
        "off, the champion fine",
        "off, the champion within bounds",
        "as far off",
        "off, the champion farther",
        "farther off",
        "too low, the champion farther too high",
        "too high, the champion less far too low",
        "a tenth off, the champion fine",
        "a tenth off, the champion's farther",
        "a tenth farther off",
    ],
)
def test_beyond_the_bounds_only_as_far_as_the_champion_is(
    lines: pa.Table,
    true: np.ndarray,
    challenger: Callable[[float, np.ndarray], np.ndarray],
    champion: tuple[float, float],
    passes: bool,
) -> None:
    denied = lines["label"].to_numpy().astype(np.int8)
    new, old = (challenger(by, true) for by in champion)
    assert calibrated(denied, new, old, lines, SETTINGS).passed is passes


def test_off_in_a_tenth_is_not_forgiven_for_a_champion_that_is_off_on_the_whole_alone(
    lines: pa.Table, true: np.ndarray
) -> None:
    """Each measure is forgiven by its own: the champion's level is wrong, yet no tenth of it far off."""
    denied = lines["label"].to_numpy().astype(np.int8)
    settings = replace(SETTINGS, most_off=0.002)
    champion = (true + 0.03).clip(0.001, 0.999)
    said = Honesty.of(denied, champion, lines, settings)
    assert said.whole.clearly > settings.most_off
    assert said.tenth.clearly < settings.most_off_of_a_tenth
    assert not calibrated(denied, riskiest_too_high(0.25, true), champion, lines, settings).passed


def test_what_was_allowed_and_why_is_told(lines: pa.Table, true: np.ndarray) -> None:
    denied = lines["label"].to_numpy().astype(np.int8)
    gate = calibrated(denied, times(1.8, true), times(2.5, true), lines, SETTINGS)
    assert "for the champion is off so far itself" in gate.wanted
    assert gate.figures["clearly_off"] < gate.figures["clearly_off_before"]
    plain = calibrated(denied, true, times(1.1, true), lines, SETTINGS)
    assert plain.wanted == "clearly off by at most 2.0 points on the whole, 5.0 in each tenth by risk"


@given(new=st.floats(0.2, 4.0), old=st.floats(0.2, 4.0))
@settings_of(max_examples=15, deadline=None)
def test_no_model_beyond_the_bounds_takes_the_place_of_one_within_them(
    lines: pa.Table, true: np.ndarray, new: float, old: float
) -> None:
    denied = lines["label"].to_numpy().astype(np.int8)
    of = {by: calibrated(denied, times(by, true), None, lines, SETTINGS).passed for by in (new, old)}
    together = calibrated(denied, times(new, true), times(old, true), lines, SETTINGS).passed
    assert together or not of[new]  # a champion never makes the bounds narrower
    assert not (together and of[old] and not of[new])


def test_the_same_lines_give_the_same_gates(lines: pa.Table, true: np.ndarray) -> None:
    said = [judged(Scores(true), blurred(true, 0.5), lines, SETTINGS, rate=0.1) for _ in range(2)]
    assert said[0] == said[1]
    assert said[0][0].as_json()["figures"] == dict(said[0][0].figures)
