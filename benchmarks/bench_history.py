"""Rolling history of a million claims by eight sets of keys: ours beside pandas, DuckDB and polars, equal to the bit.

One definition for all: of each claim's key the lines answered strictly before its submission and at most 365 days
back: how many, how many denied, the rate (denied + 20 x 0.1) / (answered + 20), and cents paid by cents charged.
Each peer sums up per key and day and joins as of today and of 365 days ago. Sums are whole numbers divided once, so
equal means equal.

Every tool works in a process of its own, on two threads; told are CPU seconds of all its threads (getrusage) from the
columns in memory to the columns in memory, without loading, importing and compiling. Prints, and writes to
benchmarks/results/history.txt. `--small` takes 50,000 claims and writes nothing.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "2")

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SETS = (
    ("payer",),
    ("procedure",),
    ("payer", "procedure"),
    ("rendering",),
    ("payer", "rendering"),
    ("facility", "procedure"),
    ("diagnosis", "procedure"),
    ("payer", "procedure", "modifier"),
)
VALUES = {"payer": 25, "procedure": 120, "rendering": 400, "facility": 40, "diagnosis": 600, "modifier": 12}
"""How many different values each column takes."""
SUMS = ("answered", "denied", "paid_cents", "charge_cents")
WINDOW, PRIOR, STRENGTH = 365, 0.1, 20.0
N_DAYS = 1095
TARGETS = {"pandas": 3.0, "duckdb": 7.0, "polars": 8.0}

Columns = dict[str, np.ndarray]


def claims(n: int, seed: int = 11) -> pa.Table:
    """Claims of three years in the order of their submission: codes as numbers, often-used ones more often."""
    rng = np.random.default_rng(seed)
    columns: dict[str, np.ndarray] = {
        name: np.minimum(rng.exponential(n_values / 4, n), n_values - 1).astype(np.int32)
        for name, n_values in VALUES.items()
    }
    submitted = np.sort(rng.integers(19_000, 19_000 + N_DAYS, n)).astype(np.int32)
    denied = (rng.random(n) < 0.12).astype(np.int64)
    charge = rng.integers(2_000, 300_000, n)
    columns |= {
        "submitted": submitted,
        "known": (submitted + rng.integers(5, 60, n)).astype(np.int32),
        "denied": denied,
        "charge_cents": charge,
        "paid_cents": np.where(denied > 0, 0, charge * rng.integers(30, 90, n) // 100),
    }
    return pa.table(columns)


def told(sums: Mapping[str, np.ndarray]) -> np.ndarray:
    """Count, denied, smoothed rate and share paid from exact sums. Shape (n, 4)."""
    answered, denied = sums["answered"].astype(np.float64), sums["denied"].astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        paid = sums["paid_cents"] / sums["charge_cents"].astype(np.float64)
    return np.stack([answered, denied, (denied + STRENGTH * PRIOR) / (answered + STRENGTH), paid], axis=1)


def code_of(columns: Columns, names: tuple[str, ...]) -> np.ndarray:
    """One whole number a key."""
    code = np.zeros(len(columns["submitted"]), dtype=np.int64)
    for name in names:
        code = code * VALUES[name] + columns[name]
    return code


def ours(columns: Columns) -> list[np.ndarray]:
    """The product's own parts: keys from hashed values, one sweep through time."""
    from features.columns import Ints
    from features.kernel import COUNT, MEAN, RATE, combine
    from features.ledger import Events, Layout, Tally
    from features.plan import Asked, Plan
    from features.sweep import Rows, rolling

    names = tuple(VALUES)
    layout = Layout(("answered", "denied"), (1, 3), (Tally("paid_cents"), Tally("charge_cents")))
    asked = [
        Asked(place, kind, of, WINDOW, per, prior=PRIOR, strength=STRENGTH)
        for place in range(len(SETS))
        for kind, of, per in (
            (COUNT, "answered", ""), (COUNT, "denied", ""), (RATE, "denied", ""), (MEAN, "paid_cents", "charge_cents"),
        )
    ]  # fmt: skip
    parts = np.stack([hashed(columns[name]) for name in names])
    members: Ints = np.full((len(SETS), 4), -1, dtype=np.int64)
    for place, of in enumerate(SETS):
        members[place, : len(of)] = [names.index(name) for name in of]
    keys = np.empty((len(SETS), parts.shape[1]), dtype=np.uint64)
    combine(parts, members, keys)
    order = Rows.of(columns["known"].astype(np.float64)).order
    tallied = tuple((name, columns[name][order]) for name in ("paid_cents", "charge_cents"))
    events = Events(
        columns["known"][order].astype(np.uint16), columns["denied"][order].astype(np.uint8), tallied
    )
    layouts = [layout] * len(SETS)
    found = rolling(
        keys, columns["submitted"].astype(np.float64), events, order, layouts, Plan.of(asked, layouts)
    )
    return [found[:, 4 * place : 4 * place + 4] for place in range(len(SETS))]


