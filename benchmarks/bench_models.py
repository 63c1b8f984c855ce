"""What it costs to fit the hazards, and to score and explain one line. CPU seconds, so that a busy machine tells the same.

    python benchmarks/bench_models.py [LINES]

Prints, and writes to benchmarks/results/models.txt.

Lines are made here: 100 features, ten families of about 2% each, planted in a few columns of each family.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from features.build import Features
from models.calibration import Calibrator
from models.combine import probability_of, shares, split, total_log_odds
from models.explain import Group, by_concept
from models.hazards import fit_hazards, refit_hazards
from models.settings import ModelSettings

N_FEATURES, N_FAMILIES = 100, 10
RESULTS = Path(__file__).parent / "results" / "models.txt"
NAMES = tuple(f"feature_{i}" for i in range(N_FEATURES))


def made(n: int, seed: int) -> tuple[Features, np.ndarray, np.ndarray]:
    """Features, family and denied of n lines."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, N_FEATURES))
    for column, codes in enumerate((30, 200, 500, 60)):
        values[:, column] = rng.integers(0, codes, n)
    values[:, 10:40] = values[:, 10:40] > 0.8
    family = np.full(n, "", dtype=object)
    for f in range(N_FAMILIES):
        habit = np.random.default_rng(f).normal(size=30)[values[:, 0].astype(int)]
        strikes = rng.random(n) < probability_of(
            -5.0 + 0.8 * habit + 2 * values[:, 10 + 2 * f] + values[:, 70 + f]
        )
        family[strikes] = "abcdefghij"[f]
    return Features(NAMES, values, NAMES[:4]), family, (family != "").astype(np.int8)


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one call, over all its threads."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main(n: int) -> None:
    """Measure, print and write."""
    told: list[str] = []
    say = told.append
    x, family, denied = made(n, 1)
    settings = ModelSettings()
    later = np.arange(n) >= n * 0.8
    fitted = []
    first = cpu(lambda: fitted.append(fit_hazards(x, family, denied, np.ones(n), settings, later=later)))
    again = cpu(lambda: fitted.append(refit_hazards(fitted[0], x, family, denied, np.ones(n), settings)))
    hazards = fitted[1]
    n_trees = sum(len(forest.trees) for forest in hazards.forests)
    print(
        f"{n} lines, {N_FEATURES} features, {len(hazards.families)} families, {n_trees} trees, {denied.mean():.1%} denied"
    )
    say(f"grow with early stopping   {first:7.1f} s CPU")
    say(f"grow again on everything   {again:7.1f} s CPU")
    say(f"score 10,000 lines         {cpu(lambda: hazards.logits(x.values[:10_000])) * 100:7.1f} us a line")
    one = x.values[:1]
    calibrator = Calibrator()
    groups = tuple(Group(str(i), "check", (i,), (NAMES[i],)) for i in range(N_FEATURES))

    def scored() -> None:
        logits = hazards.logits(one)
        split(calibrator.apply(total_log_odds(logits), ["p"]), shares(logits))

    def explained() -> None:
        by_concept(hazards.contributions(one, hazards.families[0])[1], groups)

    for name, work in (("score one line", scored), ("contributions, one family", explained)):
        work()
        say(f"{name:26} {median(cpu(work) for _ in range(300)) * 1e3:7.3f} ms CPU, median")
    print("\n".join(told))
    RESULTS.write_text("\n".join(told) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
