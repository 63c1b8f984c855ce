"""Each feature on lines small enough to see why."""

from datetime import date

import numpy as np
import pytest

from features.build import build
from features.state import FeatureState
from tests.features.made_formulas import formula_of, says
from tests.features.made_lines import labelled, lines

STATE = FeatureState.fit(labelled(20), as_of=date(2026, 1, 1))
DAY = date(2025, 3, 3)  # a Monday


UNKNOWN = np.nan


def built(name: str, *rows: dict[str, object]) -> float:
    return float(build(lines(*rows), STATE).column(name)[0])


@pytest.mark.parametrize(
    ("name", "row", "expected"),
    [
        ("n_modifiers", {"modifier_1": "26", "modifier_3": "LT"}, 2.0),
        ("n_modifiers", {}, 0.0),
        ("modifier_distinct", {"modifier_2": "XU"}, 1.0),
        ("modifier_repeat", {"modifier_1": "76"}, 1.0),
        ("modifier_repeat", {}, 0.0),
        ("n_pointers", {"pointer_1": 1, "pointer_2": 2}, 2.0),
        ("pointer_to_nothing", {"pointer_1": 3, "n_diagnoses": 2}, 1.0),
        ("pointer_to_nothing", {"pointer_1": 2, "n_diagnoses": 2}, 0.0),
        ("pointer_to_nothing", {"pointer_1": 2}, UNKNOWN),  # once no: nobody counted the diagnoses
        ("pointer_to_nothing", {"n_diagnoses": 2}, 0.0),
        ("charge_is_zero", {"charge_cents": 0}, 1.0),
        ("charge_is_zero", {"charge_cents": 1}, 0.0),
        ("charge_is_zero", {}, UNKNOWN),  # once no
        ("charge_per_unit", {"charge_cents": 300, "units": 3.0}, 100.0),
        ("charge_per_unit", {"charge_cents": 300, "units": 0.0}, UNKNOWN),
        ("completeness", {}, 0.0),
        ("completeness", {"rendering_npi": "1", "auth_number": "A"}, np.float32(2 / 14)),
        ("n_missing_fields", {"rendering_npi": "1"}, 9.0),
        ("paid_by_others", {"other_payer_paid_cents": 50, "claim_charge_cents": 200}, 0.25),
        ("no_referring_npi", {}, 1.0),
        ("no_referring_npi", {"referring_npi": "1234567893"}, 0.0),
        ("referring_npi_wrong", {"referring_npi": "1234567890"}, 1.0),
        ("referring_npi_wrong", {}, np.nan),
        ("is_replacement", {"frequency": "7"}, 1.0),
        ("replaces_nothing", {"frequency": "7"}, 1.0),
        ("replaces_nothing", {"frequency": "7", "original_control": "9"}, 0.0),
        ("replaces_nothing", {"frequency": "1"}, 0.0),
        ("not_first_payer", {"payer_sequence": "S"}, 1.0),
        ("not_first_payer", {"payer_sequence": "P"}, 0.0),
        ("not_first_payer", {}, UNKNOWN),  # once no: the form doesn't say which payer it is
        ("is_replacement", {"frequency": "1"}, 0.0),
        ("is_replacement", {}, UNKNOWN),  # once no
        ("not_signed_for", {"provider_signature": "Y", "benefits_assigned": "Y", "release": "Y"}, 0.0),
        ("not_signed_for", {"provider_signature": "Y", "benefits_assigned": "Y"}, 1.0),
        ("not_signed_for", {}, UNKNOWN),  # once yes: a claim that isn't an 837 tells nothing of it
        ("second_without_payment", {"payer_sequence": "S"}, 1.0),
        ("second_without_payment", {"payer_sequence": "S", "other_payer_paid_cents": 0}, 0.0),
        ("days_to_submit", {"service_from": DAY, "submitted_on": date(2025, 3, 13)}, 10.0),
        ("days_to_submit", {"service_from": DAY}, np.nan),
        ("submitted_before_service", {"service_from": DAY, "submitted_on": date(2025, 3, 1)}, 1.0),
        ("submitted_before_service", {"service_from": DAY}, UNKNOWN),  # once no
        ("no_service_date", {}, 1.0),
        ("submitted_weekday", {"submitted_on": date(2025, 3, 9)}, 6.0),
        ("deductible_season", {"service_from": DAY}, 1.0),
        ("deductible_season", {"service_from": date(2025, 4, 1)}, 0.0),
        (
            "days_from_report_to_submission",
            {"context_report_signed_on": DAY, "submitted_on": date(2025, 3, 7)},
            4.0,
        ),
        ("service_weekday", {"service_from": DAY}, 0.0),
        ("service_month", {"service_from": DAY}, 3.0),
        ("days_into_year", {"service_from": DAY}, 61.0),
        ("days_into_year", {}, np.nan),
        ("contrast", {"procedure": "70450"}, 1.0),
        ("contrast", {"procedure": "70460"}, 2.0),
        ("not_imaging", {"procedure": "99213"}, 1.0),
        ("not_imaging", {}, UNKNOWN),  # once yes
        ("advanced_imaging", {"procedure": "72148"}, 1.0),
        ("advanced_imaging", {"procedure": "71046"}, 0.0),
        ("advanced_imaging", {}, UNKNOWN),  # once no
        ("side_missing", {}, UNKNOWN),  # once no
        ("in_facility", {"place_of_service": "21"}, 1.0),
        ("in_facility", {"place_of_service": "11"}, 0.0),
        ("in_facility", {}, UNKNOWN),  # once no
        ("in_emergency_room", {"place_of_service": "23"}, 1.0),
        ("in_emergency_room", {}, UNKNOWN),  # once no
        ("side_missing", {"procedure": "73721"}, 1.0),
        ("side_missing", {"procedure": "73721", "modifier_2": "LT"}, 0.0),
        ("side_missing", {"procedure": "70450"}, 0.0),
        ("side_on_unpaired", {"procedure": "70450", "modifier_1": "RT"}, 1.0),
        ("side_on_unpaired", {"procedure": "73721", "modifier_1": "RT"}, 0.0),
        ("component", {"modifier_2": "26"}, 0.0),
        ("component", {"modifier_1": "TC"}, 1.0),
        ("component", {}, 2.0),
        ("picture_in_facility", {"modifier_1": "TC", "place_of_service": "22"}, 1.0),
        ("picture_in_facility", {"modifier_1": "TC", "place_of_service": "11"}, 0.0),
        ("global_in_facility", {"procedure": "70450", "place_of_service": "22"}, 1.0),
        ("global_in_facility", {"procedure": "70450", "place_of_service": "22", "modifier_1": "26"}, 0.0),
        ("diagnosis_chapter", {"diagnosis_1": "M5416", "pointer_1": 1}, 13.0),
        ("diagnosis_chapter", {"diagnosis_1": "M5416", "diagnosis_2": "R079", "pointer_1": 2}, 18.0),
        ("diagnosis_chapter", {"diagnosis_1": "M5416", "pointer_1": 2}, np.nan),
        ("diagnosis_is_symptom", {"diagnosis_1": "R079"}, 1.0),
        ("diagnosis_is_unspecific", {"diagnosis_1": "R079"}, 1.0),
        ("is_dependent", {"relationship": "19"}, 1.0),
        ("is_dependent", {"relationship": "18"}, 0.0),
        ("is_dependent", {}, UNKNOWN),  # once no
        ("screening_without_cause", {"procedure": "77067", "diagnosis_1": "M5416"}, 1.0),
        ("screening_without_cause", {"procedure": "77067", "diagnosis_1": "Z1231"}, 0.0),
        (
            "screening_without_cause",
            {"procedure": "77067"},
            UNKNOWN,
        ),  # once yes: there is no diagnosis at all
        ("screening_without_cause", {"procedure": "70450", "diagnosis_1": "M5416"}, UNKNOWN),
        ("rendering_kind", {"rendering_taxonomy": "2085R0202X"}, 1.0),
        ("rendering_kind", {"rendering_taxonomy": "207RC0000X"}, 2.0),
        ("rendering_kind", {"rendering_taxonomy": "363LF0000X"}, 3.0),
        ("billing_kind", {"billing_taxonomy": "282N00000X"}, 5.0),
        ("billing_kind", {"billing_taxonomy": "111N00000X"}, 6.0),
        ("billing_kind", {}, UNKNOWN),
        ("rendering_is_radiologist", {"rendering_taxonomy": "2085R0202X"}, 1.0),
        ("refers_to_self", {"rendering_npi": "1", "referring_npi": "1"}, 1.0),
        ("refers_to_self", {"rendering_npi": "1", "referring_npi": "2"}, 0.0),
        ("refers_to_self", {}, UNKNOWN),  # once no: nobody knows who they are
        ("outside_screening_age", {"procedure": "77067", "birth_year": 1995, "service_from": DAY}, 1.0),
        ("outside_screening_age", {"procedure": "77067", "birth_year": 1960, "service_from": DAY}, 0.0),
        ("outside_screening_age", {"procedure": "70450", "birth_year": 1995, "service_from": DAY}, np.nan),
        ("no_auth_number", {}, 1.0),
        ("auth_left_off", {"context_auth_number": "A"}, 1.0),
        ("auth_number_differs", {"context_auth_number": "A", "auth_number": "B"}, 1.0),
        ("auth_number_differs", {"context_auth_number": "A", "auth_number": "A"}, 0.0),
        (
            "auth_number_differs",
            {"auth_number": "B"},
            UNKNOWN,
        ),  # once no: there is nothing to compare it with
        ("auth_for_other_procedure", {"procedure": "70450"}, np.nan),
        ("auth_for_other_procedure", {"procedure": "70450", "context_auth_procedure": "70460"}, 1.0),
        ("auth_for_other_side", {"modifier_1": "RT", "context_auth_laterality": "LT"}, 1.0),
        ("auth_for_other_side", {"modifier_1": "LT", "context_auth_laterality": "LT"}, 0.0),
        ("auth_for_other_side", {"modifier_1": "LT"}, UNKNOWN),
        ("auth_for_other_orderer", {"context_auth_ordering_npi": "1", "referring_npi": "2"}, 1.0),
        (
            "auth_for_other_orderer",
            {"context_auth_ordering_npi": "1", "referring_npi": "2", "ordering_npi": "1"},
            0.0,
        ),
        ("auth_for_other_orderer", {"context_auth_ordering_npi": "1", "referring_npi": "1"}, 0.0),
        ("auth_for_other_orderer", {"referring_npi": "1"}, UNKNOWN),
        ("auth_state", {}, 0.0),
        ("auth_state", {"context_auth_number": "A"}, 1.0),
        ("auth_state", {"auth_number": "A"}, 2.0),
        ("auth_state", {"auth_number": "A", "procedure": "1", "context_auth_procedure": "2"}, 3.0),
        ("days_since_auth_ended", {"service_from": DAY, "context_auth_valid_to": date(2025, 3, 1)}, 2.0),
        ("not_active", {"context_eligibility_status": "inactive"}, 1.0),
        ("not_active", {}, np.nan),
        ("coverage_ends_soon", {"service_from": DAY, "context_coverage_ends_on": date(2025, 3, 10)}, 1.0),
        ("coverage_ends_soon", {"service_from": DAY, "context_coverage_ends_on": date(2025, 3, 11)}, 0.0),
        ("other_payer_left_off", {"context_other_payer_primary": True}, 1.0),
        ("other_payer_left_off", {"context_other_payer_primary": False}, 0.0),
        ("other_payer_left_off", {"context_other_payer_primary": True, "n_other_payers": 1}, 0.0),
        ("other_payer_left_off", {}, np.nan),
        ("report_unsigned", {}, np.nan),
        ("report_unsigned", {"context_accession_study": "1"}, 1.0),
        ("study_incomplete", {"context_study_complete": False}, 1.0),
        ("accession_differs", {"context_accession_order": "1", "context_accession_study": "2"}, 1.0),
        ("accession_differs", {"context_accession_order": "1"}, UNKNOWN),  # once no
        ("attachment_without_number", {"attachment_type": "OZ"}, 1.0),
        ("attachment_left_off", {"context_attachment_control": "C"}, 1.0),
    ],
)
def test_feature(name: str, row: dict[str, object], expected: float) -> None:
    np.testing.assert_equal(built(name, row), expected)


