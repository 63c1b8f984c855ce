import pytest

from serving.desk.words import dollars, family_title, field_words, percent, points


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "under 1%"),
        (0.004, "under 1%"),
        (0.384, "38%"),
        (0.99, "99%"),
        (0.999, "over 99%"),
        (1.0, "over 99%"),
    ],
)
def test_percent(share, said) -> None:
    assert percent(share) == said


@pytest.mark.parametrize(
    ("cents", "said"),
    [(0, "$0"), (5, "$0.05"), (999, "$9.99"), (1000, "$10"), (124_000, "$1,240"), (10**9, "$10,000,000")],
)
def test_dollars(cents, said) -> None:
    assert dollars(cents) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(1.0, "about 1 point"), (12.3, "about 12 points"), (-4.0, "about 4 points"), (0.2, "about 1 point")],
)
def test_points(value, said) -> None:
    assert points(value) == said


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("auth_number", "authorization number"),
        ("context_study_complete", "study complete"),
        ("other_npi", "other"),
    ],
)
def test_fields_are_said_as_billers_say_them(field, said) -> None:
    assert field_words(field) == said


def test_families_have_titles() -> None:
    assert family_title("medical_necessity") == "Medical necessity"
    assert family_title("pooled") == "Rarer reasons"
