from dataclasses import replace
from datetime import date

import pytest

from data.policy import PolicyBook
from serving.result import ClaimResult
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
