"""`cleanclaim train` as a whole process, features included: seconds by stage, and the most memory it held.

    python benchmarks/bench_train.py [FOLDER] [N_CLAIMS]

The world (simulated, 24 months, 590,000 claims: more than a million lines) and its store, with what stands beside the
claims and the policy book, are made in FOLDER (default: build/bench_train) and kept for the next time; making them is
not measured. Results go to benchmarks/results/train.txt.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import lightgbm
from worlds import simulated

N_CLAIMS, SEED = 590_000, 5
TARGET_SECONDS, TARGET_MIB = 360, 8 * 1024
RESULT = Path(__file__).parent / "results" / "train.txt"


def main() -> None:
    """Prepare, measure, write."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/bench_train")
    n_claims = int(sys.argv[2]) if len(sys.argv) > 2 else N_CLAIMS
    folder = folder / f"{n_claims}"
    folder.mkdir(parents=True, exist_ok=True)
    _, store = simulated(folder, "usual", SEED, n_claims)
    text = "\n".join(measured(folder, store))
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text + "\n")
    print(text)


def measured(folder: Path, store: Path) -> list[str]:
    """Train once, and what there is to say of it."""
    command = [sys.executable, "-m", "cleanclaim", "train", "--store", str(store)]
    command += ["--out", str(folder / "model"), "--json"]
    began, busy = time.perf_counter(), os.getloadavg()[0]
    with (folder / "train.json").open("w") as said:
        process = subprocess.Popen(command, stdout=said)
        # wait4 tells what this very process used, and no other.
        _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    assert status == 0
    told = json.loads((folder / "train.json").read_text())
    sent = told["funnel"][0]["n_lines"]
    cpu = used.ru_utime + used.ru_stime
    return [
        f"cleanclaim train, whole process, {sent:,} lines sent, {told['lines']:,} of them learnt from",
        f"{os.cpu_count()} cores, LightGBM {lightgbm.__version__}, Python {sys.version.split()[0]}",
        f"{wall:.1f} s from start to end (wanted: under {TARGET_SECONDS}), {cpu:.1f} s of processor time",
        f"{used.ru_maxrss / 1024:,.0f} MiB at most (wanted: under {TARGET_MIB:,})",
        "seconds by stage (MLflow loads and makes its database beside them):",
        *(f"  {seconds:6.2f}  {stage}" for stage, seconds in told["seconds"].items()),
        f"other work on the machine when it began: load {busy:.1f}",
    ]


if __name__ == "__main__":
    main()
