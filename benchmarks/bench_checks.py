"""What the checks are worth in a simulated world, where the true cause of every denial is known.

    python benchmarks/bench_checks.py [FOLDER]

The world (usual preset, 24 months, with context and policy book) and its store are made in FOLDER (default:
build/bench_checks) and kept for the next time. Each line is checked as of its own submission. Prints, writes
benchmarks/results/checks.txt, and brings the generated parts of docs/checks.md up to date; `--catalogue` only the
catalogue there, which needs no world.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from data.policy import PolicyBook  # noqa: E402
from data.schema import LINE_TABLE  # noqa: E402
from data.simulator.causes import CAUSES  # noqa: E402
from data.simulator.world import simulate  # noqa: E402
from data.store import Store  # noqa: E402
from features.build import build  # noqa: E402
from features.checks.catalog import CHECKS, SHELVES  # noqa: E402
from features.checks.registry import Check  # noqa: E402
from features.state import FeatureState  # noqa: E402

N_CLAIMS = 30_000
MONTHS = 24
SEED = 7
FEW = 5
"""Below so many tripped lines no share is told."""

RESULT = ROOT / "benchmarks" / "results" / "checks.txt"
PAGE = ROOT / "docs" / "checks.md"

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Lines:
    """Answered lines: what each check said, and what came of them."""

    checks: Floats
    """[lines, checks]: 1 tripped, 0 passed, NaN unknown."""
    claim: Ints
    """[lines]: claims, numbered from 0."""
    record: Floats
    """[lines]: of the tripped checks, the highest share of such lines that the payer had denied by then (smoothed)."""
    family: Words
    """[lines]: the family it was denied for, None where it was paid."""
    cause: Words
    """[lines]: the true cause; None where nothing struck."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What one check is worth."""

    check: Check
    n_tripped: int
    n_passed: int
    n_unknown: int
    for_it: float
    """Of tripped lines, the share denied for the check's family."""
    others: float
    """The same of lines that were not tripped."""
    lift: float
    """The share of tripped lines over that of all lines."""
    lift_error: float
    """Its standard error; lines of one claim are no independent draws."""
    cause: str
    """The true cause of most of the tripped lines that were denied for the family."""
    cause_share: float


def main() -> None:
    """Measure, print and write."""
    _replace(PAGE, "catalogue", list(catalogue()))
    if "--catalogue" in sys.argv:
        return
    named = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    folder = Path(named[0] if named else ROOT / "build" / "bench_checks")
    lines = _lines(folder)
    worths = [worth(check, lines.checks[:, at], lines) for at, check in enumerate(CHECKS)]
    parts = {
        "figures": list(_figures(lines, worths)),
        "together": list(_together(lines)),
        "record": list(_record(lines)),
        "causes": list(_causes(lines)),
    }
    report = "\n\n".join("\n".join(rows) for rows in parts.values())
    print(report)
    RESULT.write_text(report + "\n")
    for part, rows in parts.items():
        _replace(PAGE, part, rows)


def worth(check: Check, says: Floats, lines: Lines) -> Worth:
    """What became of the lines that the check tripped, beside all others."""
    tripped = says == 1.0
    struck = lines.family == check.family
    chance = float(struck.mean())
    share, error = _share(struck, tripped, lines.claim)
    cause, part = _most(lines.cause[tripped & struck])
    return Worth(
        check,
        int(tripped.sum()),
        int((says == 0.0).sum()),
        int(np.isnan(says).sum()),
        share,
        _share(struck, ~tripped, lines.claim)[0],
        share / chance if chance else np.nan,
        error / chance if chance else np.nan,
        cause,
        part,
    )


def _share(struck: Bools, among: Bools, claim: Ints) -> tuple[float, float]:
    """The share of struck lines among some, and its standard error with whole claims as the draws."""
    n = int(among.sum())
    if n < FEW:
        return np.nan, np.nan
    share = float(struck[among].mean())
    off = np.bincount(claim[among], weights=struck[among] - share)
    return share, float(np.sqrt((off**2).sum()) / n)


def _most(causes: Words) -> tuple[str, float]:
    """The commonest cause, and its share."""
    named = [name for name in causes if name]
    if not named:
        return "", np.nan
    names, counts = np.unique(np.array(named), return_counts=True)
    return str(names[counts.argmax()]), float(counts.max() / len(causes))


def _lines(folder: Path) -> Lines:
    """Every answered line of the world, checked as of its own submission."""
    world = folder / "world"
    if not (world / "truth.parquet").is_file():
        simulate(n_claims=N_CLAIMS, months=MONTHS, seed=SEED, out=world, claim_alone=False)
    store = Store(folder / "store")
    store.ingest([world / name for name in ("claims", "statuses", "remits")], context=world / "context.csv")
    sent = store.lines()
    state = FeatureState.fit(sent, as_of=store.newest_remit_on(), secret=b"a benchmark")
    built = build(sent.select(LINE_TABLE.names), state.with_policy(PolicyBook.load(world / "policy")))
    says = np.stack([built.column(check.column) for check in CHECKS], axis=1).astype(np.float64)
    label = sent.column("label").to_numpy(zero_copy_only=False)
    kept = np.flatnonzero(~np.isnan(label.astype(np.float64)))
    _, claim = np.unique(sent.column("claim_key").to_numpy()[kept], return_inverse=True)
    return Lines(
        says[kept],
        claim.astype(np.int64),
        built.column("evidence_denied_rate")[kept].astype(np.float64),
        _objects(sent.column("family"))[kept],
        _true_causes(sent, pq.read_table(world / "truth.parquet"))[kept],
    )


