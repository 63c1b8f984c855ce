from datetime import date

import numpy as np
import pytest

from data.errors import NotEnoughData
from training.evaluate import evaluate
from training.scores import Scores

FAMILIES = ("authorization", "documentation")


@pytest.fixture
def lines(labelled, denied):
    """400 lines of 200 claims, two payers, two months; denial is likelier at P2."""
    rng = np.random.default_rng(3)
    rows = []
    for n in range(400):
        at_p2 = n % 4 >= 2
        struck = rng.random() < (0.5 if at_p2 else 0.1)
        other = {"reason": "16/N40", "family": "documentation"} if at_p2 else {}
        rows.append(
            {
                "claim_key": n // 2,
                "line": n % 2 + 1,
                "payer_id": "P2" if at_p2 else "P1",
                "procedure": "72148" if n % 3 else "71046",
                "submitted_on": date(2024, 1 + n // 200, 1 + n % 28),
                **({**denied, **other} if struck else {}),
            }
        )
    return labelled(rows)


@pytest.fixture
def truth(lines):
    at_p2 = np.array(lines["payer_id"].to_pylist()) == "P2"
    hazards = np.where(at_p2[:, None], [0.0, 0.5], [0.1, 0.0])
    reasons = np.where(at_p2[:, None], ["16/N40", "197"], ["197", "16/N40"])
    return Scores(1 - np.prod(1 - hazards, axis=1), hazards, hazards, FAMILIES, reasons)


def test_the_ceiling_is_above_everybody(lines, truth):
    flat = Scores(np.full(lines.num_rows, 0.3))
    found = evaluate({"model": flat}, lines, truth)
    assert found.scorers == ("model", "ceiling")
    assert found.of("model").auc == pytest.approx(0.5)
    assert found.of("ceiling").auc > 0.7
    assert found.of("ceiling").log_loss < found.of("model").log_loss
    assert found.of("ceiling").calibration_error < 0.05
    assert found.of("model").n == 400
    assert found.of("model", level="claim").n == 200
    (reasons,) = found.reasons
    assert (reasons.top_1, reasons.top_3, reasons.family_top_1) == (1.0, 1.0, 1.0)


def test_cuts_hold_every_line_once(lines, truth):
    found = evaluate(truth, lines)
    for cut, values in (
        ("payer", {"P1", "P2"}),
        ("month", {"2024-01", "2024-02"}),
        ("modality", {"MRI", "x-ray"}),
    ):
        rows = [r for r in found.rows if r.cut == cut]
        assert {r.value for r in rows} == values
        assert sum(r.figures.n for r in rows) == 400


def test_a_family_is_judged_without_lines_that_another_family_struck(lines, truth):
    found = {r.value: r.figures for r in evaluate(truth, lines).rows if r.cut == "family"}
    label, family = np.array(lines["label"]), np.array(lines["family"].to_pylist())
    assert found["documentation"].n == ((label == 0) | (family == "documentation")).sum()
    assert found["documentation"].auc > 0.7


def test_confusion_counts_denied_lines(lines, truth):
    confusion = evaluate(truth, lines).confusion
    assert confusion is not None
    assert confusion.families == FAMILIES
    assert confusion.counts.sum() == lines["label"].to_numpy().sum()
    assert np.trace(confusion.counts) == confusion.counts.sum()


def test_rare_families_that_share_a_hazard_stand_apart_in_the_confusion(lines, truth):
    pooled = Scores(
        truth.probability, truth.hazards, truth.shares, ("authorization", "pooled"), truth.reasons
    )
    confusion = evaluate(pooled, lines).confusion
    assert confusion is not None
    assert confusion.families == ("authorization", "documentation", "pooled")
    assert confusion.counts[:, 2].sum() == confusion.counts[1].sum()


def test_nothing_to_judge_by_is_told(labelled):
    with pytest.raises(NotEnoughData, match="evaluation: found no labelled line"):
        evaluate(Scores(np.empty(0)), labelled([]))


def test_new_codes_and_other_cuts_may_be_named(lines, truth):
    codes = np.where(np.arange(400) < 100, "new procedure", "known")
    found = evaluate(truth, lines, by={"codes": codes})
    assert {r.value: r.figures.n for r in found.rows if r.cut == "codes"} == {
        "new procedure": 100,
        "known": 300,
    }


def test_a_champion_is_compared_part_by_part(lines, truth):
    flat = Scores(np.full(lines.num_rows, 0.3))
    found = evaluate({"model": flat, "champion": truth}, lines)
    assert "payer P1" in {part.name for part in found.worse}
    assert found.bound("log_loss_above_model", "champion").below_zero
    assert evaluate({"model": truth, "champion": truth}, lines).worse == ()


def test_a_figure_without_an_interval_is_said(lines, truth):
    with pytest.raises(KeyError):
        evaluate(truth, lines).bound("calibration_error")
