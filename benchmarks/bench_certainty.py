"""How sure the model is, and whether it may be: claims, intervals, reason sets, calibration, beside the known truth.

    python benchmarks/bench_certainty.py [FOLDER] [PRESET:SEED ...]

Each world (simulated, 30,000 claims of 24 months) is made once in FOLDER (default: build/bench_certainty); a model is
made of what was known after 17 months and judged on the claims sent after that. What it said and what was true is
kept as arrays beside the world. Figures go to benchmarks/results/certainty.txt. At the end stand the distances that
`models/reach.py` takes its constants from, measured on three of the worlds; the others judge them.
"""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from worlds import simulated

from data.store import Store
from models.claim_level import any_line
from models.combine import log_odds_of, probability_of
from models.reach import AT, KNOWN_FROM, PROMISE, WIDER, Reach, known_lines
from training.cohort import labelled_lines
from training.fit import learn
from training.judge import Bench
from training.metrics import N_BINS, calibration_error, figures
from training.scored import features_of, read_truth, truth_scores
from training.split import days

WORLDS = ("usual:7", "imaging_center:7", "usual:21", "usual:8", "hard:7")
N_CLAIMS, N_DAYS = 30_000, 517
MEASURED_ON = ("usual:7", "imaging_center:7", "usual:21")
SOON = 90
"""Days after the model's own in which few rules have changed yet."""
LEAST = 0.4
"""No end lies nearer than this, in log-odds: worlds differ by as much in how far the many safe lines are off together."""
RESULT = Path(__file__).parent / "results" / "certainty.txt"
Arrays = dict[str, np.ndarray]


def said_and_true(folder: Path, preset: str, seed: str) -> Arrays:
    """What a model said of later lines, and what was true of them; [n] a line each."""
    kept = folder / f"certainty-{preset}-{seed}.npz"
    if not kept.is_file():
        world, place = simulated(folder, preset, int(seed), N_CLAIMS)
        np.savez(kept, **_judged(Store(place), world))  # type: ignore[arg-type]  # arrays by name
    with np.load(kept) as arrays:
        return dict(arrays)


def _judged(store: Store, world: Path) -> Arrays:
    labelled = labelled_lines(store)
    as_of = min(labelled["submitted_on"].to_pylist()) + timedelta(days=N_DAYS)
    model = learn(store, as_of).model
    bench = Bench.of(labelled, store.newest_remit_on(), read_truth(world / "truth.parquet"))
    test = bench.test_lines(sent_after=as_of)
    x = features_of(labelled, test, model.state.with_history(labelled))
    payers = np.array(test.lines["payer_id"].to_pylist(), dtype=object)
    told = model.predict(x, payers)
    _, first, claim = np.unique(test.lines["claim_key"].to_numpy(), return_index=True, return_inverse=True)
    chances = model.claims(told, claim, payers[first])
    truth = truth_scores(bench.truth, test.lines)
    chance = model.code_chance(told, payers)
    reasons, best = test.reason, model.codes.best(chance, 3)[0]
    sets, old = model.code_sets(chance), model.codes.smallest_sets(chance)
    alike = model.interval.of(told.probability)
    return {
        "p": told.probability,
        "low": told.low,
        "high": told.high,
        "alike_low": alike[0],
        "alike_high": alike[1],
        "known": known_lines(x),
        "denied": test.denied,
        "truth": truth.probability,
        "payer": payers.astype(str),
        "day": (days(test.lines["submitted_on"]) - (as_of - date(1970, 1, 1)).days),
        "family": test.family,
        "reason": reasons.astype(str),
        "claim": claim,
        "any_line": chances.any_line,
        "all_lines": chances.all_lines,
        "true_claim": truth.claim_probability[first],
        "in_set": np.array([r in s for r, s in zip(reasons, sets, strict=True)]),
        "in_old": np.array([r in s for r, s in zip(reasons, old, strict=True)]),
        "n_set": np.array([len(s) for s in sets]),
        "n_old": np.array([len(s) for s in old]),
        "top_1": best[:, 0].astype(str) == reasons,
        "top_3": (best.astype(str) == reasons[:, None]).any(axis=1),
        "true_1": truth.reasons[:, 0] == reasons,
        "true_3": (truth.reasons == reasons[:, None]).any(axis=1),
        "lines_at": np.array([_threshold(model.certainty.lines.at(w)) for w in (0.5, 0.7)]),
    }


