"""Fuzz both readers for a while, and say what was tried: `make fuzz MINUTES=60`.

A third of the time each: X12 in plain Python, which tells what it covers; X12 compiled, from what that found, whole
against in windows; FHIR. New inputs and what broke stay in build/fuzz; what broke belongs into tests/fuzz/broke then.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOUND = ROOT / "build" / "fuzz"
BROKE = FOUND / "broke"
SECONDS_AN_INPUT = 20
MB = 3000
PULSE = re.compile(r"#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)")


@dataclass(frozen=True, slots=True)
class Leg:
    """One fuzzer, where it begins, and how large its inputs may grow."""

    name: str
    script: str
    seeds: str
    most_bytes: int
    options: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


LEGS = (
    Leg("X12 in plain Python", "fuzz_x12.py", "x12", 3000, options=("--plain",)),
    Leg("X12 compiled", "fuzz_x12.py", "x12", 6000, flags=("-keep_seed=1",)),
    Leg("FHIR", "fuzz_fhir.py", "fhir", 8000),
)


def main() -> int:
    """Run all legs; 1 where one of them found something."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    BROKE.mkdir(parents=True, exist_ok=True)
    before = set(BROKE.iterdir())
    for leg in LEGS:
        for line in _run(leg, seconds=round(minutes * 60 / len(LEGS))):
            print(line, flush=True)
    broke = sorted(set(BROKE.iterdir()) - before)
    print(*(f"broke: {path.relative_to(ROOT)}" for path in broke), sep="\n")
    return 1 if broke else 0


def _run(leg: Leg, *, seconds: int) -> Iterator[str]:
    """One fuzzer, until its time is over or something breaks."""
    grown = FOUND / leg.seeds
    grown.mkdir(exist_ok=True)
    command = [
        sys.executable,
        str(HERE / leg.script),
        *leg.options,
        str(grown),
        str(HERE / "corpus" / leg.seeds),
        f"-max_total_time={seconds}",
        f"-max_len={leg.most_bytes}",
        f"-timeout={SECONDS_AN_INPUT}",
        f"-rss_limit_mb={MB}",
        f"-artifact_prefix={BROKE}/",
        *leg.flags,
    ]
    nice = [shutil.which("nice") or "", "-n", "15"] if shutil.which("nice") else []
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*nice, *command], capture_output=True, text=True, errors="replace", env=environment
    )
    (FOUND / f"{leg.name.replace(' ', '_')}.log").write_text(done.stderr)
    yield _said(leg, done.stderr)
    if done.returncode:
        yield done.stderr[done.stderr.find("=== ") :][:2000]


def _said(leg: Leg, log: str) -> str:
    pulses = PULSE.findall(log)
    if not pulses:
        return f"{leg.name}: nothing was tried"
    tried, cover, features, inputs = pulses[-1]
    return f"{leg.name}: {int(tried):,} inputs tried, {cover} edges and {features} features covered by {inputs} inputs"


if __name__ == "__main__":
    sys.exit(main())
