from features.checks.ncci import SHELF
from tests.features.checks.made_checks import NO, UNKNOWN, YES, Case, Fields, agrees, each, untried

PAIR = {"column_1": "72148", "column_2": "72146", "payer_id": "*"}
NEVER = {"ncci_pairs": [{**PAIR, "modifier_indicator": "0"}]}
MARKED = {"ncci_pairs": [{**PAIR, "modifier_indicator": "1"}]}
SECOND = {"procedure": "72146"}
ADD_ON = {"add_on_codes": [{"payer_id": "*", "add_on": "77063", "primary": "77067"}]}
LIMIT = {"unit_limits": [{"payer_id": "*", "procedure": "72148", "units": "1"}]}

BOTH: tuple[Fields, ...] = ({}, {"line": 2, **SECOND})
PAID: list[Fields] = [{"claim_key": 100 + n, **fields} for n in range(60) for fields in BOTH]
"""Sixty claims with both studies."""
OFTEN = [
    {**fields, "outcome": "denied", "label": 1, "family": "bundling", "paid_cents": 0} for fields in PAID
]

CASES: tuple[Case, ...] = (
    Case("pair_never_paid", YES, "the second code", SECOND, [{}], book=NEVER),
    Case("pair_never_paid", YES, "a modifier doesn't help", {**SECOND, "modifier_1": "59"}, [{}], book=NEVER),
    Case("pair_never_paid", NO, "the first code", {}, [SECOND], book=NEVER),
    Case("pair_never_paid", NO, "a modifier may help", SECOND, [{}], book=MARKED),
    Case("pair_never_paid", NO, "another day", SECOND, [{"service_from": "2025-03-11"}], book=NEVER),
    Case("pair_never_paid", UNKNOWN, "no book", SECOND, [{}]),
    Case("units_above_limit", YES, "2 of 1", {"units": 2.0}, book=LIMIT),
    Case("units_above_limit", NO, "1 of 1", book=LIMIT),
    Case("units_above_limit", UNKNOWN, "no limit", {"units": 9.0, "procedure": "72146"}, book=LIMIT),
    Case("units_above_limit", UNKNOWN, "no units", {"units": None}, book=LIMIT),
    Case("addon_alone", YES, "alone", {"procedure": "77063"}, book=ADD_ON),
    Case("addon_alone", YES, "beside another code", {"procedure": "77063"}, [{}], book=ADD_ON),
    Case("addon_alone", NO, "beside its primary", {"procedure": "77063"}, [{"procedure": "77067"}], book=ADD_ON),
    Case("addon_alone", NO, "no add-on", book=ADD_ON),
    Case("addon_alone", UNKNOWN, "no book", {"procedure": "77063"}),
    Case("same_study_in_two_codes", YES, "two MRIs of the spine", claim_lines=[SECOND]),
    Case("same_study_in_two_codes", NO, "marked", {"modifier_1": "59"}, [SECOND]),
    Case("same_study_in_two_codes", NO, "an X-ray of it", claim_lines=[{"procedure": "72100"}]),
    Case("same_study_in_two_codes", NO, "another day", claim_lines=[{**SECOND, "service_from": "2025-03-11"}]),
    Case("pair_usually_refused", YES, "sixty denied", claim_lines=[SECOND], past=OFTEN),
    Case("pair_usually_refused", NO, "sixty paid", claim_lines=[SECOND], past=PAID),
    Case("pair_usually_refused", UNKNOWN, "nothing beside it", past=OFTEN),
    Case("pair_usually_refused", UNKNOWN, "only itself again", claim_lines=[{}], past=OFTEN),
    Case("pair_usually_refused", UNKNOWN, "no past", claim_lines=[SECOND]),
)  # fmt: skip


@each(CASES)
def test_verdicts(case: Case) -> None:
    assert agrees(case)


def test_every_check_is_tried() -> None:
    assert untried(SHELF, CASES) == []