def _true_causes(sent: pa.Table, truth: pa.Table) -> Words:
    """[lines]: the true cause of each line that was sent."""
    by_line = {
        (claim, line): cause
        for claim, line, cause in zip(
            truth["claim_id"].to_pylist(), truth["line"].to_pylist(), truth["cause"].to_pylist(), strict=True
        )
    }
    asked = zip(sent["claim_id"].to_pylist(), sent["line"].to_pylist(), strict=True)
    return np.array([by_line.get(key) for key in asked], dtype=object)


def _objects(column: pa.ChunkedArray) -> Words:
    return np.array(column.to_pylist(), dtype=object)


def _figures(lines: Lines, worths: Sequence[Worth]) -> Iterator[str]:
    denied = np.mean([family is not None for family in lines.family])
    yield (
        f"{len(lines.family):,} answered lines of {lines.claim.max() + 1:,} claims, {denied:.1%} denied "
        f"(usual world, {MONTHS} months, seed {SEED})."
    )
    yield ""
    yield "| check | tripped | passed | unknown | denied for it | of the others | lift | true cause of most |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in worths:
        yield (
            f"| {one.check.id} | {one.n_tripped:,} | {one.n_passed:,} | {one.n_unknown:,} | {_percent(one.for_it)}"
            f" | {_percent(one.others)} | {_lift(one)} | {_cause(one)} |"
        )


SEVERE = {"block": ("block",), "block or warn": ("block", "warn"), "any": ("block", "warn", "info")}


def _together(lines: Lines) -> Iterator[str]:
    yield "| a check that says | lines | of them denied | of all denied lines | of all denied lines, for its family |"
    yield "|---|---|---|---|---|"
    for name, n, denied, of_all, for_it in _all_together(lines):
        yield f"| {name} | {n:,} | {_percent(denied)} | {_percent(of_all)} | {_percent(for_it)} |"


def _all_together(lines: Lines) -> Iterator[tuple[str, int, float, float, float]]:
    """Lines that tripped a check so severe, the share of them denied, and the share of denied lines that did."""
    denied = np.array([family is not None for family in lines.family])
    for name, severities in SEVERE.items():
        own = [at for at, check in enumerate(CHECKS) if check.severity in severities]
        tripped = lines.checks[:, own] == 1.0
        rightly = tripped & (
            lines.family[:, None] == np.array([CHECKS[at].family for at in own], dtype=object)
        )
        some = tripped.any(axis=1)
        of_all, for_it = some[denied].mean(), rightly.any(axis=1)[denied].mean()
        yield name, int(some.sum()), float(denied[some].mean()), float(of_all), float(for_it)


RECORD_STEPS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 1.0)


def _by_record(lines: Lines) -> Iterator[tuple[str, int, float, float]]:
    """By the payers' record of the worst tripped check: lines, their mean record, and the share denied since."""
    denied = np.array([family is not None for family in lines.family])
    none = np.isnan(lines.record)
    yield "no check tripped", int(none.sum()), np.nan, float(denied[none].mean())
    for low, high in pairwise(RECORD_STEPS):
        some = (lines.record >= low) & (lines.record < high)
        if some.any():
            name = f"{low:.0%} to {high:.0%}"
            yield name, int(some.sum()), float(lines.record[some].mean()), float(denied[some].mean())


def _record(lines: Lines) -> Iterator[str]:
    yield "| such lines denied before | lines | mean | of them denied |"
    yield "|---|---|---|---|"
    for name, n, mean, denied in _by_record(lines):
        yield f"| {name} | {n:,} | {_percent(mean)} | {_percent(denied)} |"


def _causes(lines: Lines) -> Iterator[str]:
    yield "| true cause | denied lines | seen by a check of its family | by the check that sees most |"
    yield "|---|---|---|---|"
    for name, n, seen, best in _seen(lines):
        yield f"| {name} | {n:,} | {_percent(seen)} | {best} |"


def _seen(lines: Lines) -> Iterator[tuple[str, int, float, str]]:
    """Of the lines struck for each true cause, the share on which a check of that family was tripped."""
    for cause in CAUSES:
        rows = lines.checks[lines.cause == cause.name]
        if not len(rows) or cause.is_error:
            continue
        own = [at for at, check in enumerate(CHECKS) if check.family == cause.family]
        tripped = rows[:, own] == 1.0
        each = tripped.mean(axis=0)
        best = CHECKS[own[int(each.argmax())]].id if own and each.max() > 0 else ""
        yield cause.name, len(rows), float(tripped.any(axis=1).mean()), best


def catalogue() -> Iterator[str]:
    """Every check as rows of tables, shelf by shelf."""
    for shelf in SHELVES:
        yield f"### {shelf.family.capitalize()}"
        yield ""
        yield "| check | says | what it holds | reason | owner |"
        yield "|---|---|---|---|---|"
        for check in shelf.checks:
            rule = check.rule.replace("|", "\\|").replace("*", "\\*")
            yield f"| {check.id} | {check.severity} | {rule} | {check.reason} | {check.owner} |"
        yield ""


def _replace(page: Path, part: str, rows: Sequence[str]) -> None:
    """Write a generated part of the page anew, between its markers."""
    text = page.read_text()
    first, last = f"<!-- {part} -->", f"<!-- end of {part} -->"
    head, tail = text[: text.index(first)], text[text.index(last) :]
    body = "\n".join(rows).strip("\n")
    page.write_text(f"{head}{first}\n{body}\n{tail}")


def _percent(share: float) -> str:
    return "-" if np.isnan(share) else f"{share:.1%}"


def _lift(one: Worth) -> str:
    return "-" if np.isnan(one.lift) else f"{one.lift:.1f} ± {one.lift_error:.1f}"


def _cause(one: Worth) -> str:
    return f"{one.cause} ({one.cause_share:.0%})" if one.cause else "-"


if __name__ == "__main__":
    main()
