"""Is the record a better judge of a tripped check than experience? Denied shares by the severity of either.

    python benchmarks/bench_severity.py [FOLDER]

The world (usual preset, 18 months, with context and policy book) and its store are made in FOLDER (default:
build/bench_severity) and kept for the next time. Of lines sent in the last two fifths of the time, each as of its own
submission: how many tripped checks of each severity there are, and which share of those lines was denied. Writes
benchmarks/results/severity.txt.
"""

import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from data.policy import PolicyBook  # noqa: E402
from data.simulator.world import simulate  # noqa: E402
from data.store import Store  # noqa: E402
from features.build import build  # noqa: E402
from features.checks.catalog import CHECKS  # noqa: E402
from features.checks.findings import verdicts  # noqa: E402
from features.checks.record import EvidenceBank  # noqa: E402
from features.checks.registry import SEVERITIES  # noqa: E402
from features.checks.severity import evidence_of, severity_shown  # noqa: E402
from features.state import FeatureState  # noqa: E402

N_CLAIMS, MONTHS, SEED = 20_000, 18, 11
LATE_FROM = 0.6
EPOCH = date(1970, 1, 1)
RESULT = ROOT / "benchmarks" / "results" / "severity.txt"

Tally = dict[tuple[str, str], list[int]]


def lines_of(folder: Path) -> tuple[pa.Table, PolicyBook]:
    """The labelled lines of the world, made where it isn't there yet, and its policy book."""
    if not (folder / "store").exists():
        simulate(n_claims=N_CLAIMS, months=MONTHS, seed=SEED, out=folder / "files")
        files = [folder / "files" / name for name in ("claims", "statuses", "remits")]
        Store(folder / "store").ingest(files, context=folder / "files" / "context.csv")
    return Store(folder / "store").lines(), PolicyBook.load(folder / "files" / "policy")


def tally(lines: pa.Table, book: PolicyBook) -> tuple[Tally, float]:
    """Tripped and denied by (own severity, severity shown), of late answered lines; and the share of all denied."""
    state = FeatureState.empty(book).with_history(lines)
    bank = state.evidence or EvidenceBank.empty()
    said = verdicts(build(lines, state))
    label = np.array([-1 if one is None else one for one in lines["label"].to_pylist()])
    sent = np.array([(day - EPOCH).days for day in lines["submitted_on"].to_pylist()])
    payers = lines["payer_id"].to_pylist()
    late = np.flatnonzero((sent > np.quantile(sent, LATE_FROM)) & (label >= 0))
    found: Tally = defaultdict(lambda: [0, 0])
    for row in late.tolist():
        for place in np.flatnonzero(said[row] == 1).tolist():
            check = CHECKS[place]
            record = evidence_of(bank, payers[row], check, float(sent[row]))
            counts = found[check.severity, severity_shown(check, record)]
            counts[0] += 1
            counts[1] += int(label[row])
    return found, float(label[late].mean())


def report(found: Tally, base: float) -> str:
    """The table: by the check's own severity, and by the one that the record sets."""
    said = [f"of all these lines {base:.1%} were denied", "", "severity  by experience        by the record"]
    for severity in SEVERITIES:
        cells = []
        for side in (0, 1):
            counts = [counts for key, counts in found.items() if key[side] == severity]
            tripped, denied = (sum(one[n] for one in counts) for n in (0, 1))
            cells.append(f"{tripped:6,} {denied / max(tripped, 1):6.1%} denied")
        said.append(f"{severity:8}  {cells[0]}  {cells[1]}")
    said += ["", "moved by the record"]
    for (own, shown), (tripped, denied) in sorted(found.items()):
        if own != shown:
            said.append(f"{own:5} to {shown:5} {tripped:6,} {denied / tripped:6.1%} denied")
    return "\n".join(said)


def main() -> None:
    """Measure, print, write."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "bench_severity"
    told = report(*tally(*lines_of(folder)))
    print(told)
    RESULT.write_text(f"bench_severity: {N_CLAIMS:,} claims, {MONTHS} months, seed {SEED}\n{told}\n")


if __name__ == "__main__":
    main()
