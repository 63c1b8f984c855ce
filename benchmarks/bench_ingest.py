"""How fast files become a labelled store (read, link, label, write), and how much memory it takes, worker processes
among it.

Run: python benchmarks/bench_ingest.py [CLAIMS] [WORLD]

WORLD is a folder for the simulated files (kept; made where it is empty). With 960000 claims drawn, corrections make it
a million and more.
"""

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data.store import Store
from data.store.check import check

RESULTS = Path(__file__).parent / "results" / "ingest.txt"
WANTED_S, WANTED_MB = 120, 4096
"""for a million claims with their remits, on two cores"""
EVERY_S = 0.1
"""Memory is looked at so often."""
SIMULATE = (
    "import sys; from pathlib import Path; from data.simulator import simulate;"
    "simulate(n_claims=int(sys.argv[1]), months=24, seed=7, out=Path(sys.argv[2]))"
)
INGEST = (
    "import sys; from pathlib import Path; from data.store import Store;"
    "store, *files, workers = sys.argv[1:];"
    "report = Store(store).ingest([Path(file) for file in files], workers=int(workers) or None);"
    "assert report.linked == report.remits, report"
)


def main() -> None:
    """Simulate a world in another process, ingest it in a fresh one, ask for its lines; print and keep the figures."""
    n_claims = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as name:
        world = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(name) / "world"
        if not (world / "truth.parquet").is_file():
            subprocess.run([sys.executable, "-c", SIMULATE, str(n_claims), str(world)], check=True)
        figures = list(_measure(world, Path(name)))
    RESULTS.write_text("".join(f"{line}\n" for line in figures))
    print(*figures, sep="\n")


def _measure(world: Path, folder: Path) -> Iterator[str]:
    files = [world / "claims", world / "remits"]
    size = sum(path.stat().st_size for some in files for path in some.iterdir()) / 1e6
    run = ingested(folder / "store", files, workers=0)
    held = Store(folder / "store").stats()
    yield f"{held.claims:,} claims, {held.lines:,} lines, {held.remits:,} remits, {size:,.0f} MB in {held.files} files"
    yield f"ingest                    {run.wall_s:6.1f} s wall {run.cpu_s:6.1f} s CPU  on {os.cpu_count()} cores"
    million = 1e6 / held.claims
    yield f"  a million claims        {run.wall_s * million:6.1f} s wall  (wanted: under {WANTED_S})"
    yield f"  {held.claims / run.cpu_s:,.0f} claims a second and core"
    yield f"peak memory, all processes {run.peak_mb:6,.0f} MB  (wanted: under {WANTED_MB:,})"
    stored = sum(path.stat().st_size for path in (folder / "store").rglob("*.parquet")) / 1e6
    yield f"on disk                   {stored:6,.0f} MB"
    with clock() as seconds:
        again = Store(folder / "store").ingest(files)
    yield _row("the same files again", seconds)
    with clock() as seconds:
        lines = Store(folder / "store").lines()
    yield _row("all lines, labelled", seconds)
    assert (again.claims, lines.num_rows) == (0, held.lines)
    del lines
    with clock() as seconds:
        Store(folder / "store").sql(
            "select payer_id, avg(label) from lines join claims using (claim_key)"
            " join outcomes using (claim_key, line) group by payer_id"
        )
    yield _row("denials by payer, in SQL", seconds)
    with clock() as seconds:
        assert not check(folder / "store").faults
    yield _row("check of the whole store", seconds)


@dataclass(frozen=True, slots=True)
class Run:
    """What a process and its children took."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def ingested(store: Path, files: list[Path], *, workers: int) -> Run:
    """Ingest in a fresh process; its seconds, and the most memory that it and its workers held together."""
    before, began = _children_s(), time.perf_counter()
    command = [sys.executable, "-c", INGEST, str(store), *map(str, files), str(workers)]
    with subprocess.Popen(command) as process:
        peak: list[int] = [0]
        watcher = threading.Thread(target=_watch, args=(process, peak))
        watcher.start()
        assert process.wait() == 0
        watcher.join()
    return Run(time.perf_counter() - began, _children_s() - before, peak[0] / 1024)


def _watch(process: "subprocess.Popen[bytes]", peak: list[int]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], _tree_kb(process.pid))
        time.sleep(EVERY_S)


def _tree_kb(pid: int) -> int:
    """Proportional set sizes of a process and all below it: shared pages count once."""
    total = 0
    for one in [pid, *_children(pid)]:
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
    return total


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            direct = [int(child) for child in path.read_text().split()]
        except OSError:
            continue
        found += [*direct, *(below for child in direct for below in _children(child))]
    return found


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _row(name: str, seconds: Callable[[], tuple[float, float]]) -> str:
    cpu, wall = seconds()
    return f"{name:25s} {wall:6.1f} s wall {cpu:6.1f} s CPU"


@contextmanager
def clock() -> Iterator[Callable[[], tuple[float, float]]]:
    """CPU and wall seconds of a block."""
    cpu, wall = time.process_time(), time.perf_counter()
    end: list[tuple[float, float]] = []
    yield lambda: end[0]
    end.append((time.process_time() - cpu, time.perf_counter() - wall))


if __name__ == "__main__":
    main()
