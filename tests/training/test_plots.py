"""Pictures are drawn of whatever was found: much or next to nothing, with and without a ceiling."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from training import plots
from training.canvas import svg
from training.causes import Causes
from training.evaluate import Evaluation, evaluate
from training.plots_causes import causes_plot
from training.plots_parts import cut_plot, fairness_plot
from training.plots_time import time_plot
from training.scores import Scores

DRAW = {
    "reliability": plots.reliability_plot,
    "gain": plots.gain_plot,
    "payer": lambda found: cut_plot(found, "payer"),
    "facility": lambda found: cut_plot(found, "facility"),
    "nothing": lambda found: cut_plot(found, "no such cut"),
    "month": time_plot,
    "fairness": fairness_plot,
}


@pytest.fixture(scope="module", params=["usual", "none denied", "one line"])
def found(request, labelled, denied) -> Evaluation:
    n = 1 if request.param == "one line" else 200
    struck = np.arange(n) % 5 == 0 if request.param == "usual" else np.zeros(n, bool)
    lines = labelled([{"payer_id": f"P{k % 3}", **(denied if struck[k] else {})} for k in range(n)])
    p = np.linspace(0.05, 0.6, n)
    return evaluate(Scores(p), lines, Scores(p) if request.param == "usual" else None)


@pytest.mark.parametrize("name", DRAW)
def test_every_picture_is_drawn(found, name):
    drawn = DRAW[name](found)
    assert isinstance(drawn, Figure)
    assert svg(drawn).startswith("<svg")


def test_titles_say_the_finding(labelled, denied):
    lines = labelled([{"payer_id": f"P{k % 2}", **(denied if k % 4 == 0 else {})} for k in range(200)])
    found = evaluate(Scores(np.where(np.arange(200) % 4 == 0, 0.9, 0.1)), lines)
    (dollars, _) = plots.gain_plot(found).axes
    assert dollars.get_title(loc="left") == "The riskiest 10% hold 40% of the denied dollars"


def test_dots_of_a_beeswarm_stay_in_their_row():
    rng = np.random.default_rng(1)
    causes = Causes(("amount", "modifier"), rng.normal(size=(300, 2)), np.full(300, 0.1))
    drawn = causes_plot(causes)
    for row, dots in enumerate(drawn.axes[0].collections):
        assert (np.abs(np.asarray(dots.get_offsets())[:, 1] - row) <= 0.45).all()
