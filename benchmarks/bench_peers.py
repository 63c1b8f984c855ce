"""Our trees beside XGBoost, CatBoost, scikit-learn's booster and the simple baselines, on the same columns and splits.

    python benchmarks/bench_peers.py [FOLDER] [SEED ...]

Worlds of three seeds (simulated, 20,000 claims of 24 months), made once in FOLDER (default: build/worlds). What was
known after 17 months teaches; its newest part tells every booster when to stop (never what to learn); claims sent
later judge. Each peer has its own support of categories and missing values, our learning rate, patience and as many
trees at most, trees of about our size, and the same weights. Log-loss and AUC are of the probabilities as each model
says them, and after the same calibration on the same newest part; the ratios are of calibrated log-loss, and of CPU
seconds of fitting. Written to benchmarks/results/peers_models.txt.
"""

import sys
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from worlds import World, world

from features.build import Features
from models.baseline import BASELINES
from models.calibration import fit_calibrator
from models.combine import log_odds_of
from models.designs import fit_binary, fit_competing
from models.sample import Sample
from models.settings import ModelSettings
from training.metrics import figures

SEEDS, N_CLAIMS = (7, 8, 9), 20_000
SETTINGS = ModelSettings()
RESULT = Path(__file__).parent / "results" / "peers_models.txt"
OURS = "cleanclaim"
Say = Callable[[Sample], np.ndarray]
"""What a fitted model says of lines: probability [n]."""


def frame(x: Features) -> pd.DataFrame:
    """Numbers as they are, categories as categories: every peer's own way in."""
    made = pd.DataFrame(x.values, columns=list(x.names)).astype(np.float32)
    for name in x.categorical:
        codes = np.nan_to_num(x.column(name), nan=-1.0).astype(int)
        made[name] = pd.Categorical.from_codes(codes, [str(i) for i in range(codes.max() + 1)])
    return made


def both(made: World) -> tuple[pd.DataFrame, Sample, Sample]:
    """All lines that teach as one frame (one set of categories), and the two parts."""
    return frame(made.learn.x), made.learn.rows(~made.later), made.learn.rows(made.later)


def xgboost(made: World) -> Say:
    """XGBoost, histograms, native categories."""
    import xgboost as xgb

    table, early, late = both(made)
    kinds = {name: table[name].cat.categories for name in made.learn.x.categorical}
    model = xgb.XGBClassifier(
        n_estimators=SETTINGS.trees,
        learning_rate=SETTINGS.learning_rate,
        max_leaves=SETTINGS.leaves,
        grow_policy="lossguide",
        max_depth=0,
        reg_lambda=SETTINGS.leaf_penalty,
        colsample_bytree=SETTINGS.column_share,
        tree_method="hist",
        enable_categorical=True,
        early_stopping_rounds=SETTINGS.patience,
        n_jobs=SETTINGS.threads,
        random_state=SETTINGS.seed,
    )
    model.fit(
        table[~made.later],
        early.denied,
        sample_weight=early.weight,
        eval_set=[(table[made.later], late.denied)],
        sample_weight_eval_set=[late.weight],
        verbose=False,
    )
    return lambda lines: model.predict_proba(_same(frame(lines.x), kinds))[:, 1]


def catboost(made: World) -> Say:
    """CatBoost, ordered statistics of categories."""
    from catboost import CatBoostClassifier, Pool

    table, early, late = both(made)
    words = list(made.learn.x.categorical)

    def pool(rows: pd.DataFrame, lines: Sample | None = None) -> Pool:
        plain = rows.assign(**{name: rows[name].astype(object).fillna("?") for name in words})
        told = {} if lines is None else {"label": lines.denied, "weight": lines.weight}
        return Pool(plain, cat_features=words, **told)

    model = CatBoostClassifier(
        iterations=SETTINGS.trees,
        learning_rate=SETTINGS.learning_rate,
        depth=4,
        rsm=SETTINGS.column_share,
        l2_leaf_reg=SETTINGS.leaf_penalty,
        early_stopping_rounds=SETTINGS.patience,
        thread_count=SETTINGS.threads,
        random_seed=SETTINGS.seed,
        allow_writing_files=False,
        verbose=False,
    )
    model.fit(pool(table[~made.later], early), eval_set=pool(table[made.later], late))
    return lambda lines: model.predict_proba(pool(frame(lines.x)))[:, 1]


