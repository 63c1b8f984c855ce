import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.history import HistoryDamaged, Kind, Promotion, before, read_promotion, served


def entry(version: int, kind: Kind = Kind.GATES, *, was: int | None = None) -> Promotion:
    return Promotion(version, was, kind, "ann", "2026-01-01T00:00:00+00:00")


@pytest.mark.parametrize(
    ("story", "standing", "earlier"),
    [
        ("", (), None),
        ("1", (1,), None),
        ("1 2", (1, 2), 1),
        ("1 2 back1", (1,), None),
        ("1 2 back1 3", (1, 3), 1),
        ("1 2 3 back2 back1", (1,), None),
        ("1 2 1", (1, 2, 1), 2),
        ("1 2 1 back2", (1, 2), 1),
        ("back1", (1,), None),  # an older registry whose first entries are gone
    ],
)
def test_what_stands_behind_the_champion(story: str, standing: tuple[int, ...], earlier: int | None) -> None:
    history = [
        entry(int(word.removeprefix("back")), Kind.ROLLBACK if "back" in word else Kind.GATES)
        for word in story.split()
    ]
    assert served(history) == standing
    assert before(history) == earlier


@given(st.lists(st.integers(1, 9) | st.none(), max_size=20))
def test_a_rollback_undoes_the_last_promotion_and_nothing_else(steps: list[int | None]) -> None:
    history: list[Promotion] = []
    stack: list[int] = []
    for step in steps:
        if step is not None:
            history.append(entry(step))
            stack.append(step)
        elif before(history) is not None:
            history.append(entry(before(history), Kind.ROLLBACK))
            stack.pop()
        assert list(served(history)) == stack


@given(
    st.builds(
        Promotion,
        version=st.integers(1, 99),
        before=st.none() | st.integers(1, 99),
        kind=st.sampled_from(Kind),
        by=st.text(),
        at=st.text(),
        because=st.text(),
        shut=st.lists(st.text()).map(tuple),
    )
)
def test_what_is_written_is_read(promotion: Promotion) -> None:
    assert read_promotion(promotion.text()) == promotion
    assert "\n" not in promotion.text()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"version": "x"}', entry(1).text().replace("gates", "?")]
)
def test_a_damaged_entry_is_told(text: str) -> None:
    with pytest.raises(HistoryDamaged, match="wanted what a promotion writes"):
        read_promotion(text)
