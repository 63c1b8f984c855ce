"""From a 277CA file to the store's answer: turned away, and not merely unanswered."""

import datetime as dt

import pytest

from data.claim import claim_tables
from data.store import Store
from data.writers.claim837 import write_claims
from data.writers.remit835 import write_remits
from tests.data.made import MEMBER, PROVIDER, Remit, Svc, claim, remit_tables

HEAD = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *260112*1008*^*00501*000014420*0*P*:~"
    "GS*HN*PAYER*CLINIC*20260112*100831*14420*X*005010X214~"
)
BODY = (
    "ST*277*0001*005010X214~BHT*0085*08*1*20260112*100831*TH~HL*1**20*1~NM1*PR*2*PLAN*****PI*842610001~TRN*1*1~"
    "DTP*050*D8*20260111~DTP*009*D8*20260112~HL*2*1*21*1~NM1*41*2*CLINIC*****46*ETIN~TRN*2*1~"
    f"STC*A1:20*20260112*WQ*200~HL*3*2*19*1~NM1*85*2*CLINIC*****XX*{PROVIDER}~"
)
TAIL = "GE*1*14420~IEA*1*000014420~"


def status277(*answers):
    """A 277CA with one patient for each (claim_id, STC01)."""
    patients = "".join(
        f"HL*{number}*3*PT~NM1*QC*1*DOE****MI*{MEMBER}~TRN*2*{claim_id}~STC*{code}*20260112*{action}*100~"
        "DTP*472*D8*20260105~"
        for number, (claim_id, code, action) in enumerate(answers, start=4)
    )
    n_segments = (BODY + patients).count("~") + 1
    return (HEAD + BODY + patients + f"SE*{n_segments}*0001~" + TAIL).encode()


@pytest.fixture
def files(tmp_path):
    claims = claim_tables([claim("A1"), claim("A2"), claim("A3")])
    (tmp_path / "1.837").write_bytes(write_claims(claims, control=1))
    again = claim_tables([claim("A1", submitted_on=dt.date(2026, 1, 14))])
    (tmp_path / "2.837").write_bytes(write_claims(again, control=2))
    answers = status277(("A1", "A7:562:85", "U"), ("A2", "A2:20", "WQ"), ("B9", "A3:33", "U"))
    (tmp_path / "3.277").write_bytes(answers)
    remits = remit_tables([Remit(name, [Svc(paid=10_000)]) for name in ("A1", "A2")])
    (tmp_path / "4.835").write_bytes(write_remits(remits, control=3))
    return sorted(tmp_path.glob("?.*"))


def test_a_claim_turned_away_is_told_and_the_one_sent_again_is_answered(files, tmp_path):
    store, rejects = Store(tmp_path / "store"), tmp_path / "rejects"
    report = store.ingest(files, rejects=rejects)
    assert (report.claims, report.remits, report.linked, report.ambiguous) == (4, 2, 2, 0)
    assert (report.statuses, report.turned_away) == (3, 1)
    numbers = dict(
        zip(*(store.table("claims")[name].to_pylist() for name in ("claim_key", "claim_id")), strict=True)
    )
    told = [
        (
            numbers[row["claim_key"]],
            row["line"],
            row["category"],
            row["status"],
            row["entity"],
            row["is_rejected"],
        )
        for row in store.table("rejections").to_pylist()
    ]
    assert sorted(told) == [("A1", 0, "A7", "562", "85", True), ("A2", 0, "A2", "20", None, False)]
    assert store.table("unplaced")["claim_id"].to_pylist() == ["B9"]
    answered = {(r["claim_id"], r["submitted_on"].day): r["outcome"] for r in store.lines().to_pylist()}
    assert answered == {("A1", 10): None, ("A1", 14): "paid", ("A2", 10): "paid", ("A3", 10): None}
    assert "A7" in (rejects / "turned_away.csv").read_text()
    assert "B9" in (rejects / "unplaced.csv").read_text()


def test_the_order_in_which_they_come_changes_nothing(files, tmp_path):
    one, two = Store(tmp_path / "one"), Store(tmp_path / "two")
    one.ingest(files)
    for path in reversed(files):
        two.ingest([path])
    for name in ("outcomes", "linked", "rejections", "unplaced"):
        assert two.table(name).equals(one.table(name)), name
