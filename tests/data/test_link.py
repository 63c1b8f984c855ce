"""Which claim a remit answers. RFI: X12's published answers to requests for interpretation."""

import datetime as dt

import pytest

from data.candidates import plain_name
from data.link import link
from data.schema import ClaimTables, RemitTables


def links(made, claims, remits):
    ours, theirs = made.claims(claims), made.remits(remits)
    found = link(ours, theirs)
    assert sum(t.num_rows for t in (found.linked, found.ambiguous, found.unmatched)) == len(remits)
    return found


def linked(made, claims, remits):
    """The claim (counted from 1) of each remit; None where it is ambiguous or unmatched."""
    found = links(made, claims, remits)
    claim_of = dict(
        zip(*(found.linked[name].to_pylist() for name in ("remit_key", "claim_key")), strict=True)
    )
    return [claim_of.get(n) for n in range(1, len(remits) + 1)]


AGREEMENT = {
    "all agree": ({}, 1),
    "another payer": ({"payer_id": "999"}, None),
    "another provider": ({"payee_npi": "9999999999"}, None),
    "payer by name": ({"payer_id": None, "payer_name": "Health Plan, Inc."}, 1),
    "payer by another name": ({"payer_id": None, "payer_name": "Other Plan"}, None),
    "payer without id or name": ({"payer_id": None}, None),
    "provider by name": ({"payee_npi": None, "payee_name": "good  CLINIC"}, 1),
    "an id that differs is not saved by a name": ({"payer_id": "999", "payer_name": "HEALTH PLAN INC"}, None),
    "another number": ({"claim_id": "B2"}, None),
    "blanks after the number": ({"claim_id": "A1   "}, 1),
    "the number in small letters": ({"claim_id": "a1"}, 1),
    "a part of the number": ({"claim_id": "A"}, None),
    "a member with blanks and dashes": ({"member_id": "w-123 ", "service_from": None}, 1),
    "no payer but a name that nobody sent": ({"payer_id": None, "payer_name": None}, None),
    "member and dates": ({"charge_cents": 1}, 1),
    "charge and dates": ({"member_id": None}, 1),
    "charge and member": ({"service_from": dt.date(2026, 1, 1)}, 1),
    "charge alone": ({"member_id": "X", "service_from": dt.date(2026, 1, 1)}, None),
    "charge and rendering": (
        {"member_id": None, "service_from": dt.date(2026, 1, 1), "rendering_npi": "1111111111"},
        1,
    ),
    "nothing else": ({"member_id": None, "service_from": None, "charge_cents": 1}, None),
    "an end date that differs": ({"service_to": dt.date(2026, 1, 9), "member_id": None}, None),
}


@pytest.mark.parametrize(("differs", "expected"), AGREEMENT.values(), ids=AGREEMENT)
def test_a_remit_is_linked_if_enough_agrees(made, differs, expected):
    claim = made.claim(payer_name="HEALTH PLAN INC", billing_name="GOOD CLINIC", rendering_npi="1111111111")
    remit = made.Remit(services=[made.Svc(paid=10_000)], more=differs)
    assert linked(made, [claim], [remit]) == [expected]


def test_what_is_not_linked_is_listed_with_its_reason(made):
    twice = [made.claim(), made.claim()]
    remits = [made.Remit(services=[made.Svc()]), made.Remit("B2", services=[made.Svc()])]
    found = links(made, twice, remits)
    assert found.linked.num_rows == 0
    assert found.ambiguous.to_pylist() == [
        {"remit_key": 1, "claim_id": "A1", "n_candidates": 2, "reason": "several claims fit"}
    ]
    assert found.unmatched.to_pylist() == [{"remit_key": 2, "claim_id": "B2"}]
    weak = links(made, [made.claim()], [made.Remit(services=[made.Svc()], more={"payer_id": "999"})])
    assert weak.ambiguous["reason"].to_pylist() == ["no claim agrees well enough"]


LATER = dt.date(2026, 2, 10)


def replacement(made, **more):
    return made.claim(submitted_on=LATER, frequency="7", original_control="ICN1", **more)


REPLACEMENTS = {
    "answered before the replacement was sent": (dt.date(2026, 1, 25), {}, 1),
    "the frequency comes back": (dt.date(2026, 3, 1), {"frequency": "7"}, 2),
    "the original's frequency comes back": (dt.date(2026, 3, 1), {"frequency": "1"}, 1),
    "the original's control number": (dt.date(2026, 3, 1), {"payer_control": "ICN1"}, 1),
    "another control number": (dt.date(2026, 3, 1), {"payer_control": "ICN2"}, 2),
    "nothing tells them apart": (dt.date(2026, 3, 1), {}, None),
}


@pytest.mark.parametrize(("known_on", "more", "expected"), REPLACEMENTS.values(), ids=REPLACEMENTS)
def test_an_original_and_its_replacement_under_one_number(made, known_on, more, expected):
    remit = made.Remit(services=[made.Svc(paid=10_000)], known_on=known_on, more=more)
    assert linked(made, [made.claim(), replacement(made)], [remit]) == [expected]