CT = {"procedure": "70450", "service_from": DAY}
VISIT = {"procedure": "99213", "service_from": DAY}


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("same_procedure_on_claim", [CT, CT, {"procedure": "71046"}], 1.0),
        ("same_line_on_claim", [CT, {**CT, "modifier_1": "76"}], 0.0),
        ("same_line_on_claim", [{**CT, "modifier_1": "76", "modifier_2": "26"}, {**CT, "modifier_1": "26", "modifier_2": "76"}], 1.0),
        ("same_region_on_claim", [{"procedure": "70450"}, {"procedure": "70551"}], 1.0),
        ("same_procedure_on_claim", [CT, {**CT, "claim_key": 2}], 0.0),
        ("same_modality_on_claim", [CT, {"procedure": "74177"}, {"procedure": "71046"}], 1.0),
        ("same_study_on_claim", [CT, {**CT, "procedure": "70460"}, {**CT, "procedure": "74177"}], 1.0),
        ("other_component_on_claim", [{**CT, "modifier_1": "26"}, {**CT, "modifier_1": "TC"}], 1.0),
        ("visit_with_procedure", [VISIT, CT, VISIT], 1.0),
        ("visit_with_procedure", [CT, VISIT], 0.0),
        ("charge_share_of_claim", [{"charge_cents": 100}, {"charge_cents": 300}, {}], 0.25),
    ],
)  # fmt: skip
def test_lines_of_one_claim_see_each_other(name: str, rows: list[dict[str, object]], expected: float) -> None:
    assert built(name, *rows) == expected


