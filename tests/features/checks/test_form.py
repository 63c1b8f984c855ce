from features.checks.form_days import SHELF
from features.checks.required import REQUIRED
from tests.features.checks.made_checks import NO, UNKNOWN, YES, Case, agrees, each, untried

CASES: tuple[Case, ...] = (
    *(Case(one.id, YES, "empty", {one.field: None}) for one in REQUIRED if one.id != "charge_missing"),
    *(Case(one.id, NO, "filled") for one in REQUIRED),
    *(Case(one.id, UNKNOWN, "came as a table", {one.field: None, "version": None}) for one in REQUIRED if one.is_of_x12),
    *(Case(one.id, UNKNOWN, "came as FHIR", {one.field: None, "version": "R4"}) for one in REQUIRED if one.is_of_x12),
    *(Case(one.id, UNKNOWN, "an institution's claim", {one.field: None, "transaction": "837I"}) for one in REQUIRED if one.is_of_837p),
    *(Case(check, UNKNOWN, "an institution's claim", {field: value, "transaction": "837I"})
      for check, field, value in (("signature_missing", "provider_signature", None), ("place_unknown", "place_of_service", "83"),
                                  ("admission_missing", "place_of_service", "21"))),
    *(Case(one.id, YES, "came as a table", {one.field: None, "version": None}) for one in REQUIRED
      if not one.is_of_x12 and one.id != "charge_missing"),
    Case("signature_missing", UNKNOWN, "came as a table", {"provider_signature": None, "version": None}),
    Case("signature_missing", YES, "a table says no", {"provider_signature": "N", "version": None}),
    Case("release_missing", UNKNOWN, "came as a table", {"release": None, "version": None}),
    Case("benefits_not_assigned", UNKNOWN, "came as a table", {"benefits_assigned": None, "version": None}),
    Case("charge_missing", YES, "empty", {"charge_cents": None}),
    Case("signature_missing", YES, "no", {"provider_signature": "N"}),
    Case("signature_missing", YES, "nothing", {"provider_signature": None}),
    Case("signature_missing", NO, "yes"),
    Case("release_missing", YES, "no", {"release": "N"}),
    Case("release_missing", NO, "informed consent", {"release": "I"}),
    Case("benefits_not_assigned", YES, "no", {"benefits_assigned": "N"}),
    Case("benefits_not_assigned", NO, "not applicable", {"benefits_assigned": "W"}),
    Case("place_unknown", YES, "00", {"place_of_service": "00"}),
    Case("place_unknown", NO, "an office"),
    Case("place_unknown", UNKNOWN, "none", {"place_of_service": None}),
    Case("procedure_malformed", YES, "four characters", {"procedure": "7214"}),
    Case("procedure_malformed", NO, "CPT"),
    Case("procedure_malformed", NO, "HCPCS", {"procedure": "G0297"}),
    Case("procedure_malformed", NO, "a category III code", {"procedure": "0042T"}),
    Case("procedure_malformed", UNKNOWN, "none", {"procedure": None}),
    Case("procedure_malformed", UNKNOWN, "of another list", {"procedure": "12345678901", "procedure_qualifier": "N4"}),
    Case("units_missing", YES, "none", {"units": None}),
    Case("units_missing", YES, "zero", {"units": 0.0}),
    Case("units_missing", NO, "one"),
    Case("charge_zero", YES, "zero", {"charge_cents": 0}),
    Case("charge_zero", NO, "a charge"),
    Case("charge_zero", UNKNOWN, "none", {"charge_cents": None}),
    Case("total_not_the_sum", YES, "a cent more", {"claim_charge_cents": 100_001}),
    Case("total_not_the_sum", NO, "one line"),
    Case("total_not_the_sum", NO, "two lines", claim_lines=[{"charge_cents": 1}]),
    Case("total_not_the_sum", UNKNOWN, "no total", {"claim_charge_cents": None}),
    Case("service_in_future", YES, "a day after", {"submitted_on": "2025-03-09"}),
    Case("service_in_future", NO, "on that day", {"submitted_on": "2025-03-10"}),
    Case("service_in_future", UNKNOWN, "no day of service", {"service_from": None}),
    Case("service_ends_first", YES, "the day before", {"service_to": "2025-03-09"}),
    Case("service_ends_first", NO, "one day"),
    Case("service_ends_first", UNKNOWN, "no last day", {"service_to": None}),
    Case("admitted_after_service", YES, "a day after", {"place_of_service": "21", "admitted_on": "2025-03-11"}),
    Case("admitted_after_service", NO, "on that day", {"place_of_service": "21", "admitted_on": "2025-03-10"}),
    Case("admitted_after_service", UNKNOWN, "an office", {"admitted_on": "2025-03-11"}),
    Case("admission_missing", YES, "an inpatient", {"place_of_service": "21"}),
    Case("admission_missing", NO, "given", {"place_of_service": "21", "admitted_on": "2025-03-10"}),
    Case("admission_missing", NO, "an office"),
    Case("admission_missing", UNKNOWN, "no place", {"place_of_service": None}),
    Case("accident_date_missing", YES, "a car", {"related_cause": "AA"}),
    Case("accident_date_missing", NO, "with its day", {"related_cause": "OA", "accident_on": "2025-03-09"}),
    Case("accident_date_missing", NO, "work", {"related_cause": "EM"}),
    Case("accident_date_missing", NO, "no accident"),
    Case("accident_cause_missing", YES, "a day alone", {"accident_on": "2025-03-09"}),
    Case("accident_cause_missing", NO, "with its kind", {"accident_on": "2025-03-09", "related_cause": "AA"}),
    Case("accident_after_service", YES, "a day after", {"accident_on": "2025-03-11"}),
    Case("accident_after_service", NO, "on that day", {"accident_on": "2025-03-10"}),
    Case("accident_after_service", UNKNOWN, "no accident"),
    Case("first_payment_missing", YES, "the second payer", {"payer_sequence": "S"}),
    Case("first_payment_missing", NO, "told", {"payer_sequence": "S", "other_payer_paid_cents": 0}),
    Case("first_payment_missing", NO, "the first payer"),
    Case("first_payment_missing", UNKNOWN, "no turn", {"payer_sequence": None}),
    Case("first_payer_missing", YES, "the third payer", {"payer_sequence": "T"}),
    Case("first_payer_missing", NO, "named", {"payer_sequence": "S", "n_other_payers": 1}),
    Case("first_payer_missing", NO, "the first payer"),
    Case("first_payer_missing", UNKNOWN, "no turn", {"payer_sequence": None}),
    Case("too_many_lines", YES, "51", {"n_lines": 51}),
    Case("too_many_lines", NO, "50", {"n_lines": 50}),
    Case("too_many_lines", UNKNOWN, "no form told", {"n_lines": 51, "transaction": None}),
)  # fmt: skip


@each(CASES)
def test_verdicts(case: Case) -> None:
    assert agrees(case)


def test_every_check_is_tried() -> None:
    assert untried(SHELF, CASES) == []
