import numpy as np
import pytest

from data.errors import NotEnoughData
from features.build import Features
from features.catalog import CATALOG, columns_for
from features.history import WELL_KNOWN, answered_name
from models.combine import probability_of, shares, total_log_odds
from models.hazards import POOLED, columns_of, fit_hazards, refit_hazards
from models.settings import ModelSettings

N = 12_000
NAMES = ("days_to_submit", "payer", "noise", "signal")
SETTINGS = ModelSettings(trees=80, learning_rate=0.15, threads=1, patience=10)


def planted(seed: int = 1, n: int = N) -> tuple[Features, np.ndarray, np.ndarray, np.ndarray]:
    """Features, family, denied, and the true hazards [n, 2]: coding at odd payers, timely filing late."""
    rng = np.random.default_rng(seed)
    values = np.stack(
        [
            rng.integers(0, 200, n).astype(float),
            rng.integers(0, 30, n).astype(float),
            rng.normal(size=n),
            rng.normal(size=n),
        ],
        axis=1,
    )
    values[rng.random(n) < 0.1, 2] = np.nan
    coding = probability_of(-2.5 + 2.0 * (values[:, 1] % 2) + values[:, 3])
    filing = probability_of(-4.0 + 4.0 * (values[:, 0] > 120))
    hazard = np.stack([coding, filing], axis=1)
    struck = rng.random((n, 2)) < hazard
    either = rng.random(n) < 0.5
    family = np.where(
        struck[:, 0] & (~struck[:, 1] | either), "coding", np.where(struck[:, 1], "timely_filing", "")
    )
    return Features(NAMES, values, ("payer",)), family.astype(object), (family != "").astype(np.int8), hazard


def test_trees_see_counts_of_answers_up_to_well_known() -> None:
    """The newest lines have counts beyond all that were learnt from: they are no other lines for that."""
    rng = np.random.default_rng(5)
    answered = np.minimum(rng.exponential(800.0, 4000), 4000.0).astype(np.float32)
    struck = rng.random(4000) < np.where(answered < 25, 0.6, np.where(answered < 2000, 0.05, 0.3))
    x = Features((answered_name("payer_modality"),), answered[:, None])
    family = np.where(struck, "coding", "").astype(object)
    found = fit_hazards(x, family, struck.astype(np.int8), np.ones(4000), SETTINGS)
    said = found.logits(np.array([[10.0], [WELL_KNOWN], [1000.0], [3900.0], [1e6]]))[:, 0]
    assert said[0] > said[1]
    assert said[1] == said[2] == said[3] == said[4]


@pytest.fixture(scope="module")
def fitted():
    x, family, denied, _ = planted()
    return fit_hazards(x, family, denied, np.ones(N), SETTINGS)


def test_the_planted_probability_is_found(fitted) -> None:
    x, _, _, hazard = planted(seed=2)
    truth = 1 - np.prod(1 - hazard, axis=1)
    found = probability_of(total_log_odds(fitted.logits(x.values)))
    assert np.abs(found - truth).mean() < 0.045
    assert np.corrcoef(found, truth)[0, 1] > 0.97


def test_each_family_gets_its_own_lines(fitted) -> None:
    x, family, _, _ = planted(seed=2)
    leading = np.array(fitted.families)[shares(fitted.logits(x.values)).argmax(axis=1)]
    struck = family != ""
    assert (leading[struck] == family[struck]).mean() > 0.78


def test_thinning_the_paid_lines_leaves_the_level_where_it_was() -> None:
    x, family, denied, _ = planted(n=40_000)
    thin = ModelSettings(
        trees=60, learning_rate=0.15, threads=1, min_negatives=4_000, negatives_per_positive=1
    )
    all_of_them = ModelSettings(trees=60, learning_rate=0.15, threads=1, min_negatives=10**6)
    fresh, _, _, _ = planted(seed=3)
    p = [
        probability_of(
            total_log_odds(fit_hazards(x, family, denied, np.ones(40_000), s).logits(fresh.values))
        )
        for s in (thin, all_of_them)
    ]
    assert p[0].mean() == pytest.approx(p[1].mean(), rel=0.03)
    assert np.abs(p[0] - p[1]).mean() < 0.025


def test_later_submission_never_lowers_the_risk_of_late_filing(fitted) -> None:
    days = np.arange(0.0, 200.0)
    values = np.stack([days, np.full(200, 3.0), np.zeros(200), np.zeros(200)], axis=1)
    place = fitted.families.index("timely_filing")
    assert np.all(np.diff(fitted.logits(values)[:, place]) >= 0)


