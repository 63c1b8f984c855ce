import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.signs import DEEPEST, Question, Signs, Struck, fit_signs

FEATURES = ("check_missing", "check_wrong", "usual", "check_silent")
CHECKS = frozenset(name for name in FEATURES if name.startswith("check_"))
PLACE = {name: place for place, name in enumerate(FEATURES)}


def planted(n: int = 600, *, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, codes and payers: code 0 where a number is missing, 1 where it is wrong, else 2, or 3 if unusual.

    Code 4 is another family's. The second payer writes 3 for all that is neither missing nor wrong.
    """
    rng = np.random.default_rng(seed)
    missing, wrong = rng.random(n) < 0.3, rng.random(n) < 0.3
    usual, payer = rng.random(n), rng.integers(0, 2, n)
    values = np.column_stack([missing, wrong, usual, rng.random(n) < 0.5]).astype(np.float32)
    values[rng.random(n) < 0.2, 3] = np.nan
    other = np.where((usual < 0.5) | (payer == 1), 3, 2)
    return values, np.where(missing, 0, np.where(wrong, 1, other)), payer


def struck(n: int = 600, *, seed: int = 3) -> Struck:
    values, code, payer = planted(n, seed=seed)
    return Struck(values, FEATURES, CHECKS, payer, code, np.ones(n))


def spelling(lines: Struck) -> np.ndarray:
    """[2, 5] How each payer spells the family, and 0 for the code of another."""
    counts = np.array([np.bincount(lines.code[lines.payer == p], minlength=5) for p in (0, 1)]) + 0.5
    counts[:, 4] = 0
    return counts / counts.sum(axis=1, keepdims=True)


def learnt(lines: Struck) -> Signs:
    grown = fit_signs(lines, spelling(lines), 0)
    return Signs(grown, ((1, 0),) if grown else ())


def chances(signs: Signs, values: np.ndarray, spelt: np.ndarray) -> np.ndarray:
    of = signs.of(values, signs.columns(PLACE), 3)[:, 1]
    lifted = spelt * signs.lifts[of]
    return lifted / lifted.sum(axis=1, keepdims=True)


def test_the_planted_signs_are_found_and_foretell_the_code() -> None:
    lines = struck()
    signs = learnt(lines)
    assert {"check_missing", "check_wrong", "usual"} <= {one.feature for one in signs.each}
    values, code, payer = planted(400, seed=9)
    said = chances(signs, values, spelling(lines)[payer])
    assert (said.argmax(axis=1) == code).mean() > 0.9
    assert (spelling(lines)[payer].argmax(axis=1) == code).mean() < 0.6


def test_what_says_nothing_is_not_asked() -> None:
    assert "check_silent" not in {one.feature for one in learnt(struck()).each}
    values, _, payer = planted()
    code = np.random.default_rng(1).integers(0, 3, len(payer))
    assert (
        fit_signs(
            Struck(values, FEATURES, CHECKS, payer, code, np.ones(len(code))), np.full((2, 3), 1 / 3), 0
        )
        == ()
    )


def test_a_family_of_one_code_has_no_tree() -> None:
    values, _, payer = planted()
    lines = Struck(values, FEATURES, CHECKS, payer, np.zeros(len(payer), np.int64), np.ones(len(payer)))
    assert fit_signs(lines, np.ones((2, 1)), 0) == ()


def test_codes_of_other_families_are_left_alone() -> None:
    signs = learnt(struck())
    assert np.all(signs.lifts[:, 4] == 1)
    assert np.all(signs.lifts > 0)


def test_families_without_a_tree_have_no_sign() -> None:
    signs = learnt(struck())
    found = signs.of(planted(5)[0], signs.columns(PLACE), 3)
    assert np.all(found[:, [0, 2]] == 0)
    assert np.all(found[:, 1] > 0)
    assert np.all(Signs().of(planted(5)[0], Signs().columns(PLACE), 3) == 0)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 400))
def test_a_line_alone_has_the_sign_that_it_has_among_others(at: int) -> None:
    values, signs = planted(401)[0], learnt(struck())
    columns = signs.columns(PLACE)
    assert signs.of(values[at : at + 1], columns, 3)[0].tolist() == signs.of(values, columns, 3)[at].tolist()


def test_every_way_ends_in_a_sign_that_names_itself() -> None:
    signs = learnt(struck())
    found = signs.of(planted(300)[0], signs.columns(PLACE), 3)[:, 1] - 1
    assert all(not signs.each[place].feature for place in found.tolist())


@pytest.mark.parametrize("deep", [1, 3, DEEPEST])
def test_trees_of_any_depth_are_walked_to_the_end(deep: int) -> None:
    """A chain of questions: the line goes on as long as it says yes."""
    each = []
    for step in range(deep):
        each += [Question("usual", float(step), 2 * step + 1, 2 * step + 2, (1.0,))]
        each += [Question("", 0.0, 2 * step + 1, 2 * step + 1, (1.0,))]
    each += [Question("", 0.0, 2 * deep, 2 * deep, (1.0,))]
    signs, values = Signs(tuple(each), ((0, 0),)), np.zeros((deep + 1, 4))
    values[:, 2] = np.arange(deep + 1)
    found = signs.of(values, signs.columns(PLACE), 1)[:, 0] - 1
    assert found.tolist() == [*(2 * step + 1 for step in range(deep)), 2 * deep]


def test_the_same_lines_teach_the_same_tree() -> None:
    assert learnt(struck()) == learnt(struck())
