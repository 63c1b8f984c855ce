import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from data.denial_policy import DenialPolicy
from data.label import adjudicate, label
from data.link import link
from data.schema import OUTCOMES, RemitTables

POLICY = DenialPolicy.load()


def outcomes(made, claims, remits, policy=POLICY):
    ours, theirs = made.claims(claims), made.remits(remits)
    return label(ours, theirs, link(ours, theirs), policy).to_pylist()


CASES = {
    "paid": ([("CO", "45", 2000)], 8000, (), None, "paid", 0, None, 0),
    "paid less the patient's share": (
        [("CO", "45", 2000), ("PR", "2", 1000)],
        7000,
        (),
        None,
        "paid",
        0,
        None,
        0,
    ),
    "no authorization": ([("CO", "197", 10000)], 0, (), None, "denied", 1, "197", 10000),
    "denied though the patient owes": ([("PR", "96", 10000)], 0, (), None, "denied", 1, "96", 10000),
    "the remark belongs to the reason": (
        [("CO", "16", 10000)],
        0,
        ("N40",),
        None,
        "denied",
        1,
        "16/N40",
        10000,
    ),
    "an alert does not": ([("CO", "16", 10000)], 0, ("MA01", "N290"), None, "denied", 1, "16/N290", 10000),
    "only an alert": ([("CO", "16", 10000)], 0, ("MA01",), None, "denied", 1, "16", 10000),
    "a code that says enough": ([("CO", "197", 10000)], 0, ("N54",), None, "denied", 1, "197", 10000),
    "the largest amount": ([("CO", "50", 3000), ("CO", "197", 7000)], 0, (), None, "denied", 1, "197", 10000),
    "ties by the policy's order": (
        [("CO", "16", 5000), ("CO", "197", 5000)],
        0,
        (),
        None,
        "denied",
        1,
        "197",
        10000,
    ),
    "one code in two groups": (
        [("CO", "50", 4000), ("PR", "197", 3000), ("CO", "197", 3000)],
        0,
        (),
        None,
        "denied",
        1,
        "197",
        10000,
    ),
    "the deductible took it all": ([("PR", "1", 10000)], 0, (), None, "zero_not_denied", 0, None, 0),
    "capitation": ([("CO", "24", 10000)], 0, (), None, "zero_not_denied", 0, None, 0),
    "prior payer": ([("OA", "23", 10000)], 0, (), None, "zero_not_denied", 0, None, 0),
    "partly denied": ([("CO", "151", 4000)], 6000, (), None, "partly_denied", 0, None, 4000),
    "pending": ([("OA", "133", 10000)], 0, (), None, "pended", None, None, 0),
    "weak denial": ([("CO", "45", 10000)], 0, ("N130",), None, "denied", 1, "45/N130", 10000),
    "no weak denial without a remark": ([("CO", "45", 10000)], 0, (), None, "zero_not_denied", 0, None, 0),
    "no weak denial with an alert": ([("CO", "45", 10000)], 0, ("N1",), None, "zero_not_denied", 0, None, 0),
    "no weak denial with an allowed amount": (
        [("CO", "45", 10000)],
        0,
        ("N130",),
        5000,
        "zero_not_denied",
        0,
        None,
        0,
    ),
    "does not add up": ([("CO", "197", 9000)], 0, (), None, "unreliable", None, None, 0),
    "a negative amount denies nothing": (
        [("CO", "96", -500), ("CO", "45", 10500)],
        0,
        (),
        None,
        "zero_not_denied",
        0,
        None,
        0,
    ),
    "an older file's correction": ([("CR", "197", 10000)], 0, (), None, "unreliable", None, None, 0),
}


@pytest.mark.parametrize(
    ("cas", "paid", "remarks", "allowed", "outcome", "is_denied", "reason", "denied"),
    CASES.values(),
    ids=CASES,
)
def test_one_line_is_judged_by_its_adjustments(
    made, cas, paid, remarks, allowed, outcome, is_denied, reason, denied
):
    svc = made.Svc(paid=paid, cas=cas, remarks=remarks, allowed=allowed)
    (row,) = outcomes(made, [made.claim()], [made.Remit(services=[svc])])
    got = row["outcome"], row["label"], row["reason"], row["denied_cents"], row["paid_cents"]
    assert got == (outcome, is_denied, reason, denied, paid)
    assert (row["family"] is None) == (reason is None)


def test_a_line_without_a_charge_is_never_denied(made):
    svc = made.Svc(charge=0, cas=[("CO", "97", 0)])
    lines = [made.line(charge=0), made.line(2, "70551")]
    (row, _) = outcomes(
        made,
        [made.claim(lines=lines)],
        [made.Remit(services=[svc, made.Svc("70551", paid=10_000)])],
    )
    assert (row["outcome"], row["label"]) == ("zero_not_denied", 0)


