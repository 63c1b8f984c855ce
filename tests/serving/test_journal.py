from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
import sqlalchemy as sa

from data.errors import StoreError
from serving.journal import Filter, Journal
from serving.set_aside import is_set_aside

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


def test_claims_set_aside_are_left_out_and_counted_with_their_money(journal, result_of) -> None:
    results = [
        result_of(score_id=f"s{n}", claim_id=f"c{n}", payer_id=f"P{n % 2}", risk=("high", "low")[n % 3 == 0])
        for n in range(60)
    ]
    journal.keep(results, at=NOON)
    aside = {r.claim_id for r in results if is_set_aside(r.claim_id, 0.3)}
    assert 5 < len(aside) < 35
    page = journal.page(Filter(unreviewed_share=0.3), number=1, size=100)
    assert {r.claim_id for r in page.results} == {r.claim_id for r in results} - aside
    assert (page.n_claims, page.n_set_aside) == (60 - len(aside), len(aside))
    assert page.set_aside_cents == len(aside) * results[0].expected_denied_cents
    high = journal.page(Filter(payer_id="P1", risk="high", unreviewed_share=0.3), number=1, size=100)
    meant = {r.claim_id for r in results if r.payer_id == "P1" and r.risk == "high"}
    assert {r.claim_id for r in high.results} == meant - aside
    assert high.n_set_aside == len(meant & aside)
    assert sum(p.n_claims for p in journal.payers(unreviewed_share=0.3)) == 60 - len(aside)
    nobody = journal.page(Filter(), number=1, size=100)
    assert (nobody.n_claims, nobody.n_set_aside, nobody.set_aside_cents) == (60, 0, 0)


def test_a_database_of_before_learns_to_set_aside(tmp_path, result_of) -> None:
    """Claims scored before lots were drawn stay on the list; whoever scores them again draws."""
    url = f"sqlite:///{tmp_path}/scores.db"
    first = Journal(url)
    first.keep([result_of(score_id=f"s{n}", claim_id=f"c{n}") for n in range(40)], at=NOON)
    with first.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE scores DROP COLUMN lot"))
    first.close()
    later = [Journal(url), Journal(url)]
    assert later[0].page(Filter(unreviewed_share=0.5), number=1, size=100).n_claims == 40
    later[1].keep([result_of(score_id=f"t{n}", claim_id=f"c{n}") for n in range(40)], at=NOON)
    page = later[0].page(Filter(unreviewed_share=0.5), number=1, size=100)
    assert page.n_set_aside == sum(is_set_aside(f"c{n}", 0.5) for n in range(40)) == 40 - page.n_claims
    for one in later:
        one.close()


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
