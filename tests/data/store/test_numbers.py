import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.candidates import claim_number
from data.store.numbers import numbers_of


def numbers(*ids):
    return numbers_of(pa.chunked_array([pa.array(ids, pa.string())])).tolist()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("A1", "a1", True),
        ("A1", " A1  ", True),
        ("A-1", "A1", True),
        ("A1", "A2", False),
        ("A1", "1A", False),
        ("É1", "é1", True),
        (None, "", True),
        ("--", None, True),
    ],
)
def test_ids_that_linking_compares_have_one_number(one, other, same):
    first, second = numbers(one, other)
    assert (first == second) is same


def test_a_number_stays_what_it_is_for_ever():
    assert numbers("A1", "26463774", None) == WANTED


WANTED = [4247361044047168684, 1615836931554831317, 0]

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@given(
    st.lists(st.one_of(st.none(), TEXT, st.sampled_from(["A1", "a1 ", "straße", "ſ1", "S1"])), max_size=20)
)
def test_what_linking_takes_for_the_same_is_never_apart(ids):
    column = pa.chunked_array([pa.array(ids[:7], pa.string()), pa.array(ids[7:], pa.string())])
    found, compared = numbers_of(column).tolist(), claim_number(column).to_pylist()
    assert all(number >= 0 for number in found)
    # Slices and chunks of a column give what the whole gives, but that one id beyond ASCII changes none of the others.
    by_id = {}
    for number, name in zip(found, compared, strict=True):
        assert by_id.setdefault(name, number) == number
    assert numbers_of(column.slice(3)).tolist() == found[3:]
