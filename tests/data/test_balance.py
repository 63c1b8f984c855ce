"""Balance before you believe: 005010X221 1.10.2.1 (line: charge - adjustments = paid; claim: the same over all).

RFI: X12's published answers to requests for interpretation of the 835. A claim of two lines, 100.00 and 300.00.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.balance import spread
from data.denial_policy import DenialPolicy
from data.label import adjudicate
from data.link import link

POLICY = DenialPolicy.load()


def told(made, services, *, lines=None, **remit):
    """(outcome, paid, denied) of each line."""
    sent = lines or [made.line(1, "72148", 10_000), made.line(2, "70551", 30_000)]
    ours = made.claims([made.claim(lines=sent)])
    theirs = made.remits([made.Remit(services=[made.Svc(**service) for service in services], **remit)])
    rows = adjudicate(ours, theirs, link(ours, theirs), POLICY).first.to_pylist()
    return [(r["outcome"], r["paid_cents"], r["denied_cents"]) for r in rows]


def first(**more):
    return {"procedure": "72148", "charge": 10_000, **more}


def second(**more):
    return {"procedure": "70551", "charge": 30_000, **more}


PAID = second(paid=30_000)
BOTH_PAID = [first(paid=10_000), PAID]
BAD = ("unreliable", 0, 0)

CASES = {
    # id: (services, the claim's own (paid, adjustments), what is believed)
    "all paid": (BOTH_PAID, {}, [("paid", 10_000, 0), ("paid", 30_000, 0)]),
    "a line does not balance; the other does": (
        [first(cas=[("CO", "197", 1)]), PAID],
        {},
        [BAD, ("paid", 30_000, 0)],
    ),
    "several adjustments under several groups": (
        [first(paid=5_000, cas=[("CO", "45", 2_000), ("PR", "1", 1_000), ("PR", "3", 2_000)]), PAID],
        {},
        [("paid", 5_000, 0), ("paid", 30_000, 0)],
    ),
    # 1.10.2.4: adjustments of lines and claim together are the whole; none is repeated (RFI 2570)
    "the claim repeats its lines": (
        [first(cas=[("CO", "197", 10_000)]), PAID],
        {"cas": [("CO", "197", 10_000)]},
        [("denied", 0, 10_000), ("paid", 30_000, 0)],
    ),
    "the claim fills what its lines lack": (
        [first(), second(paid=20_000)],
        {"cas": [("CO", "197", 20_000)]},
        [("denied", 0, 10_000), ("partly_denied", 20_000, 10_000)],
    ),
    "the claim fills one line, the other balances": (
        [first(), PAID],
        {"cas": [("CO", "29", 10_000)]},
        [("denied", 0, 10_000), ("paid", 30_000, 0)],
    ),
    "the claim's adjustment is not what the lines lack": (
        [first(), PAID],
        {"cas": [("CO", "29", 9_000)]},
        [BAD, ("paid", 30_000, 0)],
    ),
    "more paid than the line was charged for, and the claim fills nothing": (
        [first(paid=20_000), second(paid=20_000)],
        {},
        [("unreliable", 20_000, 0), ("unreliable", 20_000, 0)],
    ),
    "a share of the claim comes off what its lines were paid": (
        BOTH_PAID,
        {"paid": 36_000, "cas": [("PR", "1", 4_000)]},
        [("paid", 9_000, 0), ("paid", 27_000, 0)],
    ),
    "nothing comes off a line that was paid nothing": (
        [first(cas=[("CO", "197", 10_000)]), PAID],
        {"paid": 26_000, "cas": [("PR", "1", 4_000)]},
        [("denied", 0, 10_000), ("paid", 26_000, 0)],
    ),
    "the payer before, at claim and lines (RFI 2570)": (
        [first(paid=4_000, cas=[("OA", "23", 6_000)]), second(paid=1_000, cas=[("OA", "23", 29_000)])],
        {"paid": 1_000, "cas": [("OA", "23", 4_000)]},
        [("paid", 800, 0), ("paid", 200, 0)],
    ),
    "all that the lines were paid is taken away by the claim": (
        BOTH_PAID,
        {"paid": 0, "cas": [("CO", "197", 40_000)]},
        [("denied", 0, 10_000), ("denied", 0, 30_000)],
    ),
    # no services at all: the claim was answered as a whole (2110 is situational), amounts are shared by charge
    "denied as a whole": (
        [],
        {"charge": 40_000, "paid": 0, "cas": [("CO", "29", 40_000)]},
        [("denied", 0, 10_000), ("denied", 0, 30_000)],
    ),
    "paid as a whole": ([], {"charge": 40_000, "paid": 40_000}, [("paid", 10_000, 0), ("paid", 30_000, 0)]),
    "denied in part as a whole": (
        [],
        {"charge": 40_000, "paid": 30_000, "cas": [("CO", "50", 10_000)]},
        [("partly_denied", 7_500, 2_500), ("partly_denied", 22_500, 7_500)],
    ),
    "as a whole, and it does not balance": (
        [],
        {"charge": 40_000, "paid": 0, "cas": [("CO", "29", 1)]},
        [BAD] * 2,
    ),
    "as a whole, of another charge: a part, nobody knows which (1.10.2.11)": (
        [],
        {"charge": 10_000, "paid": 0, "cas": [("CO", "29", 10_000)]},
        [BAD] * 2,
    ),
    "as a whole, with nothing said": ([], {"more": {"charge_cents": None, "paid_cents": None}}, [BAD] * 2),
    # 1.10.2.9: interest is told apart (AMT*I and PLB, RFI 2123); some put it where it doesn't belong
    "interest in the claim's payment alone": (
        BOTH_PAID,
        {"paid": 40_123},
        [("paid", 10_000, 0), ("paid", 30_000, 0)],
    ),
    "interest as an adjustment (225)": (
        [first(paid=8_500, cas=[("CO", "45", 2_000), ("CO", "225", -500)]), PAID],
        {},
        [("paid", 8_500, 0), ("paid", 30_000, 0)],
    ),
    "interest in the line's payment, explained by nothing": (
        [first(paid=10_050), PAID],
        {},
        [("unreliable", 10_050, 0), ("paid", 30_000, 0)],
    ),
    # 1.10.2.6 bundling: the line that is paid is raised by the others' charges (OA 94 below nothing; RFI 2278, 2320)
    "bundled: paid more than it was charged for": (
        [
            first(paid=32_000, cas=[("OA", "94", -30_000), ("CO", "45", 8_000)]),
            {"procedure": "72148", "charge": 30_000, "submitted": "70551", "cas": [("CO", "97", 30_000)]},
        ],
        {},
        [("paid", 32_000, 0), ("denied", 0, 30_000)],
    ),
    # 1.10.2.6 unbundling: further services have no charge, and are raised to what they are paid (RFI 2283)
    "unbundled: the services of a line are summed": (
        [
            first(paid=4_000, cas=[("CO", "45", 6_000)]),
            {
                "procedure": "72146",
                "charge": 0,
                "submitted": "72148",
                "paid": 1_500,
                "cas": [("OA", "94", -1_500)],
            },
            PAID,
        ],
        {},
        [("paid", 5_500, 0), ("paid", 30_000, 0)],
    ),
    # 1.10.2.14: a split line is the sum of its parts
    "split: one part paid, one denied": (
        [first(charge=6_000, cas=[("CO", "119", 6_000)]), first(charge=4_000, paid=4_000), PAID],
        {},
        [("partly_denied", 4_000, 6_000), ("paid", 30_000, 0)],
    ),
    "split: a part that does not balance spoils its line": (
        [first(charge=6_000), first(charge=4_000, paid=4_000), PAID],
        {},
        [("unreliable", 4_000, 0), ("paid", 30_000, 0)],
    ),
    # what couldn't be read became null: nothing is made of it
    "a charge that can't be read": (
        [first(charge=None, control="1"), PAID],
        {"charge": 40_000},
        [BAD, ("paid", 30_000, 0)],
    ),
    "a payment that can't be read": (
        [first(paid=None, cas=[("CO", "197", 10_000)]), PAID],
        {"paid": 30_000},
        [("unreliable", 0, 0), ("paid", 30_000, 0)],
    ),
    "a charged line answered without a charge": (
        [first(charge=0, control="1"), PAID],
        {"charge": 40_000},
        [BAD, ("paid", 30_000, 0)],
    ),
}


@pytest.mark.parametrize(("services", "claim", "expected"), CASES.values(), ids=CASES)
def test_what_is_believed(made, services, claim, expected):
    got = told(made, services, **claim)
    assert [row if row[0] != "unreliable" else (row[0], row[1], 0) for row in got] == expected


def test_a_line_sent_without_a_charge_may_be_answered_without_one(made):
    lines = [made.line(1, "72148", 0), made.line(2, "70551", 30_000)]
    assert told(made, [first(charge=0), PAID], lines=lines)[0] == ("zero_not_denied", 0, 0)


def test_a_claim_split_by_its_payer_is_put_together_again(made):
    # 1.10.2.11: the parts' charges add up to the claim's; each part has its own CLP and its own services.
    ours = made.claims([made.claim(lines=[made.line(1), made.line(2, "70551", 30_000)], member_id=None)])
    parts = [
        made.Remit(services=[made.Svc(**first(cas=[("CO", "197", 10_000)]))]),
        made.Remit(services=[made.Svc(**PAID)]),
    ]
    theirs = made.remits(parts)
    rows = adjudicate(ours, theirs, link(ours, theirs), POLICY).first.to_pylist()
    assert [(r["line"], r["outcome"]) for r in rows] == [(1, "denied"), (2, "paid")]
    alone = made.remits(parts[:1])
    assert link(ours, alone).ambiguous.num_rows == 1


CENTS = st.integers(-(10**9), 10**9)
WEIGHTS = st.lists(st.integers(-5, 10**9), min_size=1, max_size=6)


@given(st.lists(st.tuples(CENTS, WEIGHTS), min_size=1, max_size=4))
def test_what_is_spread_sums_to_the_cent(groups):
    amounts = np.array([amount for amount, _ in groups])
    group = np.repeat(np.arange(len(groups)), [len(weights) for _, weights in groups])
    weight = np.concatenate([np.array(weights) for _, weights in groups])
    shares = spread(amounts, group, weight)
    assert np.bincount(group, weights=shares).astype(np.int64).tolist() == amounts.tolist()
    spread_to = np.abs(shares) > 0
    for number, (amount, weights) in enumerate(groups):
        of = group == number
        has_weight = np.array(weights) > 0
        if has_weight.any():
            assert not spread_to[of][~has_weight].any() or amount == 0
