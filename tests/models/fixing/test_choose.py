import pytest

from models.fixing.candidate import MOST_OF_RISK, Candidate, Edit
from models.fixing.choose import Chance, Tried, pairs, proven, told


def chance(p: float, reach: float = 0.01) -> Chance:
    return Chance(p, (p / 2, (1 + p) / 2), (p - reach, p + reach))


def tried(
    way: str, after: Chance, *, support: bool = False, least: float = 0.05, share: float = 0.0
) -> Tried:
    edits = (Edit(way, "1"),)
    asked = Candidate(way, 0, 1, edits, f"{way} is done", "biller", "-", support, None, least, share)
    return Tried(asked, after)


@pytest.mark.parametrize(
    ("before", "after", "is_well"),
    [
        (chance(0.62), chance(0.31), True),
        (chance(0.62), chance(0.58), False),
        (chance(0.62), chance(0.56), True),
        (chance(0.62, reach=0.05), chance(0.54, reach=0.05), False),
        (chance(0.31), chance(0.62), False),
    ],
    ids=["half", "four points", "six points", "lines alike don't part", "it rises"],
)
def test_five_points_and_parted(before: Chance, after: Chance, is_well: bool) -> None:
    assert after.is_well_below(before) is is_well


def test_what_only_habit_speaks_for_must_lower_it_by_more() -> None:
    habit = tried("auth_asked_for", chance(0.4), least=0.45)
    assert not proven([habit], chance(0.62))
    assert proven([habit], chance(0.9))


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [(0.62, 0.2, False), (0.62, 0.1, True), (0.2, 0.04, True), (0.08, 0.01, False)],
    ids=["two thirds of the risk", "most of it", "most of a small risk", "too few points"],
)
def test_a_guess_must_take_most_of_the_risk(before: float, after: float, is_told: bool) -> None:
    guess = tried("diagnosis_covered", chance(after), least=0.1, share=MOST_OF_RISK)
    assert bool(proven([guess], chance(before))) is is_told


def test_of_several_ways_to_do_one_thing_the_best_is_told() -> None:
    one, two = tried("diagnosis_covered", chance(0.3)), tried("diagnosis_of_claim", chance(0.2))
    assert proven([one, two], chance(0.6)) == [two]


def test_what_needs_no_support_of_the_record_is_told_first() -> None:
    support, none = tried("repeat_marked", chance(0.1), support=True), tried("auth_held", chance(0.3))
    singles = proven([support, none], chance(0.6))
    assert told(singles, [], chance(0.6)) == [none, support]


def test_at_most_three_and_the_best_pair() -> None:
    before = chance(0.9)
    singles = proven([tried(f"way{n}_x", chance(0.2 + n / 10)) for n in range(5)], before)
    made = pairs(singles)
    assert len(made) == 10
    after = [Tried(pair, chance(0.1 + n / 100)) for n, pair in enumerate(made)]
    found = told(singles, after, before)
    assert [one.candidate.way for one in found] == ["way0_x", "way1_x", "way2_x", made[0].way]


def test_a_pair_that_adds_little_is_not_told() -> None:
    singles = proven([tried("a_x", chance(0.2)), tried("b_x", chance(0.3))], chance(0.6))
    pair = Tried(pairs(singles)[0], chance(0.18))
    assert pair not in told(singles, [pair], chance(0.6))
