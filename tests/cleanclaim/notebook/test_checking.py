"""check() in a notebook: one row a finding."""

import pandas as pd
import pytest

from cleanclaim import Store, check, read_claims
from features.checks.findings_table import FINDINGS

TODAY = "2025-01-06"


@pytest.fixture(scope="module")
def claims(world):
    return read_claims(world.files / "upcoming")


def test_one_row_a_finding(claims, world):
    found = check(claims, world.context, world.files / "policy", today=TODAY)
    assert list(found.columns) == FINDINGS.names
    assert len(found) > 0
    assert set(found["state"]) == {"tripped"}
    assert set(found["claim_id"]) <= set(claims.claims["claim_id"])
    assert found["answered"].isna().all()


def test_with_a_store_the_payers_record_stands_beside(claims, world):
    found = check(claims, world.context, store=Store(world.store), today=TODAY)
    assert found["answered"].notna().all()
    assert (found["denied"] <= found["answered"]).all()


def test_without_context_less_is_known(claims, world):
    states = ("tripped", "unknown", "passed")
    bare, told = (check(claims, given, states=states, today=TODAY) for given in (None, world.context))
    assert len(bare) == len(told)
    assert (bare["state"] == "unknown").sum() > (told["state"] == "unknown").sum()


def test_files_are_claims_too(claims, world):
    path = world.upcoming[0]
    pd.testing.assert_frame_equal(check(path, today=TODAY), check(read_claims(path), today=TODAY))
