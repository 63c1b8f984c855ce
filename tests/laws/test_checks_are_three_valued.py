"""Law: a check says tripped, passed or unknown, whatever the claim holds; and nothing of a blank claim is at odds."""

from datetime import date

import numpy as np
import pytest

from features.build import Features, build
from features.checks.catalog import CHECKS, SHELVES
from features.checks.registry import Check
from features.state import FeatureState
from tests.features.checks.made_checks import BLANK, made_lines
from tests.features.made_lines import labelled, lines_of

TABLE = labelled(400)
each_check = pytest.mark.parametrize("check", CHECKS, ids=[check.id for check in CHECKS])

FORM = {check.id for shelf in SHELVES if shelf.family in {"form", "provider"} for check in shelf.checks}
"""Those that ask whether something is there at all; every other check needs something to look at."""


@pytest.fixture(scope="module")
def built() -> Features:
    return build(lines_of(TABLE), FeatureState.fit(TABLE, as_of=date(2025, 6, 30)))


@pytest.fixture(scope="module")
def blank() -> Features:
    return build(made_lines(BLANK), FeatureState.empty())


@each_check
def test_yes_no_or_unknown(check: Check, built: Features) -> None:
    said = built.column(check.column)
    assert np.isin(said[~np.isnan(said)], (0.0, 1.0)).all()


@each_check
def test_a_blank_claim_trips_only_what_asks_for_fields(check: Check, blank: Features) -> None:
    assert blank.column(check.column)[0] != 1.0 or check.id in FORM
