"""How fast X12 is read and written, beside pyx12 on the same bytes in the same run, and how much memory it takes.

Run: python benchmarks/bench_x12.py [CLAIMS]
"""

import io
import logging
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyx12.error_handler
import pyx12.params
import pyx12.x12context

from data.readers.x12 import read_x12, warm
from data.schema import ClaimTables
from data.simulator import simulate
from data.writers.claim837 import write_claims
from data.writers.remit835 import write_remits

RESULTS = Path(__file__).parent / "results" / "x12.txt"
TARGET = 50_000
"""claims (remits) a second and core"""
N_PEER = 100
"""claims that pyx12 is given: it is slow"""


def main() -> None:
    """Write a simulated world's claims into one file, its remits into another; read them; print and keep the figures."""
    logging.disable(logging.CRITICAL)
    n_claims = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    warm()
    with tempfile.TemporaryDirectory() as name:
        simulate(n_claims=n_claims, months=6, seed=7, out=Path(name))
        figures = [
            f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores: CPU seconds grow with it"
        ]
        figures += [*_claims(Path(name) / "claims"), *_remits(Path(name) / "remits"), *_start()]
    figures.append(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    RESULTS.write_text("".join(f"{line}\n" for line in figures))
    print(*figures, sep="\n")


def seconds(work: Callable[[], object], *, times: int = 5) -> float:
    """CPU seconds of the quickest of some runs: what else the machine does only ever adds."""
    found = []
    for _ in range(times):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


def _claims(folder: Path) -> Iterator[str]:
    content = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    reading = read_x12(content, source="bench")
    n, n_lines = reading.claims.claims.num_rows, reading.claims.lines.num_rows
    taken = seconds(lambda: read_x12(content, source="bench"))
    size = len(content) / 1e6
    yield f"837: {n:,} claims, {n_lines:,} lines, {reading.segments.total:,} segments, {size:.1f} MB"
    yield f"  read   {taken:6.2f} s  {n / taken:10,.0f} claims/s  {size / taken:6.1f} MB/s  (wanted: {TARGET:,} claims/s)"
    written = seconds(lambda: write_claims(reading.claims, control=1), times=2)
    yield f"  write  {written:6.2f} s  {n / written:10,.0f} claims/s"
    small = ClaimTables(reading.claims.claims.slice(0, N_PEER), _lines_of(reading.claims, N_PEER))
    yield from _beside(write_claims(small, control=1), "CLM")
    one = ClaimTables(reading.claims.claims.slice(0, 1), _lines_of(reading.claims, 1))
    yield _one(write_claims(one, control=1))


def _lines_of(tables: ClaimTables, n: int) -> pa.Table:
    n_lines = sum(tables.claims["n_lines"].slice(0, n).to_pylist())
    return tables.lines.slice(0, n_lines)


def _remits(folder: Path) -> Iterator[str]:
    content = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    reading = read_x12(content, source="bench")
    tables = reading.remits
    n, size = tables.remits.num_rows, len(content) / 1e6
    taken = seconds(lambda: read_x12(content, source="bench"))
    yield f"835: {n:,} remits, {tables.services.num_rows:,} services, {tables.adjustments.num_rows:,} adjustments, {size:.1f} MB"
    yield f"  read   {taken:6.2f} s  {n / taken:10,.0f} remits/s  {size / taken:6.1f} MB/s  (wanted: {TARGET:,} remits/s)"
    written = seconds(lambda: write_remits(tables, control=1), times=2)
    yield f"  write  {written:6.2f} s  {n / written:10,.0f} remits/s"


def _beside(content: bytes, unit: str) -> Iterator[str]:
    """The same small file through both, in turns."""
    text = content.decode()
    n = text.count(f"\n{unit}*")
    ours, theirs = [], []
    for _ in range(3):
        ours.append(seconds(lambda: read_x12(content, source="bench"), times=10))
        theirs.append(seconds(lambda: _pyx12(text), times=1))
    ratio = statistics.median(t / o for o, t in zip(ours, theirs, strict=True))
    yield f"  {n} claims: ours {n / min(ours):,.0f} claims/s, pyx12 {n / min(theirs):,.0f} claims/s, {ratio:,.0f} times"


def _pyx12(text: str) -> int:
    reader = pyx12.x12context.X12ContextReader(
        pyx12.params.params(), pyx12.error_handler.errh_null(), io.StringIO(text)
    )
    return sum(1 for _ in reader.iter_segments())


def _one(content: bytes) -> str:
    taken = seconds(lambda: [read_x12(content, source="bench") for _ in range(50)]) / 50
    return f"  one claim alone {taken * 1000:.1f} ms"


def _start() -> Iterator[str]:
    """A new process: with nothing compiled yet, and with what an earlier one compiled."""
    code = "import time; t = time.process_time(); from data.readers.x12 import warm; warm(); print(time.process_time() - t)"
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        for how in ("first start on a machine", "later starts"):
            done = subprocess.run(
                [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
            )
            yield f"{how}: {float(done.stdout):.1f} s CPU to import and compile"


if __name__ == "__main__":
    main()
