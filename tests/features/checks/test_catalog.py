import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from data.codes import FAMILIES
from data.schema import LINE_TABLE
from features.book import FACTS
from features.catalog import CATALOG
from features.checks.catalog import BY_ID, CHECKS, FORMULAS, SHELVES
from features.checks.registry import SEVERITIES, Check, CheckShelf
from features.checks.telling import Told, fault_of_slot, filled, slots_of
from features.concepts import CONCEPTS
from features.formula import Formula
from tests.features.checks.made_checks import made_lines, untried
from tests.features.test_sentences import grade

KNOWN = frozenset({*CATALOG, *FACTS})
FIELDS = frozenset(LINE_TABLE.names)
CONTEXT = {
    "auth_number": "A78",
    "auth_procedure": "72149",
    "auth_valid_from": "2025-01-02",
    "auth_valid_to": "2025-03-02",
    "auth_ordering_npi": "1555555550",
    "auth_facility_npi": "1555555550",
    "auth_laterality": "LT",
    "auth_units": 1.0,
    "attachment_control": "C2",
    "accession_order": "X1",
    "accession_study": "X2",
    "report_signed_on": "2025-03-19",
    "coverage_ends_on": "2025-03-12",
    "eligibility_checked_on": "2025-01-02",
}
TOLD = Told(
    made_lines(
        {"modifier_1": "26", "attachment_control": "C1", "auth_number": "A77"}, (), CONTEXT
    ).to_pylist()[0],
    dict.fromkeys((*CATALOG, *FACTS), 12.0),
    {name: feature.unit for name, feature in CATALOG.items()},
)
PAGE = (Path(__file__).parents[3] / "docs" / "checks.md").read_text().replace("\\*", "*")
each_check = pytest.mark.parametrize("check", CHECKS, ids=[check.id for check in CHECKS])


@pytest.mark.parametrize("shelf", SHELVES, ids=[shelf.family for shelf in SHELVES])
def test_every_check_has_cases_that_trip_pass_and_leave_it_unknown(shelf: CheckShelf) -> None:
    cases = import_module(f"tests.features.checks.test_{shelf.family}").CASES
    assert untried(shelf, cases) == []
    assert {case.check for case in cases} <= {check.id for check in shelf.checks}


def test_each_id_once_and_a_formula_each() -> None:
    assert [name for name, count in Counter(check.id for check in CHECKS).items() if count > 1] == []
    assert tuple(BY_ID.values()) == CHECKS
    assert len(FORMULAS) == len(CHECKS)
    assert all(isinstance(one, Formula) for one in FORMULAS)


@each_check
def test_it_is_well_described(check: Check) -> None:
    assert check.concept in CONCEPTS
    assert check.severity in SEVERITIES
    assert check.family in set(FAMILIES) - {"other"}
    assert check.owner
    assert check.stage
    assert re.search(r"Source: .*\.$", check.rule)


@each_check
def test_its_fields_are_there(check: Check) -> None:
    assert {check.field, f"context_{check.field}"} & FIELDS or check.field == "claim"
    for change in check.changes:
        assert change.field in FIELDS
        assert change.from_field is None or change.from_field in FIELDS - {change.field}


@each_check
def test_its_slots_are_known_and_none_is_of_the_patient(check: Check) -> None:
    slots = [*slots_of(check.sentence), *slots_of(check.fix)]
    assert [fault for slot, form in slots if (fault := fault_of_slot(slot, form, KNOWN))] == []


@each_check
def test_it_reads_well(check: Check) -> None:
    for text in (filled(check.sentence, TOLD), filled(check.fix, TOLD)):
        assert re.fullmatch(r"[A-Z0-9].*\.", text)
        assert not re.search(r"[{}]|  |nan|None", text)
        assert len(text.split()) <= 32


@each_check
def test_the_page_tells_it(check: Check) -> None:
    told = f"| {check.id} | {check.severity} | {check.rule} | {check.reason} | {check.owner} |"
    assert told in PAGE, "run `python benchmarks/bench_checks.py --catalogue`"


def test_all_together_they_read_at_grade_nine_or_lower() -> None:
    texts = [filled(text, TOLD) for check in CHECKS for text in (check.sentence, check.fix)]
    assert sum(map(grade, texts)) / len(texts) < 9
