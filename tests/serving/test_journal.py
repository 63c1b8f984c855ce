from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from data.errors import StoreError
from serving.journal import Filter, Journal

NOON = datetime(2025, 12, 3, 12, tzinfo=UTC)


@pytest.fixture(params=["memory", "file"])
def journal(request, tmp_path):
    url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path}/scores.db"
    journal = Journal(url)
    yield journal
    journal.close()


def ids(journal: Journal, **wanted: str) -> list[str]:
    return [r.score_id for r in journal.page(Filter(**wanted), number=1, size=50).results]


def test_an_answer_is_found_as_it_was_given(journal, result) -> None:
    journal.keep([result], at=NOON)
    assert journal.find(result.score_id) == result
    assert journal.find("b" * 32) is None


def test_nothing_kept_is_an_empty_page(journal) -> None:
    journal.keep([], at=NOON)
    page = journal.page(Filter(), number=1, size=10)
    assert (page.results, page.n_claims, page.expected_denied_cents) == ((), 0, 0)
    assert journal.payers() == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["dear", "likely", "cheap"]),
        ({"order": "likely"}, ["likely", "dear", "cheap"]),
        ({"order": "newest"}, ["cheap", "dear", "likely"]),
        ({"risk": "low"}, ["cheap"]),
        ({"payer_id": "P2"}, ["likely"]),
        ({"payer_id": "P2", "risk": "low"}, []),
        ({"payer_id": "' OR 1=1 --"}, []),
    ],
)
def test_order_and_filter(journal, result_of, wanted, expected) -> None:
    rows = (
        {"score_id": "likely", "denial_probability": 0.9, "expected_denied_cents": 500, "payer_id": "P2"},
        {"score_id": "dear", "denial_probability": 0.5, "expected_denied_cents": 900, "payer_id": "P1"},
        {
            "score_id": "cheap",
            "denial_probability": 0.1,
            "expected_denied_cents": 1,
            "payer_id": "P1",
            "risk": "low",
        },
    )
    for n, row in enumerate(rows):
        journal.keep([result_of(claim_id=f"c{n}", **row)], at=NOON + timedelta(minutes=n))
    assert ids(journal, **wanted) == expected


def test_the_list_shows_only_the_newest_answer_about_a_claim(journal, result_of) -> None:
    before, after = result_of(score_id="before"), result_of(score_id="after", expected_denied_cents=1)
    journal.keep([before], at=NOON)
    journal.keep([after], at=NOON + timedelta(minutes=1))
    assert ids(journal) == ["after"]
    assert journal.find("before") == before
    journal.keep([before], at=NOON + timedelta(minutes=2))
    assert ids(journal) == ["before"]


def test_the_same_number_at_two_providers_is_two_claims(journal, result_of) -> None:
    journal.keep([result_of(score_id="one"), result_of(score_id="two", billing_npi="1987654320")], at=NOON)
    assert sorted(ids(journal)) == ["one", "two"]


def test_the_same_answer_twice_is_one_row(journal, result) -> None:
    journal.keep([result, result], at=NOON)
    journal.keep([result], at=NOON + timedelta(days=1))
    assert journal.page(Filter(), number=1, size=10).n_claims == 1


def test_pages_hold_every_claim_once(journal, result_of) -> None:
    journal.keep([result_of(score_id=f"s{n}", claim_id=f"c{n}") for n in range(7)], at=NOON)
    pages = [journal.page(Filter(), number=n, size=3) for n in (1, 2, 3)]
    assert [len(page.results) for page in pages] == [3, 3, 1]
    assert len({r.score_id for page in pages for r in page.results}) == 7
    assert {page.n_claims for page in pages} == {7}


def test_threads_may_write_at_once(journal, result_of) -> None:
    def write(n: int) -> None:
        for k in range(5):
            journal.keep([result_of(score_id=f"s{n}-{k}", claim_id=f"c{n}-{k}")], at=NOON)

    threads = [Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.page(Filter(), number=1, size=1).n_claims == 20


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////no/such/folder/scores.db", "nosuch://host/db"])
def test_an_unusable_database_is_told(url) -> None:
    with pytest.raises(StoreError, match="database"):
        Journal(url)


def test_a_database_that_breaks_is_told_without_its_rows(tmp_path, result) -> None:
    path = tmp_path / "scores.db"
    path.write_bytes(b"this is not a database, it only looks like a file" * 50)
    with pytest.raises(StoreError, match="database") as told:
        Journal(f"sqlite:///{path}")
    assert result.claim_id not in str(told.value)