def test_a_line_alone_has_the_bits_it_has_among_others(fitted) -> None:
    x, _, _, _ = planted(seed=4, n=600)
    together = fitted.logits(x.values)
    for row in range(0, 600, 23):
        assert np.array_equal(fitted.logits(x.values[row : row + 1])[0], together[row])


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_same_lines_give_the_same_trees_on_any_number_of_threads(threads: int) -> None:
    x, family, denied, _ = planted(n=3_000)
    settings = ModelSettings(trees=10, learning_rate=0.2, threads=threads)
    first = fit_hazards(
        x, family, denied, np.ones(3_000), ModelSettings(trees=10, learning_rate=0.2, threads=1)
    )
    assert fit_hazards(x, family, denied, np.ones(3_000), settings).forests == first.forests


def test_rare_families_share_one_hazard_that_says_which_they_are() -> None:
    x, family, denied, _ = planted()
    family = family.copy()
    struck = np.flatnonzero(denied)
    family[struck[:30]], family[struck[30:70]] = "duplicate", "eligibility"
    hazards = fit_hazards(x, family, denied, np.ones(N), SETTINGS)
    assert hazards.families == ("coding", "timely_filing", POOLED)
    assert hazards.pooled == ("duplicate", "eligibility")
    assert hazards.family_of("duplicate") == POOLED
    assert hazards.family_of("coding") == "coding"
    rate = probability_of(hazards.logits(x.values[:1])[:, 2])[0]
    assert rate == pytest.approx(70 / (70 + (denied == 0).sum()), rel=0.01)


def test_a_single_rare_family_keeps_its_name() -> None:
    x, family, denied, _ = planted()
    family = family.copy()
    family[np.flatnonzero(denied)[:30]] = "duplicate"
    hazards = fit_hazards(x, family, denied, np.ones(N), SETTINGS)
    assert hazards.families == ("coding", "duplicate", "timely_filing")
    assert hazards.pooled == ()


def test_growing_again_keeps_the_number_of_trees_and_skips_unknown_families(fitted) -> None:
    x, family, denied, _ = planted(seed=6)
    family = family.copy()
    family[np.flatnonzero(denied)[:200]] = "eligibility"
    again = refit_hazards(fitted, x, family, denied, np.ones(N), SETTINGS)
    assert again.families == fitted.families
    assert [len(f.trees) for f in again.forests] == [len(f.trees) for f in fitted.forests]


def test_weights_count_as_lines() -> None:
    x, family, denied, _ = planted(n=4_000)
    weight = np.where(denied == 1, 3.0, 1.0)
    plain, heavy = (fit_hazards(x, family, denied, w, SETTINGS) for w in (np.ones(4_000), weight))
    mean = [probability_of(total_log_odds(h.logits(x.values))).mean() for h in (plain, heavy)]
    assert mean[1] > mean[0] * 1.3


@pytest.mark.parametrize("denied", [np.zeros(50, np.int8), np.ones(50, np.int8)])
def test_one_answer_alone_teaches_nothing(denied: np.ndarray) -> None:
    x, _, _, _ = planted(n=50)
    family = np.where(denied == 1, "coding", "").astype(object)
    with pytest.raises(NotEnoughData, match="denied of 50"):
        fit_hazards(x, family, denied, np.ones(50), SETTINGS)


def test_a_family_learns_on_its_own_columns() -> None:
    x, family, denied, _ = planted(n=4_000)
    narrow = {"coding": ("noise",), "timely_filing": ("days_to_submit",)}
    hazards = fit_hazards(x, family, denied, np.ones(4_000), SETTINGS, columns=narrow)
    _, contributions = hazards.contributions(x.values[:50], "timely_filing")
    assert np.all(contributions[:, 1:] == 0)
    assert np.any(contributions[:, 0] != 0)


def test_the_catalogue_says_which_columns_concern_a_family() -> None:
    assert columns_of("eligibility", tuple(CATALOG)) == columns_for("eligibility")
    both = set(columns_of(POOLED, tuple(CATALOG), ("eligibility", "duplicate")))
    assert both == {*columns_for("eligibility"), *columns_for("duplicate")}
    assert columns_of("eligibility", ("made up",)) == ("made up",)


def test_no_lines_no_rows(fitted) -> None:
    assert fitted.logits(np.zeros((0, 4))).shape == (0, 2)
    assert fitted.contributions(np.zeros((0, 4)), "coding")[1].shape == (0, 4)
