import numpy as np
import pytest

from models.precision import Precision, fit_precision
from serving.precision import told, with_precision

P = np.repeat([0.9, 0.6, 0.1], 100)
FOUND = fit_precision(P, np.repeat([1, 0, 0], 100).astype(np.int8), np.ones(300))


@pytest.mark.parametrize(("probability", "passes"), [(0.95, True), (0.9, True), (0.89, False)])
def test_a_probability_passes_from_the_threshold_on(probability: float, passes: bool) -> None:
    answer = told(FOUND, probability, 0.8, "lines")
    assert (answer.reached, answer.passes) == (True, passes)
    assert (answer.threshold, answer.precision, answer.support, answer.caught) == (0.9, 1.0, 100, 1.0)
    assert answer.words.startswith("At or above" if passes else "Below")
    assert "of 100 held-out lines that were at or above it, 100% were denied" in answer.words


def test_a_precision_that_nothing_reaches_is_said_to_be_so() -> None:
    answer = told(Precision(), 0.99, 0.9, "claims")
    assert (answer.reached, answer.passes, answer.threshold, answer.support) == (False, False, None, 0)
    assert answer.words == "No threshold reached a precision of 90% on held-out claims."


def test_claims_and_lines_have_thresholds_of_their_own(result, scorer) -> None:
    (found,) = with_precision([result], scorer.model, 0.5)
    certainty = scorer.model.certainty
    assert found.at_precision == told(certainty.claims, result.denial_probability, 0.5, "claims")
    assert found.lines[0].at_precision == told(
        certainty.lines, result.lines[0].denial_probability, 0.5, "lines"
    )


def test_over_http_claim_and_lines_are_told_and_the_answer_is_kept_without_it(ask, claim) -> None:
    told = ask("POST", "/v1/score", json={"claim": claim, "options": {"precision": 0.6}}).json()
    assert told["at_precision"]["asked"] == 0.6
    assert all(line["at_precision"]["words"] for line in told["lines"])
    kept = ask("GET", f"/v1/scores/{told['score_id']}").json()
    assert kept["at_precision"] is None
    assert kept["denial_probability"] == told["denial_probability"]


@pytest.mark.parametrize("precision", [0.49, 1.0, "high"])
def test_over_http_other_precisions_are_refused(ask, claim, precision) -> None:
    answer = ask("POST", "/v1/score", json={"claim": claim, "options": {"precision": precision}})
    assert answer.status_code == 422
    assert "options.precision" in answer.text
