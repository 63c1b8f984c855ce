"""The figures of an evaluation as JSON values; what has no meaning is null."""

import math
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from training.bounds import Bound
from training.causes import Causes
from training.evaluate import SHARES, Evaluation, Row
from training.fairness import Group
from training.intervals import Interval
from training.metrics import Figures, Reliability
from training.slices import SliceDifference


def as_json(evaluation: Evaluation, causes: Causes | None = None) -> dict[str, object]:
    """Everything: figures, intervals, work, fairness, parts against the champion, and the curves."""
    return {
        **evaluation_json(evaluation),
        "intervals": [bound_json(b) for b in evaluation.bounds],
        "capacity": evaluation.capacity,
        "worked": [plain(asdict(row)) for row in evaluation.worked],
        "fairness": [group_json(group) for group in evaluation.fairness],
        "against_champion": [difference_json(part) for part in evaluation.differences],
        "reliability": {name: _reliability(bins) for name, bins in evaluation.reliability.items()},
        "gain": {
            "share_reviewed": list(SHARES),
            "denied_lines": {name: _list(v) for name, v in evaluation.gain_lines.items()},
            "denied_dollars": {name: _list(v) for name, v in evaluation.gain_dollars.items()},
            "denied_dollars_most_at_stake_first": _list(evaluation.gain_at_stake),
        },
        "confusion": None
        if evaluation.confusion is None
        else {
            "families": list(evaluation.confusion.families),
            "counts": evaluation.confusion.counts.tolist(),
        },
        "causes": None if causes is None else _causes(causes),
    }


def evaluation_json(evaluation: Evaluation) -> dict[str, object]:
    """Figures and reasons alone, without the curves."""
    return {
        "figures": [_row_json(row) for row in evaluation.rows],
        "reasons": [plain(asdict(row)) for row in evaluation.reasons],
    }


def figures_json(figures: Figures) -> dict[str, object]:
    """One set of figures; null where one has no meaning."""
    return plain(asdict(figures))


def bound_json(bound: Bound) -> dict[str, object]:
    """One figure with its interval."""
    head = {"scorer": bound.scorer, "level": bound.level, "figure": bound.figure}
    return head | _interval(bound.interval)


def group_json(group: Group) -> dict[str, object]:
    """One group's error rates, each with its interval."""
    told = {name: _interval(getattr(group, name)) for name in ("off", "false_alarms", "missed")}
    return plain(asdict(group)) | told


def difference_json(part: SliceDifference) -> dict[str, object]:
    """One part of the lines, against the champion."""
    return plain(asdict(part)) | {"difference": _interval(part.difference)}


def plain(values: dict[str, object]) -> dict[str, object]:
    """The same values, null where a number has no meaning."""
    return {key: _plain(value) for key, value in values.items()}


def _row_json(row: Row) -> dict[str, object]:
    said: dict[str, object] = {"scorer": row.scorer, "level": row.level, "cut": row.cut, "value": row.value}
    return said | figures_json(row.figures)


def _interval(interval: Interval) -> dict[str, object]:
    return plain({"low": interval.low, "at": interval.at, "high": interval.high})


def _reliability(bins: Reliability) -> dict[str, object]:
    told = {
        "said": bins.said,
        "happened": bins.happened,
        "mass": bins.mass,
        "low": bins.low,
        "high": bins.high,
    }
    return {name: _list(values) for name, values in told.items() if len(values)}


def _causes(causes: Causes) -> list[dict[str, object]]:
    """How much each concept moves the risk, and the middle nine tenths of its effects."""
    low, high = np.percentile(causes.effects, [5, 95], axis=0)
    return [
        {"concept": name, "kind": kind, "mean_size": float(size), "low": float(a), "high": float(b)}
        for name, kind, size, a, b in zip(
            causes.concepts, causes.kinds, causes.strength, low, high, strict=True
        )
    ]


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _list(values: Sequence[float] | NDArray[np.float64]) -> list[object]:
    return [_plain(float(v)) for v in values]
