from features.checks.provider import SHELF
from tests.features.checks.made_checks import NO, UNKNOWN, YES, Case, agrees, each, untried

SINCE = {"enrollment": [{"rendering_npi": "1234567893", "valid_from": "2025-03-10"}]}
LATER = {"enrollment": [{"rendering_npi": "1234567893", "valid_from": "2025-03-11"}]}
WRONG, GOOD = "1234567890", "1234567893"
NUMBERS = {
    "rendering_npi_wrong": "rendering_npi",
    "referring_npi_wrong": "referring_npi",
    "ordering_npi_wrong": "ordering_npi",
    "billing_npi_wrong": "billing_npi",
    "facility_npi_wrong": "facility_npi",
    "supervising_npi_wrong": "supervising_npi",
}

CASES: tuple[Case, ...] = (
    *(Case(check, YES, "the check digit fails", {field: WRONG}) for check, field in NUMBERS.items()),
    *(Case(check, NO, "the check digit fits", {field: GOOD}) for check, field in NUMBERS.items()),
    *(Case(check, UNKNOWN, "no number", {field: None}) for check, field in NUMBERS.items()),
    Case("rendering_missing", YES, "none", {"rendering_npi": None}),
    *(Case(check, UNKNOWN, "an institution's claim", {field: None, "place_of_service": "22", "transaction": "837I"})
      for check, field in (("rendering_missing", "rendering_npi"), ("referring_missing", "referring_npi"),
                           ("facility_missing", "facility_npi"))),
    Case("rendering_missing", NO, "named"),
    Case("rendering_not_enrolled", YES, "the day after", book=LATER),
    Case("rendering_not_enrolled", NO, "since that day", book=SINCE),
    Case("rendering_not_enrolled", UNKNOWN, "no entry"),
    Case("rendering_new_to_payer", YES, "another one was sent", past=[{"rendering_npi": "1999999984"}]),
    Case("rendering_new_to_payer", YES, "to another payer", past=[{"payer_id": "87726"}]),
    Case("rendering_new_to_payer", NO, "sent before", past=[{}]),
    Case("rendering_new_to_payer", NO, "enrolled by the book", book=SINCE, past=[{"rendering_npi": "1999999984"}]),
    Case("rendering_new_to_payer", UNKNOWN, "no past"),
    Case("referring_missing", YES, "nobody", {"referring_npi": None}),
    Case("referring_missing", NO, "the ordering one", {"referring_npi": None, "ordering_npi": "1999999984"}),
    Case("referring_missing", NO, "named"),
    Case("referring_missing", UNKNOWN, "a visit", {"procedure": "99213", "referring_npi": None}),
    Case("billing_missing", YES, "none", {"billing_npi": None}),
    Case("billing_missing", NO, "named"),
    Case("facility_missing", YES, "a hospital", {"place_of_service": "22", "facility_npi": None}),
    Case("facility_missing", NO, "which one", {"place_of_service": "22"}),
    Case("facility_missing", NO, "an office", {"facility_npi": None}),
    Case("facility_missing", UNKNOWN, "no place", {"place_of_service": None, "facility_npi": None}),
    Case("refers_to_self", YES, "the same", {"referring_npi": "1234567893"}),
    Case("refers_to_self", NO, "another"),
    Case("refers_to_self", UNKNOWN, "nobody", {"referring_npi": None}),
)  # fmt: skip


@each(CASES)
def test_verdicts(case: Case) -> None:
    assert agrees(case)


def test_every_check_is_tried() -> None:
    assert untried(SHELF, CASES) == []
