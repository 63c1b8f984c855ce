"""How fast a world is drawn and written, how much memory it takes, and whether its truth comes true.

Run: python benchmarks/bench_simulate.py [CLAIMS]

With 600,000 claims (over 1,000,000 lines) the realised rate of denial in each of 20 bins of the true probability is
the one that counts; with 1,000,000 claims the time and the memory.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.simulator.calibration import calibration
from data.simulator.world import draw_world, simulate

BINS = 20


def main() -> None:
    """Write a world; print CPU and wall seconds, the peak of memory, figures, and how true the truth is."""
    n_claims = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    draw_world(n_claims=100, months=1, seed=1).truth()  # imports and tables, once
    with tempfile.TemporaryDirectory() as folder:
        cpu, wall = time.process_time(), time.perf_counter()
        truth = simulate(n_claims=n_claims, months=24, seed=7, out=Path(folder))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    print(
        f"{n_claims:,} claims, {truth.num_rows:,} lines, drawn and written: {cpu:.1f} s CPU, {wall:.1f} s wall"
    )
    print(f"{size / 1e6:.0f} MB of files, peak memory {_peak():.0f} MB")
    for figure in calibration(truth):
        print(f"{figure.name:48s} {figure.value:.3f}")
    for name in ("p_denied", "p_denied_837"):
        tell_bins(truth, name)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def tell_bins(truth: pa.Table, name: str) -> None:
    """Print, for 20 bins of a probability, what it says, what came, and how many standard errors that is off."""
    first = truth.filter(pc.invert(truth["is_replacement"]))
    p, denied = first[name].to_numpy(), first["denied"].to_numpy()
    claim = first["claim_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    bins = np.empty(len(p), np.int64)
    bins[np.argsort(p, kind="stable")] = np.arange(len(p)) * BINS // len(p)
    print(f"\n{name}: bin, lines, says, came, standard errors off (lines of a claim fall together)")
    for number in np.unique(bins):
        rows = bins == number
        off = np.bincount(claim[rows], weights=(denied - p)[rows])
        z = off.sum() / np.sqrt((off**2).sum())
        print(f"{number:4d} {rows.sum():9,d} {p[rows].mean():8.4f} {denied[rows].mean():8.4f} {z:7.2f}")


if __name__ == "__main__":
    main()
