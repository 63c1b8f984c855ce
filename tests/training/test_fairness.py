import numpy as np
import pytest

from training.fairness import age_band, fairness, finding

N = 4000


@pytest.fixture(scope="module")
def lines(labelled, denied):
    """Lines of women and men, old and young, denied alike: at 30%."""
    rng = np.random.default_rng(2)
    struck = rng.random(N) < 0.3
    return labelled(
        [
            {
                "birth_year": 2024 - (30 if n % 4 < 2 else 70),
                "patient_sex": "F" if n % 2 else "M",
                "claim_key": n // 2,
                **(denied if struck[n] else {}),
            }
            for n in range(N)
        ]
    )


def told(groups):
    return {g.group: g for g in groups}


def test_a_fair_scorer_stands_out_nowhere(lines):
    groups = fairness(np.full(N, 0.3), lines, seed=1)
    assert [g.group for g in groups] == ["all lines", "18-44", "65-79", "women", "men"]
    assert not any(g.stands_out for g in groups)
    assert finding(groups).startswith("No group's probabilities are clearly off")
    assert all(g.off.low < g.off.at < g.off.high for g in groups)


def test_a_group_that_is_misjudged_stands_out(lines):
    women = np.array(lines["patient_sex"]) == "F"
    groups = told(fairness(np.where(women, 0.4, 0.3), lines, capacity=0.5, seed=1))
    assert groups["women"].stands_out
    assert not groups["men"].stands_out
    assert groups["women"].off.at == pytest.approx(0.1, abs=0.03)
    assert (groups["women"].false_alarms.at, groups["men"].false_alarms.at) == (1.0, 0.0)
    assert (groups["women"].missed.at, groups["men"].missed.at) == (0.0, 1.0)
    assert "women (+" in finding(tuple(groups.values()))


def test_who_is_not_told_is_a_group_of_its_own(labelled):
    groups = told(fairness(np.full(200, 0.005), labelled([{}] * 200)))
    assert set(groups) == {"all lines", "age not said", "sex not said"}
    assert finding(tuple(groups.values())).startswith("No group")


def test_small_groups_are_left_out(labelled):
    groups = fairness(np.full(20, 0.1), labelled([{"patient_sex": "F"}] * 20))
    assert [g.group for g in groups] == ["all lines"]
    assert finding(groups) == "Too few lines tell age or sex."


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, "0-17"),
        (17, "0-17"),
        (18, "18-44"),
        (64, "45-64"),
        (65, "65-79"),
        (80, "80 and over"),
        (np.nan, "not said"),
    ],
)
def test_bands(age, band):
    assert age_band(np.array([2024.0 - age]), np.array([2024.0])).tolist() == [band]
