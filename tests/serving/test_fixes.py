from dataclasses import replace
from datetime import date

import pytest

from data.claim import Claim, claims_of
from data.context import Context
from data.errors import InvalidClaim
from data.few import FewClaims
from data.policy import PolicyBook
from serving.result import ClaimResult, to_json
from serving.scorer import Scorer

TODAY = date(2025, 1, 6)


@pytest.fixture(scope="module")
def informed(scorer, world) -> Scorer:
    """The scorer with the payers' policy book."""
    state = scorer.model.state.with_policy(PolicyBook.load(world.files / "policy"))
    return replace(scorer, model=replace(scorer.model, state=state))


@pytest.fixture(scope="module")
def results(informed, upcoming, context) -> list[ClaimResult]:
    return informed.explain(upcoming, context, today=TODAY, with_factors=False, with_fixes=True)


def test_without_being_asked_for_there_are_none(informed, upcoming, context, results) -> None:
    plain = informed.explain(upcoming, context, today=TODAY, with_factors=False)
    assert any(line.fixes for result in results for line in result.lines)
    bare = [
        replace(result, fixes=(), lines=tuple(replace(line, fixes=()) for line in result.lines))
        for result in results
    ]
    assert bare == plain


def test_a_fix_says_from_what_to_what_and_who_does_it(results) -> None:
    for result in results:
        for line in result.lines:
            for fix in line.fixes:
                assert " → " in fix.sentence
                assert " if " in fix.sentence
                assert fix.owner
                assert fix.stage
                low, high = fix.interval_after
                assert low <= fix.probability_after <= high


def test_what_needs_no_support_of_the_record_comes_first(results) -> None:
    for result in results:
        for line in result.lines:
            singles = [fix.needs_record_support for fix in line.fixes if "+" not in fix.kind]
            assert singles == sorted(singles)
            assert len(singles) <= 3
            assert len(line.fixes) - len(singles) <= 1


def test_the_table_tells_the_same_sentences(informed, upcoming, context, results) -> None:
    scores = informed.score(upcoming, context, today=TODAY, with_fixes=True)
    told = dict(zip(zip(scores["claim_id"].to_pylist(), scores["line"].to_pylist()), scores["fixes"].to_pylist()))  # fmt: skip  # noqa: B905
    for result in results:
        for line in result.lines:
            sentences = " | ".join(fix.sentence for fix in line.fixes) or None
            assert told[result.claim_id, line.line] == sentences


def test_no_patient_value_is_in_a_fix(upcoming, results) -> None:
    said = repr([line.fixes for result in results for line in result.lines])
    members = {member for member in upcoming.claims["member_id"].to_pylist() if member}
    assert not [member for member in members if member in said]


def test_a_claim_of_values_is_answered_as_in_a_batch_of_tables_to_the_byte(
    informed, upcoming, context, results
) -> None:
    known = [Context(**row) for row in context.to_pylist()]
    with_fixes = 0
    for claim, expected in zip(claims_of(upcoming), results, strict=True):
        with_fixes += any(line.fixes for line in expected.lines)
        few = FewClaims.of([claim], known, today=TODAY)
        (alone,) = informed.answer(few, today=TODAY, with_factors=False, with_fixes=True)
        assert to_json(alone) == to_json(expected)
    assert with_fixes


def test_a_claim_without_lines_is_refused_as_values_too(informed) -> None:
    claim = Claim(claim_id="EMPTY", payer_id="P", billing_npi=None, lines=())
    with pytest.raises(InvalidClaim, match="EMPTY"):
        informed.answer(FewClaims.of([claim], today=TODAY), today=TODAY)
