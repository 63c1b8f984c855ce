"""What a model must show before it may serve in another's place.

It must foretell better than the champion, clearly: on the newest claims whose labels are ripe and that neither of them
has seen, the interval of what is gained in log-loss lies above zero. No part of the lines may be clearly worse off,
and what it says must be what happens, or lie no farther from it than what the champion says. *Clearly* means that
chance alone doesn't explain it: claims are drawn anew.

Without a champion there is the share of lines denied to beat, which anybody knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from training.honesty import Honesty
from training.intervals import Interval, bootstrap
from training.metrics import Labels, Vector, losses
from training.scores import Scores
from training.slices import SliceDifference, compare
from training.stages import Gates

BETTER, SLICES, CALIBRATION = "better", "slices", "calibration"


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate: what was found, what was wanted, and whether that is enough."""

    name: str
    passed: bool
    found: str
    wanted: str
    figures: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {
            "name": self.name,
            "passed": self.passed,
            "found": self.found,
            "wanted": self.wanted,
            "figures": dict(self.figures),
        }


def judged(
    challenger: Scores, champion: Scores | None, lines: pa.Table, settings: Gates, *, rate: float
) -> tuple[Gate, ...]:
    """All gates that ask how well is foretold, on labelled lines (`LABELLED`) that neither model has seen.

    Without a champion `rate` takes its place, the share denied among the lines that the challenger learnt from.
    """
    denied = np.asarray(lines["label"].to_numpy(), dtype=np.int8)
    plain = Scores(np.full(len(denied), rate))
    gates = [better(challenger, champion or plain, lines, settings, than=_than(champion, rate))]
    if champion is not None:
        gates.append(slices(compare(challenger, champion, lines, draws=settings.draws, seed=settings.seed)))
    now = None if champion is None else champion.probability
    return (*gates, calibrated(denied, challenger.probability, now, lines, settings))


def better(challenger: Scores, other: Scores, lines: pa.Table, settings: Gates, *, than: str) -> Gate:
    """What is gained in log-loss over another, with its interval: all of it must lie above zero."""
    denied = np.asarray(lines["label"].to_numpy(), dtype=np.int8)
    new, old = (losses(denied, scores.probability) for scores in (challenger, other))
    gained = _interval(old - new, lines, settings)
    return Gate(
        BETTER,
        gained.above_zero,
        f"log-loss {new.mean():.4f} against {old.mean():.4f}, a gain of {_signed(gained)}",
        f"a lower log-loss than {than}, the whole interval of the gain above zero",
        {"log_loss": float(new.mean()), "log_loss_before": float(old.mean()), **_figures("gain", gained)},
    )


def slices(differences: tuple[SliceDifference, ...]) -> Gate:
    """No payer, modality, facility, plan kind ... clearly worse off than with the champion."""
    parts = [part for part in differences if part.value]
    worse = sorted((part for part in parts if part.is_worse), key=lambda part: -part.difference.at)
    told = "; ".join(_part(part) for part in worse[:3])
    more = f"; {len(worse) - 3} more" if len(worse) > 3 else ""
    return Gate(
        SLICES,
        not worse,
        f"clearly worse: {told}{more}" if worse else f"none of {len(parts)} parts clearly worse",
        "no payer, plan kind, modality, facility, month or reason with enough lines clearly worse",
        {"parts": float(len(parts)), "worse": float(len(worse))},
    )


def calibrated(
    denied: Labels, challenger: Vector, champion: Vector | None, lines: pa.Table, settings: Gates
) -> Gate:
    """What was said is what happened, on the whole and in each tenth by risk: within bounds, or no farther off than now.

    Where the champion is beyond a bound, so far may the challenger be too: to refuse it would keep the one that is
    farther off in its place. Where the champion keeps within the bounds, nothing but the bounds counts.
    """
    new = Honesty.of(denied, challenger, lines, settings)
    old = None if champion is None else Honesty.of(denied, champion, lines, settings)
    whole, tenth = _allowed(settings, old)
    return Gate(
        CALIBRATION,
        new.whole.clearly <= whole and new.tenth.clearly <= tenth,
        f"{new.whole.told}; farthest tenth {new.tenth.told}",
        f"clearly off by at most {100 * whole:.1f} points on the whole, {100 * tenth:.1f} in each tenth by risk"
        + _because(settings, whole, tenth),
        {**_figures("off", new.whole.interval), **new.figures(), **(old.figures("_before") if old else {})},
    )


def _allowed(settings: Gates, champion: Honesty | None) -> tuple[float, float]:
    """How far off a model may clearly be, on the whole and in a tenth: the bound, or as far as the champion is."""
    bounds = (settings.most_off, settings.most_off_of_a_tenth)
    if champion is None:
        return bounds
    return max(bounds[0], champion.whole.clearly), max(bounds[1], champion.tenth.clearly)


def _because(settings: Gates, whole: float, tenth: float) -> str:
    """Why more is allowed than the settings say; empty where it isn't."""
    more = whole > settings.most_off or tenth > settings.most_off_of_a_tenth
    bounds = f"{100 * settings.most_off:.1f} and {100 * settings.most_off_of_a_tenth:.1f}"
    return f" (beyond {bounds}, for the champion is off so far itself)" if more else ""


def _than(champion: Scores | None, rate: float) -> str:
    return f"saying {rate:.1%} of every line (there is no champion)" if champion is None else "the champion"


def _interval(values: Vector, lines: pa.Table, settings: Gates) -> Interval:
    return bootstrap(values, lines["claim_key"].to_numpy(), draws=settings.draws, seed=settings.seed)


def _part(part: SliceDifference) -> str:
    return f"{part.cut} {part.value} ({part.champion:.3f} to {part.challenger:.3f}, {part.n:,} lines)"


def _figures(name: str, interval: Interval) -> dict[str, float]:
    return {f"{name}_low": interval.low, name: interval.at, f"{name}_high": interval.high}


def _signed(interval: Interval) -> str:
    return f"{interval.at:+.4f} ({interval.low:+.4f} to {interval.high:+.4f})"