def hashed(values: np.ndarray) -> np.ndarray:
    """A hash a value, made once a different value, as the product does."""
    from features.columns import stable_hash

    table = np.array([stable_hash(str(value)) for value in range(int(values.max()) + 1)], dtype=np.uint64)
    return table.take(values)


def in_pandas(columns: Columns) -> list[np.ndarray]:
    """Sums per key and day, running within the key; two merge_asof."""
    import pandas as pd

    base = pd.DataFrame({name: columns[name] for name in SUMS if name != "answered"} | {"answered": np.int64(1), "day": columns["known"]})  # fmt: skip
    asked = pd.DataFrame(
        {"day": columns["submitted"], "row": np.arange(len(base))}
    )  # in the order of days already
    found = []
    for names in SETS:
        code = code_of(columns, names)
        daily = base.assign(key=code).groupby(["key", "day"], sort=True)[list(SUMS)].sum()
        running = daily.groupby(level="key").cumsum().reset_index().sort_values("day", kind="stable")
        sides = []
        for back in (0, WINDOW):
            left = asked.assign(key=code, day=asked["day"] - back)
            side = pd.merge_asof(left, running, on="day", by="key", allow_exact_matches=False)
            sides.append({name: side[name].fillna(0).to_numpy().astype(np.int64) for name in SUMS})
        found.append(told({name: sides[0][name] - sides[1][name] for name in SUMS}))
    return found


