from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from cleanclaim import Evaluation, Model, backtest, evaluate, train
from data.errors import NotEnoughData

SMALL = {"models": {"trees": 15, "leaves": 6, "min_positives": 60}}


@pytest.fixture(scope="module")
def earlier(store) -> Model:
    return train(store, "2024-09-30", SMALL)


@pytest.fixture(scope="module")
def found(earlier, store, truth) -> Evaluation:
    return evaluate(earlier, store, truth, champion=earlier, capacity=0.2)


def test_a_model_beside_baselines_and_the_ceiling(found) -> None:
    figures = found.figures
    assert figures.index[0] == "model"
    assert figures.loc["base rate", "auc"] <= figures.loc["model", "auc"] <= figures.loc["ceiling", "auc"]
    assert repr(found).startswith(f"{figures.loc['model', 'n']:,} lines")
    assert (found.claim_figures["n"] < figures["n"]).all()
    assert len(found.by("payer")) > 0
    assert found.funnel["n_lines"].iloc[-1] == figures.loc["model", "n"]
    assert set(found.reasons["scorer"]) == {"model", "champion", "ceiling"}


def test_plots_are_figures(found, tmp_path: Path) -> None:
    drawn = [
        found.plot_reliability(),
        found.plot_gain(),
        found.plot_cut("payer"),
        found.plot_confusion(),
        found.plot_time(),
        found.plot_causes(),
        found.plot_fairness(),
        found.plot_differences(),
    ]
    for figure in drawn:
        assert isinstance(figure, Figure)
    drawn[0].savefig(tmp_path / "reliability.png")


def test_intervals_work_fairness_and_differences_are_tables(found) -> None:
    auc = found.intervals.loc[("model", "line", "auc")]
    assert auc["low"] < auc["at"] < auc["high"]
    assert auc["at"] == pytest.approx(found.figures.loc["model", "auc"])
    riskiest = found.work.loc[("line", "riskiest first")]
    assert 0.2 in riskiest["reviewed"].round(2).to_list()
    assert {"women", "men"} <= set(found.fairness.loc["sex"].index)
    assert (found.fairness["missed_low"] <= found.fairness["missed_high"]).all()
    assert found.differences.iloc[0]["at"] == 0.0  # the champion is the model itself
    assert not found.differences["is_worse"].any()
    assert {"payer", "plan kind", "modality", "facility", "month", "codes"} <= set(found.rows["cut"])


def test_the_report_is_a_page(found, tmp_path: Path) -> None:
    assert found.report(tmp_path).read_text().startswith("<!doctype html>")


def test_any_probabilities_are_judged_by_lines(store, truth, world) -> None:
    lines = store.lines()
    known = lines[lines["label"].notna()]
    exact = lines[["claim_id", "line"]].merge(truth, on=["claim_id", "line"], how="left")["p_denied"]
    said = pd.Series(exact.to_numpy(), index=lines.index)
    found = evaluate(said, lines, truth)
    assert found.figures.loc["model", "n"] == len(known)
    assert found.figures.loc["model"].equals(found.figures.loc["ceiling"])
    assert found.plot_confusion() is None
    assert found.plot_causes() is None
    assert found.plot_differences() is None
    assert len(found.differences) == 0
    from_file = evaluate(said, lines, world.files / "truth.parquet")
    pd.testing.assert_frame_equal(from_file.rows, found.rows)
    shuffled = evaluate(said.sample(frac=1, random_state=1), store)
    assert shuffled.figures.loc["model", "auc"] == found.figures.loc["model", "auc"]


def test_scores_are_matched_by_claim_and_line(model, store) -> None:
    claims = store.claims()
    few = claims.where(claims.claims["submitted_on"].between("2024-11-01", "2024-11-15"))
    scores, lines = model.score(few), store.lines()
    judged = lines[lines["claim_key"].isin(few.claims["claim_key"])]
    found = evaluate(scores, judged)
    assert found.figures.loc["model", "n"] == judged["label"].notna().sum()
    of_lines = scores[scores["line"] > 0].set_index(["claim_id", "line"])["denial_probability"]
    told = judged[judged["label"].notna()].set_index(["claim_id", "line"]).index
    assert np.isclose(found.figures.loc["model", "mean_probability"], of_lines.loc[told].mean())


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda scores, lines: (scores, lines), "have no score"),
        (lambda scores, lines: (pd.concat([scores, scores]), lines), "scored twice"),
        (lambda scores, lines: (scores, lines.iloc[:0]), "no labelled line"),
        (lambda scores, lines: (pd.Series([0.5], index=[lines.index[0]]), lines), "have no score"),
    ],
)
def test_what_cannot_be_judged_is_said(model, store, upcoming, make, found: str) -> None:
    with pytest.raises(NotEnoughData, match=found):
        evaluate(*make(model.score(upcoming), store.lines()))


def test_a_champion_wants_a_model(earlier, store, truth) -> None:
    with pytest.raises(NotEnoughData, match="a model to compare it with"):
        evaluate(pd.Series(dtype=float), store, champion=earlier)


def test_a_model_wants_a_store(earlier, store) -> None:
    with pytest.raises(NotEnoughData, match="a store"):
        evaluate(earlier, store.lines())


@pytest.mark.slow
def test_a_backtest(store) -> None:
    told: list[str] = []
    found = backtest(store, 2, settings=SMALL, tell=told.append)
    assert len(told) == 2
    assert len(found.by("origin").loc["model"]) == 2
    assert "never retrained" in found.figures.index
