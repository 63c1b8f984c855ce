import datetime as dt
import fcntl
import json

import pyarrow.compute as pc
import pytest

from data.context import Context, context_table
from data.denial_policy import DenialPolicy
from data.errors import StoreError, UnreadableFile
from data.schema import LABELLED, OUTCOMES
from data.store import Store, ingest
from data.writers.claim837 import write_claims
from data.writers.remit835 import write_remits

DAYS = [dt.date(2026, 1, 10), dt.date(2026, 2, 10), dt.date(2026, 3, 10)]
ANSWERED = [dt.date(2026, 1, 30), dt.date(2026, 2, 28), dt.date(2026, 4, 2)]


@pytest.fixture
def files(made, tmp_path):
    """Three claims of two lines sent in three months, and their answers: denied, paid, denied."""
    two = [made.line(1), made.line(2, "70551", 30_000)]
    claims = [made.claim(f"A{n}", two, submitted_on=day) for n, day in enumerate(DAYS)]
    denied = made.Svc(cas=[("CO", "197", 10_000)], control=None)
    paid = made.Svc(paid=10_000)
    more = made.Svc("70551", 30_000, 20_000, cas=[("CO", "45", 10_000)])
    remits = [
        made.Remit(f"A{n}", [denied if n % 2 == 0 else paid, more], known_on=day, more={"member_id": "W123"})
        for n, day in enumerate(ANSWERED)
    ]
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "claims.837").write_bytes(write_claims(made.claims(claims), control=1))
    (folder / "remits.835").write_bytes(write_remits(made.remits(remits), control=2))
    return folder


@pytest.fixture
def store(files, tmp_path):
    made = Store(tmp_path / "store")
    made.ingest([files])
    return made


def test_files_become_labelled_lines(files, tmp_path):
    store = Store(tmp_path / "store")
    report = store.ingest([files])
    assert (report.files, report.claims, report.lines, report.remits) == (2, 3, 6, 3)
    assert (report.adjustments, report.linked, report.ambiguous, report.unreliable) == (5, 3, 0, 0)
    assert (report.quarantined, report.rejected, report.unmatched, report.notes) == (0, 0, 0, ())
    lines = store.lines()
    assert lines.schema == LABELLED
    assert lines["claim_id"].to_pylist() == ["A0", "A0", "A1", "A1", "A2", "A2"]
    assert lines["outcome"].to_pylist() == ["denied", "paid", "paid", "paid", "denied", "paid"]
    assert lines["label"].to_pylist() == [1, 0, 0, 0, 1, 0]
    assert lines["family"].to_pylist() == ["authorization", None, None, None, "authorization", None]


def test_the_same_files_again_are_a_no_op(store, files):
    before = {path: path.read_bytes() for path in store.path.rglob("*") if path.is_file()}
    report = store.ingest([files, files / "claims.837"])
    assert (report.files, report.claims, report.remits, report.linked, report.skipped) == (0, 0, 0, 0, 2)
    assert {path: path.read_bytes() for path in store.path.rglob("*") if path.is_file()} == before


def test_the_same_content_under_another_name_is_not_taken_twice(store, files):
    (files / "again.txt").write_bytes((files / "claims.837").read_bytes())
    assert store.ingest([files]).claims == 0
    assert store.stats().claims == 3


@pytest.mark.parametrize("name", ["claims.837", "remits.835"])
def test_the_order_of_files_does_not_matter(store, files, tmp_path, name):
    other = Store(tmp_path / "other")
    first = other.ingest([files / name])
    assert first.linked == 0
    last = other.ingest([files])
    assert (last.linked, last.unmatched) == (3, 0)
    assert other.lines().equals(store.lines())
    assert other.table("outcomes").equals(store.table("outcomes"))


def test_remits_without_their_claims_are_kept_and_told(files, tmp_path):
    store = Store(tmp_path / "store")
    report = store.ingest([files / "remits.835"])
    assert (report.remits, report.unmatched, report.linked) == (3, 3, 0)
    assert "3 remits answer claims that are not in the store" in report.notes[0]
    assert store.lines().num_rows == 0
    assert store.newest_remit_on() == ANSWERED[-1]


def test_as_of_shows_what_was_known(store):
    lines = store.lines(as_of=dt.date(2026, 2, 28))
    assert lines["claim_id"].to_pylist() == ["A0", "A0", "A1", "A1"]
    assert lines["outcome"].null_count == 0
    earlier = store.lines(as_of=dt.date(2026, 2, 27))
    assert earlier["outcome"].to_pylist() == ["denied", "paid", None, None]
    assert earlier.select(list(LABELLED.names[:-11])).equals(lines.select(list(LABELLED.names[:-11])))
    assert store.lines(as_of=dt.date(2025, 1, 1)).num_rows == 0


def test_context_is_kept_beside_claims_once(store, files, tmp_path):
    import pyarrow.parquet as pq

    path = tmp_path / "context.parquet"
    pq.write_table(context_table([Context(claim_id="A1", auth_number="N")]), path)
    store.ingest([files], context=path)
    store.ingest([files], context=path)
    assert store.context()["auth_number"].to_pylist() == ["N"]
    assert store.lines()["context_auth_number"].to_pylist() == [None, None, "N", "N", None, None]


def test_a_wrong_context_file_stops_before_anything_is_stored(files, tmp_path):
    with pytest.raises(UnreadableFile):
        Store(tmp_path / "store").ingest([files], context=tmp_path / "none.csv")
    assert not (tmp_path / "store").exists()


