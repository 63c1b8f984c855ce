import pytest

from features.checks.authorization import SHELF, allows_left, allows_right, body_region
from tests.features.checks.made_checks import NO, UNKNOWN, YES, Case, agrees, denied, each, repeated, untried

LISTED = {"authorization": [{"procedure": "72148"}]}
FREE = {"authorization": [{"procedure": "72148", "required": "no"}]}
NUMBER = {"auth_number": "A77"}
XRAY = {"procedure": "71046"}
OFTEN = denied(60, "authorization")
SELDOM = repeated(60)

CASES: tuple[Case, ...] = (
    Case("auth_absent", YES, "listed, no number", book=LISTED),
    Case("auth_absent", NO, "listed, number there", NUMBER, book=LISTED),
    Case("auth_absent", NO, "number there, no book", NUMBER),
    Case("auth_absent", NO, "the list says none is needed", book=FREE),
    Case("auth_absent", UNKNOWN, "no number, no book"),
    Case("auth_absent", UNKNOWN, "another procedure is listed", XRAY, book=LISTED),
    Case("auth_left_off", YES, "in our records, not on the claim", context={"auth_number": "A77"}),
    Case("auth_left_off", NO, "on the claim", NUMBER, context={"auth_number": "A77"}),
    Case("auth_left_off", NO, "none is needed", context={"auth_number": "A77"}, book=FREE),
    Case("auth_left_off", UNKNOWN, "nowhere", context={"auth_number": None}),
    Case("auth_left_off", UNKNOWN, "no context"),
    Case("auth_number_differs", YES, "two numbers", NUMBER, context={"auth_number": "A78"}),
    Case("auth_number_differs", NO, "one number", NUMBER, context={"auth_number": "A77"}),
    Case("auth_number_differs", UNKNOWN, "only on the claim", NUMBER),
    Case("auth_other_procedure", YES, "with contrast authorized", context={"auth_procedure": "72149"}),
    Case("auth_other_procedure", NO, "the same", context={"auth_procedure": "72148"}),
    Case("auth_other_procedure", NO, "none is needed", context={"auth_procedure": "72149"}, book=FREE),
    Case("auth_other_procedure", YES, "a listed plain study", XRAY, context={"auth_procedure": "72148"},
         book={"authorization": [XRAY]}),
    Case("auth_other_procedure", UNKNOWN, "a plain study beside it", XRAY, context={"auth_procedure": "72148"}),
    Case("auth_other_procedure", UNKNOWN, "no context"),
    Case("auth_other_body_part", YES, "another part", context={"auth_procedure": "70551"}),
    Case("auth_other_body_part", NO, "another protocol of it", context={"auth_procedure": "72149"}),
    Case("auth_other_body_part", UNKNOWN, "no imaging authorized", context={"auth_procedure": "99213"}),
    Case("auth_expired", YES, "a day late", context={"auth_valid_to": "2025-03-09"}),
    Case("auth_expired", YES, "its last day is beyond", {"service_to": "2025-03-12"}, context={"auth_valid_to": "2025-03-11"}),
    Case("auth_expired", NO, "on its last day", context={"auth_valid_to": "2025-03-10"}),
    Case("auth_expired", NO, "none is needed", context={"auth_valid_to": "2025-03-09"}, book=FREE),
    Case("auth_expired", UNKNOWN, "no end in our records", context={"auth_number": "A77"}),
    Case("auth_not_yet_valid", YES, "a day early", context={"auth_valid_from": "2025-03-11"}),
    Case("auth_not_yet_valid", NO, "on its first day", context={"auth_valid_from": "2025-03-10"}),
    Case("auth_not_yet_valid", UNKNOWN, "no context"),
    Case("auth_other_orderer", YES, "somebody else", context={"auth_ordering_npi": "1555555550"}),
    Case("auth_other_orderer", NO, "the one who referred", context={"auth_ordering_npi": "1999999984"}),
    Case("auth_other_orderer", NO, "the one who ordered", {"ordering_npi": "1555555550"}, context={"auth_ordering_npi": "1555555550"}),
    Case("auth_other_orderer", UNKNOWN, "nobody on the claim", {"referring_npi": None}, context={"auth_ordering_npi": "1555555550"}),
    Case("auth_other_orderer", UNKNOWN, "no context"),
    Case("auth_other_facility", YES, "another one", context={"auth_facility_npi": "1555555550"}),
    Case("auth_other_facility", NO, "the same", {"facility_npi": "1555555550"}, context={"auth_facility_npi": "1555555550"}),
    Case("auth_other_facility", NO, "the billing provider's own", {"facility_npi": None, "billing_npi": "1555555550"},
         context={"auth_facility_npi": "1555555550"}),
    Case("auth_other_facility", UNKNOWN, "no context"),
    Case("auth_other_side", YES, "left for right", {"modifier_1": "LT"}, context={"auth_laterality": "RT"}),
    Case("auth_other_side", YES, "both for one", {"modifier_2": "50"}, context={"auth_laterality": "RT"}),
    Case("auth_other_side", NO, "the same", {"modifier_2": "LT"}, context={"auth_laterality": "LT"}),
    Case("auth_other_side", NO, "one of both", {"modifier_1": "RT"}, context={"auth_laterality": "50"}),
    Case("auth_other_side", UNKNOWN, "no side billed", context={"auth_laterality": "LT"}),
    Case("auth_other_side", UNKNOWN, "no word for a side", {"modifier_1": "LT"}, context={"auth_laterality": "upper"}),
    Case("auth_units_exceeded", YES, "two for one", {"units": 2.0}, context={"auth_units": 1.0}),
    Case("auth_units_exceeded", NO, "one for one", context={"auth_units": 1.0}),
    Case("auth_units_exceeded", UNKNOWN, "no context"),
    Case("auth_usually_asked", YES, "sixty denied", past=OFTEN),
    Case("auth_usually_asked", YES, "sixty MRI denied", past=denied(60, "authorization", procedure="70551")),
    Case("auth_usually_asked", NO, "sixty CT denied, sixty MRI paid",
         past=[*denied(60, "authorization", procedure="70450"), *repeated(60)]),
    Case("auth_usually_asked", NO, "sixty paid", past=SELDOM),
    Case("auth_usually_asked", NO, "a number is there", NUMBER, past=OFTEN),
    Case("auth_usually_asked", UNKNOWN, "the list says it", past=OFTEN, book=LISTED),
    Case("auth_usually_asked", UNKNOWN, "no past"),
)  # fmt: skip


@each(CASES)
def test_verdicts(case: Case) -> None:
    assert agrees(case)


def test_every_check_is_tried() -> None:
    assert untried(SHELF, CASES) == []


@pytest.mark.parametrize(
    ("side", "left", "right"),
    [("LT", 1.0, 0.0), ("right", 0.0, 1.0), ("50", 1.0, 1.0), (" b ", 1.0, 1.0)],
)
def test_sides(side: str, left: float, right: float) -> None:
    assert (allows_left(side), allows_right(side)) == (left, right)


def test_what_is_no_imaging_has_no_body_region() -> None:
    assert body_region("99213") is None
