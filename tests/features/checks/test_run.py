"""The checks alone: what they find on a claim, told once where it belongs, and never passed off as fine."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from data.claim import Claim, Line, claim_tables
from data.context import Context
from features.checks.catalog import BY_ID, CHECKS
from features.checks.findings import TRIPPED, UNKNOWN, of_claims, tripped_ids
from features.checks.findings_table import FINDINGS, findings_table
from features.checks.run import check_claims, run

TODAY = date(2025, 3, 20)
CLAIM = Claim(
    claim_id="1042",
    payer_id="60054",
    billing_npi="1444444446",
    rendering_npi="1234567893",
    referring_npi="1999999984",
    member_id="SECRET-1",
    birth_year=1960,
    patient_sex="F",
    relationship="18",
    place_of_service="11",
    diagnoses=("M5416",),
    submitted_on=TODAY,
    lines=tuple(
        Line(line=n, procedure=code, charge_cents=100_000, service_from=date(2025, 3, 10), pointers=(1,))
        for n, code in ((1, "72148"), (2, "73721"))
    ),
)
CONTEXT = Context(
    claim_id="1042",
    eligibility_status="inactive",
    eligibility_checked_on=date(2025, 3, 9),
    image_link_confirmed=False,
    report_has_indication=True,
    auth_number="A1",
    auth_procedure="72148",
)


def by_check(found, state=TRIPPED):
    return {(one.check, one.line): one for one in found if one.state == state}


def test_what_is_wrong_is_told_with_fix_and_owner():
    found = by_check(run(CLAIM, CONTEXT, today=TODAY))
    inactive = found["coverage_not_active", 0]
    assert (inactive.claim_id, inactive.family, inactive.owner) == ("1042", "eligibility", "front desk")
    assert inactive.severity == inactive.severity_shown == "block"
    assert inactive.evidence is None
    assert found["auth_other_procedure", 2].sentence.startswith("Line 2: the authorization is for 72148")


def test_a_check_of_the_claim_is_told_once():
    found = run(CLAIM, CONTEXT, today=TODAY)
    assert [one.line for one in found if one.check == "coverage_not_active"] == [0]
    keys = [(one.check, one.line) for one in found]
    assert len(keys) == len(set(keys))


def test_without_context_nothing_of_it_passes():
    told = run(CLAIM, today=TODAY, states=("tripped", "unknown", "passed"))
    state = {(one.check, one.line): one.state for one in told}
    assert state["coverage_not_active", 0] == UNKNOWN
    assert state["image_link_missing", 1] == UNKNOWN
    assert all(BY_ID[one.check].rule == one.sentence for one in told if one.state == UNKNOWN)


def test_each_check_is_counted_once_a_line_or_once_a_claim():
    (found,) = check_claims(claim_tables([CLAIM]), CONTEXT, today=TODAY)
    of_claim = sum(check.is_of_claim for check in CHECKS)
    for checked, n in ((found.claim, of_claim), *((line, len(CHECKS) - of_claim) for line in found.lines)):
        assert len(checked.tripped) + len(checked.unknown) + len(checked.passed) == n
    assert [line.line for line in found.lines] == [1, 2]


def test_a_claim_alone_is_checked_as_among_others():
    others = [replace(CLAIM, claim_id=f"X{n}", payer_id=f"P{n}") for n in range(40)]
    together = check_claims(claim_tables([*others[:20], CLAIM, *others[20:]]), CONTEXT, today=TODAY)
    (alone,) = check_claims(claim_tables([CLAIM]), CONTEXT, today=TODAY)
    assert together[20] == alone


def test_the_gravest_comes_first():
    (found,) = check_claims(claim_tables([CLAIM]), CONTEXT, today=TODAY)
    for line in (found.claim, *found.lines):
        shown = [["block", "warn", "info"].index(one.severity_shown) for one in line.tripped]
        assert shown == sorted(shown)


def test_no_patient_value_is_told():
    told = run(CLAIM, CONTEXT, today=TODAY, states=("tripped", "unknown", "passed"))
    assert not [one for one in told if "SECRET-1" in f"{one.sentence} {one.fix}"]


def test_a_claim_that_says_nothing_is_checked_too():
    bare = Claim(
        claim_id="1", payer_id=None, billing_npi=None, lines=(Line(line=1, procedure=None, charge_cents=0),)
    )
    found = run(bare, today=TODAY)
    assert {one.state for one in found} == {TRIPPED, UNKNOWN}


def test_no_claim_no_finding():
    assert check_claims(claim_tables([]), today=TODAY) == []


def test_findings_as_a_table():
    found = run(CLAIM, CONTEXT, today=TODAY)
    table = findings_table(found)
    assert table.schema == FINDINGS
    assert table.num_rows == len(found)
    assert table["check"].to_pylist() == [one.check for one in found]


@pytest.mark.parametrize(
    ("lines", "claim"),
    [((0, 0), 0.0), ((0, 1), 1.0), ((np.nan, 1), 1.0), ((0, np.nan), np.nan), ((np.nan, np.nan), np.nan)],
    ids=["passed", "tripped", "tripped beside unknown", "unknown", "all unknown"],
)
def test_a_claim_is_what_the_worst_of_its_lines_is(lines, claim):
    said = np.array([[one] for one in (*lines, 1)], dtype=np.float32)
    together = of_claims(said, np.array([0, 0, 1]), 2)
    np.testing.assert_array_equal(together[:, 0], np.array([claim, 1], dtype=np.float32))


def test_ids_of_what_is_tripped():
    said = np.zeros((2, len(CHECKS)), dtype=np.float32)
    places = {check.id: n for n, check in enumerate(CHECKS)}
    said[0, [places["auth_absent"], places["image_link_missing"], places["coverage_not_active"]]] = 1
    assert tripped_ids(said) == ["auth_absent image_link_missing", None]
    assert tripped_ids(said, of_claim=True) == ["coverage_not_active", None]
