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
