"""The states of a line that features, checks and history share."""

from datetime import date

import pytest

from features import parts
from features.formula import Formula
from tests.features.made_formulas import says
from tests.features.made_lines import lines

DAY = date(2025, 3, 3)


@pytest.mark.parametrize(
    ("name", "state", "row", "expected"),
    [
        ("component", parts.component, {"modifier_1": "LT", "modifier_3": "26"}, parts.READING),
        ("component", parts.component, {"modifier_1": "TC"}, parts.PICTURE),
        ("component", parts.component, {}, parts.WHOLE),
        ("billing", parts.billing, {"modifier_1": "26"}, 1.0),
        ("billing", parts.billing, {"modifier_1": "TC"}, 2.0),
        ("billing", parts.billing, {}, 0.0),
        ("auth", parts.auth_state, {}, parts.NO_NUMBER),
        ("auth", parts.auth_state, {"context_auth_number": "A"}, parts.IN_RECORDS),
        ("auth", parts.auth_state, {"auth_number": "A"}, parts.ON_CLAIM),
        ("auth", parts.auth_state, {"auth_number": "A", "service_from": DAY, "context_auth_valid_to": date(2025, 3, 2)}, parts.AT_ODDS),
        ("auth", parts.auth_state, {"auth_number": "A", "service_from": DAY, "context_auth_valid_from": date(2025, 3, 4)}, parts.AT_ODDS),
        ("auth", parts.auth_state, {"auth_number": "A", "service_from": DAY, "context_auth_valid_to": DAY}, parts.ON_CLAIM),
        ("laterality", parts.laterality_state, {"procedure": "73721"}, parts.SIDE_MISSING),
        ("laterality", parts.laterality_state, {"procedure": "73721", "modifier_1": "50"}, parts.SIDE_SAID),
        ("laterality", parts.laterality_state, {"procedure": "70450"}, parts.NOT_PAIRED),
        ("laterality", parts.laterality_state, {}, parts.NOT_PAIRED),
        ("filing", parts.filing_step, {"service_from": DAY, "submitted_on": date(2025, 3, 6)}, 0.0),
        ("filing", parts.filing_step, {"service_from": DAY, "submitted_on": date(2025, 3, 7)}, 1.0),
        ("filing", parts.filing_step, {"service_from": DAY, "submitted_on": date(2026, 12, 1)}, 14.0),
        ("filing", parts.filing_step, {}, 15.0),
        ("attachment", parts.attachment, {"attachment_type": "OZ"}, 3.0),
        ("attachment", parts.attachment, {"attachment_type": "OZ", "attachment_control": "1"}, 4.0),
        ("missing", parts.missing_fields, {}, 1.0 + 3 + 9 + 27 + 81),
        ("missing", parts.missing_fields, {"pointer_1": 1}, 3.0 + 9 + 27 + 81),
        ("coordination", parts.coordination, {}, 2.0 * 3),
        ("coordination", parts.coordination, {"n_other_payers": 1, "payer_sequence": "P", "context_other_payer_primary": True}, 27.0 + 9 + 3),
        ("documents", parts.documents, {}, 2.0 * (1 + 3 + 9 + 27)),
        ("documents", parts.documents, {"context_accession_study": "1"}, 2.0 * (1 + 3 + 9)),
        ("documents", parts.documents, {"context_report_signed_on": DAY}, 27.0 + 2 * (1 + 3 + 9)),
        ("eligibility", parts.eligibility, {}, (4 * 6 + 5) * 2.0),
        ("eligibility", parts.eligibility, {"service_from": DAY, "context_eligibility_status": "inactive", "context_eligibility_checked_on": date(2025, 3, 1), "context_coverage_ends_on": date(2025, 2, 1)}, (6 + 1) * 2.0 + 1),
    ],
)  # fmt: skip
def test_state(name: str, state: Formula, row: dict[str, object], expected: float) -> None:
    assert says(state, lines(row)) == expected, name
