from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from features.columns import Codes, Lines, chosen, count_of, differ, same, stable_hash

WORDS = Codes(np.array([0, 1, -1, 0], dtype=np.int32), ("a", "b"))
OTHER = Codes(np.array([1, 1, 0, -1], dtype=np.int32), ("b", "a"))


def test_what_is_asked_of_words() -> None:
    assert WORDS.present.tolist() == [True, True, False, True]
    assert WORDS.is_in("a", "z").tolist() == [True, False, False, True]
    assert WORDS.number(lambda word: float(ord(word)), missing=-1.0).tolist() == [97, 98, -1, 97]
    assert WORDS.words(lambda word: None if word == "b" else "x").codes.tolist() == [0, -1, -1, 0]
    assert WORDS.hashes().tolist()[0] == stable_hash("a")


def test_words_of_different_columns_compare_by_value() -> None:
    assert same(WORDS, OTHER).tolist() == [True, False, False, False]
    assert differ(WORDS, OTHER).tolist() == [False, True, False, False]


def test_a_hash_is_the_same_in_every_process() -> None:
    assert stable_hash("60054") == 0x2D0EA31CF87CB0D7


def test_chosen_takes_one_word_a_row_and_none_where_it_points_nowhere() -> None:
    picked = chosen([WORDS, OTHER], np.array([0, 1, 5, -1]))
    assert [picked.values[code] if code >= 0 else None for code in picked.codes] == ["a", "a", None, None]


def test_count_of() -> None:
    assert count_of([np.array([True, False]), np.array([True, True])]).tolist() == [2.0, 1.0]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([date(1970, 1, 11), None]), [10.0, np.nan]),
        (pa.array([True, None]), [1.0, np.nan]),
        (pa.array([12_50, 0], pa.int64()), [1250.0, 0.0]),
        (pa.array([None, 3], pa.int16()), [np.nan, 3.0]),
    ],
)
def test_numbers_days_and_flags(column: pa.Array, expected: list[float]) -> None:
    view = Lines(pa.table({"x": column}))
    np.testing.assert_array_equal(view.number("x"), expected)


@pytest.mark.parametrize("kind", [pa.string(), pa.dictionary(pa.int32(), pa.string())])
def test_words_from_chunks(kind: pa.DataType) -> None:
    chunks = pa.chunked_array([pa.array(["a", None]).cast(kind), pa.array(["b", "a"]).cast(kind)])
    codes = Lines(pa.table({"x": chunks})).text("x")
    assert [codes.values[code] if code >= 0 else None for code in codes.codes] == ["a", None, "b", "a"]


def test_claims_with_neighbouring_keys_stay_apart() -> None:
    """Keys use 63 bits: as floats, neighbours would fall together."""
    keys = pa.array([2**62 + 1, 2**62 + 2, 2**62 + 1], pa.int64())
    assert Lines(pa.table({"claim_key": keys})).claims().tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([date(2025, 3, 1), None] * 20),
        pa.array([None, *range(39)], pa.int64()),
        pa.array([True, None, False, True] * 10),
        pa.nulls(40, pa.date32()),
    ],
)
def test_few_lines_and_many_are_read_alike(column: pa.Array) -> None:
    table = pa.table({"x": column, "claim_key": pa.array([9, 9, 3, 7] * 10)})
    many, few = Lines(table), [Lines(table.slice(start, 10)) for start in range(0, 40, 10)]
    assert many.number("x").tobytes() == b"".join(part.number("x").tobytes() for part in few)
    same_claim = many.claims()[:10, None] == many.claims()[:10]
    assert np.array_equal(same_claim, few[0].claims()[:, None] == few[0].claims())
