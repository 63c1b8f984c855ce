"""How long features take: many lines at once, one claim alone, and the fitted state on its way to disk and back.

A million made-up lines; `--small` takes some 75,000 and writes nothing. Prints, and writes to
benchmarks/results/features.txt.
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import pyarrow.compute as pc

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from features import warm  # noqa: E402
from features.build import build  # noqa: E402
from features.state import EPOCH, FeatureState  # noqa: E402
from tests.features.made_lines import labelled, lines_of  # noqa: E402

N_CLAIMS, FEW_CLAIMS = 400_000, 30_000
N_DAYS, LAST = 730, date(2025, 12, 31)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of CPU (all threads) and on the clock."""

    cpu: float
    wall: float

    def __str__(self) -> str:
        """Both, for a report."""
        return f"{self.cpu:7.2f} s CPU, {self.wall:.2f} s on the clock"


def timed(work: Callable[[], T]) -> tuple[T, Took]:
    """What the work gives, and the time it took."""
    cpu, wall = time.process_time(), time.perf_counter()
    done = work()
    return done, Took(time.process_time() - cpu, time.perf_counter() - wall)


def megabytes() -> float:
    """The most memory that this process ever took."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--claims", type=int, default=N_CLAIMS)
    asked = parser.parse_args()
    warm()
    few = labelled(8_000, n_days=N_DAYS)
    build(lines_of(few), FeatureState.fit(few, as_of=LAST))  # what is compiled for many lines only
    table = labelled(FEW_CLAIMS if asked.small else asked.claims, n_days=N_DAYS)
    lines = lines_of(table)
    print(f"lines {lines.num_rows:,}, memory before {megabytes():.0f} MB", flush=True)
    day = pc.quantile(pc.cast(pc.cast(table.column("submitted_on"), "int32"), "float64"), 0.99)[0].as_py()
    before = EPOCH + timedelta(days=int(day))
    state, fit = timed(lambda: FeatureState.fit(table, as_of=before))
    newer, update = timed(lambda: state.updated(table, as_of=before + timedelta(days=1)))
    built, building = timed(lambda: build(lines, newer))
    n, columns = built.values.shape
    peak = megabytes()
    with tempfile.TemporaryDirectory() as folder:
        _, saving = timed(lambda: newer.save(Path(folder)))
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        newer, loading = timed(lambda: FeatureState.load(Path(folder)))
    held = sum(bank.n_bytes for bank in (newer.past.sent, newer.past.answers) if bank is not None)
    claim = lines.slice(lines.num_rows - 4, 4).combine_chunks()
    alone = statistics.median(timed(lambda: build(claim, newer))[1].cpu for _ in range(200))
    report = [
        f"lines {n:,}, features {columns}",
        f"fit the state          {fit}",
        f"one more day           {update}",
        f"build all features     {building}, {1e6 * building.cpu / n:.1f} us CPU a line",
        f"peak memory by then    {peak:7.0f} MB",
        f"save the state         {saving}, {size / 1e6:.1f} MB",
        f"load the state         {loading}, {held / 1e6:.1f} MB in memory",
        f"one claim of 4 lines   {1e3 * alone:7.2f} ms CPU at the median",
    ]
    print("\n".join(report))
    if not asked.small:
        results = ROOT / "benchmarks" / "results"
        results.mkdir(exist_ok=True)
        (results / "features.txt").write_text("\n".join(report) + "\n")


if __name__ == "__main__":
    main()
