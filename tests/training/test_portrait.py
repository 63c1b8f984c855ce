from xml.etree import ElementTree

import numpy as np

from training.holdout import SHARES, Holdout
from training.metrics import figures, gain, reliability
from training.portrait import portrait


def held_out(n: int = 2000) -> Holdout:
    rng = np.random.default_rng(1)
    said = rng.beta(1, 6, n)
    denied = (rng.random(n) < said).astype(np.int8)
    caught = gain(denied.astype(float), said, shares=SHARES)
    return Holdout(
        figures(denied, said),
        reliability=reliability(denied, said),
        caught_lines=caught,
        caught_dollars=caught,
    )


def test_a_run_has_a_picture_whose_titles_say_the_finding() -> None:
    held = held_out()
    picture = ElementTree.fromstring(portrait(held))
    assert picture.tag.endswith("svg")
    text = portrait(held)
    assert f"{held.figures.calibration_error * 100:.1f} points on average" in text
    assert text == portrait(held), "no date in it"


def test_of_too_few_lines_there_is_none() -> None:
    assert portrait(Holdout(held_out().figures)) == ""
