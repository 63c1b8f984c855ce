"""The estimators behave as scikit-learn's own do, on frames with categories and holes too."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from cleanclaim import DenialClassifier, ReasonClassifier
from data.errors import InvalidPolicy

N = 3_000
QUICK = {"trees": 40, "learning_rate": 0.2, "patience": 5, "column_share": 1.0, "n_jobs": 1}
KINDS = (DenialClassifier, ReasonClassifier)
# All of scikit-learn's checks are made. It leaves out check_array_api_input itself, as SCIPY_ARRAY_API is not set.
# None of them knows a column of words: those are what the other tests here are about.


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([kind(trees=30, n_jobs=1) for kind in KINDS])
def test_scikit_learn_finds_nothing_amiss(estimator, check) -> None:
    check(estimator)


def claims(seed: int = 1, n: int = N) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Lines with a category, a word, a yes/no, holes; whether denied; for which family."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "payer": pd.Categorical.from_codes(rng.integers(0, 4, n), ["A", "B", "C", "D"]),
            "procedure": rng.choice(["70450", "72148", None], n),
            "days late": np.where(rng.random(n) < 0.1, np.nan, rng.integers(0, 200, n)),
            "signed": pd.array(rng.choice([True, False, None], n), dtype="boolean"),
            "units": rng.integers(1, 4, n),
        },
        index=pd.RangeIndex(5, 5 + n),
    )
    coding = (frame["payer"] == "B") & (rng.random(n) < 0.7)
    filing = (frame["days late"] > 150) & (rng.random(n) < 0.6)
    family = pd.Series(np.where(coding, "coding", np.where(filing, "timely_filing", "")), frame.index)
    return frame, (family != "").astype(int), family


@pytest.mark.parametrize("design", ["hazards", "multiclass"])
def test_a_frame_with_words_and_holes(design: str) -> None:
    x, denied, family = claims()
    later, y, why = claims(seed=2)
    model = DenialClassifier(design=design, **QUICK).fit(x, denied, family=family)
    p = model.predict_proba(later)
    assert p.shape == (N, 2)
    assert p.sum(axis=1) == pytest.approx(np.ones(N))
    assert p[y == 1, 1].mean() > 2 * p[y == 0, 1].mean()
    assert model.families_ == ("coding", "timely_filing")
    assert list(model.feature_names_in_) == list(x.columns)
    struck = (y == 1).to_numpy()
    share = model.predict_share(later)[struck]
    assert (np.array(model.families_)[share.argmax(axis=1)] == why[struck]).mean() > 0.8


def test_without_families_there_is_one_hazard() -> None:
    x, denied, _ = claims()
    model = DenialClassifier(**QUICK).fit(x, denied == 1)
    assert model.families_ == ("denied",)
    assert list(model.classes_) == [False, True]
    assert model.score(x, denied == 1) > 0.8


@pytest.mark.parametrize("alone", [False, True], ids=["beside paid lines", "denied lines alone"])
def test_reasons(*, alone: bool) -> None:
    x, denied, family = claims()
    later, y, why = claims(seed=2)
    kept = denied == 1 if alone else denied >= 0
    model = ReasonClassifier(**QUICK).fit(x[kept], family[kept])
    assert list(model.classes_) == ["coding", "timely_filing"]
    assert model.predict_proba(later).sum(axis=1) == pytest.approx(np.ones(N))
    assert model.score(later[y == 1], why[y == 1]) > 0.8


def test_rare_reasons_share_what_is_left_by_how_often_they_came() -> None:
    x, _, family = claims()
    family = family.copy()
    struck = np.flatnonzero(family != "")
    family.iloc[struck[:5]], family.iloc[struck[5:15]] = "seldom", "now and then"
    model = ReasonClassifier(**QUICK).fit(x, family)
    p = pd.DataFrame(model.predict_proba(x), columns=model.classes_)
    assert p.sum(axis=1).to_numpy() == pytest.approx(np.ones(N))
    assert p["now and then"].to_numpy() == pytest.approx(2 * p["seldom"].to_numpy())


def test_a_word_never_seen_is_unknown_and_a_category_may_come_as_a_word() -> None:
    x, denied, _ = claims()
    model = DenialClassifier(**QUICK).fit(x, denied)
    plain = x.assign(payer=x["payer"].astype(str))
    assert np.array_equal(model.predict_proba(plain), model.predict_proba(x))
    never, missing = x.assign(payer="Z"), x.assign(payer=None)
    assert np.array_equal(model.predict_proba(never), model.predict_proba(missing))


def test_pipelines_clones_and_searches() -> None:
    x, denied, _ = claims(n=800)
    numbers = x[["days late", "units"]]
    steps = make_pipeline(SimpleImputer(), DenialClassifier(**QUICK)).set_output(transform="pandas")
    steps.fit(numbers, denied, denialclassifier__sample_weight=np.where(denied == 1, 2.0, 1.0))
    assert list(steps[-1].feature_names_in_) == ["days late", "units"]
    again = clone(steps).fit(numbers, denied, denialclassifier__sample_weight=np.where(denied == 1, 2.0, 1.0))
    assert np.array_equal(again.predict_proba(numbers), steps.predict_proba(numbers))
    search = GridSearchCV(DenialClassifier(**QUICK), {"leaves": [4, 8]}, cv=2, scoring="neg_log_loss")
    assert search.fit(x, denied).best_params_["leaves"] in {4, 8}


def test_weights_count_as_lines() -> None:
    x, denied, _ = claims()
    plain, heavy = (
        DenialClassifier(**QUICK).fit(x, denied, sample_weight=np.where(denied == 1, w, 1.0)) for w in (1, 3)
    )
    assert heavy.predict_proba(x)[:, 1].mean() > 1.1 * plain.predict_proba(x)[:, 1].mean()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda x, y: (x, y * 0), "1 class"),
        (lambda x, y: (x, np.arange(N) % 3), "Only binary classification"),
        (lambda x, y: (x, y[:-1]), "wanted 3000"),
        (lambda x, y: (x.iloc[:0], y.iloc[:0]), "0 sample"),
        (lambda x, y: (x.assign(units=np.inf), y), "found infinity"),
    ],
    ids=["one class", "three classes", "a label too few", "no line", "infinity"],
)
def test_what_cannot_be_learnt_is_said(wrong, says: str) -> None:
    x, denied, _ = claims()
    with pytest.raises(ValueError, match=says):
        DenialClassifier(**QUICK).fit(*wrong(x, denied))


def test_settings_are_checked_when_fitted() -> None:
    x, denied, _ = claims(n=500)
    with pytest.raises(InvalidPolicy, match="design"):
        DenialClassifier(design="guess").fit(x, denied)


def test_a_narrow_frame_stays_narrow() -> None:
    x, denied, _ = claims(n=500)
    narrow = x[["days late"]].astype(np.float32)
    model = DenialClassifier(**QUICK).fit(narrow, denied)
    assert model.encoder_.features(narrow).values.dtype == np.float32


def test_only_the_estimators_load_scikit_learn() -> None:
    asked = (
        "import sys, cleanclaim, cleanclaim.notebook.model, models.designs, models.denial; "
        "print('sklearn' in sys.modules); cleanclaim.DenialClassifier; print('sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
