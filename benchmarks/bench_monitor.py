"""Does the monitor see the payers' changes, how soon, and how often does it cry wolf? And is its own estimate true?

    python benchmarks/bench_monitor.py [FOLDER] [SEED ...]

Worlds (usual preset, 60,000 claims, 24 months) and their stores are made in FOLDER (default: build/bench_monitor) and
kept, with what each model said of each later line. Models as of each of `ORIGINS` are watched without retraining: each
until the next, and each until the world's end. The simulator tells what really changed. An alarm is a planted change's
if payer, reason family and kind of procedure agree; others are explained by what else really changed there (a payer
that came, a code not known yet, a newcomer not enrolled), and the rest are false. The monitor looks at answers day by
day, so asking it weekly gives the same alarms on the same days. Results go to benchmarks/results/monitor.txt.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from worlds import simulated

from data.codes.procedures import procedure_info
from data.keys import grouped, row_of
from data.maturity import Maturity
from data.simulator.calendar import Calendar
from data.simulator.cast import draw_cast
from data.simulator.changes import change_table
from data.simulator.draw import Streams
from data.simulator.policies import draw_policies
from data.simulator.presets import load_settings
from data.store import Store
from serving.monitor.alerts import auc_deviation
from serving.monitor.estimate import realised
from serving.monitor.lines import EPOCH, NEVER, Watched, answering, by_hazard, day_of, scored, told_lines
from serving.monitor.months import Month, months
from serving.monitor.run import raised
from serving.monitor.settings import MonitorSettings
from serving.monitor.surprise import ALL, MONTH, Null, Raised
from training.cohort import labelled_lines
from training.fit import fit

SEEDS = (7, 8, 9)
TUNED_ON = 7
ORIGINS = (date(2024, 9, 1), date(2025, 3, 1))
N_CLAIMS, N_MONTHS = 60_000, 24
PLANTED = {"authorization": "authorization", "attachment": "documentation"}
"""The reason family that a change of a list shows in."""
LATE_DAYS = 120
"""So long after something was over its denials may still come in."""
RESULT = Path(__file__).parent / "results" / "monitor.txt"


@dataclass(frozen=True, slots=True)
class Change:
    """What really changed."""

    kind: str
    payer_id: str
    thing: str
    since: int
    until: int

    def shows_in(self, alarm: Raised) -> bool:
        """Whether this alarm may speak of it."""
        if alarm.payer_id != self.payer_id or not self.since <= alarm.raised_on <= self.until + LATE_DAYS:
            return False
        if self.kind in PLANTED:
            return alarm.family == PLANTED[self.kind] and alarm.group in {self.thing, ALL}
        if self.kind == "unknown_code":
            of = procedure_info(self.thing).modality
            return alarm.family in {"not_covered", "coding"} and alarm.group in {of, ALL}
        # Families too rare for a hazard of their own are told as one.
        return self.kind == "new_payer" or alarm.family in {"provider_enrollment", "pooled"}


@dataclass(frozen=True, slots=True)
class Watch:
    """A model watched for a while: alarms against the payers' habits, and against its own scores."""

    seed: int
    as_of: date
    until: date
    changed: list[Raised]
    behind: list[Raised]

    @property
    def n_months(self) -> float:
        """How long."""
        return (self.until - self.as_of).days / MONTH


def changes(seed: int) -> list[Change]:
    """All that changes in the world of a seed."""
    settings, streams = load_settings("usual"), Streams(seed)
    calendar = Calendar.of(settings.start, months=N_MONTHS)
    span = {"start": calendar.start, "end": calendar.end}
    cast = draw_cast(settings, streams, n_claims=N_CLAIMS, **span)
    policies = draw_policies(settings, cast, streams, **span)
    rows = change_table(settings, cast, policies, calendar).to_pylist()
    return [
        Change(
            row["kind"],
            row["payer_id"],
            row["thing"] or "",
            (row["since_on"] - EPOCH).days,
            NEVER if row["until_on"] is None else (row["until_on"] - EPOCH).days,
        )
        for row in rows
    ]


def scores(folder: Path, seed: int, as_of: date) -> dict[str, np.ndarray]:
    """What a model of a day said of every later line; made at the first call."""
    kept = folder / f"scores-{seed}-{as_of}.npz"
    if not kept.is_file():
        np.savez(kept, **_scored(folder, seed, as_of))  # type: ignore[arg-type]  # arrays by name
    with np.load(kept) as arrays:
        return dict(arrays)


