"""What a model must show before it may serve in another's place.

It must foretell better than the champion, clearly: on the newest claims whose labels are ripe and that neither of them
has seen, the interval of what is gained in log-loss lies above zero. No part of the lines may be clearly worse off,
and what it says must be what happens. *Clearly* means that chance alone doesn't explain it: claims are drawn anew.

Without a champion there is the share of lines denied to beat, which anybody knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from training.intervals import Interval, bootstrap
from training.metrics import Labels, Vector, losses
from training.scores import Scores
from training.slices import SliceDifference, compare
from training.stages import Gates

BETTER, SLICES, CALIBRATION = "better", "slices", "calibration"
TENTHS = 10
LEVEL_OF_A_TENTH = 0.995
"""Ten are looked at: each by a wider interval, so that all ten together are as sure as one figure of 95%."""


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
    return (*gates, calibrated(denied, challenger.probability, lines, settings))


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


def calibrated(denied: Labels, probability: Vector, lines: pa.Table, settings: Gates) -> Gate:
    """What was said is what happened: on the whole, and for each tenth of the lines by risk."""
    off = probability - denied
    whole = _interval(off, lines, settings)
    tenths = _tenths(probability)
    parts = [
        _interval(off[tenths == k], lines.filter(pa.array(tenths == k)), settings, level=LEVEL_OF_A_TENTH)
        for k in range(TENTHS)
    ]
    worst = max(range(TENTHS), key=lambda k: _clearly(parts[k]))
    of = tenths == worst
    sure, most = (_clearly(whole), _clearly(parts[worst])), (settings.most_off, settings.most_off_of_a_tenth)
    return Gate(
        CALIBRATION,
        sure[0] <= most[0] and sure[1] <= most[1],
        f"said {probability.mean():.1%}, {denied.mean():.1%} denied (clearly off by {100 * sure[0]:.1f} points);"
        f" farthest tenth said {probability[of].mean():.1%}, {denied[of].mean():.1%} denied"
        f" (clearly off by {100 * sure[1]:.1f})",
        f"clearly off by at most {100 * most[0]:.1f} points on the whole, {100 * most[1]:.1f} in each tenth by risk",
        {
            **_figures("off", whole),
            "clearly_off": sure[0],
            "clearly_off_of_a_tenth": sure[1],
        },
    )


def _than(champion: Scores | None, rate: float) -> str:
    return f"saying {rate:.1%} of every line (there is no champion)" if champion is None else "the champion"


def _interval(values: Vector, lines: pa.Table, settings: Gates, *, level: float = 0.95) -> Interval:
    claims = lines["claim_key"].to_numpy()
    return bootstrap(values, claims, draws=settings.draws, seed=settings.seed, level=level)


def _clearly(off: Interval) -> float:
    """How far from zero the nearer end of an interval lies; 0 where zero is inside."""
    return max(off.low, -off.high, 0.0)


def _tenths(probability: Vector) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """[n] Which tenth of the lines each one is in, by its probability."""
    rank = np.argsort(np.argsort(probability, kind="stable"), kind="stable")
    return np.asarray(rank * TENTHS // max(len(probability), 1), dtype=np.int64)


def _part(part: SliceDifference) -> str:
    return f"{part.cut} {part.value} ({part.champion:.3f} to {part.challenger:.3f}, {part.n:,} lines)"


def _figures(name: str, interval: Interval) -> dict[str, float]:
    return {f"{name}_low": interval.low, name: interval.at, f"{name}_high": interval.high}


def _signed(interval: Interval) -> str:
    return f"{interval.at:+.4f} ({interval.low:+.4f} to {interval.high:+.4f})"
