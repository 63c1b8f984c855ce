import dataclasses
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cleanclaim import load_model
from cleanclaim.notebook.model import FIX, context_of
from data.errors import BundleRefused, InvalidClaim
from serving.judge import judge
from serving.score_table import SCORES

TODAY = date(2025, 1, 6)


def test_scores_of_frames_and_of_paths_are_the_same(model, upcoming, world) -> None:
    of_frames = model.score(upcoming, world.context, explain=True)
    of_paths = model.score(world.files / "upcoming", pd.read_csv(world.context, dtype=str, nrows=0))
    assert list(of_frames.columns) == SCORES.names
    assert len(of_frames) == len(upcoming.claims) + len(upcoming.lines) == len(of_paths)
    assert of_frames["denial_probability"].between(0, 1).all()
    assert (of_frames["model_version"] == model.version).all()
    assert of_frames["top_factors"].notna().any()
    bare = model.score(upcoming)
    assert np.array_equal(bare["denial_probability"], of_paths["denial_probability"])


def test_context_as_a_frame_is_context_as_a_file(model, upcoming, world) -> None:
    from cleanclaim.notebook.frames import frame
    from data.context import read_context

    rows = frame(read_context(world.context))
    pd.testing.assert_frame_equal(model.score(upcoming, rows), model.score(upcoming, world.context))


def test_factors_and_reasons_of_a_claim(model, upcoming) -> None:
    one = upcoming.where(upcoming.claims.index == 0)
    why, reasons = model.explain(one), model.reasons(one)
    assert set(why["kind"]) <= {"fix_now", "check", "context"}
    assert set(why["claim_id"]) <= set(one.claims["claim_id"]) == set(reasons["claim_id"])
    assert why["sentence"].str.startswith("Line ").all()
    assert reasons["probability"].between(0, 1).all()
    assert reasons.groupby("line")["probability"].sum().le(1 + 1e-9).all()


def test_fixes_say_what_lowers_the_risk(model, upcoming) -> None:
    fixes = model.fixes(upcoming)
    assert list(fixes.columns) == FIX
    assert len(fixes)
    assert (fixes["probability"] - fixes["probability_after"]).ge(0.05).all()
    assert fixes["sentence"].str.contains(" → ").all()
    assert fixes["n_changes"].ge(1).all()


def test_no_claims_give_frames_with_columns(model, upcoming) -> None:
    none = upcoming.where(upcoming.claims["payer_id"] == "nobody")
    assert len(model.score(none)) == 0
    assert "sentence" in model.explain(none)


def test_what_it_says_of_itself(model) -> None:
    assert len(model.features) == len(model.denial.hazards.features)
    assert model.features["meaning"].str.len().gt(0).all()
    assert model.version in repr(model)
    assert model.as_of is not None
    assert "authorization" in " ".join(model.families)
    assert model.holdout.empty  # made by fit alone, without an evaluation


def test_a_newer_store_is_newer_history(world, store, model) -> None:
    assert load_model(world.model, store=store).denial.state.as_of >= model.denial.state.as_of


def test_a_claim_without_lines_is_named(model, upcoming) -> None:
    gone = upcoming.claims["claim_key"].iloc[2]
    without = dataclasses.replace(upcoming, lines=upcoming.lines[upcoming.lines["claim_key"] != gone])
    with pytest.raises(InvalidClaim, match=upcoming.claims["claim_id"].iloc[2]):
        model.score(without)


def test_no_model(tmp_path: Path) -> None:
    with pytest.raises(BundleRefused, match="no such folder"):
        load_model(tmp_path / "nowhere")


def test_contributions_sum_to_the_log_odds_of_a_hazard(model, upcoming, world) -> None:
    family = model.families[0]
    found = model.contributions(upcoming, world.context, family=family)
    assert len(found) == len(upcoming.lines)
    assert set(found.columns) - {"base"} <= set(model.features["name"])
    judged = judge(model.denial, upcoming.tables(), context_of(world.context), today=TODAY)
    raw = model.denial.logits(judged.x)[:, 0]
    assert np.allclose(found.sum(axis=1), raw, atol=1e-9)
    with pytest.raises(ValueError, match=r"family: found weather, wanted one of"):
        model.contributions(upcoming, family="weather")
