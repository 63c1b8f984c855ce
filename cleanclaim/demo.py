"""The whole way once, on a simulated world: what `make demo` runs. Each step is a command that a user could type."""

import argparse
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import typer

from cleanclaim.__main__ import app
from cleanclaim.output import failure, say
from data.errors import CleanclaimError

FOLDER = Path("build/demo")
N_CLAIMS = 60_000
MONTHS = 24
SEED = 7
TEST_FROM = date(2025, 10, 1)
"""The model learns what was known by this day; the three months after it are the test."""


def steps(folder: Path) -> list[list[str]]:
    """The commands of the demo, in order."""
    world, store, model = str(folder / "world"), str(folder / "store"), str(folder / "model")
    scores = f"sqlite:///{folder / 'scores.db'}"
    context = f"{world}/context.csv"
    return [
        ["simulate", "--claims", str(N_CLAIMS), "--months", str(MONTHS), "--seed", str(SEED), "--out", world],
        [
            *("ingest", f"{world}/claims", f"{world}/statuses", f"{world}/remits"),
            *("--store", store, "--context", context, "--policy", f"{world}/policy"),
        ],
        ["train", "--store", store, "--out", model, "--as-of", TEST_FROM.isoformat()],
        [
            *("evaluate", "--store", store, "--model", model),
            *("--truth", f"{world}/truth.parquet", "--out", str(folder / "report")),
        ],
        [
            *("score", f"{world}/upcoming", "--model", model, "--store", store, "--context", context),
            *("--out", str(folder / "upcoming.csv"), "--explain", "--database", scores),
        ],
        ["serve", "--model", model, "--store", store, "--database", scores],
    ]


def run(command: Sequence[str]) -> float:
    """Say a command, do it in this process, and return the seconds that it took."""
    say(f"\n$ cleanclaim {shlex.join(command)}")
    began = time.perf_counter()
    typer.main.get_command(app).main(list(command), standalone_mode=False)
    return time.perf_counter() - began


def main() -> int:
    """Simulate, ingest, train, evaluate, score, and serve unless told not to; 0 when all went well."""
    parser = argparse.ArgumentParser(prog="make demo", description=main.__doc__)
    parser.add_argument("--no-serve", action="store_true", help="stop before serving")
    stop_before_serving = parser.parse_args().no_serve
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    *work, serve = steps(FOLDER)
    # The other core compiles what reading and learning need while the world is drawn.
    warming = subprocess.Popen([sys.executable, "-m", "cleanclaim.warm"])
    try:
        seconds = {command[0]: run(command) for command in work}
        took = ", ".join(f"{name} {spent:.0f} s" for name, spent in seconds.items())
        say(f"\nDone in {sum(seconds.values()):.0f} s: {took}.")
        say(f"Figures and plots: {FOLDER / 'report'}. Next week's claims, scored: {FOLDER / 'upcoming.csv'}.")
        if not stop_before_serving:
            run(serve)
    except CleanclaimError as error:
        failure(error)
        return 1
    finally:
        warming.wait()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