def _scored(folder: Path, seed: int, as_of: date) -> dict[str, np.ndarray]:
    _, place = simulated(folder, "usual", seed, N_CLAIMS)
    store = Store(place)
    labelled = labelled_lines(store)
    model = fit(store, as_of, policy=store.policy.title)
    state = model.state.with_policy(store.policy_book()).with_history(labelled)
    later = labelled.filter(pc.greater(labelled["submitted_on"], pa.scalar(as_of)))
    said = scored(model, later, state)
    kept = {name: getattr(said, name) for name in ("claim_key", "line", "probability", "share")}
    return kept | {"hazards": np.array(said.hazards)}


def with_scores(every: Watched, said: Mapping[str, np.ndarray]) -> Watched:
    """The lines that a model was asked about, with its scores."""
    pairs = zip((every.claim_key, every.line), (said["claim_key"], said["line"]), strict=True)
    both = grouped(*(np.concatenate(pair) for pair in pairs))
    rows = row_of(both[: len(every)], both[len(every) :])
    chosen, at = every.where(rows >= 0), rows[rows >= 0]
    return replace(chosen, probability=said["probability"][at], share=said["share"][at])


def watches(folder: Path, seed: int) -> Iterator[tuple[Watch, list[Month], Watched]]:
    """Every model of a seed, until the next one and until the end."""
    labelled = labelled_lines(Store(simulated(folder, "usual", seed, N_CLAIMS)[1]))
    end = pc.max(labelled["known_on"]).as_py()
    ripe = Maturity.measure(labelled, end)
    null = MonitorSettings()
    asked = Null(null.times, null.more, null.false_alarms_a_month / 2)
    for n, as_of in enumerate(ORIGINS):
        said = scores(folder, seed, as_of)
        every = told_lines(labelled, tuple(said["hazards"].tolist()))
        lines, day = with_scores(every, said), (as_of - EPOCH).days
        past = every.where((every.sent_on <= day) & (every.known_on <= day))
        for until in dict.fromkeys((*ORIGINS[n + 1 : n + 2], end)):
            known = lines.where(lines.known_on <= (until - EPOCH).days)
            changed, behind = raised(past, known, day, asked)
            times = by_hazard(answering(past, day), lines.hazards)
            found = months(lines, times, ripe, today=(end - EPOCH).days) if until == end else []
            yield Watch(seed, as_of, until, changed, behind), found, lines


def told(watch: Watch, real: Sequence[Change]) -> tuple[list[str], list[int | None], Counter[str]]:
    """Lines of the report, the delay of each planted change of the time, and how many alarms were of which kind."""
    first, last = (watch.as_of - EPOCH).days, (watch.until - EPOCH).days
    rows = [f"seed {watch.seed}, model as of {watch.as_of}, watched until {watch.until}"]
    delays: list[int | None] = []
    for change in real:
        if change.kind not in PLANTED or not first < change.since <= last - 30:
            continue
        seen = [one.raised_on for one in watch.changed if change.shows_in(one)]
        behind = [one.raised_on for one in watch.behind if change.shows_in(one)]
        delays.append(min(seen) - change.since if seen else None)
        when = f"raised {day_of(min(seen))}, after {delays[-1]} days" if seen else "not raised"
        also = f"; the model fell behind by {day_of(min(behind))}" if behind else ""
        rows.append(
            f"  {change.kind} of {change.payer_id} for {change.thing} from {day_of(change.since)}: {when}{also}"
        )
    kinds: Counter[str] = Counter()
    for question, alarms in (("changed", watch.changed), ("behind", watch.behind)):
        for one in alarms:
            kind = _explained(one, real)
            kinds[f"{question}: {kind}"] += 1
            if kind != "planted":
                where = f"{one.payer_id} {one.family} {one.group or 'all procedures'}"
                rows.append(
                    f"    {kind:12} {question}: {where}, raised {day_of(one.raised_on)}, sent since"
                    f" {day_of(one.since)}: {one.n_denied} denied of {one.n_claims}, expected {one.expected:.1f}"
                )
    return rows, delays, kinds


def _explained(alarm: Raised, real: Sequence[Change]) -> str:
    kinds = {change.kind for change in real if change.shows_in(alarm)}
    if kinds & set(PLANTED):
        return "planted"
    return min(kinds, default="false")


