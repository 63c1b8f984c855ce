import datetime as dt

import pytest

from data.link import link
from data.replacement import REPLACEMENTS, replacements

MEMBER = "W123"
LATER = dt.date(2026, 2, 20)
CASES = [
    ("under the same number", "A1", "7", "P9", {}, {}, True),
    ("under another number", "B7", "7", "P9", {}, {}, True),
    ("a void", "B7", "8", "P9", {}, {}, True),
    ("a corrected claim", "B7", "6", "P9", {}, {}, True),
    ("written otherwise", "B7", "7", " p-9", {}, {}, True),
    ("an original of its own", "B7", "1", "P9", {}, {}, False),
    ("no number named", "B7", "7", None, {}, {}, False),
    ("a number that no answer bears", "B7", "7", "P8", {}, {}, False),
    ("another payer's number", "B7", "7", "P9", {"payer_id": "84261"}, {}, False),
    ("sent before what it replaces", "B7", "7", "P9", {"submitted_on": dt.date(2026, 1, 9)}, {}, False),
    (
        "a payer known by its name",
        "B7",
        "7",
        "P9",
        {"payer_name": "Good Plan, Inc."},
        {"payer_id": None, "payer_name": "GOOD PLAN INC"},
        True,
    ),
]


@pytest.mark.parametrize(
    ("claim_id", "frequency", "control", "claim_more", "remit_more", "tied"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_a_replacement_is_tied_by_the_payers_number(
    made, claim_id, frequency, control, claim_more, remit_more, tied
):
    names = {"payer_name": claim_more.get("payer_name", "HARBOR")}
    more = {"submitted_on": LATER, **names, **claim_more}
    claims = made.claims(
        [
            made.claim("A1", **names),
            made.claim(claim_id, frequency=frequency, original_control=control, **more),
        ]
    )
    answer = {"payer_control": "P9", "member_id": MEMBER, **remit_more}
    remits = made.remits([made.Remit("A1", [made.Svc(paid=10_000)], more=answer)])
    found = replacements(claims.claims, remits.remits, link(claims, remits).linked)
    assert found.schema == REPLACEMENTS
    first, second = claims.claims["claim_key"].to_pylist()
    wanted = [{"claim_key": second, "original_key": first, "frequency": frequency}] if tied else []
    assert found.to_pylist() == wanted


def test_a_number_that_came_back_for_several_claims_ties_none(made):
    claims = made.claims(
        [
            made.claim("A1"),
            made.claim("A2"),
            made.claim("B7", frequency="7", original_control="P9", submitted_on=LATER),
        ]
    )
    answers = [
        made.Remit(name, [made.Svc(paid=10_000)], more={"payer_control": "P9", "member_id": MEMBER})
        for name in ("A1", "A2")
    ]
    remits = made.remits(answers)
    assert replacements(claims.claims, remits.remits, link(claims, remits).linked).num_rows == 0