TEN_DAYS = {"service_from": DAY, "submitted_on": date(2025, 3, 13)}
SPLIT = {"procedure": "70450"}


@pytest.mark.parametrize(
    ("name", "row", "book", "expected"),
    [
        ("auth_required", {}, {"auth_required": 1}, 1.0),
        ("attachment_required", {}, {"attachment_required": 0}, 0.0),
        ("excluded", {}, {"excluded": 1}, 1.0),
        ("diagnosis_covered", {}, {"diagnosis_covered": 1}, 1.0),
        ("diagnosis_first_covered", {}, {"diagnosis_first_covered": 0}, 0.0),
        ("rendering_enrolled", {}, {"rendering_enrolled": 0}, 0.0),
        ("filing_limit_used", TEN_DAYS, {"filing_limit_days": 40}, 0.25),
        ("filing_limit_used", {}, {"filing_limit_days": 40}, UNKNOWN),
        ("days_to_filing_limit", TEN_DAYS, {"filing_limit_days": 9}, -1.0),
        ("filing_limit_used_by_report", {"service_from": DAY, "context_report_signed_on": date(2025, 3, 5)}, {"filing_limit_days": 8}, 0.25),
        ("units_over_limit", {"units": 3.0}, {"unit_limit": 1}, 2.0),
        ("charge_to_fee", {"charge_cents": 300}, {"fee_cents": 100}, 3.0),
        ("charge_to_fee", {"charge_cents": 300}, {"fee_cents": 0}, UNKNOWN),
        ("component_against_contract", SPLIT, {"billing_agreed": 0}, 0.0),
        ("component_against_contract", SPLIT, {"billing_agreed": 1}, 1.0),
        ("component_against_contract", {**SPLIT, "modifier_1": "26"}, {"billing_agreed": 1}, 0.0),
        ("component_against_contract", {**SPLIT, "modifier_1": "TC"}, {"billing_agreed": 1}, 1.0),
        ("component_against_contract", {**SPLIT, "modifier_1": "TC"}, {"billing_agreed": 2}, 0.0),
        ("component_against_contract", {"procedure": "99213"}, {"billing_agreed": 1}, UNKNOWN),
        ("ncci_denied", {}, {"ncci_denied": 1}, 1.0),
        ("ncci_unmarked", {}, {"ncci_denied": 1, "ncci_modifier_allowed": 1, "ncci_modifier_given": 0}, 1.0),
        ("ncci_unmarked", {}, {"ncci_denied": 1, "ncci_modifier_allowed": 0, "ncci_modifier_given": 1}, 1.0),
        ("ncci_unmarked", {}, {"ncci_denied": 1, "ncci_modifier_allowed": 1, "ncci_modifier_given": 1}, 0.0),
        ("ncci_unmarked", {}, {"ncci_denied": 0}, 0.0),
        ("ncci_said_apart", {"modifier_1": "59"}, {"ncci_denied": 1}, 1.0),
        ("ncci_said_apart", {"modifier_1": "LT"}, {"ncci_denied": 1}, 0.0),
        ("ncci_said_apart", {"modifier_1": "59"}, {"ncci_denied": 0}, UNKNOWN),
        ("add_on_alone", {}, {"addon_needs_primary": 1, "addon_primary_present": 0}, 1.0),
        ("add_on_alone", {}, {"addon_needs_primary": 1, "addon_primary_present": 1}, 0.0),
        ("add_on_alone", {}, {"addon_needs_primary": 0}, 0.0),
    ],
)  # fmt: skip
def test_what_the_book_says(
    name: str, row: dict[str, object], book: dict[str, float], expected: float
) -> None:
    told = {f"book:{fact}": float(value) for fact, value in book.items()}
    np.testing.assert_equal(says(formula_of(name), lines(row), told), expected)
    assert np.isnan(built(name, row)), "without a book it is unknown"
