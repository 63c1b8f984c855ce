"""Five million lines: what their history takes in memory and on its way from disk, and all features of all of them.

    python benchmarks/bench_state.py [--lines 5000000] [--parts 5] [--out benchmarks/results/state.txt]

Made-up lines (`tests/features/made_lines.py`), a part after the other in time, so that never more than one part of
them is in memory: the state learns from the first part, and is brought up to date with each of the others. Then a new
process loads the state, and builds all features of every part, a quarter of a million lines at a time.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from features import warm  # noqa: E402
from features.build import build, build_parts  # noqa: E402
from features.state import FeatureState  # noqa: E402
from tests.features.made_lines import labelled, lines_of  # noqa: E402

DAYS, GAP = 146, 130
"""Days that a part is sent in, and after them those in which all of it is answered."""
LINES_A_CLAIM = 2.5


def part(place: int, n_lines: int, n_parts: int) -> pa.Table:
    """One part of the lines, later than the one before; patients come again."""
    n_claims = int(n_lines / LINES_A_CLAIM)
    table = labelled(n_claims, seed=100 + place, n_days=DAYS, n_members=max(n_claims * n_parts // 4, 1))
    shift = pa.scalar(place * (DAYS + GAP), pa.int32())
    columns = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_date32(column.type):
            columns.append(pc.add(column.cast(pa.int32()), shift).cast(pa.date32()))
        elif name == "claim_key":
            columns.append(pc.add(column, place << 50))
        else:
            columns.append(column)
    return pa.table(columns, schema=table.schema)


def end_of(place: int) -> date:
    """The last day before the next part."""
    return date(2024, 1, 1) + timedelta(days=(place + 1) * (DAYS + GAP) - 1)


def peak() -> float:
    """The most memory that this process ever took, in MiB."""
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def held() -> float:
    """What it takes now, in MiB."""
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


def learn(folder: Path, n_lines: int, n_parts: int) -> None:
    """Fit the state part by part, and save it."""
    warm()
    state, made, began = FeatureState.empty(), 0, time.process_time()
    for place in range(n_parts):
        begun = time.process_time()
        table = part(place, n_lines // n_parts, n_parts)
        taken = time.process_time()
        state = (
            state.updated(table, as_of=end_of(place)) if place else FeatureState.fit(table, as_of=end_of(0))
        )
        made += table.num_rows
        print(
            f"learnt {made:10,} lines: {time.process_time() - taken:6.1f} s CPU for the newest part "
            f"(made up in {taken - begun:.0f} s), peak {peak():,.0f} MiB",
            flush=True,
        )
        del table
    state.save(folder)
    print(f"learnt and saved in {time.process_time() - began:.0f} s CPU, peak {peak():,.0f} MiB", flush=True)


def use(folder: Path, n_lines: int, n_parts: int) -> None:
    """Load the state and build all features of all lines."""
    warm()
    few = labelled(8_000, n_days=DAYS)
    build(lines_of(few), FeatureState.fit(few, as_of=end_of(0)))  # compiles what is used for many lines only
    del few
    before, cpu, wall = held(), time.process_time(), time.perf_counter()
    state = FeatureState.load(folder)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    banks = sum(bank.n_bytes for bank in (state.past.sent, state.past.answers) if bank is not None) / 2**20
    size = sum(path.stat().st_size for path in folder.iterdir()) / 2**20
    print(
        f"load the state: {cpu:.2f} s CPU, {wall:.2f} s on the clock, {size:,.0f} MiB on disk; "
        f"the process grew by {held() - before:,.0f} MiB ({banks:,.0f} of it the history)",
        flush=True,
    )
    total, done, known = 0.0, 0, 0
    for place in range(n_parts):
        lines = lines_of(part(place, n_lines // n_parts, n_parts))
        cpu = time.process_time()
        for _, features in build_parts(lines, state):
            known += int(np.count_nonzero(~np.isnan(features.values[:: 1 << 10])))
        cpu = time.process_time() - cpu
        total, done = total + cpu, done + lines.num_rows
        print(
            f"built  {done:10,} lines: {cpu:6.1f} s CPU for the newest part, {1e6 * cpu / lines.num_rows:.1f} us a "
            f"line; {total:.0f} s CPU in all, peak {peak():,.0f} MiB",
            flush=True,
        )
        del lines
    one = lines_of(part(n_parts - 1, 400, n_parts)).slice(0, 4)
    taken = []
    for _ in range(200):
        cpu = time.process_time()
        build(one, state)
        taken.append(time.process_time() - cpu)
    print(f"four lines alone, given as a table: {1e3 * sorted(taken)[100]:.2f} ms CPU at the median")


def main() -> None:
    """Measure in two processes, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--parts", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/state.txt")
    parser.add_argument("--step", choices=("learn", "use"))
    parser.add_argument("--state", type=Path)
    asked = parser.parse_args()
    if asked.step:
        (learn if asked.step == "learn" else use)(asked.state, asked.lines, asked.parts)
        return
    told = [
        f"{asked.lines:,} lines in {asked.parts} parts; {os.cpu_count()} cores, load of the machine {os.getloadavg()[0]:.1f}"
    ]
    with tempfile.TemporaryDirectory() as folder:
        for step in ("learn", "use"):
            again = [sys.executable, __file__, "--step", step, "--state", folder]
            again += ["--lines", str(asked.lines), "--parts", str(asked.parts)]
            with subprocess.Popen(again, stdout=subprocess.PIPE, text=True) as running:
                for line in running.stdout or ():
                    print(line, end="", flush=True)
                    told.append(line.rstrip("\n"))
            if running.returncode:
                raise SystemExit(running.returncode)
    asked.out.write_text("\n".join(told) + "\n")


if __name__ == "__main__":
    main()
