from datetime import date

import pytest

from data.policy import PolicyBook
from data.schema import LINE_TABLE
from models.fixing.candidate import Edit
from models.fixing.propose import proposed
from tests.models.fixing.made_seen import seen

CASES = [
    ("nothing is wrong", {}, set()),
    ("no number, and the list wants one", {"tripped": ["auth_absent"]}, {"auth_obtained"}),
    ("no number, and no list", {"unknown": ["auth_absent"]}, {"auth_asked_for"}),
    ("our records have the number", {"context_auth_number": "A7"}, {"auth_held"}),
    ("it is for another study", {"tripped": ["auth_other_procedure"], "auth_number": "A7"}, {"auth_valid"}),
    ("it has another number", {"tripped": ["auth_number_differs"], "auth_number": "A7", "context_auth_number": "A8"}, {"auth_as_held"}),
    ("no papers, and the list wants some", {"tripped": ["attachment_absent"]}, {"attachment_added"}),
    ("papers without a number", {"tripped": ["attachment_without_number"], "attachment_type": "RR"}, {"attachment_numbered"}),
    ("the images are not linked", {"context_image_link_confirmed": False}, {"images_linked"}),
    ("the report is not signed", {"tripped": ["report_unsigned"], "context_study_complete": True}, {"report_signed"}),
    ("the report doesn't say why", {"context_report_has_indication": False}, {"indication_added"}),
    ("nobody referred", {"referring_npi": None}, {"referring_added"}),
    ("a referring number with a slip", {"tripped": ["referring_npi_wrong"]}, {"referring_corrected"}),
    ("a replacement of nothing", {"frequency": "7"}, {"original_named"}),
    ("every line was sent before", {"tripped": ["sent_before_as_new"], "by_all": ["sent_before_as_new"]}, {"sent_as_replacement"}),
    ("one line was sent before", {"tripped": ["sent_before_as_new"]}, set()),
    ("a repeat that isn't marked", {"tripped": ["repeat_unmarked"]}, {"repeat_marked"}),
    ("another payer comes first", {"tripped": ["other_payer_first"]}, {"other_payer_billed"}),
    ("the first payer's answer is not told", {"payer_sequence": "S"}, {"first_payer_told"}),
    ("the contract says the reading", {"tripped": ["reading_agreed"]}, {"part_agreed"}),
    ("no side", {"tripped": ["side_missing"]}, {"side_added"}),
    ("a pair without a mark", {"tripped": ["distinct_mark_missing"]}, {"distinct_marked"}),
    ("a line twice", {"tripped": ["same_line_twice"], "n_lines": 2}, {"line_dropped"}),
    ("the only line", {"tripped": ["same_line_twice"]}, set()),
    ("another diagnosis is on the claim", {"tripped": ["diagnosis_not_covered"], "diagnosis_2": "M5416"}, {"diagnosis_of_claim"}),
]  # fmt: skip


@pytest.mark.parametrize(("why", "said", "ways"), CASES, ids=[case[0] for case in CASES])
def test_what_is_proposed(why: str, said: dict, ways: set[str]) -> None:
    assert {candidate.way for candidate in proposed(seen(**said))} == ways, why


@pytest.mark.parametrize(("why", "said", "ways"), CASES, ids=[case[0] for case in CASES])
def test_each_writes_fields_that_are_there_and_says_who_does_it(why: str, said: dict, ways: set[str]) -> None:
    for candidate in proposed(seen(**said)):
        assert candidate.edits or candidate.drops is not None, why
        assert {edit.field for edit in candidate.edits} <= set(LINE_TABLE.names)
        assert candidate.owner
        assert candidate.stage
        assert not candidate.condition.endswith(".")


def edits(way: str, **said: object) -> dict[str, Edit]:
    (found,) = [one for one in proposed(seen(**said)) if one.way == way]  # type: ignore[arg-type]
    return {edit.field: edit for edit in found.edits}


def test_an_authorization_that_is_obtained_agrees_with_the_line() -> None:
    made = edits("auth_obtained", tripped=["auth_absent"], context_study_complete=True)
    assert made["auth_number"].is_obtained
    assert made["context_auth_number"].value == made["auth_number"].value
    assert made["context_auth_procedure"].value == "72148"
    assert made["context_auth_valid_from"].value <= date(2025, 3, 3) <= made["context_auth_valid_to"].value


