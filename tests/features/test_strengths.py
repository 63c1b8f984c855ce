"""How many lines a wider rate is worth: found again where it was planted, and told by the past alone."""

from datetime import date, timedelta

import numpy as np
import pytest

from features.history import OUTPUTS, rate_name
from features.key_sets import YEAR
from features.shrinkage import ESTIMATED, LEAST, MOST, USUAL, USUAL_STRENGTHS, Shrinkage
from features.state import EPOCH, FeatureState
from features.strengths import strength_of
from tests.features.made_lines import FIRST_DAY, labelled

RATE = rate_name("payer_rendering", "provider_enrollment", YEAR, YEAR)


def planted(
    strength: float, *, n_wide: int = 20, n_keys: int = 40, n_lines: int = 30, seed: int = 1
) -> float:
    """What is found where rates of keys are drawn about their wider key's rate as if that were worth so many lines."""
    rng = np.random.default_rng(seed)
    wide = rng.uniform(0.02, 0.3, n_wide)
    above = np.repeat(np.arange(n_wide), n_keys)
    rates = rng.beta(strength * wide[above], strength * (1 - wide[above]))
    n = rng.integers(1, 2 * n_lines, len(rates))
    own, over = np.repeat(np.arange(len(rates)), n), np.repeat(above, n)
    order = rng.permutation(len(own))
    denied = rng.random(len(own)) < rates[own]
    groups = [(ids[order].astype(np.int32), count) for ids, count in ((own, len(rates)), (over, n_wide))]
    return strength_of(groups[0], groups[1], denied[order], 15.0)


@pytest.mark.parametrize("strength", [3.0, 8.0, 15.0, 40.0, 120.0], ids=str)
def test_a_planted_strength_is_found(strength: float) -> None:
    found = np.mean([planted(strength, seed=seed) for seed in range(8)])
    assert strength / 1.35 < found < strength * 1.35


def test_keys_that_do_not_differ_shrink_far() -> None:
    assert planted(1e6) > 200


@pytest.mark.parametrize(
    ("own", "above", "why"),
    [
        ([], [], "no line"),
        ([-1, 0], [0, -1], "no key"),
        ([0, 0, 0], [0, 0, 0], "one key that is all"),
        ([0, 1, 2], [0, 0, 0], "a line a key"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_where_nothing_tells_the_usual_stands(own: list[int], above: list[int], why: str) -> None:
    groups = [(np.array(ids, dtype=np.int32), max(ids, default=-1) + 1) for ids in (own, above)]
    assert strength_of(groups[0], groups[1], np.ones(len(own), dtype=np.bool_), 8.0) == pytest.approx(8.0), (
        why
    )


def test_few_keys_move_it_little() -> None:
    assert 5 < planted(3.0, n_wide=1, n_keys=3, n_lines=4) < 25


def test_only_rates_toward_wider_keys_are_estimated() -> None:
    names = {OUTPUTS[at].name for at in ESTIMATED.values()}
    assert RATE in names
    assert f"{RATE}_recent" not in names
    assert "history_all_denied_rate" not in names
    assert rate_name("payer", "denied", 0, YEAR) in names


def test_a_strength_holds_from_its_day_on() -> None:
    later = tuple(value + 1.0 for value in USUAL_STRENGTHS)
    made = Shrinkage((10.0,), (USUAL_STRENGTHS, later))
    assert [made.of(RATE, day) for day in (9.0, 10.0, 11.0, np.nan)] == [15.0, 16.0, 16.0, 15.0]


def test_strengths_come_back_as_they_were_told() -> None:
    state = FeatureState.fit(labelled(400), as_of=date(2025, 6, 30)).past.shrinkage
    back = Shrinkage.read(state.since, state.told())
    assert (back.since, back.strengths) == (state.since, state.strengths)
    assert EPOCH + timedelta(days=state.since[-1]) == date(2025, 7, 1)
    assert all(LEAST <= value <= MOST for told in state.told().values() for value in told)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("a rate less", "other rates"),
        ("too strong", "can't be"),
        ("an era less", "zip"),
        ("days", "out of order"),
    ],
)
def test_other_strengths_are_refused(damage: str, said: str) -> None:
    told: dict[str, list[float]] = {OUTPUTS[at].name: [3.0, 4.0] for at in ESTIMATED.values()}
    since = [5.0, 9.0]
    if damage == "a rate less":
        told.pop(RATE)
    elif damage == "too strong":
        told[RATE] = [3.0, 501.0]
    elif damage == "an era less":
        told[RATE] = [3.0]
    else:
        since = [9.0, 5.0]
    with pytest.raises(ValueError, match=said):
        Shrinkage.read(since, told)


def test_an_estimate_looks_at_earlier_answers_alone() -> None:
    table = labelled(500, n_days=500)
    days = [FIRST_DAY + 400, FIRST_DAY + 490]
    early, late = (FeatureState.fit(table, as_of=EPOCH + timedelta(days=day)).past.shrinkage for day in days)
    n = len(early.since) - 1  # but for the last, from the day after the state's own
    assert n > 0
    assert late.since[:n] == early.since[:n]
    assert late.strengths[: n + 1] == early.strengths[: n + 1]
    assert late.strengths[1] != late.strengths[2]


def test_nothing_known_is_the_usual() -> None:
    assert FeatureState.fit(labelled(5).slice(0, 0), as_of=date(2025, 1, 1)).past.shrinkage is USUAL
