"""`cleanclaim train` on 200,000 lines, as a whole process: seconds by stage, and the most memory it held.

    python benchmarks/bench_train.py [FOLDER]

The world (simulated, 24 months) and its store are made in FOLDER (default: build/bench_train) and kept for the next
time; making them is not measured. Results go to benchmarks/results/train.txt.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import lightgbm
import pyarrow.parquet as pq

N_LINES = 200_000
N_CLAIMS = 118_000
"""A simulated claim has 1.7 lines."""
TARGET_SECONDS = 90
RESULT = Path(__file__).parent / "results" / "train.txt"


def cleanclaim(*arguments: str) -> str:
    """Run one command and give back what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "cleanclaim", *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


def prepared(folder: Path) -> Path:
    """A store of a simulated world, made once."""
    world, store = folder / "world", folder / "store"
    if not (world / "truth.parquet").is_file():
        cleanclaim(
            "simulate", "--claims", str(N_CLAIMS), "--months", "24", "--seed", "5", "--out", str(world)
        )
    if not store.is_dir():
        files = [str(world / "claims"), str(world / "remits")]
        cleanclaim("ingest", *files, "--context", str(world / "context.csv"), "--store", str(store))
    assert pq.read_metadata(world / "truth.parquet").num_rows >= N_LINES
    return store


def main() -> None:
    """Prepare, measure, write."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/bench_train")
    folder.mkdir(parents=True, exist_ok=True)
    store = prepared(folder)
    began = time.perf_counter()
    with (folder / "train.json").open("w") as said:
        command = [
            sys.executable,
            "-m",
            "cleanclaim",
            "train",
            "--store",
            str(store),
            "--out",
            str(folder / "model"),
        ]
        process = subprocess.Popen([*command, "--json"], stdout=said)
        # wait4 tells what this very process used, and no other.
        _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    assert status == 0
    told = json.loads((folder / "train.json").read_text())
    sent = told["funnel"][0]["n_lines"]
    text = "\n".join(
        [
            f"cleanclaim train, whole process, {sent:,} lines sent, {told['lines']:,} of them learnt from",
            f"{os.cpu_count()} cores, LightGBM {lightgbm.__version__}, Python {sys.version.split()[0]}",
            f"{wall:.1f} s from start to end (target: under {TARGET_SECONDS} s), {used.ru_utime + used.ru_stime:.1f} s of processor time",
            f"{used.ru_maxrss / 1024:,.0f} MiB at most",
            "seconds by stage (MLflow loads and makes its database beside them):",
            *(f"  {seconds:6.2f}  {stage}" for stage, seconds in told["seconds"].items()),
            f"load at the end: {os.getloadavg()[0]:.1f}",
        ]
    )
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
