import shutil
from datetime import date

import pyarrow as pa
import pytest

from data.errors import BundleRefused, InvalidClaim, StoreError
from data.schema import ClaimTables
from serving.result import to_json
from serving.score_table import SCORES
from serving.scorer import Scorer

TODAY = date(2025, 1, 6)


def test_one_row_a_claim_and_one_a_line(scorer, upcoming, context) -> None:
    scores = scorer.score(upcoming, context, today=TODAY)
    assert scores.schema == SCORES
    assert scores.num_rows == upcoming.claims.num_rows + upcoming.lines.num_rows
    of_claims = scores.filter(pa.compute.equal(scores["line"], 0))
    assert of_claims["claim_id"].to_pylist() == upcoming.claims["claim_id"].to_pylist()
    for row in scores.to_pylist():
        assert 0 <= row["probability_low"] <= row["denial_probability"] <= row["probability_high"] <= 1
        assert row["risk"] in {"low", "medium", "high"}
        assert row["reason_1_probability"] >= row["reason_2_probability"] >= row["reason_3_probability"]
        assert row["reason_1"] in row["reason_set"].split()
        assert row["expected_denied_cents"] >= 0
        assert row["model_version"] == scorer.model.version


def test_a_claim_is_at_least_as_likely_as_its_likeliest_line_and_costs_what_its_lines_do(
    scorer, upcoming
) -> None:
    for result in scorer.explain(upcoming, today=TODAY, with_factors=False):
        lines = [line.denial_probability for line in result.lines]
        assert max(lines) <= result.denial_probability <= min(sum(lines), 1) + 1e-12
        assert 0 <= result.all_lines_probability <= min(lines)
        low, high = result.probability_interval
        assert low <= result.denial_probability <= high
        assert result.expected_denied_cents == sum(line.expected_denied_cents for line in result.lines)
        if len(lines) == 1:
            assert result.denial_probability == result.all_lines_probability == lines[0]


def test_the_table_and_the_answers_say_the_same(scorer, upcoming, context) -> None:
    scores, results = scorer.score_and_explain(upcoming, context, today=TODAY)
    told = {(r.claim_id, 0): r.denial_probability for r in results}
    told |= {(r.claim_id, line.line): line.denial_probability for r in results for line in r.lines}
    rows = scores.to_pylist()
    assert {(row["claim_id"], row["line"]): row["denial_probability"] for row in rows} == told
    assert results == scorer.explain(upcoming, context, today=TODAY, with_fixes=True)


def test_a_claim_alone_is_answered_as_in_its_batch_to_the_byte(scorer, upcoming, context) -> None:
    together = scorer.explain(upcoming, context, today=TODAY)
    for place in (0, 7, upcoming.claims.num_rows - 1):
        claims = upcoming.claims.slice(place, 1)
        own = pa.compute.equal(upcoming.lines["claim_key"], claims["claim_key"][0])
        (alone,) = scorer.explain(ClaimTables(claims, upcoming.lines.filter(own)), context, today=TODAY)
        assert to_json(alone) == to_json(together[place])


def test_the_same_claim_twice_gives_the_same_bytes(scorer, upcoming, context) -> None:
    once, again = (scorer.explain(upcoming, context, today=TODAY) for _ in range(2))
    assert list(map(to_json, once)) == list(map(to_json, again))


def test_every_claim_has_a_name_of_its_own_that_follows_its_content(scorer, upcoming, context) -> None:
    names = [r.score_id for r in scorer.explain(upcoming, today=TODAY, with_factors=False)]
    assert len(set(names)) == len(names)
    place = upcoming.claims.schema.get_field_index("birth_year")
    older = pa.array([1931] * len(names), pa.int16())
    changed = ClaimTables(upcoming.claims.set_column(place, "birth_year", older), upcoming.lines)
    assert not set(names) & {r.score_id for r in scorer.explain(changed, today=TODAY, with_factors=False)}
    known = scorer.explain(upcoming, context, today=TODAY, with_factors=False)
    assert [r.score_id for r in known] != names


def test_where_a_claim_lay_in_its_file_changes_nothing(scorer, upcoming) -> None:
    n = upcoming.claims.num_rows
    backwards = ClaimTables(upcoming.claims.take(pa.array(range(n - 1, -1, -1))), upcoming.lines)
    straight = scorer.explain(upcoming, today=TODAY)
    assert scorer.explain(backwards, today=TODAY) == straight[::-1]


