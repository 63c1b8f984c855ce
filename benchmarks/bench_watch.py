"""What a run of the monitor costs on a large store, stage by stage.

    python benchmarks/bench_watch.py [STORE MODEL AS_OF]

Without arguments: the store and the model of `bench_train.py`, whose second year is watched; nothing where it hasn't run.
The model is taken to have been made on the day AS_OF, so that the claims sent since are watched: its answers may be too
good, the work is the same. Results go to benchmarks/results/watch.txt.
"""

import os
import resource
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from data.store import Store
from models.bundle import load
from serving.monitor import run
from serving.monitor.report import write
from serving.monitor.settings import MonitorSettings

STAGES = ("scored", "raised", "_months", "_drift", "novelties", "by_month", "by_payer")
LARGE = Path("build/bench_train/590000")
RESULT = Path(__file__).parent / "results" / "watch.txt"


def main() -> None:
    """One run, its stages timed by wrapping them."""
    given = sys.argv[1:] or (str(LARGE / "store-usual-5"), str(LARGE / "model"), "2024-12-31")
    if not Path(given[1]).is_dir():
        print(f"No model in {given[1]}: run bench_train.py before.")
        return
    store, folder, as_of = Store(Path(given[0])), Path(given[1]), date.fromisoformat(given[2])
    model = load(folder)
    model = replace(model, facts=replace(model.facts, as_of=as_of))
    spent = {name: watched(name) for name in STAGES}
    began, cpu = time.perf_counter(), time.process_time()
    found = run.monitor(model, store, MonitorSettings())
    with TemporaryDirectory() as scratch:
        write(found, Path(scratch))
    cpu = time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    stages = {name.strip("_"): seconds[0] for name, seconds in spent.items()}
    lines = [
        f"{store.stats().lines:,} lines in the store, {found.n_lines:,} of them watched, {found.n_answered:,} answered",
        f"{cpu:.0f} s of processor time, {time.perf_counter() - began:.0f} s by the clock, at most {peak:.1f} GiB",
        *(f"  {name:<10} {seconds:6.1f} s of processor time" for name, seconds in stages.items()),
        f"  {'the rest':<10} {cpu - sum(stages.values()):6.1f}   (reading, histories, money)",
        f"load at the end: {os.getloadavg()[0]:.1f}",
    ]
    RESULT.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


def watched(name: str) -> list[float]:
    """Make a stage tell its processor seconds; they stand in the list once it has run."""
    stage, spent = getattr(run, name), [0.0]

    def timed(*given: object, **named: object) -> object:
        began = time.process_time()
        try:
            return stage(*given, **named)
        finally:
            spent[0] += time.process_time() - began

    setattr(run, name, timed)
    return spent


if __name__ == "__main__":
    main()
