"""What retraining is worth on a simulated world: six models a month apart, beside the ceiling, as the command prints it.

    python benchmarks/bench_backtest.py [FOLDER]

Runs `cleanclaim evaluate --backtest 6` on the usual world (seed 7, 60,000 claims, 24 months), made in FOLDER (default:
build/worlds) the first time. Each model knows what was known on its day and is judged on the claims sent until the next
one. Beside it: the same models used for three months each, the first one for ever, the baselines of each day, and the
exact probabilities of the world. Prints, and writes benchmarks/results/backtest.txt; the report is in FOLDER/backtest.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

from worlds import N_MONTHS, simulated

ROOT = Path(__file__).resolve().parent.parent
PRESET, SEED, N_CLAIMS, K = "usual", 7, 60_000, 6
RESULT = ROOT / "benchmarks" / "results" / "backtest.txt"
WIDE = "132"


def backtest(folder: Path) -> str:
    """What the command prints."""
    made, store = simulated(folder, PRESET, SEED, N_CLAIMS)
    command = (sys.executable, "-m", "cleanclaim", "evaluate", "--store", str(store), "--backtest", str(K))
    beside = ("--truth", str(made / "truth.parquet"), "--out", str(folder / "backtest"))
    done = subprocess.run(
        [*command, *beside],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": WIDE},
    )
    shown = [line.rstrip() for line in done.stdout.splitlines()]
    return "\n".join(line for line in shown if not line.startswith("Report:")).strip()


def main() -> None:
    """Run, print, write."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "worlds"
    told = backtest(folder)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    head = f"{PRESET} world, seed {SEED}, {N_CLAIMS:,} claims, {N_MONTHS} months; {K} models, a month apart"
    text = f"{head}\n{used.ru_utime + used.ru_stime:.0f} s CPU in all\n\n{told}\n"
    RESULT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
