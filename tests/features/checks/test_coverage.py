from features.checks.coverage import SHELF
from tests.features.checks.made_checks import NO, UNKNOWN, YES, Case, agrees, denied, each, repeated, untried

ACTIVE = {"eligibility_status": "active"}
PRIMARY = {"other_payer_primary": True}

CASES: tuple[Case, ...] = (
    Case("coverage_not_active", YES, "inactive", context={"eligibility_status": "inactive"}),
    Case("coverage_not_active", NO, "active", context=ACTIVE),
    Case("coverage_not_active", UNKNOWN, "never verified", context={"eligibility_status": "unverified"}),
    Case("coverage_not_active", UNKNOWN, "no context"),
    Case("coverage_ended", YES, "the day before", context={"coverage_ends_on": "2025-03-09"}),
    Case("coverage_ended", YES, "during the service", {"service_to": "2025-03-12"}, context={"coverage_ends_on": "2025-03-11"}),
    Case("coverage_ended", NO, "on that day", context={"coverage_ends_on": "2025-03-10"}),
    Case("coverage_ended", UNKNOWN, "no end is known", context=ACTIVE),
    Case("coverage_not_verified", YES, "never", context={"eligibility_status": "unverified"}),
    Case("coverage_not_verified", NO, "verified", context=ACTIVE),
    Case("coverage_not_verified", UNKNOWN, "no context"),
    Case("coverage_check_old", YES, "40 days before", context={"eligibility_checked_on": "2025-01-29"}),
    Case("coverage_check_old", YES, "in the year before", {"service_from": "2025-01-05"}, context={"eligibility_checked_on": "2024-12-30"}),
    Case("coverage_check_old", NO, "on the first day of the year", {"service_from": "2025-01-05"},
         context={"eligibility_checked_on": "2025-01-01"}),
    Case("coverage_check_old", NO, "the week before", context={"eligibility_checked_on": "2025-03-03"}),
    Case("coverage_check_old", NO, "after the service", context={"eligibility_checked_on": "2025-03-15"}),
    Case("coverage_check_old", UNKNOWN, "checked after the claim went out", context={"eligibility_checked_on": "2025-03-25"}),
    Case("coverage_ends_soon", YES, "two days later", context={"coverage_ends_on": "2025-03-12"}),
    Case("coverage_ends_soon", YES, "on that day", context={"coverage_ends_on": "2025-03-10"}),
    Case("coverage_ends_soon", NO, "verified that day", context={"coverage_ends_on": "2025-03-12", "eligibility_checked_on": "2025-03-10"}),
    Case("coverage_ends_soon", NO, "had ended already", context={"coverage_ends_on": "2025-03-09"}),
    Case("coverage_ends_soon", NO, "eight days later", context={"coverage_ends_on": "2025-03-18"}),
    Case("coverage_ends_soon", UNKNOWN, "no end is known", context=ACTIVE),
    Case("other_payer_first", YES, "sent as the first", context=PRIMARY),
    Case("other_payer_first", NO, "sent as the second", {"payer_sequence": "S"}, context=PRIMARY),
    Case("other_payer_first", NO, "nobody else", context={"other_payer_primary": False}),
    Case("other_payer_first", UNKNOWN, "no context"),
    Case("work_insurer_first", YES, "to a health plan", {"related_cause": "EM"}),
    Case("work_insurer_first", NO, "to the work insurer", {"related_cause": "EM", "plan_type": "WC"}),
    Case("work_insurer_first", NO, "no injury"),
    Case("work_insurer_first", UNKNOWN, "no kind of plan", {"related_cause": "EM", "plan_type": None}),
    Case("car_insurer_first", YES, "to a health plan", {"related_cause": "AA"}),
    Case("car_insurer_first", NO, "to the car insurer", {"related_cause": "AA", "plan_type": "AM"}),
    Case("car_insurer_first", NO, "to the health plan as the second", {"related_cause": "AA", "payer_sequence": "S"}),
    Case("car_insurer_first", NO, "no accident"),
    Case("car_insurer_first", UNKNOWN, "no kind of plan", {"related_cause": "AA", "plan_type": None}),
    Case("procedure_excluded", YES, "on the list", book={"excluded": [{"procedure": "72148"}]}),
    Case("procedure_excluded", NO, "the list says that it is paid", book={"excluded": [{"procedure": "72148", "excluded": "no"}]}),
    Case("procedure_excluded", UNKNOWN, "not on the list", book={"excluded": [{"procedure": "70450"}]}),
    Case("procedure_excluded", UNKNOWN, "no book"),
    Case("procedure_usually_refused", YES, "sixty denied", past=denied(60, "not_covered")),
    Case("procedure_usually_refused", NO, "sixty paid", past=repeated(60)),
    Case("procedure_usually_refused", NO, "another was denied", past=[*denied(60, "not_covered", procedure="70450"), *repeated(60)]),
    Case("procedure_usually_refused", UNKNOWN, "the list says it", past=denied(60, "not_covered"), book={"excluded": [{"procedure": "72148"}]}),
    Case("procedure_usually_refused", UNKNOWN, "no past"),
)  # fmt: skip


@each(CASES)
def test_verdicts(case: Case) -> None:
    assert agrees(case)


def test_every_check_is_tried() -> None:
    assert untried(SHELF, CASES) == []
