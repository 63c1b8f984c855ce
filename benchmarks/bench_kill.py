"""A kill -9 at random moments of an ingest, each followed by the same command: is it the same store every time?

Run: python benchmarks/bench_kill.py [KILLS] [CLAIMS]

Each round starts `Store.ingest` in a process of its own, alone or with two workers in turn, kills that process after a
time drawn between its start and its usual end, runs the same ingest again, and compares the store by the hashes of all
its files. With workers most of so small an ingest is their start; alone, most of it is reading and writing.
"""

import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import IO, cast

from data.simulator import simulate
from data.store.manifest import NAME, load

RESULTS = Path(__file__).parent / "results" / "kill.txt"
SEED = 7
INGESTS = """
import os, sys
from pathlib import Path
import data.store.batch, data.store.compact, data.store.plan, data.store.slices
from data.readers.files import read_files
from data.store import Store
data.store.batch.ROWS, data.store.plan.BATCH_BYTES, data.store.slices.SLICE = 400, 200_000, 1_500
data.store.compact.MOST_PARTS = 4
files = [Path(path) for path in sys.argv[1:]]
next(read_files(files))
for line in sys.stdin:
    workers, store = line.split(maxsplit=1)
    child = os.fork()
    if child == 0:
        Store(store.strip()).ingest(files, workers=int(workers))
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""
"""Ingests, in small batches and slices, into each store named on standard input, each in a process of its own."""


class Ingests:
    """Starts ingests; what must be loaded is loaded once."""

    def __init__(self, files: list[Path]) -> None:
        command = [sys.executable, "-c", INGESTS, *map(str, files)]
        pipes = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipes, stdout=pipes, text=True)
        self._asks, self._says = (cast("IO[str]", p) for p in (self._process.stdin, self._process.stdout))

    def start(self, store: Path, *, workers: int) -> int:
        """Start one; its process id."""
        self._asks.write(f"{workers} {store}\n")
        self._asks.flush()
        return int(self._says.readline())

    def end(self) -> int:
        """Wait for the one started; how it ended."""
        return int(self._says.readline())

    def close(self) -> None:
        """No more."""
        self._asks.close()
        self._process.wait()


def main() -> None:
    """Kill and go on, so many times; print and keep what came out."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    n_claims = int(sys.argv[2]) if len(sys.argv) > 2 else 4_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate(n_claims=n_claims, months=6, seed=SEED, out=folder / "world")
        figures = _kill(folder, kills)
    RESULTS.write_text("".join(f"{line}\n" for line in figures))
    print(*figures, sep="\n")


def _kill(folder: Path, kills: int) -> list[str]:
    ingests = Ingests([folder / "world" / "claims", folder / "world" / "remits"])
    wanted, alone_s = _undisturbed(ingests, folder / "alone", workers=1)
    same_one, aside_s = _undisturbed(ingests, folder / "aside", workers=2)
    assert same_one == wanted, "workers make another store"
    dice, states, same = random.Random(SEED), Counter[str](), 0  # the same moments drawn each time
    for number in range(kills):
        store = folder / f"store-{number}"
        workers = 1 + number % 2
        child = ingests.start(store, workers=workers)
        time.sleep(dice.uniform(0, alone_s if workers == 1 else aside_s))
        with contextlib.suppress(ProcessLookupError):  # it had ended before
            os.kill(child, signal.SIGKILL)
        states["it had ended" if ingests.end() == 0 else _state(store)] += 1
        ingests.start(store, workers=1 + number // 2 % 2)
        assert ingests.end() == 0, f"kill {number}: the second run failed"
        same += content(store) == wanted
        assert same == number + 1, f"kill {number}: another store; it is in {store}"
        shutil.rmtree(store)
    ingests.close()
    return [
        f"{kills} kills, each followed by the same command: {same} times the same store of {len(wanted)} files, by content",
        f"undisturbed it takes {alone_s:.1f} s alone, {aside_s:.1f} s with two workers; killed at a random moment of that, half of them each",
        "what was there then:",
        *(f"  {count:3d} x {state}" for state, count in sorted(states.items())),
    ]


def _undisturbed(ingests: Ingests, store: Path, *, workers: int) -> tuple[dict[str, str], float]:
    began = time.perf_counter()
    ingests.start(store, workers=workers)
    assert ingests.end() == 0
    return content(store), time.perf_counter() - began


def _state(store: Path) -> str:
    manifest = load(store)
    if manifest is None:
        return "no manifest yet" if (store / NAME).parent.exists() else "nothing yet"
    return "files, nothing derived" if manifest.derived is None else "all but the last step"


def content(store: Path) -> dict[str, str]:
    """A store by content: the hash of every file."""
    files = (path for path in store.rglob("*") if path.is_file())
    return {str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


if __name__ == "__main__":
    main()