def _threshold(found: object) -> float:
    return float(getattr(found, "probability", np.nan))


def tell(name: str, a: Arrays, say: Callable[[str], None]) -> None:
    """All figures of one world."""
    denied, p = a["denied"], a["p"]
    lines, true = figures(denied, p), figures(denied, a["truth"])
    n = len(a["any_line"])
    fell = (np.bincount(a["claim"], denied, n) > 0).astype(np.int8)
    whole = (np.bincount(a["claim"], denied, n) == np.bincount(a["claim"], minlength=n)).astype(np.int8)
    several = np.bincount(a["claim"], minlength=n) > 1
    say(f"\n{name}: {len(p):,} later lines, {lines.denial_rate:.1%} denied, {n:,} claims")
    say(f"  lines              {_row(lines)}   ceiling {_row(true)}")
    say(
        f"  claims             {_row(figures(fell, a['any_line']))}   ceiling {_row(figures(fell, a['true_claim']))}"
    )
    say(
        f"  - as if lines had nothing to do with each other  {_row(figures(fell, any_line(p, a['claim'], n)))}"
    )
    say(
        f"  all lines denied, claims of several lines        {_row(figures(whole[several], a['all_lines'][several]))}"
    )
    known = f"{_known_error(p, a['truth']):.4f} against the known chances"
    soon = a["day"] <= SOON
    parts = [
        f"{_known_error(p[of], a['truth'][of]):.4f} {when}" for of, when in ((soon, "in"), (~soon, "after"))
    ]
    say(f"  calibration error  {known}: {parts[0]} the first {SOON} days, {parts[1]}")
    for payer, count in zip(*np.unique(a["payer"], return_counts=True), strict=True):
        mine = a["payer"] == payer
        if count >= 2000:
            error, least = (calibration_error(denied[mine], q[mine]) for q in (p, a["truth"]))
            say(
                f"  payer {payer} ({count:,} lines): calibration error {error:.4f}, the truth's own {least:.4f};"
                f" {_known_error(p[mine], a['truth'][mine]):.4f} against the known chances"
            )
    _tell_intervals(a, say)
    _tell_reasons(a, say)
    for wanted, threshold in zip((0.5, 0.7), a["lines_at"], strict=True):
        above = p >= threshold
        share = f"{denied[above].mean():.1%} of {above.sum():,} denied" if above.any() else "none reaches it"
        say(f"  precision {wanted:.0%} asked for: from {threshold:.2f}, {share}")


def _known_error(p: np.ndarray, truth: np.ndarray) -> float:
    """The calibration error that no chance of the draw is in: what was said against what was truly to come."""
    order = np.array_split(np.argsort(p, kind="stable"), N_BINS)
    return float(
        np.average([abs((p - truth)[rows].mean()) for rows in order], weights=[len(r) for r in order])
    )


def _row(f: object) -> str:
    names = ("auc", "log_loss", "calibration_error")
    auc, loss, error = (float(getattr(f, name)) for name in names)
    return f"AUC {auc:.4f} log-loss {loss:.5f} calibration error {error:.4f}"


def _tell_intervals(a: Arrays, say: Callable[[str], None]) -> None:
    truth = a["truth"]
    inside = (a["low"] <= truth) & (truth <= a["high"])
    alike = (a["alike_low"] <= truth) & (truth <= a["alike_high"])
    width, before = a["high"] - a["low"], a["alike_high"] - a["alike_low"]
    say(
        f"  true chance inside {inside.mean():.1%} (promised {PROMISE:.0%}), mean width {width.mean():.3f};"
        f"  of lines alike alone {alike.mean():.1%}, {before.mean():.3f}"
    )
    bands = [("p", edge, *edge) for edge in ((0, 0.05), (0.05, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1))]
    known = [("known", edge, *edge) for edge in ((0, 1), (1, 5), (5, np.inf))]
    for column, _, low, high in (*bands, *known):
        of = (a[column] >= low) & (a[column] < high)
        if of.any():
            say(
                f"    {column:5} {low:>4} to {high:<4} {of.sum():6,} lines: {inside[of].mean():.1%}, width {width[of].mean():.3f}"
            )


