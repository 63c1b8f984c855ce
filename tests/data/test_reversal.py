"""Takings-back and corrections: 005010X221 1.10.2.8; files of version 4010: 004010X091 2.2.8.

RFI: X12's published answers to requests for interpretation.
"""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.denial_policy import DenialPolicy
from data.label import adjudicate
from data.link import link
from data.reversal import find_reversals, in_pairs

POLICY = DenialPolicy.load()
D1, D2, D3, D4 = (dt.date(2026, month, 1) for month in (2, 3, 4, 5))
NO_AUTH = [("CO", "197", 10_000)]
SHARE = [("PR", "1", 10_000)]


def told(made, *cas, paid=0, status="1", on=D1, sign=1, **more):
    """One remit of one service; `sign` -1 negates all its amounts."""
    svc = made.Svc(charge=10_000 * sign, paid=paid * sign, cas=[(g, c, a * sign) for g, c, a in cas])
    return made.Remit(services=[svc], status=status, known_on=on, more=more)


def denied(made, on=D1, **more):
    return told(made, *NO_AUTH, on=on, **more)


def paid(made, on=D1, cents=10_000, **more):
    rest = [("CO", "45", 10_000 - cents)] if cents < 10_000 else []
    return told(made, *rest, paid=cents, on=on, **more)


def back(remit, on, **more):
    """The remit taken back: CLP02 22, all amounts negated, the groups as they were (RFI 1147, 2442)."""
    (svc,) = remit.services
    negated = type(svc)(charge=-svc.charge, paid=-svc.paid, cas=[(g, c, -a) for g, c, a in svc.cas])
    return type(remit)(services=[negated], status="22", known_on=on, more={**remit.more, **more})


def as_4010(remit, status="22"):
    """The taking-back of an older file: all adjustments under CR (RFI 213)."""
    (svc,) = remit.services
    cr = type(svc)(charge=svc.charge, paid=svc.paid, cas=[("CR", c, a) for _, c, a in svc.cas])
    return type(remit)(services=[cr], status=status, known_on=remit.known_on, more=remit.more)


def history(made, remits):
    ours, theirs = made.claims([made.claim()]), made.remits(remits)
    return adjudicate(ours, theirs, link(ours, theirs), POLICY)


HISTORIES = {
    # id: (remits in any order; the label's outcome and day; later outcomes; how many are quarantined)
    "denied": (lambda m: [denied(m)], ("denied", D1), [], 0),
    "denied, then paid on appeal": (lambda m: [denied(m), paid(m, D2)], ("denied", D1), ["paid"], 0),
    "denied, taken back and paid the same day (22, then 1)": (
        lambda m: [denied(m), back(denied(m), D1), paid(m, D1)],
        ("paid", D1),
        [],
        0,
    ),
    "paid, taken back and denied the same day (22, then 4)": (
        lambda m: [paid(m), back(paid(m), D1), denied(m, D1, status="4")],
        ("denied", D1),
        [],
        0,
    ),
    "denied, taken back and paid later": (
        lambda m: [denied(m), back(denied(m), D2), paid(m, D2)],
        ("denied", D1),
        ["paid"],
        0,
    ),
    "taken back in one file, corrected in another (RFI 227)": (
        lambda m: [denied(m), back(denied(m), D2), paid(m, D3)],
        ("denied", D1),
        ["paid"],
        0,
    ),
    "taken back, never corrected": (lambda m: [paid(m), back(paid(m), D2)], ("paid", D1), [], 0),
    "taken back the same day, never corrected": (
        lambda m: [paid(m), back(paid(m), D1)],
        None,
        [],
        0,
    ),
    "three rounds": (
        lambda m: [
            denied(m, D1),
            back(denied(m), D2),
            paid(m, D2, 6_000),
            back(paid(m, cents=6_000), D3),
            paid(m, D3, 8_000),
        ],
        ("denied", D1),
        ["paid", "paid"],
        0,
    ),
    "three rounds in one day": (
        lambda m: [
            denied(m),
            back(denied(m), D1),
            paid(m, D1, 6_000),
            back(paid(m, cents=6_000), D1),
            paid(m, D1, 8_000),
        ],
        ("paid", D1),
        [],
        0,
    ),
    "the same amounts taken back twice, given twice": (
        lambda m: [denied(m, D1), back(denied(m), D2), denied(m, D3), back(denied(m), D4)],
        ("denied", D1),
        ["denied"],
        0,
    ),
    # our own rule: a taking-back of what was never seen is for a person, and denies nothing
    "a taking-back alone": (lambda m: [back(denied(m), D1)], None, [], 1),
    "of another amount": (
        lambda m: [paid(m, D1, 6_000), back(paid(m, cents=7_000), D2)],
        ("paid", D1),
        [],
        1,
    ),
    "of what came only afterwards": (lambda m: [back(paid(m), D1), paid(m, D2)], None, ["paid"], 1),
    "of what came only afterwards, and once more": (
        lambda m: [back(paid(m), D1), paid(m, D2), back(paid(m), D3)],
        None,
        ["paid"],
        1,
    ),
    "one more than was given": (
        lambda m: [paid(m, D1), back(paid(m), D2), back(paid(m), D3)],
        ("paid", D1),
        [],
        1,
    ),
    # what follows the taking-back of something never seen is no first adjudication
    "a correction without its original": (
        lambda m: [back(denied(m), D2), paid(m, D2)],
        None,
        ["paid"],
        1,
    ),
    "an answer before such a taking-back is the first that is known": (
        lambda m: [denied(m, D1), back(paid(m), D2), paid(m, D3, 6_000)],
        ("denied", D1),
        ["paid"],
        1,
    ),
    # version 4010: CAS*CR, with CLP02 22 or without
    "4010: 22 with CR": (
        lambda m: [denied(m), as_4010(back(denied(m), D2)), paid(m, D2)],
        ("denied", D1),
        ["paid"],
        0,
    ),
    "4010: CR alone, with negative amounts": (
        lambda m: [denied(m), as_4010(back(denied(m), D1), status="1"), paid(m, D1)],
        ("paid", D1),
        [],
        0,
    ),
    "4010: CR on amounts that aren't negated is no label": (
        lambda m: [told(m, ("CR", "197", 10_000))],
        ("unreliable", D1),
        [],
        0,
    ),
    "4010: CR on a part of them neither": (
        lambda m: [told(m, ("CR", "45", 4_000), paid=6_000)],
        ("unreliable", D1),
        [],
        0,
    ),
    # no guide allows these: never learnt from
    "negative amounts without 22 or CR": (
        lambda m: [told(m, *NO_AUTH, sign=-1)],
        ("unreliable", D1),
        [],
        0,
    ),
    "a negative payment": (
        lambda m: [told(m, ("CO", "45", 12_000), paid=-2_000)],
        ("unreliable", D1),
        [],
        0,
    ),
}


