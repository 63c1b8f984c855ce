"""The front: what a file is, is told by its content; what it is not, by its error."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import UnreadableFile
from data.public import KINDS, read
from tests.data.public.made_files import Write, csv_text, workbook, zipped
from tests.data.public.test_add_on import fixed as aoc_text
from tests.data.public.test_fee_schedule import SPLIT
from tests.data.public.test_fee_schedule import text as fees_text
from tests.data.public.test_mue import rows as mue_rows
from tests.data.public.test_ncci import ROWS
from tests.data.public.test_ncci import text as ncci_text
from tests.data.public.test_places import PAGE
from tests.data.public.test_reason_texts import ROWS as TEXTS
from tests.data.public.test_reason_texts import TITLES

MUE = csv_text(mue_rows("Practitioner"))
PTP = ncci_text(ROWS)
ALL = (MUE, PTP, aoc_text(), fees_text(SPLIT), PAGE, csv_text([TITLES, *TEXTS]))


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_kind_says_where_it_is_published_and_sorts_by_its_columns(kind: object) -> None:
    found = KINDS[getattr(kind, "name", "")]
    assert found.page.startswith("https://")
    assert set(found.keys) <= set(found.schema.names)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("ISA*00*~", "one of: NCCI procedure-to-procedure edits"),
        ("", "one of: NCCI"),
        ("a,b,c\r\n1,2,3\r\n", "one of: NCCI"),
        ("<html><table></table></html>", "one of: NCCI"),
    ],
)
def test_a_file_of_no_known_kind_says_which_are(write: Write, content: str, wanted: str) -> None:
    with pytest.raises(UnreadableFile, match=f"no table of a known kind, wanted {wanted}"):
        read(write("x.csv", content))


def test_a_binary_file_is_left(write: Write) -> None:
    path = write(
        "x.zip", zipped({"old.xls": b"\xd0\xcf\x11\xe0", "table.txt": b"\0\1\2", "mue.csv": MUE.encode()})
    )
    found = read(path)
    assert found.kind.name == "mue"
    assert sorted(found.left) == [f"{path}!old.xls", f"{path}!table.txt"]


def test_files_of_two_kinds_are_not_one_table(write: Write) -> None:
    with pytest.raises(UnreadableFile, match="found mue and ncci_ptp, wanted files of one kind"):
        read(write("a.csv", MUE), write("b.txt", PTP))


def test_a_kind_that_there_is_not_is_told(write: Write) -> None:
    with pytest.raises(UnreadableFile, match="no such kind of table"):
        read(write("a.csv", MUE), kind="mues")


def test_a_text_that_is_not_known_gives_way_to_a_workbook_that_is(write: Write) -> None:
    made = workbook(mue_rows("Practitioner"))
    found = read(write("x.zip", zipped({"mue.txt": "fixed columns of another kind", "mue.xlsx": made})))
    assert found.source.endswith("mue.xlsx")


def test_utf16_and_a_byte_order_mark_are_read(write: Write) -> None:
    assert read(write("a.txt", PTP.encode("utf-16"))).table.num_rows == len(ROWS)
    assert read(write("b.txt", PTP.encode("utf-8-sig"))).table.num_rows == len(ROWS)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 3000), st.integers(0, 3000), st.binary(max_size=12), st.sampled_from(ALL))
def test_damage_anywhere_ends_in_a_table_or_a_told_error(
    tmp_path: Path, start: int, length: int, put: bytes, text: str
) -> None:
    whole = text.encode("cp1252")
    path = tmp_path / "damaged.csv"
    path.write_bytes(whole[:start] + put + whole[start + length % 40 :])
    # Anything but a table or this error fails the test.
    with suppress(UnreadableFile):
        found = read(path)
        assert found.table.schema == found.kind.schema
