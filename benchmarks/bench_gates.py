"""Do the gates tell a better model from a worse one? Twenty small worlds, three challengers each.

    python benchmarks/bench_gates.py [FOLDER] [FIRST SEED] [LAST SEED]

The gates were made with worlds 1 to 17 in sight; worlds 21 to 40 were met by them here for the first time.

In each world of 6,000 claims two models are made: an old one after five months, a newer one fourteen months
later, payers' rules having changed since. On the newest ripe claims that neither has seen:

    shuffled  answers dealt out anew among the lines, else as the old one, and against it: must be refused
    stale     the old one against the newer one: must be refused
    newer     the newer one against the old one: should pass

`truly` is the gain in log-loss that the true probabilities of the world give the challenger on those very claims: what
the gates would see if they saw no chance. Results go to benchmarks/results/gates.txt.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.simulator import simulate
from data.store import Store
from models.bundle import save
from models.denial import DenialModel
from models.settings import ModelSettings
from training.bundled import finished
from training.cohort import labelled_lines
from training.fit import OUTCOME_COLUMNS, known_by, learn
from training.judge import Bench
from training.metrics import SUREST
from training.scored import read_truth, truth_scores
from training.settings import Settings
from training.weighing import Verdict, newest_unseen, scores_of, weigh_on

N_CLAIMS = 6_000
OLD, NEWER = 150, 570
"""Days after the first claim on which each was made; the world lasts 730."""
SEEDS = (21, 40)
RESULT = Path(__file__).parent / "results" / "gates.txt"
SETTINGS = Settings(models=ModelSettings(trees=50, learning_rate=0.3, patience=5, column_share=0.1))
"""Fewer and larger steps than the usual ones, so that sixty models are made in minutes."""


@dataclass(frozen=True)
class Trial:
    """One challenger before the gates."""

    seed: int
    challenger: str
    passed: bool
    gain: float
    low: float
    high: float
    truly: float
    shut: tuple[str, ...]
    n_lines: int
    off: tuple[float, float] = (0.0, 0.0)
    """How far it is clearly off, in points: on the whole, and in its farthest tenth."""
    off_before: tuple[float, float] = (0.0, 0.0)
    """The champion."""


def main() -> None:
    """All seeds, each kept as it is done."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/bench_gates")
    first, last = (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else SEEDS
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(first, last + 1):
        began = time.process_time()
        if not (kept := folder / f"trials-{seed}.json").is_file():
            kept.write_text(json.dumps([asdict(trial) for trial in of_world(folder, seed)]))
            print(f"seed {seed}: {time.process_time() - began:.0f} s of processor time", flush=True)
    done = [folder / f"trials-{seed}.json" for seed in range(first, last + 1)]
    done = [kept for kept in done if kept.is_file()]
    text = told([Trial(**trial) for kept in done for trial in json.loads(kept.read_text())])
    RESULT.write_text(text + "\n")
    print(text)


def of_world(folder: Path, seed: int) -> list[Trial]:
    """Three challengers of one world, each against its champion."""
    made, store = folder / f"world-{seed}", Store(folder / f"store-{seed}")
    simulate(n_claims=N_CLAIMS, months=24, seed=seed, out=made)
    parts = [made / name for name in ("claims", "remits", "statuses")]
    store.ingest(parts, context=made / "context.csv", book=made / "policy", workers=1)
    bench = Bench.of(labelled_lines(store), store.newest_remit_on(), read_truth(made / "truth.parquet"))
    first = min(bench.labelled["submitted_on"].to_pylist())

    def model(name: str, day: int, source: Store | pa.Table) -> DenialModel:
        training = learn(source, first + timedelta(days=day), SETTINGS, policy=store.policy.title)
        return save(finished(training), folder / f"model-{seed}-{name}")

    old, newer = model("old", OLD, store), model("newer", NEWER, store)
    dealt = shuffled(bench.labelled, first + timedelta(days=OLD), seed)
    against = {
        "shuffled": (model("shuffled", OLD, dealt), old),
        "stale": (old, newer),
        "newer": (newer, old),
    }
    return [
        trial(seed, name, weigh_on(bench, one, champion, store.policy), bench, one, champion)
        for name, (one, champion) in against.items()
    ]


def trial(
    seed: int, name: str, verdict: Verdict, bench: Bench, challenger: DenialModel, champion: DenialModel
) -> Trial:
    """What the gates said, and what the truth says."""
    test = newest_unseen(bench, (challenger, champion))
    true = truth_scores(bench.truth, test.lines).probability
    lost = [expected(true, scores_of(bench, model, test).probability) for model in (challenger, champion)]
    figures = next(gate.figures for gate in verdict.gates if gate.name == "better")
    gain, low, high = (figures[name] for name in ("gain", "gain_low", "gain_high"))
    said = next(gate.figures for gate in verdict.gates if gate.name == "calibration")
    return Trial(
        seed=seed,
        challenger=name,
        passed=verdict.passed,
        gain=gain,
        low=low,
        high=high,
        truly=lost[1] - lost[0],
        shut=verdict.refused_by,
        n_lines=test.lines.num_rows,
        off=points(said, ""),
        off_before=points(said, "_before"),
    )


def points(said: Mapping[str, float], suffix: str) -> tuple[float, float]:
    """How far off the calibration gate found a model: on the whole, and in its farthest tenth."""
    return 100 * said[f"clearly_off{suffix}"], 100 * said[f"clearly_off_of_a_tenth{suffix}"]


def expected(true: np.ndarray, said: np.ndarray) -> float:
    """The log-loss that chance gives on average, where the true probabilities are known."""
    p = np.clip(said, SUREST, 1 - SUREST)
    return float(-(true * np.log(p) + (1 - true) * np.log1p(-p)).mean())


def shuffled(labelled: pa.Table, as_of: date, seed: int) -> pa.Table:
    """The same lines with the answers known by a day dealt out anew, each whole, when it came too."""
    known = known_by(labelled, as_of)
    answered = np.flatnonzero(pc.is_valid(known["label"]).to_numpy())
    dealt = np.arange(known.num_rows)
    dealt[answered] = np.random.default_rng(seed).permutation(answered)
    for name in OUTCOME_COLUMNS:
        if name != "known_on":  # an answer never comes before its claim
            place = known.schema.get_field_index(name)
            known = known.set_column(place, known.schema.field(name), known[name].take(pa.array(dealt)))
    return known


def told(trials: list[Trial]) -> str:
    """The table."""
    lines = [
        f"{len({t.seed for t in trials})} worlds of {N_CLAIMS:,} claims (usual, 24 months); the old model (and the",
        f"shuffled one) made on day {OLD}, the newer one on day {NEWER}; default gates, about {int(np.median([t.n_lines for t in trials])):,} lines judge",
        "",
        "challenger  promoted  truly better  gain (mean)  truly (mean, least, most)     refused by",
    ]
    for name in ("shuffled", "stale", "newer"):
        some = [t for t in trials if t.challenger == name]
        truly = np.array([t.truly for t in some])
        shut: dict[str, int] = {}
        for gate in (gate for t in some for gate in t.shut):
            shut[gate] = shut.get(gate, 0) + 1
        lines.append(
            f"{name:<10}  {sum(t.passed for t in some):>2} of {len(some)}  {sum(truly > 0):>6} of {len(some)}"
            f"  {np.mean([t.gain for t in some]):>+11.4f}  {truly.mean():+.4f} ({truly.min():+.4f} to {truly.max():+.4f})"
            f"  {', '.join(f'{gate} {n}' for gate, n in sorted(shut.items()))}"
        )
    lines += [
        "",
        "off, champion off: points that calibration is clearly off by on the whole / in the farthest tenth",
        "seed  challenger  promoted  gain (interval)                 truly    off          champion off  refused by",
    ]
    lines += [
        f"{t.seed:>4}  {t.challenger:<10}  {'yes' if t.passed else 'no':<8}  {t.gain:+.4f} ({t.low:+.4f} to {t.high:+.4f})"
        f"    {t.truly:+.4f}  {t.off[0]:4.1f} / {t.off[1]:4.1f}  {t.off_before[0]:4.1f} / {t.off_before[1]:4.1f}"
        f"   {', '.join(t.shut)}"
        for t in trials
    ]
    return "\n".join([*lines, "", f"load at the end: {os.getloadavg()[0]:.1f}"])


if __name__ == "__main__":
    main()
