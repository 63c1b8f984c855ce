import pytest

from data.readers.fhir.adjudication import adjudicate, note_remarks
from data.readers.fhir.values import Faults, Json

CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
GROUP = "https://x12.org/codes/claim-adjustment-group-codes"
RARC = "https://x12.org/codes/remittance-advice-remark-codes"
CARIN = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBPayerAdjudicationStatus"
INDICATOR = "https://bluebutton.cms.gov/resources/variables/line_prcsg_ind_cd"


def said(category: str, amount: float | None = None, *reasons: tuple[str, str]) -> Json:
    entry: dict[str, object] = {"category": {"coding": [{"code": category}]}}
    if amount is not None:
        entry["amount"] = {"value": str(amount)}
    if reasons:
        entry["reason"] = {"coding": [{"system": system, "code": code} for system, code in reasons]}
    return entry


# what is said of a charge of 100.00 -> paid, adjustments
CASES = [
    pytest.param([], None, [], id="nothing decided"),
    pytest.param([said("benefit", 100)], 10_000, [], id="paid in full"),
    pytest.param([said("eligible", 80), said("benefit", 80)], 8_000, [("CO", "45", 2_000)], id="contract"),
    pytest.param(
        [
            said("eligible", 80),
            said("deductible", 10),
            said("coinsurance", 5),
            said("copay", 1),
            said("benefit", 64),
        ],
        6_400,
        [("PR", "1", 1_000), ("PR", "2", 500), ("PR", "3", 100), ("CO", "45", 2_000)],
        id="patient's share",
    ),
    pytest.param(
        [said("benefit", 0), said("denialreason", None, (CARC, "197"))],
        0,
        [(None, "197", 10_000)],
        id="denied",
    ),
    pytest.param(
        [said("eligible", 0), said("benefit", 0), said("denialreason", None, (CARC, "197"))],
        0,
        [(None, "197", 10_000)],
        id="denied with nothing allowed: no contract in it",
    ),
    pytest.param(
        [said("denialreason", None, (CARC, "50"))], 0, [(None, "50", 10_000)], id="a reason is a decision"
    ),
    pytest.param(
        [
            said("denialreason", None, (RARC, "N40")),
            said("denialreason", None, (CARC, "16")),
            said("x", None, (GROUP, "CO")),
        ],
        0,
        [("CO", "16", 10_000)],
        id="group, reason and remark one by one",
    ),
    pytest.param(
        [said("adjustmentreason", 40, (GROUP, "PR"), (CARC, "204")), said("benefit", 60)],
        6_000,
        [("PR", "204", 4_000)],
        id="an amount of its own",
    ),
    pytest.param(
        [said("eligible", 70), said("benefit", 50), said("denialreason", None, (CARC, "151"))],
        5_000,
        [("CO", "45", 3_000), (None, "151", 2_000)],
        id="partly denied: the contract first",
    ),
    pytest.param(
        [said("eligible", 60), said("benefit", 0), said("denialreason", None, (CARC, "45"), (CARC, "197"))],
        0,
        [("CO", "45", 4_000), (None, "197", 6_000)],
        id="contract and denial together",
    ),
    pytest.param([said("noncovered", 100), said("benefit", 0)], 0, [(None, "96", 10_000)], id="not covered"),
    pytest.param(
        [said("noncovered", 30), said("denialreason", None, (CARC, "204")), said("benefit", 70)],
        7_000,
        [(None, "204", 3_000)],
        id="the reason of what is not covered",
    ),
    pytest.param([said("paidtoprovider", 60), said("paidtopatient", 15)], 7_500, [], id="paid to both"),
    pytest.param(
        [said("x", None, (INDICATOR, "N")), said("benefit", 0)], 0, [(None, "50", 10_000)], id="indicator"
    ),
    pytest.param(
        [said("x", None, (INDICATOR, "A")), said("benefit", 100)], 10_000, [], id="indicator: allowed"
    ),
    pytest.param(
        [
            said("inoutnetwork", None, (CARIN, "innetwork")),
            said("submitted", 100),
            said("eligible", 70),
            said("coinsurance", 14),
            said("priorpayerpaid", 6),
            said("memberliability", 14),
            said("paidtoprovider", 50),
            {**said("allowedunits"), "value": 1},
        ],
        5_000,
        [("PR", "2", 1_400), ("OA", "23", 600), ("CO", "45", 3_000)],
        id="CARIN: a service paid in part by another",
    ),
    pytest.param(
        [
            said("noncovered", 100),
            said("denialreason", None, (CARC, "96"), (RARC, "N130")),
            said("memberliability", 100),
            said("paidtoprovider", 0),
        ],
        0,
        [(None, "96", 10_000)],
        id="CARIN: denied, and the member owes it",
    ),
    pytest.param(
        [said("benefit", 0, ("adjudication-reason", "ar002"))], 0, [], id="a reason that is no CARC"
    ),
]


@pytest.mark.parametrize(("entries", "paid", "expected"), CASES)
def test_what_was_decided(
    entries: list[Json], paid: int | None, expected: list[tuple[str | None, str, int]]
) -> None:
    decided = adjudicate(entries, [], 10_000, Faults())
    assert decided.paid_cents == paid
    assert [(a.group_code, a.carc, a.amount_cents) for a in decided.adjustments] == expected
    if paid is not None and expected:
        assert paid + sum(amount for _, _, amount in expected) == 10_000


def test_remarks_of_notes_only_where_coded() -> None:
    notes = [
        {"number": 1, "text": "N40: send the images"},
        {"number": 2, "text": "Needs N40"},
        {"text": "MA130"},
        {"number": 3, "extension": [{"valueCodeableConcept": {"coding": [{"system": RARC, "code": "M76"}]}}]},
    ]
    assert note_remarks(notes) == {1: ["N40"], 2: [], None: ["MA130"], 3: ["M76"]}
