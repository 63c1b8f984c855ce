"""What each group of features adds, with and without what stands beside the claims: AUC and log-loss of later lines.

    python benchmarks/bench_ablation.py [FOLDER] [N_CLAIMS]

One simulated world (usual, seed 7, 20,000 claims of 24 months), made once in FOLDER (default: build/worlds). What was
known after 17 months teaches, claims sent later judge; the ceiling is what the true probabilities score. First the
hazards learn from all columns - with context (order, report, authorization, eligibility) and policy book, without one
of them, without both. Then, with both, without one group of columns at a time, and from one group alone. A group
whose loss is small isn't useless: others tell the same. Log-loss after calibration on the newest lines that taught.
Written to benchmarks/results/ablation.txt.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from worlds import Known, World, world

from features.catalog import CATALOG
from models.calibration import fit_calibrator
from models.combine import log_odds_of
from models.designs import DESIGNS
from models.sample import Sample
from models.settings import ModelSettings
from training.metrics import figures

PRESET, SEED = "usual", 7
RESULT = Path(__file__).parent / "results" / "ablation.txt"
NEAR = 1e-6
# Half the trees of the default at twice the rate: twenty fits are compared with each other.
SETTINGS = ModelSettings(learning_rate=0.16, patience=13)


def main(folder: Path, n_claims: int) -> None:
    """Measure, print and write."""
    told: list[str] = []
    for row in _report(folder, n_claims):
        told.append(row)
        print(row, flush=True)
        RESULT.write_text("\n".join(told) + "\n")


def _report(folder: Path, n_claims: int) -> Iterator[str]:
    made = world(folder, PRESET, SEED, n_claims)
    yield f"{PRESET}, {n_claims:,} claims: {len(made.learn):,} lines teach, {len(made.test):,} later ones judge"
    yield _row("the ceiling", *_figures(made, made.truth.probability))
    whole = _learnt(made, made.learn.x.names)
    yield _row("all columns, context and policy book", *whole)
    for words, known in (
        ("without the policy book", Known(policy=False)),
        ("without context", Known(context=False)),
        ("without both", Known(context=False, policy=False)),
    ):
        other = world(folder, PRESET, SEED, n_claims, known)
        yield _row(words, *_learnt(other, other.learn.x.names), whole)
    groups = _groups(made.learn.x.names)
    for group, columns in groups.items():
        others = tuple(name for name in made.learn.x.names if name not in columns)
        yield _row(f"without {group} ({len(columns)})", *_learnt(made, others), whole)


def _groups(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The columns by where they come from, as the catalogue says it."""
    sources = dict.fromkeys(_source(name) for name in names)
    return {source: tuple(name for name in names if _source(name) == source) for source in sources}


def _source(name: str) -> str:
    """Where a column comes from; all checks together."""
    return CATALOG[name].source.partition(":")[0]


def _learnt(made: World, columns: tuple[str, ...]) -> tuple[float, float]:
    """AUC and log-loss of hazards that see these columns alone."""
    learn, test = (replace(part, whole=part.whole.select(columns)) for part in (made.learn, made.test))
    design = DESIGNS["hazards"](learn, SETTINGS, later=made.later)
    late = learn.rows(made.later)
    calibrator = fit_calibrator(
        _log_odds(design.probability(late.x)),
        late.denied,
        late.weight,
        late.payer_ids,
        late.day,
        payer_strength=100.0,
    )
    return _figures(made, calibrator.apply(_log_odds(design.probability(test.x)), test.payer_ids))


def _log_odds(probability: np.ndarray) -> np.ndarray:
    return log_odds_of(np.clip(probability, NEAR, 1 - NEAR))


def _figures(made: World, probability: np.ndarray) -> tuple[float, float]:
    judged: Sample = made.test
    found = figures(judged.denied, probability, np.ones(len(judged)))
    return found.auc, found.log_loss


def _row(words: str, auc: float, log_loss: float, whole: tuple[float, float] | None = None) -> str:
    apart = "" if whole is None else f"   {auc - whole[0]:+.4f}  {log_loss - whole[1]:+.4f}"
    return f"{words:44} AUC {auc:.4f}  log-loss {log_loss:.4f}{apart}"


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/worlds")
    place.mkdir(parents=True, exist_ok=True)
    main(place, int(sys.argv[2]) if len(sys.argv) > 2 else 20_000)
