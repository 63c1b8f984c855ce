from features.checks.document import SHELF
from tests.features.checks.made_checks import NO, UNKNOWN, YES, Case, agrees, denied, each, repeated, untried

WANTED = {"attachment": [{"procedure": "72148"}]}
NOT_WANTED = {"attachment": [{"procedure": "72148", "required": "no"}]}
SENT = {"attachment_type": "OZ", "attachment_transmission": "EL", "attachment_control": "C1"}
OFTEN = denied(60, "documentation")

CASES: tuple[Case, ...] = (
    Case("attachment_absent", YES, "wanted, none announced", book=WANTED),
    Case("attachment_absent", NO, "wanted and announced", SENT, book=WANTED),
    Case("attachment_absent", NO, "announced, no book", SENT),
    Case("attachment_absent", NO, "none wanted", book=NOT_WANTED),
    Case("attachment_absent", UNKNOWN, "no book"),
    Case("attachment_left_off", YES, "in our records only", context={"attachment_control": "C1"}),
    Case("attachment_left_off", NO, "announced", SENT, context={"attachment_control": "C1"}),
    Case("attachment_left_off", NO, "none wanted", context={"attachment_control": "C1"}, book=NOT_WANTED),
    Case("attachment_left_off", UNKNOWN, "no context"),
    Case("attachment_without_number", YES, "sent without a number", {**SENT, "attachment_control": None}),
    Case("attachment_without_number", NO, "sent with a number", SENT),
    Case("attachment_without_number", NO, "kept at hand", {**SENT, "attachment_control": None, "attachment_transmission": "AA"}),
    Case("attachment_without_number", NO, "none announced"),
    Case("attachment_number_differs", YES, "two numbers", SENT, context={"attachment_control": "C2"}),
    Case("attachment_number_differs", NO, "one number", SENT, context={"attachment_control": "C1"}),
    Case("attachment_number_differs", UNKNOWN, "no context", SENT),
    Case("image_link_missing", YES, "not confirmed, wanted", context={"image_link_confirmed": False}, book=WANTED),
    Case("image_link_missing", NO, "confirmed", context={"image_link_confirmed": True}),
    Case("image_link_missing", NO, "none wanted", context={"image_link_confirmed": False}, book=NOT_WANTED),
    Case("image_link_missing", UNKNOWN, "no book", context={"image_link_confirmed": False}),
    Case("image_link_missing", UNKNOWN, "no context", book=WANTED),
    Case("image_link_unconfirmed", YES, "not confirmed", context={"image_link_confirmed": False}),
    Case("image_link_unconfirmed", NO, "confirmed", context={"image_link_confirmed": True}),
    Case("image_link_unconfirmed", UNKNOWN, "the list says it", context={"image_link_confirmed": False}, book=WANTED),
    Case("image_link_unconfirmed", UNKNOWN, "no context"),
    Case("attachment_usually_asked", YES, "sixty denied", past=OFTEN),
    Case("attachment_usually_asked", YES, "sixty MRI denied", past=denied(60, "documentation", procedure="70551")),
    Case("attachment_usually_asked", NO, "sixty CT denied, sixty MRI paid",
         past=[*denied(60, "documentation", procedure="70450"), *repeated(60)]),
    Case("attachment_usually_asked", NO, "sixty paid", past=repeated(60)),
    Case("attachment_usually_asked", NO, "announced", SENT, past=OFTEN),
    Case("attachment_usually_asked", UNKNOWN, "the list says it", past=OFTEN, book=WANTED),
    Case("attachment_usually_asked", UNKNOWN, "no past"),
)  # fmt: skip


@each(CASES)
def test_verdicts(case: Case) -> None:
    assert agrees(case)


def test_every_check_is_tried() -> None:
    assert untried(SHELF, CASES) == []