def test_what_could_not_be_read_is_counted_and_listed(files, tmp_path):
    (files / "notes.txt").write_text("no X12 at all")
    (files / "empty.837").write_bytes(b"")
    store, rejects = Store(tmp_path / "store"), tmp_path / "rejects"
    report = store.ingest([files], rejects=rejects)
    assert (report.claims, report.rejected) == (3, 2)
    listed = (rejects / "rejects.csv").read_text()
    assert "notes.txt" in listed
    assert "empty.837" in listed
    assert (rejects / "ambiguous.csv").read_text().startswith("remit_key,claim_id")
    assert store.ingest([files], rejects=rejects).rejected == 2
    assert (rejects / "rejects.csv").read_text() == listed


def test_nothing_readable_makes_no_store(tmp_path):
    (tmp_path / "notes.txt").write_text("no X12 at all")
    store = Store(tmp_path / "store")
    assert store.ingest([tmp_path / "notes.txt"]).rejected == 1
    with pytest.raises(StoreError, match="found no store"):
        store.lines()


def test_another_policy_labels_anew(store, files, policy_with):
    policy = policy_with(non_denial={"information": ["246", "101", "197"]})
    other = Store(store.path, policy)
    assert other.stats().denied_lines == 0
    assert store.stats().denied_lines == 2
    other.ingest([files])
    assert json.loads((store.path / "manifest.json").read_text())["policy"]["digest"] == policy.digest
    assert store.stats().denied_lines == 0
    assert Store(store.path, DenialPolicy.load()).stats().denied_lines == 2


def test_the_policy_that_labelled_a_store_stays_with_it(store, files, policy_with):
    policy = policy_with(switches={"weak_denials": False})
    assert store.policy == DenialPolicy.load()
    report = Store(store.path, policy).ingest([files])
    assert store.policy == policy
    assert report.policy == policy.title == f"default 1 (changed: {policy.digest[:8]})"
    assert "labelled anew" in report.notes[-1]
    again = store.ingest([files])
    assert (again.policy, again.notes) == (policy.title, ())


def test_a_policy_of_another_name_only_is_remembered_by_it(store, files):
    renamed = DenialPolicy.parse(DenialPolicy.load().record() | {"name": "ours", "version": "2"})
    assert Store(store.path, renamed).ingest([files]).notes == ()
    assert store.policy.title == "ours 2"


def test_sql_and_stats(store):
    frame = store.sql("select outcome, count(*) as n from outcomes group by all order by outcome")
    assert frame.to_dict("list") == {"outcome": ["denied", "paid"], "n": [2, 4]}
    stats = store.stats()
    assert (stats.files, stats.claims, stats.lines, stats.remits, stats.answered_lines) == (2, 3, 6, 3, 6)
    assert (stats.first_submission, stats.newest_remit) == (DAYS[0], ANSWERED[-1])
    assert stats.policy == "default 1"


def test_parts_lie_by_month(store):
    months = sorted(path.name for path in (store.path / "claims").iterdir())
    assert months == ["month=2026-01", "month=2026-02", "month=2026-03"]
    assert sorted(path.name for path in (store.path / "services").iterdir())[-1] == "month=2026-04"


def test_claims_and_remits_come_back_whole(store):
    assert sorted(store.claims().claims["claim_id"].to_pylist()) == ["A0", "A1", "A2"]
    assert pc.sum(store.remits().services["paid_cents"]).as_py() == 70_000
    assert store.table("outcomes").schema == OUTCOMES
    with pytest.raises(StoreError, match="found nonsense"):
        store.table("nonsense")


DAMAGE = {
    "no JSON": (lambda text: "{", "a damaged manifest"),
    "another format": (lambda text: text.replace('"format": 2', '"format": 9'), "found 9, wanted 2"),
    "something missing": (lambda text: text.replace('"files"', '"fils"'), "a damaged manifest"),
    "a part that is gone": (lambda text: text.replace(".parquet", ".gone"), "a missing part"),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_store_says_so(store, damage, message):
    path = store.path / "manifest.json"
    path.write_text(damage(path.read_text()))
    with pytest.raises(StoreError, match=message):
        store.lines()


def test_a_damaged_part_says_so(store):
    part = next((store.path / "claims").rglob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-100])
    with pytest.raises(StoreError, match="a damaged part"):
        store.lines()


def test_a_folder_that_is_no_store_is_left_alone(files, tmp_path):
    with pytest.raises(StoreError, match="an empty folder or a store"):
        Store(files).ingest([files])
    with pytest.raises(StoreError, match="found no store"):
        Store(tmp_path / "nowhere").stats()


def test_one_ingest_at_a_time(store, files, monkeypatch):
    monkeypatch.setattr(ingest, "LOCK_TRIES", 2)
    with (store.path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="another ingest at work"):
            store.ingest([files])


def test_a_store_without_remits_knows_no_newest_day(files, tmp_path):
    store = Store(tmp_path / "store")
    store.ingest([files / "claims.837"])
    with pytest.raises(StoreError, match="found no remits"):
        store.newest_remit_on()
    assert store.lines()["outcome"].null_count == 6


def test_a_wrong_row_of_context_is_told_and_listed_and_takes_nothing_with_it(tmp_path):
    (tmp_path / "context.csv").write_text("claim_id;ordered_on\nA;2026-01-02\nB;tomorrow\n;2026-01-02\n")
    (tmp_path / "claims.837").write_text("ISA")
    store = Store(tmp_path / "store")
    report = store.ingest(
        [tmp_path / "claims.837"], context=tmp_path / "context.csv", rejects=tmp_path / "rejects"
    )
    assert store.context()["claim_id"].to_pylist() == ["A", "B"]
    assert "context.csv, row 3: ordered_on: found letters, wanted a date" in " ".join(report.notes)
    assert "row 4: claim_id" in (tmp_path / "rejects" / "rejects.csv").read_text()
    assert "tomorrow" not in (tmp_path / "rejects" / "rejects.csv").read_text()
