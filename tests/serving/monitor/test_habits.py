import numpy as np
import pytest

from data.codes import FAMILIES
from serving.monitor.habits import Habits

AUTH = 1 + FAMILIES.index("authorization")


@pytest.fixture(scope="module")
def habits(lines) -> Habits:
    """P1 denies every tenth CT and no MRI; P2 every second line without an authorization number, of 800 each."""
    n = 3200
    at = np.arange(n)
    payer = np.where(at < 1600, "P1", "P2")
    group = np.where(at % 2 == 0, "CT", "MRI")
    lacks = np.column_stack([at % 8 < 2, np.zeros(n, np.bool_)])
    denied = np.where(at < 1600, (group == "CT") & (at % 20 == 0), lacks[:, 0] & (at % 16 < 8))
    return Habits.measure(lines(n, payer_id=payer, group=group, lacks=lacks, denied=denied))


@pytest.mark.parametrize(
    ("payer", "group", "lacks", "low", "high"),
    [
        ("P1", "CT", False, 0.07, 0.14),
        ("P1", "MRI", False, 0.0, 0.01),
        ("P2", "CT", False, 0.0, 0.01),
        ("P2", "CT", True, 0.45, 0.6),
        ("P9", "CT", False, 0.02, 0.4),
        ("P9", "PET", True, 0.02, 0.5),
    ],
    ids=["its own rate", "none there", "with the number", "without it", "a new payer", "a new kind"],
)
def test_a_habit_is_that_of_the_payer_and_the_kind_of_procedure(
    lines, habits, payer, group, lacks, low, high
):
    one = lines(1, payer_id=np.array([payer]), group=np.array([group]), lacks=np.array([[lacks, False]]))
    said = habits.chances(one)
    assert low <= said[0, AUTH] <= high
    assert said[0].sum() == pytest.approx(1)
    assert said.shape == (1, 1 + len(FAMILIES))


def test_the_fewer_lines_the_higher_a_rate_may_have_been(lines):
    few, many = (Habits.measure(lines(n)).chances(lines(1))[0, AUTH] for n in (20, 2000))
    assert few >= many


def test_without_any_past_nothing_is_certain(lines):
    said = Habits.measure(lines(0)).chances(lines(2))
    assert np.allclose(said.sum(axis=1), 1)