def test_nothing_is_said_beside_a_claim_of_which_our_records_know_nothing() -> None:
    assert set(edits("auth_obtained", tripped=["auth_absent"])) == {"auth_number"}


@pytest.mark.parametrize(
    ("check", "before", "after"),
    [
        ("reading_agreed", ("LT",), ("26", "LT")),
        ("reading_agreed", ("TC", "LT"), ("26", "LT")),
        ("picture_agreed", (), ("TC",)),
        ("whole_agreed", ("26", "59"), ("59",)),
        ("both_parts_on_line", ("26", "TC"), ()),
        ("both_sides_on_line", ("RT", "LT"), ("50",)),
        ("distinct_mark_missing", ("RT",), ("RT", "59")),
        ("distinct_mark_alone", ("59", "RT"), ("RT",)),
        ("visit_mark_missing", ("GC",), ("25", "GC")),
    ],
)
def test_modifiers_keep_what_else_is_there(check: str, before: tuple, after: tuple) -> None:
    given = {f"modifier_{n}": mark for n, mark in enumerate(before, start=1)}
    (found,) = proposed(seen([check], **given))
    made = given | {edit.field: edit.value for edit in found.edits}
    assert tuple(made[name] for name in sorted(made) if made[name] is not None) == after


def test_a_fifth_modifier_finds_no_place() -> None:
    full = {f"modifier_{n}": mark for n, mark in enumerate(("26", "RT", "GC", "Q6"), start=1)}
    assert not proposed(seen(["distinct_mark_missing"], **full))


@pytest.mark.parametrize(("diagnosis", "side"), [("M25562", "LT"), ("M25561", "RT"), ("M5450", "RT")])
def test_the_side_is_the_diagnosis_own(diagnosis: str, side: str) -> None:
    made = edits("side_added", tripped=["side_missing"], diagnosis_1=diagnosis)
    assert made["modifier_1"].value == side
    assert made["modifier_1"].is_obtained


def test_a_covered_diagnosis_is_proposed_from_the_book(tmp_path) -> None:
    said = "payer_id,procedure,diagnoses\n60054,72148,M5416 M5126 S32010A\n"
    (tmp_path / "coverage.csv").write_text(said)
    found = proposed(seen(["diagnosis_not_covered"], book=PolicyBook.load(tmp_path)))
    codes = [edit.value for one in found for edit in one.edits if edit.field == "diagnosis_2"]
    assert codes == ["M5416", "M5126", "S32010A"]
    assert all(one.needs_record_support for one in found)
    assert {edit.field: edit.value for edit in found[0].edits} == {
        "diagnosis_2": "M5416",
        "pointer_1": 2,
        "pointer_2": 1,
    }


@pytest.mark.parametrize(
    ("listed", "wanted"),
    [
        # Another payer's list for the same study comes before lists for other studies of the same part.
        ("87726,72148,M5416\n87726,72141,M5126\n", ["M5416"]),
        ("87726,72141,M5126\n87726,70551,G43909\n", ["M5126"]),
        ("87726,70551,G43909\n", []),
    ],
    ids=["same_study", "same_part_of_the_body", "another_part"],
)
def test_without_a_list_of_this_payer_diagnoses_come_from_the_nearest_one(
    tmp_path, listed: str, wanted: list[str]
) -> None:
    (tmp_path / "coverage.csv").write_text("payer_id,procedure,diagnoses\n" + listed)
    found = proposed(seen(["diagnosis_elsewhere"], book=PolicyBook.load(tmp_path)))
    assert [edit.value for one in found for edit in one.edits if edit.field == "diagnosis_2"] == wanted


def test_a_diagnosis_that_nothing_speaks_against_is_changed_on_stronger_grounds() -> None:
    beside = {"diagnosis_2": "M5416"}
    (doubted,) = proposed(seen(["diagnosis_not_covered"], **beside))
    (guessed,) = proposed(seen(unknown=["diagnosis_not_covered"], **beside))
    assert doubted.least_share == 0.0 < guessed.least_share
    assert doubted.least_drop < guessed.least_drop


def test_two_are_done_together_unless_they_write_to_one_place() -> None:
    auth, papers = proposed(seen(["auth_absent", "attachment_absent"]))
    both = auth.beside(papers)
    assert both is not None
    assert both.way == "auth_obtained+attachment_added"
    assert both.condition == f"{auth.condition}, and {papers.condition}"
    assert both.owner == "authorization desk and documentation controller"
    assert auth.beside(auth) is None
