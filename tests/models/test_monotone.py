import pytest

from data.codes import FAMILIES
from features.catalog import CATALOG
from models.hazards import columns_of
from models.monotone import MONOTONE, signs_of

IDLE = {"filing_limit_used*", "days_to_filing_limit", "units_over_limit", "completeness"}
"""Patterns for facts of the policy book, which not every catalogue holds."""


@pytest.mark.parametrize(
    ("family", "pattern"), [(family, pattern) for family in MONOTONE for pattern in MONOTONE[family]]
)
def test_every_constrained_feature_is_in_the_catalogue_of_its_family(family: str, pattern: str) -> None:
    assert family in FAMILIES
    found = signs_of(
        family, columns_of(family, tuple(CATALOG)), {family: {pattern: MONOTONE[family][pattern]}}
    )
    assert any(found) or (pattern in IDLE and not any(name in CATALOG for name in IDLE))


@pytest.mark.parametrize(
    ("family", "signs"),
    [
        ("timely_filing", (1, 1, 1, -1, 0)),
        ("authorization", (0, 0, 0, 0, 0)),
        ("nobody_knows", (0, 0, 0, 0, 0)),
    ],
)
def test_patterns_speak_of_names(family: str, signs: tuple[int, ...]) -> None:
    columns = (
        "days_to_submit",
        "filing_limit_used",
        "filing_limit_used_by_report",
        "days_to_filing_limit",
        "x",
    )
    assert signs_of(family, columns) == signs


def test_every_sign_is_up_or_down() -> None:
    assert {sign for signs in MONOTONE.values() for sign in signs.values()} <= {1, -1}