def _tell_reasons(a: Arrays, say: Callable[[str], None]) -> None:
    struck = a["denied"] == 1
    one, three, true_1, true_3 = (a[k][struck].mean() for k in ("top_1", "top_3", "true_1", "true_3"))
    say(f"  reason: first {one:.3f} (truth's ranking {true_1:.3f}), in three {three:.3f} ({true_3:.3f})")
    new, old = a["in_set"][struck].mean(), a["in_old"][struck].mean()
    say(
        f"  reason sets hold it {new:.1%}, {a['n_set'][struck].mean():.1f} codes, at most 3 in {(a['n_set'][struck] <= 3).mean():.1%};"
        f"  by summed probability {old:.1%}, {a['n_old'][struck].mean():.1f}, {(a['n_old'][struck] <= 3).mean():.1%}"
    )
    for family in np.unique(a["family"][struck]):
        of = struck & (a["family"] == family)
        if of.sum() >= 100:
            say(
                f"    {family:22} {of.sum():5,} denials: {a['in_set'][of].mean():.1%} (before {a['in_old'][of].mean():.1%})"
            )


def measured(worlds: list[Arrays]) -> Reach:
    """Distances that hold the true chance of nine lines in ten of these worlds together, by probability and novelty.

    Of all such pairs of distances at a probability the one that leaves the narrowest interval is taken: at 5% a line
    is seldom truly far below, and a few are truly far above, so that both tails alike would reach up in vain.
    """
    at = log_odds_of(np.array(AT))
    odds, off = (np.concatenate(parts) for parts in zip(*map(_off, worlds), strict=True))
    band = np.searchsorted((at[1:] + at[:-1]) / 2, odds, side="right")
    ends = np.array([_narrowest(odds[band == b], off[band == b]) for b in range(len(at))])
    down, up = (tuple(np.maximum(each, LEAST).round(2).tolist()) for each in (-ends[:, 0], ends[:, 1]))
    reach = np.where(off < 0, -off / np.interp(odds, at, down), off / np.interp(odds, at, up))
    level = np.searchsorted(KNOWN_FROM, np.concatenate([a["known"] for a in worlds]), side="right")
    needed = [float(np.quantile(reach[level == k], PROMISE)) for k in range(len(KNOWN_FROM) + 1)]
    # What is less known reaches further, were it only by what `models/reach.py` asks for at least.
    wider = np.maximum.accumulate(np.maximum(needed, WIDER)[::-1])[::-1]
    return Reach(AT, down, up, tuple(wider.round(2).tolist()))


def _narrowest(odds: np.ndarray, off: np.ndarray) -> tuple[float, float]:
    """The ends, in log-odds, that hold the promised share of these lines and lie nearest to each other on average."""
    if len(off) < 30:
        return 0.0, 0.0
    tails = [np.quantile(off, (tail, tail + PROMISE)) for tail in np.linspace(0, 1 - PROMISE, 21)]
    ends = [(min(low, 0.0), max(high, 0.0)) for low, high in tails]
    return min(ends, key=lambda e: float((probability_of(odds + e[1]) - probability_of(odds + e[0])).mean()))


def _off(a: Arrays) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds said, and how far the truth's lie from them."""
    odds = log_odds_of(a["p"])
    return odds, log_odds_of(np.clip(a["truth"], 1e-6, 1 - 1e-6)) - odds


def main() -> None:
    """Make, measure, print, write."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/bench_certainty")
    folder.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    ground: list[Arrays] = []
    for world in sys.argv[2:] or WORLDS:
        preset, seed = world.split(":")
        arrays = said_and_true(folder, preset, seed)
        tell(world, arrays, said.append)
        if world in MEASURED_ON:
            ground.append(arrays)
    if ground:
        said.append(f"\nreach, measured on {', '.join(MEASURED_ON)}:\n  {measured(ground)}")
    print("\n".join(said))
    RESULT.write_text("\n".join(said).strip() + "\n")


if __name__ == "__main__":
    main()