TWO = [(1, "72148", 10_000), (2, "70551", 30_000)]


def two_lines(made):
    return made.claim(lines=[made.line(*args) for args in TWO])


def test_a_claim_paid_as_a_whole_spreads_its_money_to_the_cent(made):
    remit = made.Remit(charge=40_000, paid=33_333, cas=[("CO", "45", 6_667)])
    rows = outcomes(made, [two_lines(made)], [remit])
    assert [r["outcome"] for r in rows] == ["paid", "paid"]
    assert sum(r["paid_cents"] for r in rows) == 33_333


def test_a_remark_of_the_claim_serves_its_lines(made):
    services = [made.Svc(cas=[("CO", "16", 10_000)]), made.Svc("70551", 30_000, 30_000)]
    rows = outcomes(made, [two_lines(made)], [made.Remit(services=services, remarks=["MA01", "M127"])])
    assert (rows[0]["reason"], rows[0]["family"]) == ("16/M127", "documentation")


DENIED = [("CO", "197", 10_000)]


def history(made, *remits):
    ours, theirs = made.claims([made.claim()]), made.remits(remits)
    return adjudicate(ours, theirs, link(ours, theirs), POLICY)


def test_the_first_adjudication_is_the_label_and_later_ones_are_kept(made):
    early, late = dt.date(2026, 2, 1), dt.date(2026, 3, 1)
    appeal = made.Remit(services=[made.Svc(paid=10_000)], known_on=late)
    denial = made.Remit(services=[made.Svc(cas=DENIED)], known_on=early)
    got = history(made, appeal, denial)
    assert [r["outcome"] for r in got.first.to_pylist()] == ["denied"]
    assert [(r["outcome"], r["known_on"]) for r in got.later.to_pylist()] == [("paid", late)]


def test_a_final_answer_comes_before_a_pending_one(made):
    waiting = made.Remit(services=[made.Svc(cas=[("OA", "133", 10_000)])], known_on=dt.date(2026, 2, 1))
    final = made.Remit(services=[made.Svc(paid=10_000)], known_on=dt.date(2026, 2, 20))
    got = history(made, waiting, final)
    assert got.first["outcome"].to_pylist() == ["paid"]


def test_a_void_leaves_the_label_of_its_original(made):
    sent, answered, voided = dt.date(2026, 2, 1), dt.date(2026, 2, 10), dt.date(2026, 3, 1)
    claims = [made.claim(), made.claim(submitted_on=sent, frequency="8", original_control="ICN1")]
    denial = made.Remit(services=[made.Svc(cas=DENIED)], known_on=answered, more={"payer_control": "ICN1"})
    taken_back = made.Remit(
        services=[made.Svc(charge=-10_000, cas=[(g, c, -a) for g, c, a in DENIED])],
        status="22",
        known_on=voided,
        more={"payer_control": "ICN1"},
    )
    rows = outcomes(made, claims, [denial, taken_back])
    assert [(r["claim_key"], r["outcome"], r["known_on"]) for r in rows] == [(1, "denied", answered)]


def test_nothing_at_all_gives_empty_tables(made):
    assert (
        label(made.claims([]), RemitTables(), link(made.claims([]), RemitTables()), POLICY).schema == OUTCOMES
    )
    ours = made.claims([made.claim()])
    assert label(ours, RemitTables(), link(ours, RemitTables()), POLICY).num_rows == 0


def test_labels_do_not_depend_on_the_order_of_rows(made):
    rng = np.random.default_rng(7)
    claims = made.claims([made.claim(f"A{n}", [made.line(*args) for args in TWO]) for n in range(40)])
    kinds = [[("CO", "197", 10_000)], [("PR", "1", 10_000)], [("CO", "16", 5_000), ("CO", "50", 5_000)]]
    services = [made.Svc(cas=cas, remarks=["N40"]) for cas in kinds]
    remits = made.remits(
        made.Remit(
            f"A{n % 40}",
            [services[n % 3], made.Svc("70551", 30_000, 30_000)],
            known_on=dt.date(2026, 2, 1 + n % 9),
        )
        for n in range(90)
    )
    expected = label(claims, remits, link(claims, remits), POLICY)

    def shuffled(table: pa.Table) -> pa.Table:
        return table.take(pa.array(rng.permutation(table.num_rows)))

    mixed = RemitTables(*(shuffled(getattr(remits, name)) for name in RemitTables.__slots__))
    other = type(claims)(shuffled(claims.claims), shuffled(claims.lines))
    assert label(other, mixed, link(other, mixed), POLICY).equals(expected)
    assert expected.num_rows == 80
