"""What denies a line, and why: only CARCs do; the group code says who owes, CLP02 that it was processed.

Each case is one line of 100.00. RFI: X12's published answers to requests for interpretation of the 835.
"""

import numpy as np
import pyarrow as pa
import pytest

from data.denial_policy import DenialPolicy
from data.label import adjudicate
from data.link import link
from data.reason import coded
from data.schema import RemitTables

POLICY = DenialPolicy.load()
WHOLE = 10_000


def told(made, cas, *, paid=0, policy=POLICY, remarks=(), claim_remarks=(), allowed=None, **remit):
    svc = made.Svc(paid=paid, cas=cas, remarks=remarks, allowed=allowed)
    ours = made.claims([made.claim()])
    theirs = made.remits([made.Remit(services=[svc], remarks=claim_remarks, **remit)])
    (row,) = adjudicate(ours, theirs, link(ours, theirs), policy).first.to_pylist()
    return row


def all_of(carc, group="CO"):
    return [(group, carc, WHOLE)]


STATUSES = {
    # CLP02: "processed", not "paid"; 4 only where the patient isn't known (RFI 1423, 207, 1079)
    "1": ("denied", "197"),
    "2": ("denied", "197"),
    "3": ("denied", "197"),
    "4": ("denied", "197"),
    "19": ("denied", "197"),  # and passed on to another payer
    "20": ("denied", "197"),
    "21": ("denied", "197"),
    "23": ("pended", None),  # not this payer's: passed on, undecided
    "25": ("pended", None),  # 1.10.2.7: a price foretold (RFI 1941)
    "5": ("pended", None),  # version 4010 (RFI 457), as the next five
    "10": ("pended", None),
    "13": ("pended", None),
    "15": ("pended", None),
    "16": ("pended", None),
    "17": ("pended", None),
    "27": ("denied", "197"),
    None: ("denied", "197"),
    "ZZ": ("denied", "197"),
}


@pytest.mark.parametrize(("status", "expected"), STATUSES.items(), ids=map(str, STATUSES))
def test_the_status_of_the_claim_denies_nothing_but_may_leave_it_open(made, status, expected):
    row = told(made, all_of("197"), more={"status": status})
    assert (row["outcome"], row["reason"]) == expected
    assert row["label"] == (1 if expected[1] else None)


@pytest.mark.parametrize("status", ["1", "2", "3", "4", "19", "20", "21"])
def test_status_4_denies_no_line_that_was_paid(made, status):
    assert told(made, [], paid=WHOLE, more={"status": status})["outcome"] == "paid"


def test_what_was_foretold_is_no_label_even_where_nothing_will_be_paid(made):
    # RFI 1941: CLP02 25, all of it the patient's, PR 204
    row = told(made, all_of("204", "PR"), more={"status": "25"})
    assert (row["outcome"], row["label"], row["denied_cents"]) == ("pended", None, 0)


