"""Does the monitor see the payers' changes, how soon, and how often does it cry wolf? And is its own estimate true?

    python benchmarks/bench_monitor.py [FOLDER] [SEED ...]

Worlds (usual preset, 60,000 claims, 24 months) and their stores are made in FOLDER (default: build/bench_monitor) and
kept, with what each model said of each later line. A model as of each of `ORIGINS` is watched until the next one (the
last one until the world's end), by the answers that came, without retraining. Results go to
benchmarks/results/monitor.txt.
"""

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from worlds import simulated

from data.store import Store
from serving.monitor.lines import scored
from training.cohort import labelled_lines
from training.fit import fit

SEEDS = (7, 8, 9)
ORIGINS = (date(2024, 9, 1), date(2025, 3, 1))
N_CLAIMS = 60_000
RESULT = Path(__file__).parent / "results" / "monitor.txt"


def scores(folder: Path, seed: int, as_of: date) -> dict[str, np.ndarray]:
    """What a model of a day said of every later line; made at the first call."""
    kept = folder / f"scores-{seed}-{as_of}.npz"
    if not kept.is_file():
        np.savez(kept, **_scored(folder, seed, as_of))  # type: ignore[arg-type]  # arrays by name
    with np.load(kept) as arrays:
        return dict(arrays)


def _scored(folder: Path, seed: int, as_of: date) -> dict[str, np.ndarray]:
    _, place = simulated(folder, "usual", seed, N_CLAIMS)
    store = Store(place)
    labelled = labelled_lines(store)
    model = fit(store, as_of, policy=store.policy.title)
    state = model.state.with_policy(store.policy_book()).with_history(labelled)
    later = labelled.filter(pc.greater(labelled["submitted_on"], pa.scalar(as_of)))
    said = scored(model, later, state)
    kept = {name: getattr(said, name) for name in ("claim_key", "line", "probability", "share")}
    return kept | {"hazards": np.array(said.hazards)}