VOIDS = {
    # id: (what differs in the remit, day, the claim it answers: 1 the original, 2 its void)
    "before the void was sent": ({}, dt.date(2026, 1, 25), 1),
    "the void's frequency comes back": ({"frequency": "8"}, dt.date(2026, 3, 1), 2),
    "the original's control number": ({"payer_control": "ICN1"}, dt.date(2026, 3, 1), 1),
}


@pytest.mark.parametrize(("more", "known_on", "expected"), VOIDS.values(), ids=VOIDS)
def test_an_original_and_its_void_under_one_number(made, more, known_on, expected):
    # CLM05-3 is 8, and REF*F8 names the original (837 2300 REF, Payer Claim Control Number).
    void = made.claim(submitted_on=LATER, frequency="8", original_control="ICN1")
    remit = made.Remit(services=[made.Svc(paid=10_000)], known_on=known_on, more=more)
    assert linked(made, [made.claim(), void], [remit]) == [expected]


PAYERS = {
    # CLP02: (as the first, second or third payer; the claim it answers, of one sent to the same payer as P and as S)
    "1": 1,
    "19": 1,
    "2": 2,
    "20": 2,
    "3": None,  # nobody sent it to a third payer: it can't be told
    "4": None,
}


@pytest.mark.parametrize(("status", "expected"), PAYERS.items(), ids=PAYERS)
def test_two_coverages_of_one_payer_are_told_apart_by_their_order(made, status, expected):
    # 1.10.2.13: a prior payer may be the same payer under another coverage (RFI 2143).
    claims = [made.claim(payer_sequence="P"), made.claim(payer_sequence="S")]
    remit = made.Remit(services=[made.Svc(paid=10_000)], status=status)
    assert linked(made, claims, [remit]) == [expected]


def test_the_answer_of_a_second_payer_is_no_answer_of_the_first(made):
    first, second = made.claim(payer_sequence="P"), made.claim(payer_sequence="S", payer_id="999")
    remits = [
        made.Remit(services=[made.Svc(paid=1)]),
        made.Remit(services=[made.Svc(paid=1)], more={"payer_id": "999"}),
    ]
    assert linked(made, [first, second], remits) == [1, 2]
    assert linked(made, [first], remits) == [1, None]


SPLIT = {
    # charges of the parts, their days: are they linked though nothing but the dates agrees
    "they add up": ((4_000, 6_000), (0, 0), True),
    "three parts": ((4_000, 5_000, 1_000), (0, 0, 0), True),
    "they don't add up": ((4_000, 5_000), (0, 0), False),
    "on two days": ((4_000, 6_000), (0, 1), False),
    "a part twice": ((4_000, 6_000, 6_000), (0, 0, 0), False),
}


@pytest.mark.parametrize(("charges", "days", "together"), SPLIT.values(), ids=SPLIT)
def test_parts_of_a_claim_that_its_payer_split_agree_in_their_sum(made, charges, days, together):
    # 1.10.2.11: each part is a CLP of its own under the claim's number.
    remits = [
        made.Remit(
            services=[made.Svc(charge=charge)],
            known_on=dt.date(2026, 1, 25 + day),
            more={"member_id": None},
        )
        for charge, day in zip(charges, days, strict=True)
    ]
    assert linked(made, [made.claim()], remits) == [1 if together else None] * len(remits)


def test_the_charge_tells_a_replacement_from_its_original(made):
    claims = [made.claim(), replacement(made, lines=[made.line(charge=20_000)])]
    remit = made.Remit(services=[made.Svc(charge=20_000, paid=1)], known_on=dt.date(2026, 3, 1))
    assert linked(made, claims, [remit]) == [2]


def test_a_claim_is_not_answered_before_it_is_sent(made):
    remit = made.Remit(services=[made.Svc()], known_on=dt.date(2026, 1, 9))
    assert linked(made, [made.claim()], [remit]) == [None]


def test_a_reversal_is_linked_though_its_charge_is_negative(made):
    remit = made.Remit(services=[made.Svc(charge=-10_000)], status="22", more={"member_id": None})
    assert linked(made, [made.claim()], [remit]) == [1]


def test_no_remits_and_no_claims(made):
    nothing = link(ClaimTables(), RemitTables())
    assert (nothing.linked.num_rows, nothing.lines.num_rows) == (0, 0)
    alone = link(ClaimTables(), made.remits([made.Remit(services=[made.Svc()])]))
    assert alone.unmatched.num_rows == 1
    unnamed = link(made.claims([made.claim()]), made.remits([made.Remit(None, services=[made.Svc()])]))
    assert unnamed.unmatched.num_rows == 1


def test_one_claim_number_used_for_everything_is_ambiguous_not_endless(made):
    claims = [made.claim("1", [made.line(charge=n)]) for n in range(300)]
    remits = [made.Remit("1", [made.Svc(charge=n)]) for n in range(300)]
    assert linked(made, claims, remits) == list(range(1, 301))


def test_names_are_compared_without_case_and_punctuation():
    import pyarrow as pa

    names = pa.chunked_array([["Good Clinic, Inc.", "", "--", None, "GOOD CLINIC INC"]])
    assert plain_name(names).to_pylist() == ["GOODCLINICINC", None, None, None, "GOODCLINICINC"]
