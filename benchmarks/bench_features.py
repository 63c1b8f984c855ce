"""How long features take: many lines at once, one claim alone, and the fitted state on its way to disk and back.

Prints, and writes to benchmarks/results/features.txt. CPU seconds of this process, on made-up lines.
"""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from features import warm  # noqa: E402
from features.build import build  # noqa: E402
from features.state import FeatureState  # noqa: E402
from tests.features.made_lines import labelled, lines_of  # noqa: E402

N_CLAIMS = 80_000
T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What the work gives, and the CPU seconds it took."""
    begun = time.process_time()
    return work(), time.process_time() - begun


def main() -> None:
    """Measure, print and write."""
    warm()
    table = labelled(N_CLAIMS, n_days=730)
    lines = lines_of(table)
    state, fit_seconds = timed(lambda: FeatureState.fit(table, as_of=date(2025, 12, 31)))
    built, build_seconds = timed(lambda: build(lines, state))
    with tempfile.TemporaryDirectory() as folder:
        _, save_seconds = timed(lambda: state.save(Path(folder)))
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        state, load_seconds = timed(lambda: FeatureState.load(Path(folder)))
    claim = lines.slice(lines.num_rows - 4, 4).combine_chunks()
    alone = statistics.median(timed(lambda: build(claim, state))[1] for _ in range(200))
    n, columns = built.values.shape
    report = [
        f"lines {n:,}, features {columns}",
        f"fit the state          {fit_seconds:7.2f} s CPU",
        f"build all features     {build_seconds:7.2f} s CPU, {1e6 * build_seconds / n:.1f} us a line",
        f"save the state         {save_seconds:7.2f} s CPU, {size / 1e6:.1f} MB",
        f"load the state         {load_seconds:7.2f} s CPU",
        f"one claim of 4 lines   {1e3 * alone:7.2f} ms CPU at the median",
        f"peak memory            {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:7.0f} MB",
    ]
    print("\n".join(report))
    results = ROOT / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    (results / "features.txt").write_text("\n".join(report) + "\n")


if __name__ == "__main__":
    main()
