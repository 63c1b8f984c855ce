"""What a 277CA says of claims (005010X214)."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from data.link import link
from data.rejection import reject
from data.schema import REJECTIONS, STATUSES, ClaimTables

DAY = dt.date(2026, 1, 12)
MEMBER, PROVIDER = "W123", "1234567893"


def status(key=1, category="A2", position=1, **more):
    said = {
        "status_key": key,
        "position": position,
        "claim_id": "A1",
        "category": category,
        "status": "20",
        "charge_cents": 10_000,
        "billing_npi": PROVIDER,
        "member_id": MEMBER,
        "service_from": dt.date(2026, 1, 5),
        "service_to": dt.date(2026, 1, 5),
        "known_on": DAY,
    }
    return {**said, **more}


def rejected(made, statuses, claims=None):
    ours = made.claims(claims or [made.claim()])
    return reject(ours, pa.Table.from_pylist(statuses, schema=STATUSES))


CATEGORIES = {
    "A0": False,  # passed on
    "A1": False,  # received
    "A2": False,  # taken in
    "A3": True,  # X12 RFI 2203 names the four that reject
    "A4": False,  # not found
    "A5": False,  # split
    "A6": True,
    "A7": True,
    "A8": True,
    "E0": False,
    "P1": False,  # no 277CA may say it (X12 RFI 1942), some do
    "F2": False,
    None: False,
    "ZZ": False,
}


@pytest.mark.parametrize(("category", "is_rejected"), CATEGORIES.items(), ids=map(str, CATEGORIES))
def test_four_categories_turn_a_claim_away(made, category, is_rejected):
    (row,) = rejected(made, [status(category=category)]).claims.to_pylist()
    assert (row["is_rejected"], row["category"], row["known_on"]) == (is_rejected, category, DAY)
    assert (row["claim_key"], row["line"], row["n_answers"]) == (1, 0, 1)


FEW = {"member_id": None, "service_from": None, "billing_npi": None}
PLACES = {
    # what differs in the status: (claim it belongs to, why not)
    "all agree": ({}, 1, None),
    "capitals and blanks in the number": ({"claim_id": "a1  "}, 1, None),
    "charge and member": ({"service_from": None, "billing_npi": None}, 1, None),
    "dates and provider": ({"charge_cents": 1, "member_id": None}, 1, None),
    "charge alone": (FEW, None, "no claim agrees well enough"),
    "another number": ({"claim_id": "B2"}, None, "no claim has this number"),
    "no number": ({"claim_id": None}, None, "no claim has this number"),
    "before the claim was sent": ({"known_on": dt.date(2026, 1, 9)}, None, "no claim agrees well enough"),
    "an end that differs": ({**FEW, "service_to": DAY}, None, "no claim agrees well enough"),
    "a day unknown": ({"known_on": None}, 1, None),
}


@pytest.mark.parametrize(("differs", "claim_key", "reason"), PLACES.values(), ids=PLACES)
def test_a_status_belongs_to_a_claim_that_agrees_in_two_things(made, differs, claim_key, reason):
    got = rejected(made, [status(category="A7", **differs)])
    assert got.claims["claim_key"].to_pylist() == ([claim_key] if claim_key else [])
    assert got.unplaced["reason"].to_pylist() == ([reason] if reason else [])


LATER = dt.date(2026, 1, 20)
HISTORIES = {
    # statuses as (category, day): (category that counts, is it turned away, since when)
    "taken in": ([("A1", DAY), ("A2", LATER)], ("A2", False, LATER)),
    "received only": ([("A1", DAY), ("A1", LATER)], ("A1", False, DAY)),
    "taken in by the clearinghouse, turned away by the payer": (
        [("A2", DAY), ("A7", LATER)],
        ("A7", True, LATER),
    ),
    "turned away twice: the first counts": ([("A6", LATER), ("A3", DAY)], ("A3", True, DAY)),
    "turned away, then received": ([("A3", DAY), ("A1", LATER)], ("A3", True, DAY)),
}


@pytest.mark.parametrize(("said", "expected"), HISTORIES.values(), ids=HISTORIES)
def test_the_first_rejection_counts_else_the_first_acceptance(made, said, expected):
    statuses = [status(key, category, known_on=day) for key, (category, day) in enumerate(said, start=1)]
    for order in (statuses, statuses[::-1]):
        (row,) = rejected(made, order).claims.to_pylist()
        assert (row["category"], row["is_rejected"], row["known_on"]) == expected
        assert row["n_answers"] == len(said)


def test_further_statuses_of_one_answer_count_as_said_beside_the_first(made):
    statuses = [
        status(category="A7", position=2, status="33"),
        status(category="A7", status="562", entity="85"),
    ]
    (row,) = rejected(made, statuses).claims.to_pylist()
    assert (row["position"], row["status"], row["entity"], row["n_answers"]) == (1, "562", "85", 2)


def test_a_line_that_is_turned_away_takes_its_claim_with_it(made):
    # X12 RFI 2203: a service is named where it caused the rejection of the claim.
    lines = [made.line(1, "72148", line_control="X1"), made.line(2, "70551"), made.line(3, "70551")]
    statuses = [
        status(1, "A1", charge_cents=30_000),
        status(1, "A7", 2, line_control="X1", charge_cents=30_000),
        status(1, "A8", 3, procedure="72148", charge_cents=30_000),
        status(1, "A8", 4, procedure="70551", charge_cents=30_000),
    ]
    got = rejected(made, statuses, [made.claim(lines=lines)]).claims.to_pylist()
    assert [(r["line"], r["category"], r["is_rejected"], r["n_answers"]) for r in got] == [
        (0, "A7", True, 4),
        (1, "A7", True, 2),
    ]


def test_of_a_claim_sent_twice_the_last_one_sent_before_is_meant(made):
    sent = [dt.date(2026, 1, 10), dt.date(2026, 1, 18), dt.date(2026, 1, 18)]
    again = [made.claim(submitted_on=day) for day in sent]
    statuses = [status(1, "A7"), status(2, "A2", known_on=LATER)]
    two = rejected(made, statuses, again[:2])
    assert [(r["claim_key"], r["is_rejected"]) for r in two.claims.to_pylist()] == [(1, True), (2, False)]
    three = rejected(made, statuses, again)
    assert three.claims["claim_key"].to_pylist() == [1]
    assert three.unplaced.to_pylist() == [
        {"status_key": 2, "position": 1, "claim_id": "A1", "n_candidates": 2, "reason": "several claims fit"}
    ]


ANSWERS = {
    "the one sent again, since the first was turned away": (DAY, dt.date(2026, 2, 1), [2]),
    "turned away only after the answer: it can't be told": (dt.date(2026, 2, 9), dt.date(2026, 2, 1), [None]),
}


@pytest.mark.parametrize(("away_on", "known_on", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_a_remit_answers_a_claim_that_was_not_turned_away(made, away_on, known_on, expected):
    claims = made.claims([made.claim(), made.claim()])
    away = pa.Table.from_pylist(
        [{"claim_key": 1, "line": 0, "is_rejected": True, "known_on": away_on}], schema=REJECTIONS
    )
    remits = made.remits([made.Remit(services=[made.Svc(paid=10_000)], known_on=known_on)])
    linked = link(claims, remits, away).linked["claim_key"].to_pylist()
    assert (linked or [None]) == expected


def test_a_claim_turned_away_is_linked_where_no_other_can_be_meant(made):
    away = pa.Table.from_pylist(
        [{"claim_key": 1, "line": 0, "is_rejected": True, "known_on": DAY}], schema=REJECTIONS
    )
    remits = made.remits([made.Remit(services=[made.Svc(paid=10_000)])])
    assert link(made.claims([made.claim()]), remits, away).linked.num_rows == 1


def test_nothing_gives_empty_tables(made):
    nothing = reject(ClaimTables(), STATUSES.empty_table())
    assert (nothing.claims.schema, nothing.claims.num_rows, nothing.unplaced.num_rows) == (REJECTIONS, 0, 0)
    assert rejected(made, []).claims.num_rows == 0
    alone = reject(ClaimTables(), pa.Table.from_pylist([status()], schema=STATUSES))
    assert (alone.claims.num_rows, alone.unplaced.num_rows) == (0, 1)


def test_the_order_of_statuses_does_not_matter(made):
    rng = np.random.default_rng(3)
    claims = [made.claim(f"A{n % 9}", submitted_on=dt.date(2026, 1, 1 + n)) for n in range(20)]
    categories = ["A1", "A2", "A3", "A7", None]
    statuses = [
        status(n // 2, categories[n % 5], n % 2, claim_id=f"A{n % 11}", known_on=dt.date(2026, 1, 1 + n % 28))
        for n in range(80)
    ]
    expected = rejected(made, statuses, claims)
    for _ in range(3):
        mixed = [statuses[i] for i in rng.permutation(len(statuses))]
        got = rejected(made, mixed, claims)
        assert got.claims.equals(expected.claims)
        assert got.unplaced.equals(expected.unplaced)
    assert expected.claims.num_rows > 5 < expected.unplaced.num_rows
