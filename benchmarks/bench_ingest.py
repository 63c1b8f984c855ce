"""How fast files become a labelled store (read, link, label, write), and how much memory it takes.

Run: python benchmarks/bench_ingest.py [CLAIMS]
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from data.denial_policy import DenialPolicy
from data.label import label
from data.link import link
from data.readers.files import read_files
from data.store import Store

RESULTS = Path(__file__).parent / "results" / "ingest.txt"
TARGET = 5_000
"""claims a second and core"""


def main() -> None:
    """Simulate a world in another process, ingest it, ask for its lines; print and keep the figures."""
    n_claims = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _simulate(n_claims, folder)
        list(read_files(sorted((folder / "claims").iterdir())[:1]))  # what is compiled is loaded once
        figures = list(_measure(folder))
    RESULTS.write_text("".join(f"{line}\n" for line in figures))
    print(*figures, sep="\n")


def _simulate(n_claims: int, folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from data.simulator import simulate;"
        "simulate(n_claims=int(sys.argv[1]), months=24, seed=7, out=Path(sys.argv[2]))"
    )
    subprocess.run([sys.executable, "-c", code, str(n_claims), str(folder)], check=True)


def _measure(folder: Path) -> Iterator[str]:
    files = [folder / "claims", folder / "remits"]
    size = sum(path.stat().st_size for path in folder.rglob("*.8*")) / 1e6
    store = Store(folder / "store")
    with clock() as whole:
        report = store.ingest(files, context=folder / "context.csv")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cpu, wall = whole()
    rate = report.claims / cpu
    yield f"{report.claims:,} claims, {report.lines:,} lines, {report.remits:,} remits, {size:.0f} MB in {report.files} files"
    yield f"ingest                    {cpu:6.2f} s CPU {wall:6.2f} s wall  {rate:,.0f} claims/s a core (wanted: {TARGET:,})"
    yield f"peak memory               {peak:6.0f} MB"
    assert report.linked == report.remits
    yield from _parts(folder, store)


def _parts(folder: Path, store: Store) -> Iterator[str]:
    policy, ours, theirs = DenialPolicy.load(), store.claims(), store.remits()
    with clock() as seconds:
        for _ in read_files([folder / "claims", folder / "remits"]):
            pass
    yield _row("read the files", seconds)
    with clock() as seconds:
        links = link(ours, theirs)
    yield _row("link", seconds)
    with clock() as seconds:
        outcomes = label(ours, theirs, links, policy)
    yield _row("label", seconds)
    with clock() as seconds:
        again = store.ingest([folder / "claims", folder / "remits"])
    yield _row("the same files again", seconds)
    with clock() as seconds:
        lines = store.lines()
    yield _row("all lines, labelled", seconds)
    assert again.claims == 0
    assert lines["outcome"].length() - lines["outcome"].null_count == outcomes.num_rows


def _row(name: str, seconds: Callable[[], tuple[float, float]]) -> str:
    cpu, wall = seconds()
    return f"{name:25s} {cpu:6.2f} s CPU {wall:6.2f} s wall"


@contextmanager
def clock() -> Iterator[Callable[[], tuple[float, float]]]:
    """CPU and wall seconds of a block."""
    cpu, wall = time.process_time(), time.perf_counter()
    end: list[tuple[float, float]] = []
    yield lambda: end[0]
    end.append((time.process_time() - cpu, time.perf_counter() - wall))


if __name__ == "__main__":
    main()
