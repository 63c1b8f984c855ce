"""How much CPU one claim takes inside the process, state loaded: features and checks, score and reason, why, fixes, HTTP.

    python benchmarks/bench_one_claim.py [--folder build/worlds] [--model DIR] [--times 600] [--out FILE]

Claims are those of a simulated world's week to come (preset usual, seed 7, 60,000 claims; made in the folder at the
first call), with what the office knows of them, and so is the model unless one is given. CPU of the whole process, each
claim in its turn, at the median; beside it the fastest tenth, which tells how far other work on the machine disturbed.
Prints, and writes to benchmarks/results/one_claim.txt.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import orjson

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.worlds import cleanclaim, simulated  # noqa: E402
from data.claim import Claim, claims_of  # noqa: E402
from data.context import Context, read_context  # noqa: E402
from data.few import FewClaims  # noqa: E402
from data.readers.x12 import read_x12  # noqa: E402
from features.build import build  # noqa: E402
from serving.app import create_app  # noqa: E402
from serving.fixes import _candidates, fixes  # noqa: E402
from serving.journal import Journal  # noqa: E402
from serving.judge import Judged, judge_few  # noqa: E402
from serving.rows import fields_of, line_rows  # noqa: E402
from serving.scorer import Scorer  # noqa: E402
from serving.warm import warm  # noqa: E402

TODAY = date(2026, 1, 5)
CLAIMS, MOST = 60_000, 40
T = TypeVar("T")
Known = tuple[Claim, list[Context]]


def spent(work: Callable[[T], object], things: Sequence[T], times: int) -> str:
    """CPU of one call, in turn for each thing."""
    for thing in things:
        work(thing)
    taken = []
    for turn in range(times):
        thing = things[turn % len(things)]
        began = time.process_time_ns()
        work(thing)
        taken.append(time.process_time_ns() - began)
    return told(taken)


def told(nanoseconds: list[int]) -> str:
    """Median and fastest tenth, in milliseconds."""
    taken = sorted(nanoseconds)
    median, fast = statistics.median(taken) / 1e6, taken[len(taken) // 10] / 1e6
    return f"{median:6.2f} ms CPU at the median, {fast:6.2f} the fastest tenth"


def week(files: Path) -> list[Known]:
    """The claims of the week to come, each with its context."""
    context: dict[str, list[Context]] = {}
    for row in read_context(files / "context.csv").to_pylist():
        context.setdefault(row["claim_id"], []).append(Context(**row))
    claims = [
        claim
        for file in sorted((files / "upcoming").glob("*.837"))
        for claim in claims_of(read_x12(file.read_bytes(), source="week").claims)
    ]
    return [(claim, context.get(claim.claim_id, [])) for claim in claims]


def of_lines(claims: Sequence[Known], n: int) -> list[Known]:
    """Claims of so many lines."""
    return [known for known in claims if len(known[0].lines) == n][:MOST]


def few(known: Known) -> FewClaims:
    """A claim as values."""
    return FewClaims.of([known[0]], known[1], today=TODAY)


def report(scorer: Scorer, claims: Sequence[Known], times: int) -> list[str]:
    """All figures."""
    one, four, model = of_lines(claims, 1), of_lines(claims, 4), scorer.model

    def looked(known: Known) -> object:
        return build(few(known).lines, model.state)

    def reasoned(known: Known) -> object:
        judged = judge_few(model, few(known))
        return model.ranked(judged.lines.code_chance)

    def answered(known: Known, *, why: bool, fixed: bool) -> object:
        return scorer.answer(few(known), today=TODAY, with_factors=why, with_fixes=fixed)

    rows = [
        ("one claim of 4 lines: all features and checks", looked, four),
        ("one claim of 1 line: all features and checks", looked, one),
        ("one line scored, with its reasons", reasoned, one),
        ("4 lines scored, with their reasons", reasoned, four),
        ("the whole answer, 1 line, no why", lambda k: answered(k, why=False, fixed=False), one),
        ("the whole answer, 1 line, with why", lambda k: answered(k, why=True, fixed=False), one),
        ("the whole answer, 1 line, why and fixes", lambda k: answered(k, why=True, fixed=True), one),
        ("the whole answer, 4 lines, why and fixes", lambda k: answered(k, why=True, fixed=True), four),
    ]
    return [f"{name:48} {spent(work, things, times)}" for name, work, things in rows]


def fixing(scorer: Scorer, claims: Sequence[Known], times: int) -> list[str]:
    """Fixes of one line by how many are tried: judged, candidates made, all scored, and the best ones two at a time."""
    by_tried: dict[int, list[Known]] = {}
    for known in of_lines_any(claims):
        by_tried.setdefault(_tried(scorer, judge_few(scorer.model, few(known))), []).append(known)

    def fixed(known: Known) -> object:
        judged = judge_few(scorer.model, few(known))
        return fixes(scorer.model, judged, fields_of(line_rows(judged.wide)), today=TODAY)

    return [
        f"one line scored, with {n:2} fixes tried ({len(own):3} claims)        {spent(fixed, own[:MOST], times // 3)}"
        for n, own in sorted(by_tried.items())
        if n
    ]


def of_lines_any(claims: Sequence[Known]) -> list[Known]:
    """Claims of one line."""
    return [known for known in claims if len(known[0].lines) == 1]


def _tried(scorer: Scorer, judged: Judged) -> int:
    return len(_candidates(scorer.model, judged, fields_of(line_rows(judged.wide))))


def over_http(scorer: Scorer, claims: Sequence[Known], times: int) -> list[str]:
    """`POST /v1/score` through the whole application, without a socket: routes, checks, answer, journal."""
    app = create_app(
        scorer, Journal("sqlite://"), clock=lambda: datetime.combine(TODAY, datetime.min.time(), UTC)
    )

    async def post(body: bytes) -> int:
        sent = [{"type": "http.request", "body": body, "more_body": False}]
        statuses: list[int] = []

        async def receive() -> dict[str, object]:
            return sent.pop()

        async def send(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(int(str(message["status"])))

        await app(_scope(len(body)), receive, send)  # type: ignore[arg-type]
        assert statuses == [200], statuses
        return statuses[0]

    async def posted(bodies: Sequence[bytes]) -> str:
        for body in bodies:
            await post(body)
        taken = []
        for turn in range(times):
            began = time.process_time_ns()
            await post(bodies[turn % len(bodies)])
            taken.append(time.process_time_ns() - began)
        return told(taken)

    rows = [
        ("default options", {}),
        ("without fixes", {"fixes": False}),
        ("neither", {"fixes": False, "explain": False}),
    ]
    lines = []
    for n in (1, 4):
        for name, options in rows:
            bodies = [_body(known, options) for known in of_lines(claims, n)]
            figure = asyncio.run(posted(bodies))
            lines.append(f"POST /v1/score, {n} line{'s'[: n - 1]}, {name:28} {figure}")
    return lines


def _scope(length: int) -> dict[str, object]:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/v1/score", "raw_path": b"/v1/score", "query_string": b"", "root_path": "",
        "headers": [(b"content-type", b"application/json"), (b"content-length", str(length).encode())],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
    }  # fmt: skip


def _body(known: Known, options: dict[str, bool]) -> bytes:
    claim = {name: value for name, value in asdict(known[0]).items() if value is not None}
    claim["lines"] = [{k: v for k, v in line.items() if v is not None} for line in claim["lines"]]
    context = [{k: v for k, v in asdict(one).items() if v is not None} for one in known[1]]
    return orjson.dumps({"claim": claim, "context": context or None, "options": options})


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=ROOT / "build/worlds")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--times", type=int, default=600)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/one_claim.txt")
    asked = parser.parse_args()
    files, store = simulated(asked.folder, "usual", 7, CLAIMS)
    model = asked.model or asked.folder / "model-usual-7"
    if not model.is_dir():
        cleanclaim("train", "--store", str(store), "--out", str(model))
    scorer = Scorer.load(model)
    warm(scorer)
    claims = week(files)
    load = os.getloadavg()[0]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    lines = [
        f"one claim inside the process, state of {CLAIMS:,} claims loaded; {os.cpu_count()} cores, "
        f"load of the machine when it began {load:.1f}; commit {commit.stdout.strip()}",
        *report(scorer, claims, asked.times),
        *fixing(scorer, claims, asked.times),
        *over_http(scorer, claims, asked.times),
    ]
    print("\n".join(lines))
    asked.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