def of_months(found: Sequence[Month], lines: Watched) -> tuple[list[str], float, float]:
    """Lines of the report; the mean distance of the months' AUCs, and the distance of all months together."""
    ripe = [month for month in found if month.is_ripe]
    rows, sent = [], np.array([day_of(day).isoformat()[:7] for day in lines.sent_on.tolist()])
    for month in ripe:
        inside = lines.where((sent == month.month) & lines.answered)
        deviation = auc_deviation(month.realised.auc, inside.denied, inside.claim_key)
        rows.append(
            f"    {month.month} {month.n_lines:6,} lines  AUC {month.estimated.auc:.3f} foretold,"
            f" {month.realised.auc:.3f} realised (+- {deviation:.3f})  denied {month.estimated.denial_rate:.1%},"
            f" {month.realised.denial_rate:.1%}  log-loss {month.estimated.log_loss:.3f}, {month.realised.log_loss:.3f}"
        )
    gaps = np.array([month.estimated.auc - month.realised.auc for month in ripe])
    weight = np.array([month.n_lines for month in ripe], dtype=np.float64)
    of_ripe = lines.where(np.isin(sent, [month.month for month in ripe]) & lines.answered)
    every = realised(of_ripe.probability, of_ripe.denied).auc
    said = float(np.average([month.estimated.auc for month in ripe], weights=weight))
    return rows, float(np.average(np.abs(gaps), weights=weight)), said - every


def main() -> None:
    """Measure, print, write."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/bench_monitor")
    seeds = [int(seed) for seed in sys.argv[2:]] or list(SEEDS)
    folder.mkdir(parents=True, exist_ok=True)
    detail: list[str] = []
    by_turn: dict[str, tuple[list[int | None], Counter[str], list[float]]] = {}
    gaps: list[tuple[float, float]] = []
    for seed in seeds:
        real = changes(seed)
        for watch, found, lines in watches(folder, seed):
            rows, delays, kinds = told(watch, real)
            turn = "without retraining" if watch.as_of == ORIGINS[0] and found else "retrained"
            seen, counted, spans = by_turn.setdefault(turn, ([], Counter(), []))
            seen.extend(delays)
            counted.update(kinds)
            spans.append(watch.n_months)
            detail += rows
            if found:
                listed, mean, together = of_months(found, lines)
                gaps.append((mean, together))
                detail += [*listed, f"    months: {mean:.4f} apart on average; all together: {together:+.4f}"]
    text = "\n".join([*_summary(by_turn, gaps, seeds), "", *detail])
    print(text)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text + "\n")


def _summary(
    by_turn: Mapping[str, tuple[list[int | None], Counter[str], list[float]]],
    gaps: Sequence[tuple[float, float]],
    seeds: Sequence[int],
) -> list[str]:
    rows = [
        f"bench_monitor: usual world, {N_CLAIMS:,} claims, {N_MONTHS} months, seeds {', '.join(map(str, seeds))}"
        f" (settings were chosen on seed {TUNED_ON})"
    ]
    words = {
        "retrained": f"models as of {' and '.join(map(str, ORIGINS))}, each watched until the next",
        "without retraining": f"the model as of {ORIGINS[0]} watched to the end",
    }
    for turn, (delays, kinds, spans) in by_turn.items():
        seen = sorted(delay for delay in delays if delay is not None)
        median = f"{np.median(seen):.0f} days" if seen else "-"
        false = {question: kinds[f"{question}: false"] / sum(spans) for question in ("changed", "behind")}
        rows += [
            f"{turn} ({words[turn]}; {sum(spans):.0f} months):",
            f"  planted changes raised: {len(seen)} of {len(delays)}, median delay {median} (from the first day of"
            f" service to the answers that raised it; {', '.join(map(str, seen))})",
            f"  false alarms a month: {false['changed']:.3f} that a payer changed, {false['behind']:.3f} that the model"
            f" is behind (allowed by chance: {MonitorSettings().false_alarms_a_month / 2} each)",
            f"  alarms: {', '.join(f'{kind} {n}' for kind, n in sorted(kinds.items()))}",
        ]
    rows.append(
        f"estimated against realised AUC: {np.mean([one for one, _ in gaps]):.4f} apart by month on average,"
        f" {np.mean([abs(one) for _, one in gaps]):.4f} over all months of a model (wanted: within 0.02)"
    )
    return rows


if __name__ == "__main__":
    main()
