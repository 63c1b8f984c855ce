"""What it costs to score and explain lines: ours beside LightGBM's pred_contrib, shap and, where it installs, fasttreeshap.

    python benchmarks/bench_explain.py [LINES]

Prints, and writes to benchmarks/results/explain.txt. CPU seconds of all threads, the contenders taking turns in one
process; every contender's contributions are compared with LightGBM's first. Two forests: one of 400 trees of 63 leaves,
as the literature measures, and one of the kind that is shipped, families of small trees.
"""

import sys
import time
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import lightgbm as lgb
import numpy as np

from models.flat import flat
from models.trees import Forest, read_forest
from models.treeshap import Shares
from models.walk import Walk

RESULTS = Path(__file__).parent / "results" / "explain.txt"
N_FEATURES, N_LEARN = 60, 10_000
TURNS = 5
Explainer = Callable[[np.ndarray], object]


def made(n: int, seed: int) -> np.ndarray:
    """Lines of 60 features: two of categories, one often unknown, one often 0."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, N_FEATURES))
    x[:, 0], x[:, 1] = rng.integers(0, 200, n), rng.integers(0, 30, n)
    x[rng.random(n) < 0.2, 5] = np.nan
    x[rng.random(n) < 0.5, 6] = 0
    return x


def grown(n_trees: int, leaves: int, *, seed: int = 3, by_sets: bool = True) -> lgb.Booster:
    """A booster on made lines; without `by_sets` no split goes by a set of categories, which shap can't follow."""
    x = made(N_LEARN, seed)
    noise = np.random.default_rng(seed).normal(size=N_LEARN)
    y = x[:, 2:12].sum(axis=1) + np.sin(3 * x[:, 12]) + (x[:, 0] % 3 == seed % 3) + noise > 0
    data = lgb.Dataset(x, y.astype(float), categorical_feature=[0, 1] if by_sets else [])
    asked = {
        "objective": "binary",
        "num_leaves": leaves,
        "min_data_in_leaf": 5,
        "learning_rate": 0.05,
        "verbosity": -1,
    }
    return lgb.train(asked | {"num_threads": 2}, data, n_trees)


def contenders(booster: lgb.Booster) -> dict[str, Explainer]:
    """Each by its name."""
    forest: Forest = read_forest(booster.model_to_string(), thing="made")
    alone = lgb.Booster(model_str=forest.text())
    ours, plain = Shares.of(flat(forest)), Shares.of(flat(forest), plain=True)
    found: dict[str, Explainer] = {
        "ours": ours.contributions,
        "ours, plain loops": plain.contributions,
        "LightGBM pred_contrib": lambda x: np.asarray(alone.predict(x, pred_contrib=True, num_threads=1))[
            :, :-1
        ],
    }
    if find_spec("shap"):
        explainer = import_module("shap").TreeExplainer(booster)
        found["shap.TreeExplainer"] = lambda x: explainer.shap_values(x)
    if not why_no_fasttreeshap():
        fast = import_module("fasttreeshap").TreeExplainer(booster, algorithm="auto", n_jobs=1)
        found["fasttreeshap"] = lambda x: fast.shap_values(x)
    return found


@cache
def why_no_fasttreeshap() -> str:
    """Why that contender is left out; nothing where it takes part."""
    if not find_spec("fasttreeshap"):
        return "is not installed: its last version can't be imported beside numpy 2"
    try:
        import_module("fasttreeshap")
    except (ImportError, AttributeError) as error:
        return f"can't be imported beside numpy {np.__version__} ({type(error).__name__})"
    return ""


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one call, over all its threads."""
    start = time.process_time()
    work()
    return time.process_time() - start


def timed(works: Mapping[str, Callable[[], object]], turns: int) -> dict[str, float]:
    """Median CPU seconds of each, taken in turns."""
    spent: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(turns):
        for name, work in works.items():
            spent[name].append(cpu(work))
    return {name: median(seconds) for name, seconds in spent.items()}


def told(title: str, seconds: Mapping[str, float], unit: float, word: str) -> list[str]:
    """A row a contender: time, and how many times ours that is."""
    first = next(iter(seconds.values()))
    rows = [f"  {name:24}{s * unit:10.3f} {word}{s / first:9.1f} x" for name, s in seconds.items()]
    return [title, *rows, ""]


def explained(name: str, booster: lgb.Booster, n: int) -> list[str]:
    """One line, and n lines, by every contender."""
    x = made(max(n, 200), 9)
    found = contenders(booster)
    wanted = found["LightGBM pred_contrib"](x[:50])
    rows = []
    for who, explain in found.items():
        if who != "LightGBM pred_contrib":
            away = np.abs(np.asarray(explain(x[:50])) - wanted).max()
            rows.append(f"  {who:24} differs from pred_contrib by at most {away:.1e}")
            assert away < 1e-9, who
    one = {
        who: (lambda explain=explain: [explain(x[i : i + 1]) for i in range(5)])
        for who, explain in found.items()
    }
    rows += told(f"{name}, one line", timed(one, TURNS), 1e3 / 5, "ms")
    # Others would take minutes for all lines: they get a twentieth, the time is told for a line.
    few = x[: n // 20]
    ours = timed({"ours": lambda: found["ours"](x[:n])}, 3)["ours"] / n
    rest = timed({who: (lambda e=e: e(few)) for who, e in found.items() if who != "ours"}, 1)
    rows += told(
        f"{name}, {n:,} lines", {"ours": ours} | {w: s / len(few) for w, s in rest.items()}, 1e3, "ms a line"
    )
    return rows


def scored(name: str, boosters: list[lgb.Booster]) -> list[str]:
    """Scores of one line and of many, ours against LightGBM's, which must have the same bits."""
    from models.trees import model_text

    forests = [read_forest(booster.model_to_string(), thing="made") for booster in boosters]
    together = lgb.Booster(model_str=model_text(forests[0].features, [forest.trees for forest in forests]))
    walk, x = Walk.of([flat(forest) for forest in forests]), made(5_000, 9)

    def theirs(rows: np.ndarray) -> np.ndarray:
        return np.asarray(together.predict(rows, raw_score=True, num_threads=1)).reshape(len(rows), -1)

    assert np.array_equal(walk.scores(x), theirs(x))
    rows = []
    for n, unit, word in ((1, 1e6, "us"), (len(x), 1e6, "us a line")):
        many = 50 if n == 1 else 1
        spent = timed(
            {
                "ours": lambda n=n, many=many: [walk.scores(x[i : i + n]) for i in range(many)],
                "LightGBM predict": lambda n=n, many=many: [theirs(x[i : i + n]) for i in range(many)],
            },
            TURNS,
        )
        each = {who: s / n / many for who, s in spent.items()}
        rows += told(f"{name}: scored, {'one line' if n == 1 else f'{n:,} lines'}", each, unit, word)
    return rows


def main(n: int) -> None:
    """Measure, print and write."""
    rows = explained("400 trees of 63 leaves, numeric", grown(400, 63, by_sets=False), n)
    small = [grown(60, 10, seed=seed) for seed in range(8)]
    rows += explained("one family of 60 trees of 10 leaves, sets of categories", small[0], n)
    rows += scored("8 families of 60 trees of 10 leaves", small)
    rows += scored("400 trees of 63 leaves, sets of categories", [grown(400, 63)])
    if why_no_fasttreeshap():
        rows.append(f"left out: fasttreeshap {why_no_fasttreeshap()}")
    print("\n".join(rows))
    RESULTS.write_text("\n".join(rows).strip() + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