CODES = {
    # of each: adjustments; what was paid; the outcome; its reason
    # the group says who owes the money, not whether it was denied
    "PR 96": ([("PR", "96", WHOLE)], 0, "denied", "96"),
    "PR 204": ([("PR", "204", WHOLE)], 0, "denied", "204"),
    "PR 27": ([("PR", "27", WHOLE)], 0, "denied", "27"),
    "OA 18": ([("OA", "18", WHOLE)], 0, "denied", "18"),
    "PI 16": ([("PI", "16", WHOLE)], 0, "denied", "16"),
    "PR 1": ([("PR", "1", WHOLE)], 0, "zero_not_denied", None),
    "PR 2": ([("PR", "2", WHOLE)], 0, "zero_not_denied", None),
    "PR 3": ([("PR", "3", WHOLE)], 0, "zero_not_denied", None),
    "CO 1 is no more a denial": ([("CO", "1", WHOLE)], 0, "zero_not_denied", None),
    # 1.10.2.13: what payers before have paid and written off is OA 23 (RFI 2143, 2535, 1696)
    "prior payer took it all": ([("OA", "23", WHOLE)], 0, "zero_not_denied", None),
    "prior payer, and the rest denied": (
        [("OA", "23", 9_000), ("CO", "197", 1_000)],
        0,
        "denied",
        "197",
    ),
    "prior payer, the rest paid": ([("OA", "23", 9_000)], 1_000, "paid", None),
    "prior payer repeated in full (RFI 1696)": (
        [("OA", "23", 42_500), ("CO", "45", -32_500)],
        0,
        "zero_not_denied",
        None,
    ),
    # contract, capitation, information, sequestration
    "capitation": ([("CO", "24", WHOLE)], 0, "zero_not_denied", None),
    "contract and sequestration": ([("CO", "45", 9_900), ("CO", "253", 100)], 0, "zero_not_denied", None),
    "a report only (246)": ([("CO", "246", WHOLE)], 0, "zero_not_denied", None),
    "bundled payment, raised": ([("OA", "94", -5_000), ("CO", "45", 5_000)], WHOLE, "paid", None),
    # pending
    "waiting (133)": ([("OA", "133", WHOLE)], 0, "pended", None),
    "waiting (257)": ([("OA", "257", WHOLE)], 0, "pended", None),
    "waiting in part, paid in part": ([("OA", "133", 5_000)], 5_000, "pended", None),
    "waiting in part, denied in part": ([("OA", "133", 5_000), ("CO", "50", 5_000)], 0, "denied", "50"),
    # partly
    "partly denied": ([("CO", "151", 4_000)], 6_000, "partly_denied", None),
    "a cent of it denied": ([("CO", "45", 9_999), ("CO", "16", 1)], 0, "denied", "16"),
    # sums
    "taken and given back under one code": ([("CO", "97", 5_000), ("CO", "97", -5_000)], WHOLE, "paid", None),
    "one code in two groups is one sum": (
        [("CO", "50", 4_000), ("PR", "197", 3_000), ("CO", "197", 3_000)],
        0,
        "denied",
        "197",
    ),
    "less than nothing denies nothing": (
        [("CO", "96", -500), ("CO", "45", 10_500)],
        0,
        "zero_not_denied",
        None,
    ),
    # ties
    "a tie by the policy's order": ([("CO", "16", 5_000), ("CO", "197", 5_000)], 0, "denied", "197"),
    "a tie of codes without a place: as they came": (
        [("CO", "Y2", 5_000), ("CO", "Y1", 5_000)],
        0,
        "denied",
        "Y2",
    ),
    "a place before none": ([("CO", "Y2", 5_000), ("CO", "A1", 5_000)], 0, "denied", "A1"),
    # codes as they come
    "a code nobody knows denies": ([("CO", "999", WHOLE)], 0, "denied", "999"),
    "filled up with noughts": ([("CO", "045", WHOLE)], 0, "zero_not_denied", None),
    "filled up, a denial": ([("CO", "0016", WHOLE)], 0, "denied", "16"),
    "small letters": ([("co", "b7", WHOLE)], 0, "denied", "B7"),
    "blanks": ([("CO ", " 197", WHOLE)], 0, "denied", "197"),
    "no code at all": ([("CO", None, WHOLE)], 0, "unreliable", None),
    "no code, but another that denies": ([("CO", None, 4_000), ("CO", "29", 6_000)], 0, "denied", "29"),
    "no code, and paid in part": ([("CO", None, 4_000)], 6_000, "paid", None),
    "no group": ([(None, "29", WHOLE)], 0, "denied", "29"),
}


@pytest.mark.parametrize(("cas", "paid", "outcome", "reason"), CODES.values(), ids=CODES)
def test_only_codes_deny_a_line(made, cas, paid, outcome, reason):
    row = told(made, cas, paid=paid)
    assert (row["outcome"], row["reason"]) == (outcome, reason)


def test_no_code_of_the_non_denial_set_denies(made):
    codes = sorted(POLICY.non_denial)
    ours = made.claims([made.claim(code) for code in codes])
    theirs = made.remits([made.Remit(code, [made.Svc(cas=all_of(code))]) for code in codes])
    rows = adjudicate(ours, theirs, link(ours, theirs), POLICY).first.to_pylist()
    assert [row["outcome"] for row in rows] == ["zero_not_denied"] * len(codes)


REMARKS = {
    # id: (CARC, remarks of the line, remarks of the claim: MOA and MIA, reason)
    "a code that says too little": ("16", ["N40"], [], "16/N40"),
    "any of those": ("252", ["N479"], [], "252/N479"),
    "a code that says enough": ("197", ["N54"], [], "197"),
    "an alert says nothing": ("16", ["MA01"], [], "16"),
    "the first that is no alert": ("16", ["MA01", "N290", "N40"], [], "16/N290"),
    "of the claim where the line has none": ("16", [], ["MA130"], "16/MA130"),
    "of the claim, an alert before it": ("16", [], ["MA01", "M127"], "16/M127"),
    "of the claim where the line has but alerts": ("16", ["N1"], ["M127"], "16/M127"),
    "the line's own before the claim's": ("16", ["N40"], ["M127"], "16/N40"),
    "small letters and blanks": ("16", ["n40 "], [], "16/N40"),
    "an alert in small letters": ("16", ["ma01"], [], "16"),
    "none at all": ("16", [], [], "16"),
    "no code to read": ("16", [None], [], "16"),
    "N40 is a remark, no CARC": ("N40", [], [], "N40"),
}


