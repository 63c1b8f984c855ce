"""The texts of reasons in a user's files, ready to be shown beside our own words."""

from collections.abc import Sequence
from pathlib import Path

from data.codes.texts import NO_TEXTS, CodeTexts
from data.public.read import read


def code_texts(paths: Sequence[Path]) -> CodeTexts:
    """The texts that these files have, none without files; raises `UnreadableFile` for files of something else.

    Of a code that was given anew, the text that is still in force counts.
    """
    if not paths:
        return NO_TEXTS
    table = read(*paths, kind="reason_texts").table.sort_by([("valid_to", "ascending")])
    pairs = zip(table["code"].to_pylist(), table["text"].to_pylist(), strict=True)
    return CodeTexts({code: text for code, text in pairs if text})
