"""Checks on the reviewer's page and in the terminal: what is wrong, what to do, who does it, what the payer did."""

from io import StringIO

import pytest
from rich.console import Console

from features.checks.findings import Finding
from features.checks.severity import CheckEvidence
from serving.desk.checks import not_asked
from serving.desk.claim_page import claim_view
from serving.desk.print import print_claim
from serving.desk.render import claim_page


def finding(**changes):
    said = {
        "check": "auth_absent",
        "claim_id": "26407789",
        "line": 1,
        "state": "tripped",
        "severity": "block",
        "severity_shown": "block",
        "field": "auth_number",
        "sentence": "Line 1: 72148 needs an authorization at this payer, and no number is on the claim.",
        "fix": "Put the authorization number on the claim.",
        "owner": "authorization desk",
        "stage": "prior authorization",
        "reason": "197",
        "family": "authorization",
        "needs_record_support": False,
        "evidence": CheckEvidence(412, 342, "in the last year", 0.82, 0.12),
    }
    return Finding(**(said | changes))


@pytest.fixture
def held(result_of, line_of):
    """A claim with one finding on its line, and checks that could not be made."""
    line = line_of(
        checks=(finding(),), checks_unknown=("accession_missing", "auth_expired"), n_checks_passed=7
    )
    return result_of(lines=(line,), checks_unknown=("coverage_ended",), n_checks_passed=3)


def test_a_finding_is_told_with_fix_owner_and_record(held):
    (check,) = claim_view(held).lines[0].checks
    assert check.sentence.startswith("72148 needs an authorization")
    assert (check.severity_words, check.owner) == ("Hold the claim", "authorization desk")
    assert check.evidence == "83% of 412 such lines were denied by this payer in the last year."


def test_what_holds_a_claim_comes_first(held):
    assert claim_view(held).first_step.endswith("Put the authorization number on the claim.")


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("block", "a check says to hold"),
        ("warn", "One check is worth a look"),
        ("info", "Nothing stands out"),
    ],
)
def test_little_risk_with_a_check_that_knows_better(result_of, line_of, shown, said):
    lines = (line_of(checks=(finding(severity_shown=shown),)),)
    assert said in claim_view(result_of(risk="low", lines=lines)).headline


def test_checks_that_could_not_be_made_are_counted_by_what_they_are_about(held):
    said = not_asked(held)
    assert said.startswith("3 checks could not be made")
    assert "authorization (1)" in said
    assert claim_view(held).n_passed == 10


def test_page_and_terminal_say_the_same(held):
    out = StringIO()
    print_claim(held, Console(file=out, width=200))
    for text in (claim_page(held), out.getvalue()):
        for words in (
            "72148 needs an authorization",
            "Put the authorization number on the claim.",
            "83% of 412",
            "authorization desk",
            "10 checks passed",
        ):
            assert words in text


def test_what_comes_from_a_claim_is_escaped(result_of):
    page = claim_page(result_of(checks=(finding(line=0, sentence="Diagnosis <script>x</script>."),)))
    assert "<script>" not in page
    assert "Checks of the whole claim" in page


@pytest.mark.parametrize(
    ("fix", "caution"),
    [("Add modifier LT.", "Only if the record supports it."), ("Add LT if the record supports it.", "")],
)
def test_only_the_record_may_decide(result_of, fix, caution):
    found = finding(line=0, fix=fix, needs_record_support=True)
    assert claim_view(result_of(checks=(found,))).checks[0].caution == caution
