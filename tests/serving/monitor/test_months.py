from datetime import date

import numpy as np
import pytest

from data.answering import Answering
from data.maturity import Maturity
from serving.monitor.lines import EPOCH, Watched
from serving.monitor.months import correction, months, together

FIRST = (date(2025, 1, 1) - EPOCH).days
TIMES = Answering.unknown(5)


@pytest.fixture(scope="module")
def watched(lines) -> Watched:
    """Ninety days with 40 lines each, calibrated scores; answered after 15 days, so far as day 90 has come."""
    rng = np.random.default_rng(2)
    n = 3600
    sent = FIRST + np.arange(n) // 40
    score = rng.beta(0.6, 4, n)
    known = sent + 15
    denied = np.where(known <= FIRST + 90, rng.random(n) < score, -1)
    return lines(n, sent_on=sent, known_on=known, probability=score, denied=denied)


@pytest.fixture(scope="module")
def maturity() -> Maturity:
    """Half of the answers have come after 10 days, nearly all after 15."""
    shares = np.minimum(np.arange(401) / 15.0, 1.0)
    return Maturity((), shares[None, :])


def test_each_month_has_its_estimate_and_ripe_ones_what_came(watched, maturity):
    found = months(watched, TIMES, maturity, today=FIRST + 90)
    assert [month.month for month in found] == ["2025-01", "2025-02", "2025-03"]
    assert [month.is_ripe for month in found] == [True, True, True]
    assert sum(month.n_lines for month in found) == len(watched)
    assert found[2].n_answered < found[2].n_lines
    assert together(found) < 0.05


def test_a_month_without_ripe_answers_is_only_foretold(watched, maturity):
    young = months(watched, TIMES, maturity, today=FIRST + 10)
    assert [month.is_ripe for month in young] == [False, False, False]
    assert young[0].estimated.n_lines == 31 * 40
    assert np.isnan(together(young))


def test_an_estimate_hears_nothing_of_what_came_after_its_month(watched, maturity):
    early = months(watched.where(watched.known_on <= FIRST + 30), TIMES, maturity, today=FIRST + 30)[0]
    late = months(watched, TIMES, maturity, today=FIRST + 90)[0]
    of_early = watched.where(watched.sent_on < FIRST + 31)
    shift = correction(watched, TIMES, by=FIRST + 30)
    assert late.estimated.denial_rate == pytest.approx(
        float(shift.apply(of_early.probability, of_early.payer_id).mean())
    )
    assert early.estimated.n_lines <= late.estimated.n_lines


def test_lines_of_no_weight_are_not_judged(watched, maturity):
    weight = np.where(np.arange(len(watched)) % 2 == 0, 1.0, 0.0)
    whole = months(watched, TIMES, maturity, today=FIRST + 90)[0]
    half = months(watched, TIMES, maturity, today=FIRST + 90, weight=weight)[0]
    assert half.realised.n_lines == pytest.approx(whole.realised.n_lines / 2, abs=1)
    assert half.estimated == whole.estimated
