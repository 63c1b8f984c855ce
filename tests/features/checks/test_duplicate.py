from features.checks.duplicate import SHELF
from tests.features.checks.made_checks import NO, UNKNOWN, YES, Case, agrees, each, untried

SAME = {"service_from": "2025-03-10", "service_to": "2025-03-10", "submitted_on": "2025-03-12"}
"""The same service, sent a week before."""
OTHER: list[dict[str, str]] = [{}]
"""Another service of this patient, in January."""

CASES: tuple[Case, ...] = (
    Case("sent_before_as_new", YES, "sent before", past=[SAME]),
    Case("sent_before_as_new", NO, "as a replacement", {"frequency": "7"}, past=[SAME]),
    Case("sent_before_as_new", NO, "as a repeat", {"modifier_1": "76"}, past=[{**SAME, "modifier_1": "76"}]),
    Case("sent_before_as_new", NO, "of another patient", past=[{**SAME, "member_id": "M2"}]),
    Case("sent_before_as_new", NO, "with another side", {"modifier_1": "LT"}, past=[{**SAME, "modifier_1": "RT"}]),
    Case("sent_before_as_new", UNKNOWN, "no past"),
    Case("same_line_twice", YES, "twice", claim_lines=[{}]),
    Case("same_line_twice", YES, "modifiers in another order", {"modifier_1": "26", "modifier_2": "GA"},
         [{"modifier_1": "GA", "modifier_2": "26"}]),
    Case("same_line_twice", NO, "once", claim_lines=[{"procedure": "72146"}]),
    Case("same_line_twice", NO, "on another day", claim_lines=[{"service_from": "2025-03-11"}]),
    Case("same_line_twice", NO, "on both sides", {"modifier_1": "LT"}, [{"modifier_1": "RT"}]),
    Case("same_line_twice", NO, "marked as distinct", {"modifier_1": "XS"}, [{"modifier_1": "XS"}]),
    Case("whole_and_part", YES, "the whole and its reading", claim_lines=[{"modifier_1": "26"}]),
    Case("whole_and_part", YES, "the picture and its whole", {"modifier_1": "TC"}, [{}]),
    Case("whole_and_part", NO, "reading and picture", {"modifier_1": "26"}, [{"modifier_1": "TC"}]),
    Case("whole_and_part", NO, "of another day", claim_lines=[{"modifier_1": "26", "service_from": "2025-03-11"}]),
    Case("whole_and_part", NO, "of the other side", {"procedure": "73721", "modifier_1": "LT"},
         [{"procedure": "73721", "modifier_1": "26", "modifier_2": "RT"}]),
    Case("whole_after_part", YES, "the reading was sent", past=[{**SAME, "modifier_1": "26"}]),
    Case("whole_after_part", NO, "the picture after the reading", {"modifier_1": "TC"}, past=[{**SAME, "modifier_1": "26"}]),
    Case("whole_after_part", NO, "nothing of that day", past=OTHER),
    Case("whole_after_part", NO, "as a replacement", {"frequency": "7"}, past=[{**SAME, "modifier_1": "26"}]),
    Case("whole_after_part", UNKNOWN, "no past"),
    Case("replaces_nothing", YES, "no number", {"frequency": "7"}),
    Case("replaces_nothing", YES, "voids nothing", {"frequency": "8"}),
    Case("replaces_nothing", NO, "a number", {"frequency": "7", "original_control": "C1"}),
    Case("replaces_nothing", NO, "the first claim"),
    Case("replaces_nothing", UNKNOWN, "no frequency", {"frequency": None}),
    Case("original_named_by_first", YES, "a number", {"original_control": "C1"}),
    Case("original_named_by_first", NO, "no number"),
    Case("original_named_by_first", NO, "a replacement", {"frequency": "7", "original_control": "C1"}),
    Case("original_named_by_first", UNKNOWN, "no frequency", {"frequency": None, "original_control": "C1"}),
    Case("corrects_unknown_claim", YES, "nothing of that day", {"frequency": "7"}, past=OTHER),
    Case("corrects_unknown_claim", NO, "the first one was sent", {"frequency": "7"}, past=[SAME]),
    Case("corrects_unknown_claim", NO, "a first claim", past=OTHER),
    Case("corrects_unknown_claim", UNKNOWN, "no past", {"frequency": "7"}),
)  # fmt: skip


@each(CASES)
def test_verdicts(case: Case) -> None:
    assert agrees(case)


def test_every_check_is_tried() -> None:
    assert untried(SHELF, CASES) == []
