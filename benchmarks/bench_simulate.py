"""How fast a world is drawn and written, on one core, and how much memory it takes.

Run: python benchmarks/bench_simulate.py [CLAIMS]
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

from data.simulator.calibration import calibration
from data.simulator.world import draw_world, simulate


def main() -> None:
    """Draw one world in memory and write another one; print CPU and wall seconds, and the peak of memory."""
    n_claims = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    draw_world(n_claims=100, months=1, seed=1).truth()  # imports and tables, once
    cpu = time.process_time()
    world = draw_world(n_claims=n_claims, months=24, seed=7)
    print(f"draw {n_claims:,} claims: {time.process_time() - cpu:.1f} s CPU")
    del world
    with tempfile.TemporaryDirectory() as folder:
        cpu, wall = time.process_time(), time.perf_counter()
        truth = simulate(n_claims=n_claims, months=24, seed=7, out=Path(folder))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    print(f"draw and write: {cpu:.1f} s CPU, {wall:.1f} s wall, {size / 1e6:.0f} MB of files")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    for figure in calibration(truth):
        print(f"{figure.name:48s} {figure.value:.3f}")


if __name__ == "__main__":
    main()
