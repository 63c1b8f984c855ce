from dataclasses import replace

import numpy as np
import pytest

from training.scores import Scores
from training.slices import compare

N = 3000


@pytest.fixture(scope="module")
def world(labelled, denied):
    """3,000 lines at six payers, and the exact probabilities of their denial."""
    rng = np.random.default_rng(4)
    p = rng.uniform(0.02, 0.6, N)
    struck = rng.random(N) < p
    rows = [
        {"payer_id": f"P{n % 6}", "claim_key": n // 2, "line": n % 2 + 1, **(denied if struck[n] else {})}
        for n in range(N)
    ]
    return labelled(rows), p


def blunted(p, where):
    """Scores that know nothing of some lines but their mean."""
    return Scores(np.where(where, p.mean(), p))


def test_a_part_that_got_worse_is_found_and_no_other(world):
    lines, p = world
    at_p3 = np.array(lines["payer_id"]) == "P3"
    found = compare(blunted(p, at_p3), Scores(p), lines, seed=1)
    worse = {(d.cut, d.value) for d in found if d.is_worse}
    assert ("payer", "P3") in worse
    assert not {("payer", f"P{n}") for n in (0, 1, 2, 4, 5)} & worse
    (of_p3,) = (d for d in found if d.value == "P3")
    assert of_p3.n == 500
    assert of_p3.challenger - of_p3.champion == pytest.approx(of_p3.difference.at)
    assert of_p3.difference.above_zero
    turned = compare(Scores(p), blunted(p, at_p3), lines, seed=1)
    assert ("payer", "P3") in {(d.cut, d.value) for d in turned if d.is_better}
    assert not any(d.is_worse for d in turned)


def test_all_lines_come_first(world):
    lines, p = world
    first = compare(Scores(p), Scores(p), lines)[0]
    assert (first.cut, first.n, first.difference.at, first.is_worse) == ("all", N, 0.0, False)


def test_chance_alone_makes_hardly_any_part_worse(world):
    lines, p = world
    rng, alarms = np.random.default_rng(9), 0
    for seed in range(40):
        one, other = (Scores(np.clip(p * np.exp(rng.normal(0, 0.3, N)), 0, 0.95)) for _ in range(2))
        alarms += any(d.is_worse for d in compare(one, other, lines, draws=200, seed=seed, margin=0))
    assert alarms <= 4


def test_reasons_that_both_know_are_compared(world):
    lines, p = world
    told = Scores(p, np.column_stack([p, p / 9]), np.empty((N, 0)), ("authorization", "coding"))
    other = replace(told, hazards=told.hazards[:, :1] / 2, hazard_families=("authorization",))
    reasons = [d for d in compare(other, told, lines) if d.cut == "reason"]
    assert [(d.value, d.is_worse) for d in reasons] == [("authorization", True)]


def test_more_parts_may_be_named_and_small_ones_are_left_out(world):
    lines, p = world
    found = compare(Scores(p), Scores(p), lines, by={"codes": np.where(np.arange(N) < 50, "new", "known")})
    assert [d.value for d in found if d.cut == "codes"] == ["known"]


def test_a_difference_within_the_margin_is_not_worse(world):
    lines, p = world
    new = Scores(np.clip(p * 1.15, 0, 1))
    assert not compare(new, Scores(p), lines, margin=0.5)[0].is_worse
