import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin

from models.conformal import SetLevels, code_sets, fit_levels, level

CODES = ("197", "15", "16/N40", "252", "18")
FAMILY = {
    "197": "authorization",
    "15": "authorization",
    "16/N40": "documentation",
    "252": "documentation",
    "18": "duplicate",
}


def denials(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities [n, codes] that are sharper than what comes, and the places of the codes that come."""
    rng = np.random.default_rng(seed)
    true = rng.dirichlet([1.0, 0.3, 0.6, 0.3, 0.4], n)
    came = np.array([rng.choice(5, p=row) for row in true])
    sharp = true**1.5
    return sharp / sharp.sum(axis=1, keepdims=True), came


def fitted(n: int, seed: int) -> SetLevels:
    said, came = denials(n, seed)
    family = np.array([FAMILY[CODES[c]] for c in came])
    return fit_levels(said[np.arange(n), came], family)


def test_each_family_is_held_nine_times_out_of_ten() -> None:
    levels = fitted(6_000, 1).of(FAMILY, CODES)
    said, came = denials(20_000, 2)
    sets = code_sets(said, CODES, levels)
    held = np.array([CODES[c] in s for c, s in zip(came, sets, strict=True)])
    family = np.array([FAMILY[CODES[c]] for c in came])
    for name in np.unique(family):
        assert held[family == name].mean() == pytest.approx(0.9, abs=0.02)


def test_a_family_of_few_denials_takes_the_level_of_all() -> None:
    given_ = np.linspace(0.1, 0.9, 119)
    family = np.array(["authorization"] * 100 + ["duplicate"] * 19)
    found = fit_levels(given_, family)
    assert set(found.families) == {"authorization"}
    assert found.of(FAMILY, CODES)[4] == found.everyone


def test_the_likeliest_code_is_always_named_first_and_sets_are_in_order() -> None:
    said, _ = denials(300, 3)
    for row, chosen in zip(said, code_sets(said, CODES, np.full(5, 0.9)), strict=True):
        assert chosen[0] == CODES[int(row.argmax())]
        chances = [float(row[CODES.index(code)]) for code in chosen]
        assert chances == sorted(chances, reverse=True)


def test_equals_are_named_in_the_order_of_the_codes_and_the_impossible_never() -> None:
    said = np.array([[0.25, 0.25, 0.25, 0.25, 0.0]])
    assert code_sets(said, CODES, np.zeros(5)) == [CODES[:4]]


def test_nothing_to_learn_from_names_all_that_is_possible() -> None:
    assert fit_levels(np.zeros(0), np.zeros(0, str)) == SetLevels()
    assert code_sets(np.full((1, 5), 0.2), CODES, SetLevels().of(FAMILY, CODES)) == [CODES]
    assert code_sets(np.zeros((0, 5)), CODES, np.zeros(5)) == []


@given(st.integers(0, 500), st.integers(0, 10_000))
@settings(deadline=None)
def test_the_level_leaves_out_at_most_a_tenth_counting_the_line_to_come(n: int, seed: int) -> None:
    given_ = np.random.default_rng(seed).random(n)
    found = level(given_, 0.9)
    assert (given_ < found).sum() <= 0.1 * (n + 1)
    assert n < 9 or (given_ <= found).sum() >= int((n + 1) * 0.1 + 1e-9)


class Told(ClassifierMixin, BaseEstimator):
    """A classifier that says what it is given."""

    def fit(self, x: np.ndarray, y: np.ndarray) -> "Told":
        self.classes_ = np.arange(5)
        self.is_fitted_ = True
        return self

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        return x

    def predict(self, x: np.ndarray) -> np.ndarray:
        return x.argmax(axis=1)


@pytest.mark.filterwarnings("ignore:WARNING:UserWarning")  # MAPIE misses the codes of other families
@pytest.mark.parametrize("family", ["authorization", "documentation", "duplicate"])
def test_levels_are_those_of_mapie_on_each_family(family: str) -> None:
    classification = pytest.importorskip("mapie.classification", reason="mapie is not installed")
    said, came = denials(1_500, 4)
    mine = np.array([FAMILY[CODES[c]] == family for c in came])
    model = classification.SplitConformalClassifier(
        Told().fit(said, came), confidence_level=0.9, conformity_score="lac", prefit=True
    ).conformalize(said[mine], came[mine])
    others, _ = denials(400, 5)
    theirs = model.predict_set(others)[1][:, :, 0]
    own = fitted(1_500, 4).families[family]
    # Ours names the likeliest code even where none reaches the level.
    np.testing.assert_array_equal(others >= own, theirs)
