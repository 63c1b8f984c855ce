"""What is refused in a table of settings, whichever stage reads it."""

from pathlib import Path

import pytest

from data.errors import InvalidPolicy
from data.setting_tables import (
    Table,
    read_tables,
    refuse_other_kinds,
    refuse_unknown,
    table_of,
    within,
)

DEFAULTS = {"n": 3, "share": 0.5, "name": "usual", "wanted": False}


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(3, 3, 5), (5, 3, 5), (0.0, 0, 1), (10**12, 1, float("inf"))],
    ids=["lowest", "highest", "zero", "no upper end"],
)
def test_both_ends_are_allowed(value: float, low: float, high: float) -> None:
    within("settings, gates", "draws", value, low=low, high=high)


@pytest.mark.parametrize(
    ("value", "low", "high", "wanted"),
    [
        (2, 3, 5, "between 3 and 5"),
        (5.1, 3, 5, "between 3 and 5"),
        (0, 1, float("inf"), "at least 1"),
        (0, 1e-6, 0.5, "between 1e-06 and 0.5"),
        (-1, 2, 10**9, "between 2 and 1000000000"),
        (float("nan"), 0, 1, "between 0 and 1"),
    ],
    ids=["too low", "too high", "no upper end", "shares", "large", "not a number"],
)
def test_what_is_out_of_range_names_found_and_wanted(
    value: float, low: float, high: float, wanted: str
) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        within("settings, gates", "draws", value, low=low, high=high)
    told = refused.value
    assert (told.thing, told.field, told.wanted) == ("settings, gates", "draws", wanted)


@pytest.mark.parametrize(
    ("given", "field", "wanted"),
    [
        ({"n": 1.5}, "n", "a whole number"),
        ({"n": True}, "n", "a whole number"),
        ({"share": "half"}, "share", "a number"),
        ({"share": False}, "share", "a number"),
        ({"name": 3}, "name", "a word"),
        ({"wanted": 1}, "wanted", "true or false"),
    ],
    ids=["part", "yes for whole", "word for number", "no for number", "number for word", "one for yes"],
)
def test_another_kind_is_refused(given: Table, field: str, wanted: str) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        refuse_other_kinds("settings", given, DEFAULTS)
    assert (refused.value.field, refused.value.wanted) == (field, wanted)


def test_what_is_of_its_kind_passes() -> None:
    refuse_other_kinds("settings", {"n": 1, "share": 1, "name": "x", "wanted": True}, DEFAULTS)


@pytest.mark.parametrize(
    ("key", "wanted"),
    [("shar", r"share\?"), ("zzz", "one of n, name, share, wanted")],
    ids=["near one", "near none"],
)
def test_an_unknown_key_names_the_nearest(key: str, wanted: str) -> None:
    with pytest.raises(InvalidPolicy, match=f"{key}: found an unknown key, wanted {wanted}"):
        refuse_unknown("settings", {key: 1}, DEFAULTS)


def test_a_file_is_read_table_by_table(tmp_path: Path) -> None:
    path = tmp_path / "cleanclaim.toml"
    path.write_text("[monitor]\npsi = 0.3\n")
    assert table_of(read_tables(path), "monitor") == {"psi": 0.3}
    assert table_of(read_tables(path), "gates") == {}
    assert read_tables(None) == {}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[monitr]\n", r"monitr: found an unknown key, wanted monitor\?"),
        (b"[monitor", "wanted TOML"),
        (b"\xff\xfe", "wanted TOML"),
        (b"monitor = 3", r"found 3, wanted a table \[monitor\]"),
    ],
    ids=["misspelt table", "not TOML", "not UTF-8", "not a table"],
)
def test_a_wrong_file_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "cleanclaim.toml"
    path.write_bytes(content)
    with pytest.raises(InvalidPolicy, match=says):
        table_of(read_tables(path), "monitor")
