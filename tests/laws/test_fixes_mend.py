"""Law: making the changes that a check names on a line that it tripped leaves it tripped no longer."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pyarrow as pa
import pytest

from data.schema import LINE_TABLE
from features.checks.catalog import BY_ID, SHELVES
from features.checks.registry import Change
from tests.features.checks.made_checks import SENT, SERVICE, YES, Case, Value, made_lines, says

NPI = "1555555550"
GOT: dict[str, Value] = {
    "accident_on": SERVICE,
    "admitted_on": SERVICE,
    "attachment_control": "C9",
    "attachment_type": "OZ",
    "auth_number": "A99",
    "billing_npi": NPI,
    "charge_cents": 10_000,
    "context_accession_study": "X9",
    "context_auth_laterality": "50",
    "context_coverage_ends_on": SENT,
    "context_report_signed_on": SENT,
    "facility_npi": NPI,
    "modifier_2": "LT",
    "ordering_npi": NPI,
    "original_control": "P0",
    "place_of_service": "11",
    "procedure": "72148",
    "referring_npi": NPI,
    "supervising_npi": NPI,
}
"""What somebody may bring for a field that is to be obtained; where only he knows what is right, nothing is tried."""


def _is_tried(case: Case) -> bool:
    changes = BY_ID[case.check].changes
    known = all(change.field in GOT for change in changes if change.is_obtained)
    return case.says == YES and bool(changes) and known and not any(change.drops_line for change in changes)


TRIPPED: tuple[Case, ...] = tuple(
    case
    for shelf in SHELVES
    for case in import_module(f"tests.features.checks.test_{shelf.family}").CASES
    if _is_tried(case)
)


@pytest.mark.parametrize("case", TRIPPED, ids=[f"{case.check}: {case.why}" for case in TRIPPED])
def test_a_fix_mends(case: Case) -> None:
    mended = case
    for change in BY_ID[case.check].changes:
        mended = _changed(mended, change)
    assert np.isnan(says(mended)) or says(mended) != YES


def _changed(case: Case, change: Change) -> Case:
    value = _value(case, change)
    if change.field.startswith("context_"):
        name = change.field.removeprefix("context_")
        return replace(case, context={**(case.context or {}), name: value})
    return replace(case, line={**case.line, change.field: value})


def _value(case: Case, change: Change) -> Value:
    if change.is_obtained:
        return GOT[change.field]
    if change.from_field is not None:
        table = made_lines(case.line, case.claim_lines, case.context)
        found: Value = table.column(change.from_field)[0].as_py()
        return found
    if change.value is None:
        return None
    kind = LINE_TABLE.field(change.field).type
    if pa.types.is_boolean(kind):
        return change.value == "true"
    return change.value if pa.types.is_string(kind) else float(change.value)
