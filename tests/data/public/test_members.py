"""Files, folders, archives, archives in archives; nothing is unpacked to disk."""

from pathlib import Path

import pytest

from data.errors import UnreadableFile
from data.public import members as module
from data.public.members import members
from tests.data.public.made_files import Write, workbook, zipped


def names(*paths: Path) -> list[str]:
    return [member.title for member in members(paths)]


def test_a_folder_gives_what_is_below_it_but_not_what_is_hidden(tmp_path: Path, write: Write) -> None:
    (tmp_path / "b").mkdir()
    write("b/two.csv", "2")
    write("one.zip", zipped({"in/one.csv": "1", "in.zip": zipped({"deep.txt": "3"})}))
    write(".hidden", "0")
    assert names(tmp_path) == ["two.csv", "deep.txt", "one.csv"]


def test_a_workbook_is_not_taken_apart(write: Write) -> None:
    (found,) = members([write("a.XLSX", workbook([["a"]]))])
    assert found.ending == ".xlsx"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"PK\x03\x04 not an archive", "a damaged zip file"),
        (
            zipped({"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({"d": "x"})})})}),
            "an archive in an archive",
        ),
        (zipped({"a.csv": "x" * 300_000}), "too many bytes"),
        (zipped({f"{n}.zip": zipped({"a.csv": "x" * 90_000}) for n in range(4)}), "too many bytes"),
        (zipped({f"{n}": "" for n in range(6)}), "6 members"),
    ],
)
def test_what_is_damaged_or_too_large_is_told(
    write: Write, monkeypatch: pytest.MonkeyPatch, content: bytes, found: str
) -> None:
    monkeypatch.setattr(module, "ROOM", 0)
    monkeypatch.setattr(module, "MAX_MEMBERS", 5)
    with pytest.raises(UnreadableFile, match=found):
        members([write("x.zip", content)])


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        members([tmp_path / "nowhere.csv"])