@pytest.mark.parametrize(("carc", "remarks", "of_claim", "reason"), REMARKS.values(), ids=REMARKS)
def test_a_remark_belongs_to_a_reason_that_says_too_little(made, carc, remarks, of_claim, reason):
    row = told(made, all_of(carc), remarks=remarks, claim_remarks=of_claim)
    assert (row["outcome"], row["reason"]) == ("denied", reason)


WEAK = {
    # id: (adjustments, allowed, remarks, remarks of the claim, is it a weak denial)
    "CO 45 takes it all, with a remark": (all_of("45"), None, ["N130"], [], True),
    "the remark stands with the claim": (all_of("45"), None, [], ["N130"], True),
    "nothing allowed": (all_of("45"), 0, ["N130"], [], True),
    "something allowed": (all_of("45"), 5_000, ["N130"], [], False),
    "no remark": (all_of("45"), None, [], [], False),
    "an alert": (all_of("45"), None, ["N1"], [], False),
    "PR 45": (all_of("45", "PR"), None, ["N130"], [], False),
    "not all of it": ([("CO", "45", 9_000), ("PR", "1", 1_000)], None, ["N130"], [], False),
    "045": (all_of("045"), None, ["N130"], [], True),
}


@pytest.mark.parametrize(("cas", "allowed", "remarks", "of_claim", "is_weak"), WEAK.values(), ids=WEAK)
def test_a_weak_denial(made, policy_with, cas, allowed, remarks, of_claim, is_weak):
    more = {"allowed": allowed, "remarks": remarks, "claim_remarks": of_claim}
    row = told(made, cas, **more)
    assert (row["is_weak"], row["outcome"] == "denied") == (is_weak, is_weak)
    assert row["reason"] == ("45/N130" if is_weak else None)
    off = told(made, cas, policy=policy_with(switches={"weak_denials": False}), **more)
    assert (off["is_weak"], off["outcome"]) == (False, "zero_not_denied")


SWITCHES = [
    *(("bundling", carc) for carc in ("97", "236", "B15", "234")),
    *(("duplicates", carc) for carc in ("18", "B13")),
    *(("coordination", carc) for carc in ("22", "109")),
]


@pytest.mark.parametrize(("switch", "carc"), SWITCHES)
def test_a_switch_turns_its_codes_off_wholly_and_in_part(made, policy_with, switch, carc):
    off = policy_with(switches={switch: False})
    some = [("CO", carc, 4_000)]
    both = [("CO", carc, 4_000), ("CO", "16", 6_000)]
    cases = [(all_of(carc), 0), (some, 6_000), (both, 0)]
    on_now = [told(made, cas, paid=paid)["outcome"] for cas, paid in cases]
    assert on_now == ["denied", "partly_denied", "denied"]
    off_now = [told(made, cas, paid=paid, policy=off) for cas, paid in cases]
    assert [row["outcome"] for row in off_now] == ["zero_not_denied", "paid", "denied"]
    assert off_now[2]["denied_cents"] == 6_000


@pytest.mark.parametrize("carc", ["151", "97"])
def test_partly_denied_is_a_denial_where_the_policy_says_so(made, policy_with, carc):
    policy = policy_with(switches={"partly_denied_is_denied": True})
    row = told(made, [("CO", carc, 4_000)], paid=6_000, policy=policy)
    assert (row["outcome"], row["label"], row["reason"], row["group_code"]) == (
        "partly_denied",
        1,
        carc,
        "CO",
    )
    row = told(made, [("CO", carc, 4_000)], paid=6_000)
    assert (row["outcome"], row["label"], row["reason"], row["denied_cents"]) == (
        "partly_denied",
        0,
        None,
        4_000,
    )


def test_codes_are_told_as_the_lists_write_them():
    names, code = coded(pa.chunked_array([["045", None, " b7", "B7"], ["", "0", "45"]], pa.string()))
    assert names == ("45", "B7")
    assert code.tolist() == [0, -1, 1, 1, -1, -1, 0]
    assert coded(pa.chunked_array([[]], pa.string()))[1].tolist() == []


def test_a_tie_goes_by_what_came_first_not_by_where_the_rows_stand(made):
    ours = made.claims([made.claim()])
    theirs = made.remits([made.Remit(services=[made.Svc(cas=[("CO", "Y2", 5_000), ("CO", "Y1", 5_000)])])])
    backwards = RemitTables(theirs.remits, theirs.services, theirs.adjustments.take(np.array([1, 0])))
    (row,) = adjudicate(ours, backwards, link(ours, backwards), POLICY).first.to_pylist()
    assert row["reason"] == "Y2"