def hist_gradient_boosting(made: World) -> Say:
    """scikit-learn's booster, native categories (at most 255 of a column, so the rarer ones are unknown)."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    words = [name in made.learn.x.categorical for name in made.learn.x.names]
    early, late = made.learn.rows(~made.later), made.learn.rows(made.later)

    unknown = np.isnan(early.x.values).all(axis=0)

    def narrow(x: Features) -> np.ndarray:
        values = x.values.copy()
        values[:, unknown] = 0  # it can't bin a column of which nothing is known
        values[:, words] = np.where(values[:, words] < 255, values[:, words], np.nan)
        return values

    model = HistGradientBoostingClassifier(
        max_iter=SETTINGS.trees,
        learning_rate=SETTINGS.learning_rate,
        max_leaf_nodes=SETTINGS.leaves,
        l2_regularization=SETTINGS.leaf_penalty,
        max_features=SETTINGS.column_share,
        categorical_features=words,
        early_stopping=True,
        n_iter_no_change=SETTINGS.patience,
        random_state=SETTINGS.seed,
    )
    model.fit(
        narrow(early.x),
        early.denied,
        sample_weight=early.weight,
        X_val=narrow(late.x),
        y_val=late.denied,
        sample_weight_val=late.weight,
    )
    return lambda lines: model.predict_proba(narrow(lines.x))[:, 1]


def ours(made: World) -> Say:
    """A hazard a family."""
    design = fit_competing(made.learn, SETTINGS, later=made.later)
    return lambda lines: design.probability(lines.x)


def lightgbm(made: World) -> Say:
    """One binary LightGBM model, as we grow it."""
    design = fit_binary(made.learn, SETTINGS, later=made.later)
    return lambda lines: design.probability(lines.x)


def baseline(name: str) -> Callable[[World], Say]:
    """A baseline of `models.baseline`."""

    def fitted(made: World) -> Say:
        model = BASELINES[name](made.learn.rows(~made.later))
        return lambda lines: model.predict_probability(lines.x, lines.payer_ids, lines.procedures)

    return fitted


WAYS: Mapping[str, Callable[[World], Say]] = {
    OURS: ours,
    "LightGBM, one binary model": lightgbm,
    "XGBoost": xgboost,
    "CatBoost": catboost,
    "HistGradientBoosting": hist_gradient_boosting,
} | {name: baseline(name) for name in BASELINES}


def main(folder: Path, seeds: tuple[int, ...]) -> None:
    """Measure, print and write."""
    told = [f"{'':28} log-loss (calibrated)    AUC (calibrated)   CPU s  log-loss and CPU to ours"]
    for seed in seeds:
        made = world(folder, "usual", seed, N_CLAIMS)
        truth = figures(made.test.denied, made.truth.probability)
        told.append(
            f"seed {seed}: {len(made.learn):,} lines teach, {len(made.test):,} judge, "
            f"{made.learn.x.values.shape[1]} columns; ceiling {truth.log_loss:.4f} {truth.auc:.4f}"
        )
        first: tuple[float, float] | None = None
        for name, way in WAYS.items():
            start = time.process_time()
            say = way(made)
            seconds = time.process_time() - start
            raw, level = _judged(say, made)
            first = first or (level.log_loss, seconds)
            told.append(
                f"  {name:26}   {raw.log_loss:.4f}   {level.log_loss:.4f}   {raw.auc:.4f}   {level.auc:.4f} "
                f"{seconds:9.1f}   {level.log_loss / first[0]:.3f}  {seconds / first[1]:6.2f}"
            )
            print(told[-1], flush=True)
            RESULT.write_text("\n".join(told) + "\n")


def _judged(say: Say, made: World):
    """Figures of what a model says of the lines that judge, raw and calibrated on the newest of those that taught."""
    late, test = made.learn.rows(made.later), made.test
    before, raw = _odds(say(late)), np.asarray(say(test), dtype=np.float64)
    calibrator = fit_calibrator(
        before, late.denied, late.weight, late.payer_ids, late.day, payer_strength=SETTINGS.payer_strength
    )
    return figures(test.denied, raw), figures(test.denied, calibrator.apply(_odds(raw), test.payer_ids))


def _odds(probability: np.ndarray) -> np.ndarray:
    return log_odds_of(np.clip(np.asarray(probability, dtype=np.float64), 1e-6, 1 - 1e-6))


def _same(table: pd.DataFrame, kinds: Mapping[str, pd.Index]) -> pd.DataFrame:
    """The categories that were learnt, in their order; others are unknown."""
    return table.assign(**{name: table[name].cat.set_categories(kind) for name, kind in kinds.items()})


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    given = sys.argv[1:]
    main(Path(given[0] if given else "build/worlds"), tuple(map(int, given[1:])) or SEEDS)
