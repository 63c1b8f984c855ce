"""What looking for better settings is worth: the same store learnt from with and without `--trials`, later lines judge.

    python benchmarks/bench_tune.py [FOLDER] [CLAIMS] [SEED] [TRIALS]

A usual world of 24 months; both models are made as of day 517 and judged on the ripe lines of claims sent after it,
beside what the true probabilities lose (the ceiling). The search is killed (-9) once, in its midst, and begun again by
the same command. Results go to benchmarks/results/tune.txt.
"""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from data.simulator import simulate
from data.store import Store
from models.bundle import load
from training.cohort import labelled_lines
from training.intervals import bootstrap
from training.judge import Bench
from training.metrics import losses
from training.scored import read_truth, truth_scores

N_DAYS = 517
KILL_AFTER = 6
"""Tries that are finished when the search is killed."""
RESULT = Path(__file__).parent / "results" / "tune.txt"


def main() -> None:
    """Both models, judged."""
    given = sys.argv[1:]
    folder = Path(given[0] if given else "build/bench_tune")
    n_claims, seed, trials = (
        int(given[n]) if len(given) > n else usual for n, usual in ((1, 20_000), (2, 21), (3, 25))
    )
    world, store = made(folder, n_claims, seed)
    bench = Bench.of(labelled_lines(store), store.newest_remit_on(), read_truth(world / "truth.parquet"))
    first: date = min(bench.labelled["submitted_on"].to_pylist())
    as_of = first + timedelta(days=N_DAYS)
    common = ("--store", str(store.path), "--as-of", str(as_of), "--json")
    plain, plain_cpu = trained(folder / "plain", common)
    kept, killed_cpu = killed(folder / "tuned", (*common, "--trials", str(trials)))
    tuned, tuned_cpu = trained(folder / "tuned", (*common, "--trials", str(trials)))
    text = told(bench, as_of, [folder / "plain" / "model", folder / "tuned" / "model"])
    search = json.dumps(tuned.get("tuning"), indent=1)
    lines = [
        f"{n_claims:,} claims (usual, seed {seed}, 24 months), made as of {as_of}, at most {trials} settings tried",
        "",
        *text,
        "",
        f"seconds of processor time: {plain_cpu:.0f} without; {killed_cpu + tuned_cpu:.0f} with the search",
        f"({killed_cpu:.0f} until it was killed with {kept} tries kept, {tuned_cpu:.0f} from there to the model)",
        "",
        f"without: {json.dumps(plain.get('seconds'))}",
        f"with, after the kill: {json.dumps(tuned.get('seconds'))}",
        f"the search: {search}",
        f"load at the end: {os.getloadavg()[0]:.1f}",
    ]
    RESULT.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


def made(folder: Path, n_claims: int, seed: int) -> tuple[Path, Store]:
    """A world and its store, made once."""
    world, store = folder / f"usual-{seed}", Store(folder / f"store-usual-{seed}")
    if not (world / "truth.parquet").is_file():
        simulate(n_claims=n_claims, months=24, seed=seed, out=world)
    parts = [world / name for name in ("claims", "remits", "statuses")]
    store.ingest(parts, context=world / "context.csv", book=world / "policy", workers=1)
    return world, store


def command(out: Path, given: Sequence[str]) -> list[str]:
    """`cleanclaim train` as a user calls it."""
    out.mkdir(parents=True, exist_ok=True)
    return [sys.executable, "-m", "cleanclaim", "train", "--out", str(out / "model"), *given]


def trained(out: Path, given: Sequence[str]) -> tuple[dict[str, object], float]:
    """What `train` said, and its processor seconds."""
    began = of_children()
    done = subprocess.run(command(out, given), capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found, of_children() - began


def killed(out: Path, given: Sequence[str]) -> tuple[int, float]:
    """Begin the search and kill it when some tries are kept: how many were, and the processor seconds spent."""
    began = of_children()
    with subprocess.Popen(command(out, given), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        while run.poll() is None and finished(out / "tuning.db") < KILL_AFTER:
            time.sleep(0.2)
        run.send_signal(signal.SIGKILL)
        run.wait()
    return finished(out / "tuning.db"), of_children() - began


def finished(database: Path) -> int:
    """Tries that are kept whole."""
    if not database.is_file():
        return 0
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            (n,) = connection.execute(
                "SELECT count(*) FROM trials WHERE state IN ('COMPLETE', 'PRUNED')"
            ).fetchone()
    except sqlite3.Error:  # it is being made
        return 0
    return int(n)


def of_children() -> float:
    """Processor seconds of all processes that were begun here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def told(bench: Bench, as_of: date, folders: Sequence[Path]) -> list[str]:
    """What each loses on later lines, and between which values the difference lies."""
    test = bench.test_lines(sent_after=as_of)
    assert bench.truth is not None
    lost = [losses(test.denied, bench.model_scores(load(folder), test).probability) for folder in folders]
    ceiling = losses(test.denied, truth_scores(bench.truth, test.lines).probability)
    names = ("without", "tuned", "ceiling")
    gain = bootstrap(lost[0] - lost[1], test.lines["claim_key"].to_numpy(), seed=7)
    return [
        f"log-loss on {test.lines.num_rows:,} later lines, {np.mean(test.denied):.1%} of them denied:",
        *(f"  {name:<8} {each.mean():.4f}" for name, each in zip(names, (*lost, ceiling), strict=True)),
        f"  gained by tuning {gain.at:+.4f} ({gain.low:+.4f} to {gain.high:+.4f}),"
        f" of {lost[0].mean() - ceiling.mean():.4f} above the ceiling",
    ]


if __name__ == "__main__":
    main()
