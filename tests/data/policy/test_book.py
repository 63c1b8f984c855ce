"""A book as a value: saved to the same bytes, known by its version, looked up by people."""

from dataclasses import fields
from datetime import date

import pytest

from data.errors import InvalidPolicy
from data.policy import LISTS, PolicyBook
from data.policy.entries import ENTRIES
from data.simulator.policy_book import write_book
from tests.features.made_book import made_book

JANUARY, JUNE = date(2026, 1, 1), date(2026, 6, 1)


@pytest.mark.parametrize("one", LISTS, ids=[one.name for one in LISTS])
def test_entries_have_the_columns_of_their_list(one):
    assert {field.name for field in fields(ENTRIES[one.name])} == set(one.schema.names)
    assert {*one.about, *one.tells} <= set(one.schema.names)
    assert all(column.meaning for column in one.columns)


@pytest.fixture
def book():
    return made_book(
        authorization=[
            {"procedure": "70551", "place_of_service": "11 22", "valid_to": date(2026, 5, 31)},
            {"procedure": "70551", "payer_id": "*", "valid_from": JUNE, "required": False},
        ],
        filing_limits=[{"days": 90}, {"appeal_days": 60, "plan_type": "MC"}],
        coverage=[{"procedure": "70551", "diagnoses": "M54 R51"}, {"procedure": "70551", "diagnoses": "G43"}],
        enrollment=[{"rendering_npi": "1234567893", "valid_from": JANUARY}, {"rendering_npi": "1234567893", "valid_from": JUNE}],
        fee_schedule=[{"procedure": "70551", "allowed_cents": 9}, {"procedure": "70551", "modifier": "26", "allowed_cents": 3}],
    )  # fmt: skip


def test_people_look_things_up(book):
    assert book.authorization("P1", "70551", place="22", on=JANUARY).required
    assert book.authorization("P1", "70551", place="23", on=JANUARY) is None
    assert book.authorization("P1", "70551", place="22", on=JUNE).required is False
    assert book.authorization("P1", "99999") is None
    assert book.filing_limit("P1").days == 90
    assert book.appeal_limit("P1") is None
    assert book.appeal_limit("P1", plan="MC").appeal_days == 60
    assert [one.diagnoses for one in book.coverage("P1", "70551")] == ["G43", "M54 R51"]
    assert [one.valid_from for one in book.enrollments("P1", "1234567893")] == [JUNE, JANUARY]
    assert book.fee("P1", "70551").allowed_cents == 9
    assert book.fee("P1", "70551", modifier="26").allowed_cents == 3
    assert book.fee("P1", "70551", modifier="TC") is None


def test_what_was_learnt_later_does_not_count():
    book = made_book(filing_limits=[{"days": 90, "known_on": JUNE}])
    assert book.filing_limit("P1", known_by=JANUARY) is None
    assert book.filing_limit("P1", known_by=JUNE).days == 90


def test_a_saved_book_is_the_same_book(book, tmp_path):
    book.save(tmp_path / "one")
    again = PolicyBook.load(tmp_path / "one")
    assert again.version == book.version
    again.save(tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


@pytest.mark.parametrize(
    "other",
    [
        made_book(filing_limits=[{"days": 91}]),
        made_book(filing_limits=[{"days": 90, "source": "portal"}]),
        made_book(filing_limits=[{"appeal_days": 90}]),
        made_book(filing_limits=[{"days": 90}, {"days": 90}]),
        PolicyBook.empty(),
    ],
    ids=["other days", "other source", "other column", "twice", "empty"],
)
def test_another_book_has_another_version(other):
    assert made_book(filing_limits=[{"days": 90}]).version != other.version


def test_lists_by_name(book):
    assert book.table("excluded").num_rows == 0
    assert list(book.frame("filing_limits")["days"].dropna()) == [90]
    with pytest.raises(InvalidPolicy, match="found limits, wanted authorization"):
        book.table("limits")
    with pytest.raises(InvalidPolicy, match="wanted payer_id, days"):
        PolicyBook.of({"filing_limits": book.table("excluded")})


def test_the_simulators_book_is_read_without_a_reject(tmp_path):
    from data.simulator.world import draw_world

    lists = draw_world(n_claims=300, months=6, seed=5).policy_book()
    write_book(lists, tmp_path / "policy")
    book, reading = PolicyBook.read(tmp_path / "policy")
    assert reading.rejects.num_rows == 0
    assert {name: table.num_rows for name, table in book.tables.items()} == {
        name: table.num_rows for name, table in lists.items()
    }
