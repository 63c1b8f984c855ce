"""Texts of reasons ready to be shown."""

import pytest

from data.codes.texts import NO_TEXTS, CodeTexts
from data.errors import UnreadableFile
from data.public.code_texts import code_texts
from tests.data.public.made_files import Write, csv_text
from tests.data.public.test_mue import rows as mue_rows
from tests.data.public.test_reason_texts import ROWS, TITLES


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("45", "Made-up text, of a reason."),
        ("45/N40", "Made-up text, of a reason. / A remark"),
        ("16/N40", "A remark"),
        ("16", ""),
    ],
)
def test_a_reason_has_the_text_of_its_parts(write: Write, reason: str, text: str) -> None:
    texts = code_texts([write("carc.csv", csv_text([TITLES, *ROWS]))])
    assert texts.text(reason) == text


def test_a_code_given_anew_has_the_text_in_force(write: Write) -> None:
    rows = [["A1", "Old", "1/1/1995", "", "6/30/2008", ""], ["A1", "New", "7/1/2008", "", "", ""]]
    for order in (rows, rows[::-1]):
        assert code_texts([write("carc.csv", csv_text([TITLES, *order]))]).text("A1") == "New"


def test_without_files_there_are_none() -> None:
    assert code_texts([]) is NO_TEXTS
    assert CodeTexts().text("45") == ""


def test_a_file_of_something_else_is_told(write: Write) -> None:
    with pytest.raises(UnreadableFile, match="found mue, wanted reason_texts"):
        code_texts([write("carc.csv", csv_text(mue_rows("Practitioner")))])
