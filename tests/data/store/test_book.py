import json

import pytest

from data.errors import InvalidPolicy, StoreError
from data.policy import PolicyBook
from data.store import Store, ingest, manifest
from data.store.check import check

ONE = "payer_id,days\nP1,90\nP2,180\n"


@pytest.fixture
def book(tmp_path):
    folder = tmp_path / "policy"
    folder.mkdir()
    (folder / "filing_limits.csv").write_text(ONE)
    (folder / "excluded.csv").write_text("payer_id,procedure\nP1,76377\n")
    return folder


@pytest.fixture
def store(tmp_path, book):
    kept = Store(tmp_path / "store")
    kept.ingest([], book=book)
    return kept


def test_a_book_is_kept_without_any_claim(store, book):
    assert store.policy_book().version == PolicyBook.load(book).version
    assert store.stats().policy_book == {"excluded": 1, "filing_limits": 2}
    assert check(store.path).faults == ()


def test_it_is_replaced_as_a_whole(store, book):
    (book / "excluded.csv").unlink()
    (book / "filing_limits.csv").write_text("payer_id,days\nP1,120\n")
    report = store.ingest([], book=book)
    assert report.policy_entries == 1
    assert list(store.policy_book().tables) == ["filing_limits"]
    assert store.policy_book().filing_limit("P1").days == 120
    assert len(list((store.path / "policy").rglob("*.parquet"))) == 1
    assert check(store.path).faults == ()


def test_the_same_book_changes_nothing(store, book):
    before = (store.path / manifest.NAME).read_bytes()
    store.ingest([], book=book)
    assert (store.path / manifest.NAME).read_bytes() == before


def test_an_ingest_of_files_keeps_it(store, made, tmp_path):
    from data.writers.claim837 import write_claims

    path = tmp_path / "claims.837"
    path.write_bytes(write_claims(made.claims([made.claim("A1", [made.line(1)])]), control=1))
    store.ingest([path])
    assert store.stats().claims == 1
    assert store.policy_book().n_entries == 3


def test_rows_refused_are_listed(store, book, tmp_path):
    (book / "filing_limits.csv").write_text(ONE + "P3,soon\n")
    report = store.ingest([], book=book, rejects=tmp_path / "rejects")
    assert report.rejected == 1
    assert store.policy_book().n_entries == 3
    listed = (tmp_path / "rejects" / "rejects.csv").read_text()
    assert "filing_limits.csv, row 4" in listed
    assert "a whole number above 0" in listed


def test_a_book_that_cannot_be_read_changes_nothing(store, book):
    (book / "filing_limts.csv").write_text(ONE)
    with pytest.raises(InvalidPolicy, match="wanted filing_limits"):
        store.ingest([], book=book)
    assert store.policy_book().n_entries == 3


def test_killed_before_the_manifest_the_old_book_stands(store, book, monkeypatch):
    version = store.policy_book().version
    (book / "filing_limits.csv").write_text("payer_id,days\nP1,120\n")

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ingest.Ingest, "_commit", killed)
        with pytest.raises(KeyboardInterrupt):
            store.ingest([], book=book)
    assert store.policy_book().version == version
    store.ingest([], book=book)
    assert store.policy_book().filing_limit("P1").days == 120
    assert check(store.path).faults == ()


def test_a_store_of_before_has_none(store):
    path = store.path / manifest.NAME
    record = json.loads(path.read_text())
    del record["book"]
    path.write_text(json.dumps(record))
    assert store.policy_book().version == PolicyBook.empty().version


def test_a_damaged_part_is_told(store):
    next((store.path / "policy").rglob("*.parquet")).write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="a damaged part"):
        store.policy_book()
    assert check(store.path).faults
