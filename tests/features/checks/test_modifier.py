import pytest

from features.checks.modifier import SHELF, is_malformed
from tests.features.checks.made_checks import NO, UNKNOWN, YES, Case, agrees, each, untried

READING, PICTURE, WHOLE = (
    {"contracts": [{"facility_npi": "1666666668", "billing": billing}]} for billing in ("26", "TC", "global")
)
HAS_26, HAS_TC = {"modifier_1": "26"}, {"modifier_1": "TC"}
HOSPITAL = {"place_of_service": "22"}
KNEE = {"procedure": "73721"}
SAME = {"service_from": "2025-03-10", "service_to": "2025-03-10", "submitted_on": "2025-03-12"}
PAIR = {"column_1": "72148", "column_2": "72146", "payer_id": "*"}
NEVER = {"ncci_pairs": [{**PAIR, "modifier_indicator": "0"}]}
MARKED = {"ncci_pairs": [{**PAIR, "modifier_indicator": "1"}]}
SECOND = {"procedure": "72146"}
VISIT = {"procedure": "99213"}

CASES: tuple[Case, ...] = (
    Case("reading_agreed", YES, "billed as a whole", book=READING),
    Case("reading_agreed", YES, "the picture billed", HAS_TC, book=READING),
    Case("reading_agreed", NO, "the reading billed", HAS_26, book=READING),
    Case("reading_agreed", NO, "behind a side", {**KNEE, "modifier_1": "LT", "modifier_2": "26"}, book=READING),
    Case("reading_agreed", NO, "something else agreed", book=WHOLE),
    Case("reading_agreed", UNKNOWN, "no contract"),
    Case("reading_agreed", UNKNOWN, "a study that has no parts", {"procedure": "77089"}, book=READING),
    Case("picture_agreed", YES, "billed as a whole", book=PICTURE),
    Case("picture_agreed", YES, "the reading billed", HAS_26, book=PICTURE),
    Case("picture_agreed", NO, "the picture billed", HAS_TC, book=PICTURE),
    Case("picture_agreed", UNKNOWN, "no contract", HAS_26),
    Case("whole_agreed", YES, "the reading billed", HAS_26, book=WHOLE),
    Case("whole_agreed", NO, "billed as a whole", book=WHOLE),
    Case("whole_agreed", UNKNOWN, "no contract", HAS_26),
    Case("picture_in_facility", YES, "in a hospital", {**HOSPITAL, **HAS_TC}),
    Case("picture_in_facility", NO, "in an office", HAS_TC),
    Case("picture_in_facility", NO, "the reading", {**HOSPITAL, **HAS_26}),
    Case("picture_in_facility", UNKNOWN, "no such place", {**HAS_TC, "place_of_service": "00"}),
    Case("picture_in_facility", UNKNOWN, "an institution's claim", {**HOSPITAL, **HAS_TC, "transaction": "837I"}),
    Case("whole_in_facility", UNKNOWN, "an institution's claim", {**HOSPITAL, "transaction": "837I"}),
    Case("whole_in_facility", YES, "in a hospital", HOSPITAL),
    Case("whole_in_facility", NO, "in an office"),
    Case("whole_in_facility", NO, "the reading", {**HOSPITAL, **HAS_26}),
    Case("whole_in_facility", NO, "agreed", HOSPITAL, book=WHOLE),
    Case("whole_in_facility", YES, "agreed otherwise", HOSPITAL, book=READING),
    Case("whole_in_facility", UNKNOWN, "a visit", {**HOSPITAL, **VISIT}),
    Case("part_of_undivided", YES, "26 on what has no parts", {"procedure": "77089", **HAS_26}),
    Case("part_of_undivided", NO, "no modifier", {"procedure": "77089"}),
    Case("part_of_undivided", NO, "26 on what has parts", HAS_26),
    Case("part_of_undivided", UNKNOWN, "no code that we know", {"procedure": "12345", **HAS_26}),
    Case("both_parts_on_line", YES, "both", {"modifier_1": "26", "modifier_2": "TC"}),
    Case("both_parts_on_line", NO, "one", HAS_26),
    Case("both_parts_on_line", UNKNOWN, "no modifier"),
    Case("side_missing", YES, "a knee", KNEE),
    Case("side_missing", NO, "the left knee", {**KNEE, "modifier_1": "LT"}),
    Case("side_missing", NO, "both knees", {**KNEE, "modifier_1": "26", "modifier_2": "50"}),
    Case("side_missing", NO, "a spine"),
    Case("side_missing", UNKNOWN, "no code that we know", {"procedure": "12345"}),
    Case("both_sides_on_line", YES, "both", {**KNEE, "modifier_1": "LT", "modifier_2": "RT"}),
    Case("both_sides_on_line", NO, "one", {**KNEE, "modifier_1": "LT"}),
    Case("both_sides_on_line", UNKNOWN, "no modifier", KNEE),
    Case("repeat_unmarked", YES, "twice on the claim", claim_lines=[{}]),
    Case("repeat_unmarked", YES, "sent before for that day", past=[SAME]),
    Case("repeat_unmarked", NO, "marked", {"modifier_1": "77"}, [{"modifier_1": "77"}]),
    Case("repeat_unmarked", NO, "of a side", {**KNEE, "modifier_1": "LT"}, past=[{**SAME, **KNEE, "modifier_1": "LT"}]),
    Case("repeat_unmarked", NO, "a replacement", {"frequency": "7"}, past=[SAME]),
    Case("repeat_unmarked", NO, "the other part was sent", HAS_TC, past=[{**SAME, **HAS_26}]),
    Case("repeat_unmarked", UNKNOWN, "no past"),
    Case("distinct_mark_missing", YES, "no modifier", SECOND, [{}], book=MARKED),
    Case("distinct_mark_missing", NO, "59", {**SECOND, "modifier_1": "59"}, [{}], book=MARKED),
    Case("distinct_mark_missing", NO, "XS on the other line", SECOND, [{"modifier_1": "XS"}], book=MARKED),
    Case("distinct_mark_missing", NO, "no modifier helps", SECOND, [{}], book=NEVER),
    Case("distinct_mark_missing", NO, "no pair", book=MARKED),
    Case("distinct_mark_missing", UNKNOWN, "no book", SECOND, [{}]),
    Case("distinct_mark_useless", YES, "no modifier helps", {**SECOND, "modifier_1": "59"}, [{}], book=NEVER),
    Case("distinct_mark_useless", NO, "a modifier helps", {**SECOND, "modifier_1": "59"}, [{}], book=MARKED),
    Case("distinct_mark_useless", NO, "no modifier", SECOND, [{}], book=NEVER),
    Case("distinct_mark_useless", UNKNOWN, "no book", {**SECOND, "modifier_1": "59"}, [{}]),
    Case("distinct_mark_alone", YES, "nothing beside it", {"modifier_1": "XU"}, book=MARKED),
    Case("distinct_mark_alone", NO, "a pair", {**SECOND, "modifier_1": "XU"}, [{}], book=MARKED),
    Case("distinct_mark_alone", NO, "no such modifier", book=MARKED),
    Case("distinct_mark_alone", UNKNOWN, "no book", {"modifier_1": "XU"}),
    Case("reduced_unexplained", YES, "no word of it", {"modifier_1": "52", "has_note": False}),
    Case("reduced_unexplained", NO, "a note", {"modifier_1": "53", "has_note": True}),
    Case("reduced_unexplained", NO, "papers", {"modifier_1": "52", "attachment_type": "OZ"}),
    Case("reduced_unexplained", NO, "not reduced"),
    Case("reduced_unexplained", UNKNOWN, "nothing tells of notes", {"modifier_1": "52"}),
    Case("visit_mark_missing", YES, "a study beside it", VISIT, [{}]),
    Case("visit_mark_missing", NO, "25", {**VISIT, "modifier_1": "25"}, [{}]),
    Case("visit_mark_missing", NO, "alone", VISIT),
    Case("visit_mark_missing", NO, "the study", {}, [VISIT]),
    Case("visit_mark_missing", UNKNOWN, "no procedure", {"procedure": None}),
    Case("modifier_malformed", YES, "one character", {"modifier_1": "6"}),
    Case("modifier_malformed", YES, "the second one", {"modifier_1": "26", "modifier_2": "L-"}),
    Case("modifier_malformed", NO, "well-formed", {"modifier_1": "26", "modifier_2": "LT"}),
    Case("modifier_malformed", UNKNOWN, "no modifier"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("modifier", "wrong"),
    [("26", 0), ("XE", 0), ("F1", 0), ("00", 1), ("lt", 1), ("265", 1), ("", 1), ("2 ", 1), ("é1", 1)],
)
def test_what_a_modifier_looks_like(modifier: str, wrong: float) -> None:
    assert is_malformed(modifier) == wrong


@each(CASES)
def test_verdicts(case: Case) -> None:
    assert agrees(case)


def test_every_check_is_tried() -> None:
    assert untried(SHELF, CASES) == []