@pytest.mark.parametrize(("remits", "first", "later", "quarantined"), HISTORIES.values(), ids=HISTORIES)
def test_what_was_taken_back_and_corrected(made, remits, first, later, quarantined):
    told_so = remits(made)
    for order in (told_so, told_so[::-1]):
        got = history(made, order)
        rows = got.first.to_pylist()
        assert [(r["outcome"], r["known_on"]) for r in rows] == ([first] if first else [])
        assert sorted(got.later["outcome"].to_pylist()) == later
        assert got.quarantined.num_rows == quarantined


def test_a_quarantined_reversal_says_why(made):
    (row,) = history(made, [back(denied(made), D1)]).quarantined.to_pylist()
    assert row == {"remit_key": 1, "claim_id": "A1", "reason": "reversal without its original"}


PAIRS = {
    # what differs in the taking-back: is its original found
    "nothing": ({}, True),
    "the payer's control number": ({"payer_control": "ICN2"}, True),
    "blanks and small letters in the claim's number": ({"claim_id": "a1 "}, True),
    "amounts that weren't negated": ({"charge_cents": 10_000}, True),
    "another claim": ({"claim_id": "B2"}, False),
    "another payer": ({"payer_id": "999"}, False),
    "another provider": ({"payee_npi": "9999999999"}, False),
    "another charge": ({"charge_cents": -9_999}, False),
    "another payment": ({"paid_cents": -1}, False),
    "an earlier day": ({"known_on": dt.date(2026, 1, 1)}, False),
}


@pytest.mark.parametrize(("differs", "found"), PAIRS.values(), ids=PAIRS)
def test_a_taking_back_finds_its_original(made, differs, found):
    original = denied(made, payer_control="ICN1")
    got = find_reversals(made.remits([original, back(original, D2, **differs)]))
    assert got.is_reversal.tolist() == [False, True]
    assert got.is_orphan.tolist() == [False, not found]


def test_the_control_number_tells_two_equal_originals_apart(made):
    remits = [
        denied(made, payer_control="ICN1"),
        denied(made, D2, payer_control="ICN2"),
        back(denied(made), D2, payer_control="ICN2"),
    ]
    assert find_reversals(made.remits(remits)).never_stood.tolist() == [False, True, False]


EVENTS = st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=12)


@given(EVENTS)
def test_the_first_given_is_the_first_taken_back(events):
    events.sort(key=lambda event: event[0])
    key = np.array([number for number, _ in events], np.int64)
    is_reversal = np.array([is_back for _, is_back in events], bool)
    expected, waiting = [], {number: [] for number in range(3)}
    for row, (number, is_back) in enumerate(events):
        if not is_back:
            waiting[number].append(row)
        elif waiting[number]:
            expected.append((row, waiting[number].pop(0)))
    mine, theirs = in_pairs(key, is_reversal)
    assert list(zip(mine.tolist(), theirs.tolist(), strict=True)) == expected
