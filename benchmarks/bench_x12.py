"""How fast X12 is read and written, beside pyx12 and x12sdk on the same bytes in the same run, and in what memory.

    python benchmarks/bench_x12.py [--claims 20000] [--times 50]

All fields are taken by each: ours as tables, theirs as tuples; on the part that the peers are given, all values agree.
With `--times 0` the files of a million claims are left out.
"""

import argparse
import logging
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import large
import ours
import peers
import pyarrow as pa
import pyarrow.compute as pc

from data.readers.x12 import read_x12, warm
from data.schema import ClaimTables, RemitTables
from data.simulator import simulate
from data.writers.claim837 import write_claims
from data.writers.remit835 import write_remits

WORLD = Path(__file__).parent / "by_line.toml"
RESULTS = Path(__file__).parent / "results" / "x12.txt"
TARGET = 50_000
"""claims (remits) a second and core"""
N_PEER = 300
"""claims (remits) that the peers are given: they are slow"""
WANTED = {"pyx12": 300, "x12sdk": 80}
"""how many times as fast as each peer"""
PLAN = pa.scalar("12")
"""a kind of plan in a remit that x12sdk takes: it refuses some that the guide allows"""


def main() -> None:
    """Write a simulated world's claims into one file, its remits into another; read them; print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=50)
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warm()
    load = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores: CPU seconds grow with it"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate(n_claims=chosen.claims, months=6, seed=7, out=folder, preset=WORLD)
        claims, remits = (_joined(folder / kind) for kind in ("claims", "remits"))
        found = [load, *_claims(claims), *_remits(remits), *_start()]
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found.append(f"peak memory of this process {used:.0f} MB")
        if chosen.times:
            found += large.figures(claims, folder, times=chosen.times)
    RESULTS.write_text("".join(f"{line}\n" for line in found))
    print(*found, sep="\n")


def _joined(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def seconds(work: Callable[[], object], *, times: int = 5) -> float:
    """CPU seconds of the quickest of some runs: what else the machine does only ever adds."""
    found = []
    for _ in range(times):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


def _claims(content: bytes) -> Iterator[str]:
    tables = read_x12(content, source="bench").claims
    small = write_claims(first_claims(tables, N_PEER), control=1)
    yield f"837: {tables.claims.num_rows:,} claims, {tables.lines.num_rows:,} lines, {len(content) / 1e6:.1f} MB"
    yield from _side_by_side(content, tables.claims.num_rows, small, "claims")
    written = seconds(lambda: write_claims(tables, control=1), times=2)
    yield f"  written by us     {tables.claims.num_rows / written:10,.0f} claims/s"
    one = write_claims(first_claims(tables, 1), control=1)
    alone = seconds(lambda: [read_x12(one, source="bench", details=False) for _ in range(50)]) / 50
    yield f"  one claim alone, without details, as when it is scored: {alone * 1000:.1f} ms"


def _remits(content: bytes) -> Iterator[str]:
    tables = read_x12(content, source="bench").remits
    n, adjustments = tables.remits.num_rows, tables.adjustments.num_rows
    small = write_remits(first_remits(tables, N_PEER), control=1)
    yield f"835: {n:,} remits, {tables.services.num_rows:,} services, {adjustments:,} adjustments, {len(content) / 1e6:.1f} MB"
    yield from _side_by_side(content, n, small, "remits")
    written = seconds(lambda: write_remits(tables, control=1), times=2)
    yield f"  written by us     {n / written:10,.0f} remits/s"


def _side_by_side(content: bytes, n: int, small: bytes, unit: str) -> Iterator[str]:
    """The whole file by us, its first part by the peers, in turns."""
    text = small.decode()
    n_small = text.count("\nCLM*") + text.count("\nCLP*")
    rates = _rates(content, n, text, n_small)
    best = max(rates["ours"])
    yield f"  read by us        {best:10,.0f} {unit}/s (wanted: {TARGET:,}), {best / n * len(content) / 1e6:,.0f} MB/s"
    for peer, wanted in WANTED.items():
        ratio = statistics.median(a / b for a, b in zip(rates["ours"], rates[peer], strict=True))
        yield (
            f"  read by {peer:9} {max(rates[peer]):10,.0f} {unit}/s on {n_small} of them: "
            f"we are {ratio:,.0f} times as fast (wanted: {wanted})"
        )
    yield f"  {_agree(small)} values of {n_small} {unit} are the same in all three"


def _rates(content: bytes, n: int, text: str, n_small: int) -> dict[str, list[float]]:
    """Claims (remits) a second of each, three times in turns."""
    peers.with_x12sdk(text)  # what it loads at its first file is not counted
    rates: dict[str, list[float]] = {"ours": [], "pyx12": [], "x12sdk": []}
    for _ in range(3):
        rates["ours"].append(n / seconds(lambda: read_x12(content, source="bench"), times=3))
        rates["pyx12"].append(n_small / seconds(lambda: peers.with_pyx12(text), times=1))
        rates["x12sdk"].append(n_small / seconds(lambda: peers.with_x12sdk(text), times=1))
    return rates


def _agree(content: bytes) -> str:
    """How many values all three took alike; a difference is an error."""
    mine = ours.taken(read_x12(content, source="bench"))
    n = 0
    for name, take in (("pyx12", peers.with_pyx12), ("x12sdk", peers.with_x12sdk)):
        theirs = take(content.decode())
        for field in fields(theirs):
            a, b = (sorted(map(repr, getattr(taken, field.name))) for taken in (mine, theirs))
            assert a == b, (
                f"{field.name}: ours and {name}'s differ: {[x for x in zip(a, b, strict=False) if x[0] != x[1]][:1]}"
            )
            n += sum(map(len, getattr(theirs, field.name)))
    return f"{n // 2:,}"


def first_claims(tables: ClaimTables, n: int) -> ClaimTables:
    """The first claims, with all that hangs from them."""
    keys = tables.claims["claim_key"].slice(0, n)
    return ClaimTables(**{f.name: _of(getattr(tables, f.name), "claim_key", keys) for f in fields(tables)})


def first_remits(tables: RemitTables, n: int) -> RemitTables:
    """The first remits, with all that hangs from them, of a kind of plan that all three take."""
    keys = tables.remits["remit_key"].slice(0, n)
    parts = {f.name: _of(getattr(tables, f.name), "remit_key", keys) for f in fields(tables)}
    at = parts["remits"].schema.get_field_index("plan_type")
    plan = pa.repeat(PLAN, parts["remits"].num_rows)
    return RemitTables(**{**parts, "remits": parts["remits"].set_column(at, parts["remits"].field(at), plan)})


def _of(table: pa.Table, key: str, keys: pa.ChunkedArray) -> pa.Table:
    if key not in table.column_names:
        return table.slice(0, 0)
    return table.filter(pc.is_in(table[key], value_set=keys))


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
