from features.checks.image import SHELF
from tests.features.checks.made_checks import NO, UNKNOWN, YES, Case, agrees, each, untried

LIMIT = {"filing_limits": [{"days": "90"}]}
ORDER, STUDY = {"accession_order": "X1"}, {"accession_study": "X1"}
LONG_AGO = {"service_from": "2025-01-01", "service_to": "2025-01-01"}

CASES: tuple[Case, ...] = (
    Case("accession_missing", YES, "ordered, not archived", context=ORDER),
    Case("accession_missing", YES, "reported, not archived", context={"report_signed_on": "2025-03-11"}),
    Case("accession_missing", NO, "archived", context=STUDY),
    Case("accession_missing", UNKNOWN, "records of coverage only", context={"eligibility_status": "active"}),
    Case("accession_missing", UNKNOWN, "no context"),
    Case("accession_differs", YES, "two numbers", context={**ORDER, "accession_study": "X2"}),
    Case("accession_differs", NO, "one number", context={**ORDER, **STUDY}),
    Case("accession_differs", UNKNOWN, "no order", context=STUDY),
    Case("study_incomplete", YES, "views missing", context={"study_complete": False}),
    Case("study_incomplete", NO, "complete", context={"study_complete": True}),
    Case("study_incomplete", UNKNOWN, "no word of it", context=STUDY),
    Case("report_unsigned", YES, "archived, no signature", context=STUDY),
    Case("report_unsigned", YES, "signed after the claim went out", context={**STUDY, "report_signed_on": "2025-03-25"}),
    Case("report_unsigned", NO, "signed", context={**STUDY, "report_signed_on": "2025-03-11"}),
    Case("report_unsigned", UNKNOWN, "records of coverage only", context={"eligibility_status": "active"}),
    Case("report_unsigned", UNKNOWN, "no context"),
    Case("report_signed_late", YES, "after three weeks", {"service_from": "2025-02-20"}, context={"report_signed_on": "2025-03-13"}),
    Case("report_signed_late", NO, "the day after", context={"report_signed_on": "2025-03-11"}),
    Case("report_signed_late", UNKNOWN, "not signed", context=STUDY),
    Case("report_used_filing_time", YES, "60 of 90 days", LONG_AGO, context={"report_signed_on": "2025-03-02"}, book=LIMIT),
    Case("report_used_filing_time", NO, "10 of 90 days", LONG_AGO, context={"report_signed_on": "2025-01-11"}, book=LIMIT),
    Case("report_used_filing_time", UNKNOWN, "no limit in the book", LONG_AGO, context={"report_signed_on": "2025-03-02"}),
    Case("report_used_filing_time", UNKNOWN, "not signed", LONG_AGO, context=STUDY, book=LIMIT),
    Case("indication_missing", YES, "no reason in the report",
         context={"report_signed_on": "2025-03-11", "report_has_indication": False}),
    Case("indication_missing", NO, "a reason is there",
         context={"report_signed_on": "2025-03-11", "report_has_indication": True}),
    Case("indication_missing", UNKNOWN, "no report yet",
         context={"report_signed_on": "2025-03-25", "report_has_indication": False}),
    Case("indication_missing", UNKNOWN, "no context"),
)  # fmt: skip


@each(CASES)
def test_verdicts(case: Case) -> None:
    assert agrees(case)


def test_every_check_is_tried() -> None:
    assert untried(SHELF, CASES) == []
