"""Taking a field away makes an answer unknown, never the opposite: except where the answer is that it is missing."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from features.build import Features, build
from features.catalog import COLUMNS, GROUPS, NAMES
from features.state import FeatureState
from tests.features.made_lines import labelled, lines_of

TABLE = labelled(250, seed=11)
LINES = lines_of(TABLE)
STATE = FeatureState.fit(TABLE, as_of=date(2026, 1, 1))
BUILT = build(LINES, STATE)
ASKED = [feature.name for feature in GROUPS["shelves"] if feature.unit == "yes/no"]
MODIFIERS = {"modifier_1", "modifier_2", "modifier_3", "modifier_4"}
POINTERS = {"pointer_1", "pointer_2", "pointer_3", "pointer_4"}
"""No further modifier or pointer is no unknown one: a form that leaves the field empty says that there is none."""

TELL_OF_MISSING = {
    "no_referring_npi": {"referring_npi"},
    "no_rendering_npi": {"rendering_npi"},
    "no_facility_npi": {"facility_npi"},
    "no_member_id": {"member_id"},
    "no_service_date": {"service_from"},
    "no_auth_number": {"auth_number"},
    "no_referral_number": {"referral_number"},
    "no_attachment": {"attachment_type"},
    "no_accession": {"context_accession_study"},
    "auth_left_off": {"auth_number", "context_auth_number"},
    "attachment_left_off": {"attachment_control", "context_attachment_control"},
    "attachment_without_number": {"attachment_type", "attachment_control"},
    "replaces_nothing": {"original_control"},
    "second_without_payment": {"other_payer_paid_cents"},
    "other_payer_left_off": {"n_other_payers"},
    "not_signed_for": {"provider_signature", "benefits_assigned", "release"},
    "has_related_cause": {"related_cause"},
    "has_delay_reason": {"delay_reason"},
    "has_supervisor": {"supervising_npi"},
    "report_unsigned": {"context_report_signed_on"},
    "eligibility_unknown": {"context_eligibility_status"},
    "auth_for_other_orderer": {"ordering_npi"},
}
"""Features that tell of something missing, and of what."""

OF_OTHER_LINES = {"sent_before_as_original", "member_is_new"}
"""Told by a history that is kept by the field: without it the line is like other lines."""

FIELDS = [
    name
    for name in LINES.column_names
    if LINES.column(name).null_count < LINES.num_rows
    and name not in {"claim_key", "claim_id", "line", "submitted_on", *MODIFIERS, *POINTERS}
]


def without(field: str) -> Features:
    nothing = pa.nulls(LINES.num_rows, LINES.schema.field(field).type)
    return build(LINES.set_column(LINES.column_names.index(field), field, nothing), STATE)


@pytest.mark.parametrize("field", FIELDS)
def test_taking_a_field_away_turns_no_answer_into_its_opposite(field: str) -> None:
    built = without(field)
    turned = []
    for name in ASKED:
        before, after = BUILT.column(name), built.column(name)
        if (~np.isnan(before) & ~np.isnan(after) & (before != after)).any():
            turned.append(name)
    allowed = {name for name, missing in TELL_OF_MISSING.items() if field in missing} | OF_OTHER_LINES
    assert set(turned) <= allowed


def test_only_known_columns_are_excused() -> None:
    assert set(TELL_OF_MISSING) | OF_OTHER_LINES <= set(NAMES[: COLUMNS["checks"].start])
