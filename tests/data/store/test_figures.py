import pytest

from data.store import Store
from data.store.figures import UNNAMED, figures
from data.writers.claim837 import write_claims
from data.writers.remit835 import write_remits


@pytest.fixture(scope="module")
def kept(simulated):
    return Store(simulated / "store")


@pytest.mark.parametrize("by", ["months", "payers"])
def test_groups_add_up_to_the_whole(kept, by):
    groups, stats = getattr(figures(kept), by), kept.stats()
    assert len(groups) > 1
    for name in ("claims", "lines", "answered_lines", "denied_lines"):
        assert sum(getattr(group, name) for group in groups) == getattr(stats, name)
    for group in groups:
        assert group.denied_lines <= group.labelled_lines <= group.answered_lines <= group.lines


def test_groups_are_what_sql_counts(kept):
    counted = kept.sql(
        "select c.payer_id as payer, count(*) as n, count(o.line) as answered, coalesce(sum(o.label), 0) as denied"
        " from lines l join claims c using (claim_key) left join outcomes o using (claim_key, line)"
        " group by all order by n desc, payer"
    )
    mine = [(g.name, g.lines, g.answered_lines, g.denied_lines) for g in figures(kept).payers]
    assert mine == [tuple(row) for row in counted.itertuples(index=False)]


def test_months_come_in_order_and_the_newest_is_least_answered(kept):
    months = figures(kept).months
    assert [m.name for m in months] == sorted(m.name for m in months)
    assert months[-1].answered_share < months[0].answered_share


def test_shares_of_little(made, tmp_path):
    claims = [made.claim(f"A{n}", [made.line(1), made.line(2, "70551")]) for n in (1, 2)]
    remit = made.Remit(
        "A1", [made.Svc(cas=[("CO", "197", 10_000)]), made.Svc("70551", cas=[("CO", "133", 10_000)])]
    )
    (tmp_path / "a.837").write_bytes(write_claims(made.claims(claims), control=1))
    (tmp_path / "a.835").write_bytes(write_remits(made.remits([remit]), control=2))
    store = Store(tmp_path / "store")
    store.ingest([tmp_path / "a.837"])
    [group] = figures(store).months
    assert (group.answered_share, group.denied_share) == (0, None)
    store.ingest([tmp_path / "a.835"])
    [group] = figures(store).months
    assert (group.lines, group.answered_lines, group.labelled_lines, group.denied_lines) == (4, 2, 1, 1)
    assert (group.answered_share, group.denied_share) == (0.5, 1.0)


def test_claims_without_a_payer_have_a_group(made, tmp_path):
    content = write_claims(made.claims([made.claim("A1")]), control=1)
    assert b"NM1*PR" in content
    (tmp_path / "a.837").write_bytes(content.replace(b"NM1*PR", b"NM1*ZZ"))
    store = Store(tmp_path / "store")
    store.ingest([tmp_path / "a.837"])
    assert [group.name for group in figures(store).payers] == [UNNAMED]