def test_families_and_reasons_share_out_the_whole_risk(scorer, upcoming) -> None:
    for result in scorer.explain(upcoming, today=TODAY, with_factors=False):
        for line in result.lines:
            assert sum(f.share for f in line.families) == pytest.approx(1)
            assert [f.share for f in line.families] == sorted((f.share for f in line.families), reverse=True)
            assert sum(r.probability for r in line.reasons) <= 1 + 1e-9


def test_risky_lines_say_why_and_no_answer_names_a_feature(scorer, upcoming, context) -> None:
    results = scorer.explain(upcoming, context, today=TODAY)
    lines = [line for result in results for line in result.lines]
    risky = [line for line in lines if line.risk == "high"]
    assert risky
    assert all(line.factors for line in risky)
    sentences = [factor.sentence for line in lines for factor in line.factors]
    assert not [said for said in sentences if "_" in said or "nan" in said.lower()]


def test_no_patient_value_is_in_an_answer(scorer, upcoming, context) -> None:
    told = b"".join(map(to_json, scorer.explain(upcoming, context, today=TODAY)))
    members = {m for m in upcoming.claims["member_id"].to_pylist() if m}
    assert members
    assert not [member for member in members if member.encode() in told]


def test_without_factors_the_figures_are_the_same(scorer, upcoming) -> None:
    full, short = (scorer.explain(upcoming, today=TODAY, with_factors=why) for why in (True, False))
    assert [r.denial_probability for r in full] == [r.denial_probability for r in short]
    assert not [line for r in short for line in r.lines if line.factors]


def test_a_claim_without_a_date_goes_out_today(scorer, upcoming) -> None:
    place = upcoming.claims.schema.get_field_index("submitted_on")
    undated = pa.nulls(upcoming.claims.num_rows, pa.date32())
    claims = upcoming.claims.set_column(place, upcoming.claims.schema.field(place), undated)
    results = scorer.explain(ClaimTables(claims, upcoming.lines), today=TODAY, with_factors=False)
    assert {r.submitted_on for r in results} == {TODAY}


def test_a_claim_without_lines_is_refused(scorer, upcoming) -> None:
    with pytest.raises(InvalidClaim, match="lines: found none"):
        scorer.score(ClaimTables(upcoming.claims, upcoming.lines.slice(0, 0)), today=TODAY)


def test_nothing_in_nothing_out(scorer) -> None:
    assert scorer.explain(ClaimTables(), today=TODAY) == []
    assert scorer.score(ClaimTables(), today=TODAY, with_factors=True).num_rows == 0


def test_a_store_brings_its_history(world, scorer) -> None:
    assert scorer.history_until >= Scorer.load(world.model).history_until
    scorer.check()


def test_a_model_with_a_changed_byte_is_refused(world, tmp_path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(world.model, copy)
    trees = next((copy / "trees").iterdir())
    content = bytearray(trees.read_bytes())
    content[len(content) // 2] ^= 1
    trees.write_bytes(bytes(content))
    with pytest.raises(BundleRefused):
        Scorer.load(copy)


def test_no_model_and_no_store_are_told(world, tmp_path) -> None:
    with pytest.raises(BundleRefused, match="no such folder"):
        Scorer.load(tmp_path / "nothing")
    with pytest.raises(StoreError):
        Scorer.load(world.model, tmp_path / "nothing")


def test_the_table_names_the_checks_that_the_answers_tell(scorer, upcoming, context) -> None:
    scores, results = scorer.score_and_explain(upcoming, context, today=TODAY)
    told = {(r.claim_id, 0): {one.check for one in r.checks} for r in results}
    told |= {(r.claim_id, line.line): {one.check for one in line.checks} for r in results for line in r.lines}
    named = {(row["claim_id"], row["line"]): set((row["checks"] or "").split()) for row in scores.to_pylist()}
    assert named == told
    assert any(told.values())


def test_findings_stand_beside_the_payers_record(scorer, upcoming, context) -> None:
    found = [
        one
        for result in scorer.explain(upcoming, context, today=TODAY, with_factors=False)
        for one in (*result.checks, *(check for line in result.lines for check in line.checks))
    ]
    assert all(one.evidence is not None and one.evidence.denied <= one.evidence.answered for one in found)
    assert any(one.evidence is not None and one.evidence.answered >= 20 for one in found)
    assert not [one for one in found if "_" in one.sentence or "nan" in one.sentence]