def in_duckdb(columns: Columns) -> list[np.ndarray]:
    """Sums per key and day, running within the key; two ASOF joins."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("set threads = 2")
    found = []
    for names in SETS:
        kept = {name: columns[name] for name in SUMS if name != "answered"}
        n = len(columns["submitted"])
        kept |= {"key": code_of(columns, names), "known": columns["known"], "submitted": columns["submitted"], "row": np.arange(n)}  # fmt: skip
        connection.register("claims", pa.table(kept))
        running = ", ".join(f"(sum({name}) over w)::bigint as {name}" for name in SUMS)
        daily = ", ".join(f"sum({name}) as {name}" for name in SUMS[1:])
        window = ", ".join(f"coalesce(now.{name}, 0) - coalesce(back.{name}, 0) as {name}" for name in SUMS)
        result = connection.execute(f"""
            with daily as (select key, known as day, count(*) as answered, {daily} from claims group by all),
            running as materialized (select key, day, {running} from daily
                                     window w as (partition by key order by day))
            select row, {window} from claims
            asof left join running now on claims.key = now.key and claims.submitted > now.day
            asof left join running back on claims.key = back.key and claims.submitted - {WINDOW} > back.day
        """).fetchnumpy()  # noqa: S608 - names of this file only
        place = np.empty(n, dtype=np.int64)
        place[result["row"]] = np.arange(n)
        found.append(told({name: np.asarray(result[name])[place] for name in SUMS}))
    return found


def in_polars(columns: Columns) -> list[np.ndarray]:
    """Sums per key and day, running within the key; two join_asof."""
    import polars as pl

    base = pl.DataFrame(
        {name: columns[name] for name in SUMS if name != "answered"} | {"day": columns["known"]}
    )
    base = base.with_columns(answered=pl.lit(1, pl.Int64))
    asked = pl.DataFrame({"day": columns["submitted"]})  # in the order of days already
    found = []
    for names in SETS:
        code = pl.Series("key", code_of(columns, names))
        daily = base.with_columns(code).group_by("key", "day").agg(pl.col(SUMS).sum()).sort("key", "day")
        running = daily.with_columns(pl.col(SUMS).cum_sum().over("key")).sort("day").set_sorted("day")
        sides = []
        for back in (0, WINDOW):
            left = asked.with_columns(code, pl.col("day") - back).set_sorted("day")
            side = left.join_asof(
                running,
                on="day",
                by="key",
                strategy="backward",
                allow_exact_matches=False,
                check_sortedness=False,
            )
            sides.append({name: side[name].fill_null(0).to_numpy() for name in SUMS})
        found.append(told({name: sides[0][name] - sides[1][name] for name in SUMS}))
    return found


TOOLS: Mapping[str, Callable[[Columns], list[np.ndarray]]] = {
    "ours": ours, "pandas": in_pandas, "duckdb": in_duckdb, "polars": in_polars,
}  # fmt: skip


def cpu() -> float:
    """CPU seconds of this process, all its threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def work(tool: str, file: Path) -> None:
    """One tool in this process: once on few claims, so that it is loaded and compiled, then measured."""
    table = pq.read_table(file)
    columns = {name: table.column(name).to_numpy() for name in table.column_names}
    few = {name: column[:2000].copy() for name, column in columns.items()}
    TOOLS[tool](few)
    begun = cpu()
    found = TOOLS[tool](columns)
    used = cpu() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    bits = np.concatenate([np.where(np.isnan(one), -1.0, one).view(np.uint64).ravel() for one in found])
    np.save(file.with_name(f"{tool}.npy"), bits)
    print(json.dumps({"cpu": used, "peak": peak}))


def run(tool: str, file: Path) -> dict[str, float]:
    """One tool in a process of its own: CPU seconds and its greatest memory in MB."""
    command = [sys.executable, __file__, "--work", tool, "--file", str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def compared(n: int, folder: Path) -> list[str]:
    """All tools on the same claims: seconds, how many times ours, memory, whether equal."""
    file = folder / "claims.parquet"
    pq.write_table(claims(n), file)
    measured = {tool: run(tool, file) for tool in TOOLS}
    own = np.load(folder / "ours.npy", mmap_mode="r")
    lines = [f"{n:,} claims x {len(SETS)} sets of keys, {WINDOW} days: {own.size:,} figures a tool"]
    for tool, one in measured.items():
        equal = "" if tool == "ours" else f"   {one['cpu'] / measured['ours']['cpu']:5.1f} times ours (wanted {TARGETS[tool]:.0f})"  # fmt: skip
        same = np.array_equal(own, np.load(folder / f"{tool}.npy", mmap_mode="r"))
        lines.append(
            f"{tool:8}{one['cpu']:8.2f} s CPU {one['peak']:7.0f} MB{equal}{'' if same else '   NOT EQUAL'}"
        )
    if all(np.array_equal(own, np.load(folder / f"{tool}.npy", mmap_mode="r")) for tool in TOOLS):
        lines.append("all equal to the bit")
    return lines


def large(n: int, folder: Path) -> list[str]:
    """Ours alone on more claims."""
    file = folder / "large.parquet"
    pq.write_table(claims(n), file)
    one = run("ours", file)
    return [
        f"{n:,} claims, ours alone: {one['cpu']:.2f} s CPU (wanted 15), {one['peak']:.0f} MB at most (wanted 3,072)"
    ]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--work", choices=list(TOOLS))
    parser.add_argument("--file", type=Path)
    asked = parser.parse_args()
    if asked.work:
        work(asked.work, asked.file)
        return
    with tempfile.TemporaryDirectory() as name:
        lines = compared(50_000 if asked.small else 1_000_000, Path(name))
        lines += [] if asked.small else large(5_000_000, Path(name))
    print("\n".join(lines))
    if not asked.small:
        (ROOT / "benchmarks" / "results" / "history.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
