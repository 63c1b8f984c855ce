"""How long one claim takes over HTTP on loopback, and how much of that is the model's own work.

    python benchmarks/bench_serving.py [--claims 4000] [--seconds 15] [--out benchmarks/results/serving.txt]

Makes a world, a store and a model in a temporary folder, starts `cleanclaim serve` as users do, and posts its claims
one after another (latency) and eight at a time (throughput) for a bounded time.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import httpx
import numpy as np
import orjson

from data.claim import Claim, claim_tables, claims_of
from data.readers.x12 import read_x12
from data.simulator import simulate
from data.store import Store
from models.bundle import save
from models.settings import ModelSettings
from serving.scorer import Scorer
from training.fit import fit
from training.settings import Settings

JSON = {"content-type": "application/json"}


def made(folder: Path, n_claims: int) -> tuple[Path, Path, list[Claim]]:
    """A model of the shipped settings, its store, and the claims of the week after."""
    simulate(n_claims=n_claims, months=24, seed=7, out=folder / "world")
    store = Store(folder / "store")
    store.ingest([folder / "world/claims", folder / "world/remits"], context=folder / "world/context.csv")
    save(
        fit(store, store.newest_remit_on(), Settings(models=ModelSettings(min_positives=60))),
        folder / "model",
    )
    upcoming = sorted((folder / "world/upcoming").iterdir())
    claims = [
        claim for file in upcoming for claim in claims_of(read_x12(file.read_bytes(), source="x").claims)
    ]
    return folder / "model", folder / "store", claims


def body(claim: Claim, *, explain: bool) -> bytes:
    """A request for one claim."""
    given = orjson.loads(orjson.dumps(claim))
    fields = {k: v for k, v in given.items() if v is not None}
    fields["lines"] = [{k: v for k, v in line.items() if v is not None} for line in given["lines"]]
    return orjson.dumps({"claim": fields, "options": {"explain": explain}})


def cpu_seconds(pid: int) -> float:
    """CPU that a process has used."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def post_for(seconds: float, address: str, bodies: Sequence[bytes], *, at_once: int) -> list[float]:
    """Seconds of each request, sent by `at_once` clients until the time is over."""
    taken: list[float] = []
    until = time.perf_counter() + seconds

    def client(first: int) -> None:
        with httpx.Client(base_url=address, headers=JSON, timeout=30) as http:
            n = first
            while time.perf_counter() < until:
                began = time.perf_counter()
                http.post("/v1/score", content=bodies[n % len(bodies)]).raise_for_status()
                taken.append(time.perf_counter() - began)
                n += at_once

    threads = [threading.Thread(target=client, args=(n,)) for n in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def milliseconds(work: Callable[[], object], *, seconds: float) -> float:
    """Median milliseconds of one call."""
    taken = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return float(np.median(taken)) * 1e3


def inside(model: Path, store: Path, claims: list[Claim]) -> list[str]:
    """The scorer alone, without HTTP."""
    scorer = Scorer.load(model, store)
    today = date(2026, 1, 5)
    one, many = claim_tables(claims[:1]), claim_tables(claims[:200])
    n = len(claims[:200])
    scorer.explain(many, today=today)
    score_one = milliseconds(lambda: scorer.score(one, today=today), seconds=3)
    explain_one = milliseconds(lambda: scorer.explain(one, today=today), seconds=3)
    score_many = milliseconds(lambda: scorer.score(many, today=today), seconds=3) / n
    explain_many = milliseconds(lambda: scorer.explain(many, today=today), seconds=3) / n
    return [
        f"inside the process, one claim alone: {score_one:.1f} ms scored, {explain_one:.1f} ms explained",
        f"inside the process, {n} claims together: {score_many:.2f} ms a claim scored, {explain_many:.2f} explained",
    ]


def over_http(folder: Path, model: Path, store: Path, claims: list[Claim], seconds: float) -> list[str]:
    """Latency, throughput and CPU of the server."""
    database = f"sqlite:///{folder}/scores.db"
    where = ("--model", model, "--store", store, "--database", database, "--port", "0", "--json")
    began = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "cleanclaim", "serve", *map(str, where)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    told = ""
    while not told.rstrip().endswith("}"):
        told += server.stdout.readline()
    address = json.loads(told)["address"]
    while True:
        try:
            httpx.get(f"{address}/readyz").raise_for_status()
            break
        except httpx.TransportError:
            time.sleep(0.05)
    lines = [f"start to ready: {time.perf_counter() - began:.1f} s"]
    try:
        for explain in (True, False):
            bodies = [body(claim, explain=explain) for claim in claims]
            first = post_for(0.3, address, bodies, at_once=1)[0]
            for at_once in (1, 8):
                cpu = cpu_seconds(server.pid)
                taken = np.array(post_for(seconds / 4, address, bodies, at_once=at_once)) * 1e3
                cpu = (cpu_seconds(server.pid) - cpu) / len(taken) * 1e3
                p50, p95 = np.percentile(taken, [50, 95])
                lines.append(
                    f"POST /v1/score, {'with' if explain else 'without'} why, {at_once} at a time: "
                    f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, {len(taken) / (seconds / 4):.0f} requests/s, "
                    f"{cpu:.1f} ms of server CPU a request"
                )
            lines.append(f"  the first of them: {first * 1e3:.1f} ms")
    finally:
        server.terminate()
        server.wait()
    return lines


def main() -> None:
    """Measure, print, and write the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--claims", type=int, default=4000)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results/serving.txt")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        model, store, claims = made(folder, asked.claims)
        load = os.getloadavg()[0]
        lines = [
            f"serving: one process, one claim a request ({np.mean([len(c.lines) for c in claims]):.1f} lines)",
            f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
            f"load of the machine while measuring {load:.1f}",
            *inside(model, store, claims),
            *over_http(folder, model, store, claims, asked.seconds),
        ]
    print("\n".join(lines))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
